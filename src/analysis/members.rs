//! How many references an object has that make up its contents, with its own `__dict__` counted as a part of it.

use crate::cpython::label::builtin_type;
use crate::graph::Marks;
use crate::snapshot::{ObjectId, ReferenceKind, ReferenceTag, Snapshot};
use std::iter;
use std::ops::Range;

/// In place of a row where there is none.
const NONE: u32 = u32::MAX;

/// Which references count: those that hold something of the program's. An entry of a dict counts once, by its value;
/// classes and bases never come and go; a borrowed reference shows what somebody else holds.
fn counts(tag: ReferenceTag) -> bool {
    use ReferenceKind::{Base, DictKey, Root, Type, Weak};
    !matches!(tag.kind(), Weak | Type | Base | DictKey | Root) && !tag.is_borrowed()
}

/// The contents of every object of a snapshot. 8 bytes per row.
pub(super) struct Members<'s> {
    snapshot: &'s Snapshot,
    /// Of each byte of a tag: whether such a reference counts, and whether it is an attribute.
    counted: [bool; 256],
    attribute: [bool; 256],
    /// The number of the name `__dict__`.
    dict_name: Option<u32>,
    counts: Vec<u32>,
    /// The own `__dict__` of each object, or [`NONE`].
    dict_of: Vec<u32>,
    /// Dicts that count as a part of their owner.
    folded: Marks,
}

impl<'s> Members<'s> {
    /// Counts; linear. A dict that several objects share as their own belongs to the first of them.
    pub(super) fn new(snapshot: &'s Snapshot) -> Self {
        let (columns, rows) = (snapshot.references().columns(), snapshot.objects().len());
        let mut names = columns.name_table.iter().zip(0..);
        let mut members = Members {
            snapshot,
            counted: ReferenceTag::table(counts),
            attribute: ReferenceTag::table(|tag| tag.kind() == ReferenceKind::Attribute),
            dict_name: names.find(|(name, _)| *name == "__dict__").map(|(_, number)| number),
            counts: vec![0; rows],
            dict_of: vec![NONE; rows],
            folded: Marks::none(rows),
        };
        let types = snapshot.objects().type_names().iter();
        let dict_types: Vec<bool> = types.map(|name| builtin_type(name) == Some("dict")).collect();
        let is_dict = |row: u32| dict_types[snapshot.objects().columns().types[row as usize] as usize];
        for row in 0..rows as u32 {
            for edge in members.edges(row) {
                let target = columns.targets[edge];
                let own = members.names_own_dict(edge) && is_dict(target) && !is_dict(row);
                if own && members.dict_of[row as usize] == NONE && members.folded.insert(target) {
                    members.dict_of[row as usize] = target;
                }
                members.counts[row as usize] += u32::from(members.counts(row, edge));
            }
        }
        members
    }

    fn names_own_dict(&self, edge: usize) -> bool {
        let columns = self.snapshot.references().columns();
        self.attribute[columns.tags[edge] as usize] && Some(columns.names[edge]) == self.dict_name
    }

    /// Whether a reference of `row` counts: one to the `__dict__` that is a part of it does not.
    fn counts(&self, row: u32, edge: usize) -> bool {
        let columns = self.snapshot.references().columns();
        let to_part = self.dict_of[row as usize] == columns.targets[edge] && self.names_own_dict(edge);
        self.counted[columns.tags[edge] as usize] && !to_part
    }

    fn edges(&self, row: u32) -> Range<usize> {
        let offsets = &self.snapshot.references().columns().offsets;
        offsets[row as usize] as usize..offsets[row as usize + 1] as usize
    }

    /// Whether a row is told with its owner rather than by itself.
    pub(super) fn is_folded(&self, row: u32) -> bool {
        self.folded.contains(row)
    }

    /// For each dict that is told with its owner, that owner; other rows stand for themselves. 4 bytes per row.
    pub(super) fn owners(&self) -> Vec<u32> {
        let mut owners: Vec<u32> = (0..self.dict_of.len() as u32).collect();
        for (owner, &dict) in self.dict_of.iter().enumerate().filter(|(_, dict)| **dict != NONE) {
            owners[dict as usize] = owner as u32;
        }
        owners
    }

    /// The row and its own `__dict__`.
    pub(super) fn parts(&self, row: u32) -> impl Iterator<Item = u32> + use<> {
        iter::once(row).chain(Some(self.dict_of[row as usize]).filter(|dict| *dict != NONE))
    }

    /// How many references of a row and its own `__dict__` count.
    pub(super) fn count(&self, row: u32) -> u64 {
        self.parts(row).map(|part| u64::from(self.counts[part as usize])).sum()
    }

    /// What these references lead to.
    pub(super) fn targets(&self, row: u32) -> impl Iterator<Item = ObjectId> {
        let edges = self.parts(row).flat_map(|part| self.edges(part).map(move |edge| (part, edge)));
        let counted = edges.filter(|(part, edge)| self.counts(*part, *edge));
        counted.map(|(_, edge)| ObjectId::new(self.snapshot.references().columns().targets[edge]))
    }
}
