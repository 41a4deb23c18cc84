//! A walk over Thrift's compact encoding that allocates nothing and ends with its bytes.
//!
//! The parquet crate decodes headers by their schema, and skips what it does not know by the lengths it finds: a list
//! of two thousand million booleans costs nothing in the file and seconds to skip. Here every element takes a byte.

use crate::error::{Error, Result};

/// Structures nest four deep in Parquet's headers.
const DEEPEST: usize = 16;

/// Walks one structure at the start of `bytes`; `on_field` gets each integer with the field numbers that lead to it, and
/// nothing for a field that is a boolean or a byte: the crate reads a number where it expects one, whatever its type.
///
/// Linear in the length of the structure, which is returned.
///
/// # Errors
/// Bytes that end too early or are no such structure.
pub(super) fn walk(bytes: &[u8], mut on_field: impl FnMut(&[i16], Option<i64>)) -> Result<usize> {
    let mut walker = Walker { bytes, at: 0, path: Vec::new() };
    walker.structure(&mut on_field)?;
    Ok(walker.at)
}

struct Walker<'b> {
    bytes: &'b [u8],
    at: usize,
    path: Vec<i16>,
}

type OnField<'f> = dyn FnMut(&[i16], Option<i64>) + 'f;

impl Walker<'_> {
    fn structure(&mut self, on_field: &mut OnField<'_>) -> Result<()> {
        if self.path.len() == DEEPEST {
            return Err(Error::malformed("a header nests deeper than any of Parquet's"));
        }
        self.path.push(0);
        loop {
            let header = self.byte()?;
            if header == 0 {
                break;
            }
            let field = match header >> 4 {
                0 => self.integer()? as i16,
                step => self.last().wrapping_add(i16::from(step)),
            };
            if field <= self.last() {
                return Err(Error::malformed(format!("field {field} of a header comes behind field {}", self.last())));
            }
            if let Some(last) = self.path.last_mut() {
                *last = field;
            }
            let kind = header & 0x0f;
            if matches!(kind, 1..=3) {
                on_field(&self.path, None);
            }
            // A boolean field has its value in its type.
            if !matches!(kind, 1 | 2) {
                self.value(kind, on_field)?;
            }
        }
        self.path.pop();
        Ok(())
    }

    fn last(&self) -> i16 {
        self.path.last().copied().unwrap_or(0)
    }

    /// A value of this type; in a list a boolean takes a byte.
    fn value(&mut self, kind: u8, on_field: &mut OnField<'_>) -> Result<()> {
        match kind {
            1..=3 => self.skip(1),
            4..=6 => {
                let integer = self.integer()?;
                on_field(&self.path, Some(integer));
                Ok(())
            }
            7 => self.skip(8),
            8 => {
                let length = self.unsigned()?;
                self.skip(length)
            }
            9 | 10 => self.list(on_field),
            11 => self.map(on_field),
            12 => self.structure(on_field),
            13 => self.skip(16),
            other => Err(Error::malformed(format!("a header has a field of unknown type {other}"))),
        }
    }

    fn list(&mut self, on_field: &mut OnField<'_>) -> Result<()> {
        let header = self.byte()?;
        let count = match header >> 4 {
            15 => self.unsigned()?,
            count => u64::from(count),
        };
        self.nested(count, &[header & 0x0f], on_field)
    }

    fn map(&mut self, on_field: &mut OnField<'_>) -> Result<()> {
        let count = self.unsigned()?;
        if count == 0 {
            return Ok(());
        }
        let kinds = self.byte()?;
        self.nested(count, &[kinds >> 4, kinds & 0x0f], on_field)
    }

    /// `count` times a value of each of `kinds`, one level deeper.
    fn nested(&mut self, count: u64, kinds: &[u8], on_field: &mut OnField<'_>) -> Result<()> {
        let left = (self.bytes.len() - self.at) as u64;
        if count > left {
            return Err(Error::malformed(format!("a header lists {count} elements in {left} bytes")));
        }
        if self.path.len() == DEEPEST {
            return Err(Error::malformed("a header nests deeper than any of Parquet's"));
        }
        self.path.push(-1);
        for _ in 0..count {
            for &kind in kinds {
                self.value(kind, on_field)?;
            }
        }
        self.path.pop();
        Ok(())
    }

    fn byte(&mut self) -> Result<u8> {
        let byte = self.bytes.get(self.at).copied().ok_or_else(cut_short)?;
        self.at += 1;
        Ok(byte)
    }

    fn skip(&mut self, length: u64) -> Result<()> {
        let left = (self.bytes.len() - self.at) as u64;
        if length > left {
            return Err(cut_short());
        }
        self.at += length as usize;
        Ok(())
    }

    fn unsigned(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Error::malformed("a number in a header is longer than 64 bits"))
    }

    fn integer(&mut self) -> Result<i64> {
        let zigzag = self.unsigned()?;
        Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }
}

fn cut_short() -> Error {
    Error::malformed("a header ends too early")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Found = Vec<(Vec<i16>, i64)>;

    fn integers(bytes: &[u8]) -> Result<(usize, Found)> {
        let mut found = Vec::new();
        let length = walk(bytes, |path, integer| found.extend(integer.map(|integer| (path.to_vec(), integer))))?;
        Ok((length, found))
    }

    #[test]
    fn integers_come_with_the_fields_that_lead_to_them() {
        // {1: i32 -1, 5: {1: i32 150}, 6: [i16 1, 2], 7: "ab", 8: true, 40: double}, then a byte that is not ours.
        let bytes = [
            0x15, 0x01, 0x4c, 0x15, 0xac, 0x02, 0x00, 0x19, 0x24, 0x02, 0x04, 0x18, 0x02, b'a', b'b', 0x11, 0x07, 0x50,
            0, 0, 0, 0, 0, 0, 0, 0, 0x00, 0xff,
        ];
        let (length, found) = integers(&bytes).unwrap();
        assert_eq!(length, bytes.len() - 1);
        let expected = [(vec![1], -1), (vec![5, 1], 150), (vec![6, -1], 1), (vec![6, -1], 2)];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_claims_more_than_there_is_ends_at_once() {
        for (bytes, complaint) in [
            (&[0x19, 0xf1, 0xff, 0xff, 0xff, 0xff, 0x07][..], "lists 2147483647 elements in 0 bytes"),
            (&[0x18, 0xff, 0xff, 0x03, 0x00], "ends too early"),
            (&[0x1b, 0x80, 0x01, 0x11, 0x00], "lists 128 elements in 1 bytes"),
            (&[0x15], "ends too early"),
            (&[0x1c; 40], "nests deeper"),
            (&[0x19; 40], "nests deeper"),
            (&[0x15, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00], "longer than 64 bits"),
            (&[0x1e, 0x00], "unknown type 14"),
            (&[0x15, 0x02, 0x05, 0x02, 0x02, 0x00], "field 1 of a header comes behind field 1"),
        ] {
            let error = integers(bytes).unwrap_err();
            assert!(error.to_string().contains(complaint), "{error}");
        }
    }
}
