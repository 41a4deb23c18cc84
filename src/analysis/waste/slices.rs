//! Lists whose items are a part of another list's, in its order: slices and copies.
//!
//! Each list is known by a hash of its first items. Along every other list rolls a hash of as many (Karp and Rabin
//! 1987); where the two agree, the items are compared. Long lists go first, and what is found in one is not searched
//! itself: whatever it contains, the longer one contains too.

use super::Options;
use crate::analysis::place;
use crate::cpython::label::builtin_type;
use crate::graph::{Marks, ShortestPaths};
use crate::snapshot::{Address, ObjectId, ReferenceKind, Snapshot};
use foldhash::HashMap;
use std::cmp::Reverse;

/// Shorter lists are not looked at: 512 bytes of pointers.
const LEAST: usize = 64;
/// Comparisons that lead nowhere may take so many steps for each item there is; then the search ends.
const PATIENCE: usize = 8;

/// What slices and copies of lists cost.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Slices {
    /// How many there are.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Most bytes first, equal ones by row.
    pub rows: Vec<Slice>,
    /// Whether the search was given up because too much was nearly equal: there may be more.
    pub unfinished: bool,
}

/// A list that another one contains.
#[derive(Clone, PartialEq, Debug)]
pub struct Slice {
    /// `id()` of the slice.
    pub address: Option<Address>,
    /// How a root leads to it, as an expression; `None` for garbage.
    pub expression: Option<String>,
    /// Its own bytes.
    pub bytes: u64,
    /// `id()` of the longer list; of equal ones the first.
    pub of: Option<Address>,
    /// How a root leads to that one.
    pub of_expression: Option<String>,
    /// The items it has of it: positions `start` up to `end`, without that.
    pub start: u64,
    /// One behind the last position.
    pub end: u64,
}

/// A list and the part of another that it is.
struct Found {
    list: u32,
    of: u32,
    start: usize,
}

/// Finds the slices; lists of less than 64 items and lists that begin with one and the same item are left out.
/// Expected linear in the items of all lists.
pub(super) fn find(snapshot: &Snapshot, tree: &ShortestPaths, options: &Options) -> Slices {
    let mut search = Search::new(snapshot);
    let unfinished = search.run().is_none();
    let size = |found: &Found| snapshot.objects().columns().sizes[found.list as usize];
    search.found.sort_by_key(|found| (Reverse(size(found)), found.list));
    let describe = |found: &Found| {
        let (list, of) = (ObjectId::new(found.list), ObjectId::new(found.of));
        Slice {
            address: snapshot.objects().address(list),
            expression: place::expression(snapshot, tree, list),
            bytes: size(found),
            of: snapshot.objects().address(of),
            of_expression: place::expression(snapshot, tree, of),
            start: found.start as u64,
            end: (found.start + search.items(found.list).len()) as u64,
        }
    };
    Slices {
        count: search.found.len() as u64,
        bytes: search.found.iter().map(size).fold(0, u64::saturating_add),
        rows: search.found.iter().take(options.rows).map(describe).collect(),
        unfinished,
    }
}

struct Search<'s> {
    snapshot: &'s Snapshot,
    /// The lists to look at, longest first, equal ones by row.
    lists: Vec<u32>,
    /// Lists by the hash of their first items; those that were found are taken off.
    beginnings: HashMap<u64, Vec<u32>>,
    is_slice: Marks,
    found: Vec<Found>,
    patience: usize,
}

impl<'s> Search<'s> {
    fn new(snapshot: &'s Snapshot) -> Self {
        let types = snapshot.objects().type_names().iter();
        let is_list: Vec<bool> = types.map(|name| builtin_type(name) == Some("list")).collect();
        let mut search = Search {
            snapshot,
            lists: Vec::new(),
            beginnings: HashMap::default(),
            is_slice: Marks::none(snapshot.objects().len()),
            found: Vec::new(),
            patience: 0,
        };
        let rows = snapshot.objects().real_ids().filter(|id| is_list[snapshot.objects().type_id(*id).index()]);
        let mut lists: Vec<u32> = rows.map(ObjectId::get).filter(|row| search.is_worth_it(*row)).collect();
        lists.sort_by_key(|row| (Reverse(search.items(*row).len()), *row));
        search.lists = lists;
        search.patience = PATIENCE * search.lists.iter().map(|row| search.items(*row).len()).sum::<usize>();
        for &list in &search.lists {
            let beginning = hash(&search.items(list)[..LEAST]);
            search.beginnings.entry(beginning).or_default().push(list);
        }
        search
    }

    /// Long enough, nothing but items, and not a row of one and the same.
    fn is_worth_it(&self, row: u32) -> bool {
        let items = self.items(row);
        if items.len() < LEAST || items[..LEAST].iter().all(|item| *item == items[0]) {
            return false;
        }
        let columns = self.snapshot.references().columns();
        let start = columns.offsets[row as usize] as usize;
        columns.tags[start..start + items.len()].iter().all(|tag| tag & 0b1_1111 == ReferenceKind::Item as u8)
    }

    fn items(&self, row: u32) -> &'s [u32] {
        let columns = self.snapshot.references().columns();
        &columns.targets[columns.offsets[row as usize] as usize..columns.offsets[row as usize + 1] as usize]
    }

    /// Looks along every list that is no slice itself. `None` when patience ends.
    fn run(&mut self) -> Option<()> {
        for list in self.lists.clone() {
            if !self.is_slice.contains(list) {
                self.look_along(list)?;
            }
        }
        Some(())
    }

    fn look_along(&mut self, list: u32) -> Option<()> {
        let items = self.items(list);
        let mut rolling = hash(&items[..LEAST]);
        for start in 0..=items.len() - LEAST {
            if start > 0 {
                rolling = roll(rolling, items[start - 1], items[start + LEAST - 1]);
            }
            let Some(beginnings) = self.beginnings.get_mut(&rolling) else { continue };
            let mut candidates = std::mem::take(beginnings);
            let kept = self.compare(list, start, &mut candidates);
            if let Some(beginnings) = self.beginnings.get_mut(&rolling) {
                *beginnings = candidates;
            }
            kept?;
        }
        Some(())
    }

    /// Takes off the candidates that are the part of `list` from `start` on.
    fn compare(&mut self, list: u32, start: usize, candidates: &mut Vec<u32>) -> Option<()> {
        let items = &self.items(list)[start..];
        let mut left = self.patience;
        candidates.retain(|candidate| {
            let part = self.items(*candidate);
            // Of two equal lists the first contains the second.
            if *candidate == list || part.len() > items.len() {
                left = left.saturating_sub(1);
                return true;
            }
            let equal = items.iter().zip(part).take_while(|(item, other)| item == other).count();
            if equal < part.len() {
                left = left.saturating_sub(1 + equal);
                return true;
            }
            self.found.push(Found { list: *candidate, of: list, start });
            self.is_slice.insert(*candidate);
            false
        });
        self.patience = left;
        (left > 0).then_some(())
    }
}

/// A large odd factor: bits of every item reach the upper half.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

/// The polynomial of the items, modulo 2⁶⁴.
fn hash(items: &[u32]) -> u64 {
    items.iter().fold(0u64, |hash, item| hash.wrapping_mul(FACTOR).wrapping_add(spread(*item)))
}

/// The hash one position further on.
fn roll(hash: u64, leaves: u32, enters: u32) -> u64 {
    const HIGHEST: u64 = FACTOR.wrapping_pow(LEAST as u32);
    hash.wrapping_mul(FACTOR).wrapping_add(spread(enters)).wrapping_sub(spread(leaves).wrapping_mul(HIGHEST))
}

/// Rows that follow each other must not give hashes that do.
fn spread(item: u32) -> u64 {
    let mixed = (u64::from(item) + 1).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed ^ mixed >> 29
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rolled_hash_is_that_of_the_items_under_it() {
        let items: Vec<u32> = (0..300).map(|n| n * n % 97).collect();
        let mut rolling = hash(&items[..LEAST]);
        for start in 1..=items.len() - LEAST {
            rolling = roll(rolling, items[start - 1], items[start + LEAST - 1]);
            assert_eq!(rolling, hash(&items[start..start + LEAST]));
        }
    }
}
