//! Text in few allocations: a table of distinct strings, and a column of optional ones.

use crate::error::{Error, Result};
use foldhash::HashMap;
use std::hash::BuildHasher;

/// Strings one after the other, found by index.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Strings {
    ends: Vec<u32>,
    bytes: String,
}

impl Strings {
    /// The string at `index`.
    pub fn get(&self, index: u32) -> Option<&str> {
        let index = index as usize;
        let end = *self.ends.get(index)? as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        Some(&self.bytes[start..end])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bytes they have together.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).filter_map(|index| self.get(index))
    }

    /// Makes room for this many more.
    pub fn reserve(&mut self, count: usize) {
        self.ends.reserve(count);
    }

    /// Adds one at the end and gives its index.
    ///
    /// # Errors
    /// Refused past 4 GiB of text, which no index here can reach.
    pub fn push(&mut self, text: &str) -> Result<u32> {
        let index = u32::try_from(self.len()).map_err(|_| too_much())?;
        self.bytes.push_str(text);
        self.ends.push(u32::try_from(self.bytes.len()).map_err(|_| too_much())?);
        Ok(index)
    }
}

fn too_much() -> Error {
    Error::unsupported("more than 4 GiB of text in one column")
}

/// Builds [`Strings`] in which every string stands once.
#[derive(Clone, Default)]
pub struct Interner {
    strings: Strings,
    // By hash alone: the text itself lives once, in `strings`. The few collisions are chained by probing.
    index: HashMap<u64, u32>,
}

impl Interner {
    /// The index of `text`, adding it if it is new. Expected constant time.
    ///
    /// # Errors
    /// Refused past 4 GiB of distinct text.
    pub fn intern(&mut self, text: &str) -> Result<u32> {
        let mut hash = self.index.hasher().hash_one(text);
        while let Some(&found) = self.index.get(&hash) {
            if self.strings.get(found) == Some(text) {
                return Ok(found);
            }
            hash = hash.wrapping_add(1);
        }
        let new = self.strings.push(text)?;
        self.index.insert(hash, new);
        Ok(new)
    }

    /// The string at `index`.
    pub fn get(&self, index: u32) -> Option<&str> {
        self.strings.get(index)
    }

    /// The table as far as it has come.
    pub fn strings(&self) -> &Strings {
        &self.strings
    }

    /// The finished table.
    pub fn finish(self) -> Strings {
        self.strings
    }
}

/// A column of optional texts, one per row.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct TextColumn {
    strings: Strings,
    absent: Vec<u64>,
}

impl TextColumn {
    /// Makes room for this many more rows.
    pub fn reserve(&mut self, rows: usize) {
        self.strings.reserve(rows);
    }

    /// Adds the text of the next row.
    ///
    /// # Errors
    /// Refused past 4 GiB of text.
    pub fn push(&mut self, text: Option<&str>) -> Result<()> {
        let row = self.strings.push(text.unwrap_or(""))? as usize;
        if row / 64 == self.absent.len() {
            self.absent.push(0);
        }
        self.absent[row / 64] |= u64::from(text.is_none()) << (row % 64);
        Ok(())
    }

    /// Adds the rows of another column.
    ///
    /// # Errors
    /// Refused past 4 GiB of text.
    pub fn append(&mut self, other: &TextColumn) -> Result<()> {
        (0..other.len()).try_for_each(|row| self.push(other.get(row)))
    }

    /// The text of `row`, if it has one.
    pub fn get(&self, row: usize) -> Option<&str> {
        let absent = self.absent.get(row / 64)? >> (row % 64) & 1 == 1;
        if absent { None } else { self.strings.get(u32::try_from(row).ok()?) }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.strings.len()
    }

    /// How many bytes the texts have together.
    pub fn bytes(&self) -> usize {
        self.strings.bytes()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.strings.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_are_stored_once() {
        let mut interner = Interner::default();
        let cache = interner.intern("cache").unwrap();
        assert_ne!(interner.intern("owner").unwrap(), cache);
        assert_eq!(interner.intern("cache").unwrap(), cache);
        assert_eq!(interner.finish().iter().collect::<Vec<_>>(), ["cache", "owner"]);
    }

    #[test]
    fn an_empty_text_is_not_an_absent_one() {
        let mut column = TextColumn::default();
        for text in [Some(""), None, Some("x")] {
            column.push(text).unwrap();
        }
        assert_eq!((column.get(0), column.get(1), column.get(2), column.get(3)), (Some(""), None, Some("x"), None));
    }
}
