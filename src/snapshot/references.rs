//! Who refers to what: a compressed sparse row graph, and its reverse.

use super::id::{NameId, ObjectId, ReferenceId};
use super::kind::{ReferenceKind, ReferenceTag};
use super::strings::Strings;
use crate::error::{Error, Result};

/// In place of a name where a reference has none.
pub const NO_NAME: u32 = u32::MAX;

/// The plain columns that [`References`] is made of.
#[derive(Clone, Default, Debug)]
pub struct ReferenceColumns {
    /// One more than there are objects: the references of row i are `offsets[i]..offsets[i + 1]`.
    pub offsets: Vec<u32>,
    /// The target's row, one per reference.
    pub targets: Vec<u32>,
    /// See [`ReferenceTag`], one per reference.
    pub tags: Vec<u8>,
    /// Indexes into `name_table`, or [`NO_NAME`], one per reference.
    pub names: Vec<u32>,
    /// The distinct names.
    pub name_table: Strings,
}

/// One reference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reference<'s> {
    /// Its position among all references.
    pub id: ReferenceId,
    /// The object that refers.
    pub holder: ObjectId,
    /// The object referred to.
    pub target: ObjectId,
    /// Kind and marks.
    pub tag: ReferenceTag,
    /// How the holder names it: an attribute, the repr of a key, a variable. Positions have none.
    pub name: Option<&'s str>,
}

impl Reference<'_> {
    /// The kind without its marks.
    pub fn kind(&self) -> ReferenceKind {
        self.tag.kind()
    }
}

/// All references of a snapshot, by holder, in the order in which the holder has them.
///
/// A target held twice by one holder stands twice: CPython's collector counts both.
#[derive(Clone, Default, Debug)]
pub struct References {
    columns: ReferenceColumns,
}

impl References {
    /// Takes the columns as they are.
    ///
    /// # Errors
    /// Columns of unequal length, offsets that fall or do not end at the last reference, a target or name out of
    /// range, an unknown kind: named by the row of the holder.
    pub fn new(columns: ReferenceColumns) -> Result<Self> {
        let count = columns.targets.len();
        let lengths_agree = columns.tags.len() == count && columns.names.len() == count;
        let (first, last) = (columns.offsets.first(), columns.offsets.last());
        if !lengths_agree || first != Some(&0) || last.map(|last| *last as usize) != Some(count) {
            return Err(Error::malformed(format!(
                "expected {count} targets, kinds and names, with offsets from 0 to {count}; found {} kinds, {} names \
                 and offsets from {first:?} to {last:?}",
                columns.tags.len(),
                columns.names.len(),
            )));
        }
        if let Some(row) = columns.offsets.windows(2).position(|pair| pair[0] > pair[1]) {
            return Err(Error::malformed(format!("row {row}: its references end before they start")));
        }
        let references = References { columns };
        references.check_values()?;
        Ok(references)
    }

    fn check_values(&self) -> Result<()> {
        let columns = &self.columns;
        let (objects, names) = (self.objects() as u32, columns.name_table.len() as u32);
        let bad = |what: String, at: usize| {
            let row = columns.offsets.partition_point(|offset| *offset as usize <= at) - 1;
            Error::malformed(format!("row {row}: {what}"))
        };
        if let Some(at) = columns.targets.iter().position(|target| *target >= objects) {
            let target = columns.targets[at];
            return Err(bad(format!("a reference to row {target}, but there are {objects} objects"), at));
        }
        if let Some(at) = columns.tags.iter().position(|byte| ReferenceTag::from_byte(*byte).is_none()) {
            return Err(bad(format!("unknown reference kind {}", columns.tags[at] & 31), at));
        }
        match columns.names.iter().position(|name| *name != NO_NAME && *name >= names) {
            Some(at) => Err(bad("a reference name that is not in the table".into(), at)),
            None => Ok(()),
        }
    }

    /// How many references there are.
    pub fn len(&self) -> usize {
        self.columns.targets.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.columns.targets.is_empty()
    }

    /// How many objects they run between.
    pub fn objects(&self) -> usize {
        self.columns.offsets.len().saturating_sub(1)
    }

    /// The references that `holder` has, in its own order.
    pub fn of(
        &self,
        holder: ObjectId,
    ) -> impl ExactSizeIterator<Item = Reference<'_>> + DoubleEndedIterator + Clone + use<'_> {
        let range = self.columns.offsets[holder.index()]..self.columns.offsets[holder.index() + 1];
        range.map(move |position| self.at(holder, ReferenceId::new(position)))
    }

    /// The reference at this position. Finds the holder by binary search.
    pub fn get(&self, id: ReferenceId) -> Reference<'_> {
        let holder = self.columns.offsets.partition_point(|offset| *offset <= id.get()) - 1;
        self.at(ObjectId::new(holder as u32), id)
    }

    fn at(&self, holder: ObjectId, id: ReferenceId) -> Reference<'_> {
        let target = ObjectId::new(self.columns.targets[id.index()]);
        Reference { id, holder, target, tag: self.tag(id), name: self.name(id) }
    }

    /// Kind and marks of the reference at this position.
    pub fn tag(&self, id: ReferenceId) -> ReferenceTag {
        ReferenceTag::from_byte(self.columns.tags[id.index()]).expect("tags were checked when the columns were taken")
    }

    /// The name of the reference at this position.
    pub fn name(&self, id: ReferenceId) -> Option<&str> {
        self.columns.name_table.get(self.columns.names[id.index()])
    }

    /// The name as an index that is cheap to compare.
    pub fn name_id(&self, id: ReferenceId) -> Option<NameId> {
        let name = self.columns.names[id.index()];
        (name != NO_NAME).then_some(NameId::new(name))
    }

    /// The columns, for a writer and for passes over the whole graph.
    pub fn columns(&self) -> &ReferenceColumns {
        &self.columns
    }
}

/// The reverse of [`References`]: who refers to an object. Built once by whoever needs it, and kept by them.
pub struct Referrers {
    offsets: Vec<u32>,
    holders: Vec<u32>,
    references: Vec<u32>,
}

impl Referrers {
    /// Sorts all references by target: two linear passes, 8 bytes per reference and 4 per object.
    pub fn new(references: &References) -> Self {
        let columns = references.columns();
        let mut offsets = vec![0u32; columns.offsets.len().max(1)];
        for &target in &columns.targets {
            offsets[target as usize + 1] += 1;
        }
        for row in 1..offsets.len() {
            offsets[row] += offsets[row - 1];
        }
        let mut next = offsets.clone();
        let mut holders = vec![0u32; columns.targets.len()];
        let mut ids = vec![0u32; columns.targets.len()];
        for (holder, range) in columns.offsets.windows(2).enumerate() {
            for id in range[0]..range[1] {
                let slot = &mut next[columns.targets[id as usize] as usize];
                holders[*slot as usize] = holder as u32;
                ids[*slot as usize] = id;
                *slot += 1;
            }
        }
        Referrers { offsets, holders, references: ids }
    }

    /// The references to `target`: by holder's row, then in the holder's order. Parallel ones stand each for itself.
    pub fn of<'s>(
        &'s self,
        references: &'s References,
        target: ObjectId,
    ) -> impl ExactSizeIterator<Item = Reference<'s>> + DoubleEndedIterator + use<'s> {
        let range = self.offsets[target.index()] as usize..self.offsets[target.index() + 1] as usize;
        range.map(move |slot| {
            let (holder, id) = (ObjectId::new(self.holders[slot]), ReferenceId::new(self.references[slot]));
            references.at(holder, id)
        })
    }

    /// How many references point at `target`.
    pub fn count(&self, target: ObjectId) -> usize {
        (self.offsets[target.index() + 1] - self.offsets[target.index()]) as usize
    }

    /// Offsets, holders and reference positions as flat arrays, for passes over the whole graph.
    pub fn columns(&self) -> (&[u32], &[u32], &[u32]) {
        (&self.offsets, &self.holders, &self.references)
    }
}
