//! From objects in any order, referring to each other by address, to a frozen [`Snapshot`].
//!
//! Every reader and the capture go through here, so that the order of rows, the roots and the references from
//! `<held outside Python>` mean the same whoever made the snapshot.

mod freeze;

use super::flag::Flags;
use super::id::{Address, NameId, TypeId};
use super::kind::{ReferenceKind, ReferenceTag, RootKind};
use super::objects::{Generation, ObjectColumns};
use super::references::NO_NAME;
use super::roots::{DEEPEST_PATH, RootRows};
use super::strings::{Interner, Strings, TextColumn};
use crate::error::{Error, Result};

/// An object to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewObject<'a> {
    /// What `id()` returns. Not zero, and of one object only.
    pub address: Address,
    /// From [`SnapshotBuilder::type_name`].
    pub type_name: TypeId,
    /// Bytes of the object itself.
    pub size: u64,
    /// `None`: as many as the counted references and roots that lead to it.
    pub refcount: Option<u32>,
    /// Which list of the collector it stands in.
    pub generation: Generation,
    /// What is special about it.
    pub flags: Flags,
    /// `len()` of a sized object.
    pub length: Option<u64>,
    /// At most 80 characters; longer texts are the caller's to cut.
    pub text: Option<&'a str>,
}

/// A reason why an object is alive without a Python holder.
#[derive(Clone, Copy, Debug)]
pub struct NewRoot<'a> {
    /// Which kind of root.
    pub kind: RootKind,
    /// The rows it hangs under, outermost first: `["thread 139 MainThread", "frame app.py:42 handle"]`.
    /// Empty: directly under the one row of its kind.
    pub path: &'a [&'a str],
    /// Kind of the reference from the last of these rows to the target.
    pub reference: ReferenceKind,
    /// How the holder names it: a module's name, a variable.
    pub name: Option<&'a str>,
    /// The object that is alive by it.
    pub target: Address,
    /// Whether this entry explains one of the target's references.
    pub counted: bool,
}

/// Collects objects, references and roots; [`finish`](SnapshotBuilder::finish) freezes them.
#[derive(Default)]
pub struct SnapshotBuilder {
    types: Interner,
    names: Interner,
    columns: ObjectColumns,
    /// Number and first object of each batch, in order of their objects.
    batches: Vec<(u32, u32)>,
    // `refcounts` cannot say "not given", so these rows are remembered apart.
    refcount_missing: Vec<usize>,
    lengths: Vec<u64>,
    texts: TextColumn,
    offsets: Vec<u32>,
    targets: Vec<u64>,
    tags: Vec<u8>,
    reference_names: Vec<u32>,
    roots: RootRows,
}

impl SnapshotBuilder {
    /// An empty heap.
    pub fn new() -> Self {
        SnapshotBuilder::default()
    }

    /// Makes room for this many more objects and references, so that columns need not move while they grow. Room that
    /// is not used costs address space, no memory.
    pub fn reserve(&mut self, objects: usize, references: usize) {
        let columns = &mut self.columns;
        columns.addresses.reserve(objects);
        columns.types.reserve(objects);
        columns.sizes.reserve(objects);
        columns.refcounts.reserve(objects);
        columns.generations.reserve(objects);
        columns.flags.reserve(objects);
        self.lengths.reserve(objects);
        self.texts.reserve(objects);
        self.offsets.reserve(objects + 1);
        self.targets.reserve(references);
        self.tags.reserve(references);
        self.reference_names.reserve(references);
    }

    /// The id of a type name, for [`NewObject::type_name`].
    ///
    /// # Errors
    /// Refused past 4 GiB of names.
    pub fn type_name(&mut self, name: &str) -> Result<TypeId> {
        self.types.intern(name).map(TypeId::new)
    }

    /// The id of a reference name, for [`SnapshotBuilder::reference`].
    ///
    /// # Errors
    /// Refused past 4 GiB of names.
    pub fn name(&mut self, name: &str) -> Result<NameId> {
        self.names.intern(name).map(NameId::new)
    }

    /// The text of a name given out earlier.
    pub fn name_text(&self, name: NameId) -> Option<&str> {
        self.names.get(name.get())
    }

    /// Adds an object. The references added next are its own.
    ///
    /// # Errors
    /// Refused past 4 GiB of text.
    pub fn object(&mut self, object: NewObject<'_>) -> Result<()> {
        self.offsets.push(self.reference_count()?);
        let columns = &mut self.columns;
        if object.refcount.is_none() {
            self.refcount_missing.push(columns.addresses.len());
        }
        columns.addresses.push(object.address.0);
        columns.types.push(object.type_name.get());
        columns.sizes.push(object.size);
        columns.refcounts.push(object.refcount.unwrap_or(0));
        columns.generations.push(object.generation.0);
        columns.flags.push(object.flags.bits());
        self.lengths.push(object.length.unwrap_or(u64::MAX));
        self.texts.push(object.text)
    }

    /// Adds a reference from the object added last. Its target may be added later.
    ///
    /// # Panics
    /// If no object was added yet.
    pub fn reference(&mut self, target: Address, tag: ReferenceTag, name: Option<NameId>) {
        assert!(!self.offsets.is_empty(), "a reference needs a holder: add the object first");
        self.targets.push(target.0);
        self.tags.push(tag.byte());
        self.reference_names.push(name.map_or(NO_NAME, NameId::get));
    }

    /// Adds a root entry. Its target may be added later.
    ///
    /// # Errors
    /// Refused past 4 GiB of names, and below more rows than any root has above it.
    pub fn root(&mut self, root: NewRoot<'_>) -> Result<()> {
        if root.path.len() > DEEPEST_PATH {
            let found = root.path.len();
            return Err(Error::malformed(format!(
                "expected a root's path of {DEEPEST_PATH} steps at most, found {found}"
            )));
        }
        let name = root.name.map(|name| self.names.intern(name)).transpose()?;
        self.roots.add(&root, name);
        Ok(())
    }

    /// How many objects were added.
    pub fn len(&self) -> usize {
        self.columns.addresses.len()
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.columns.addresses.is_empty()
    }

    fn reference_count(&self) -> Result<u32> {
        u32::try_from(self.targets.len())
            .map_err(|_| Error::unsupported(format!("{} references; at most 2³²−1 fit", self.targets.len())))
    }

    /// Another builder, for another thread, in which the names known so far have the same ids;
    /// [`absorb`](SnapshotBuilder::absorb) takes it back.
    pub fn fork(&self) -> Self {
        SnapshotBuilder { types: self.types.clone(), names: self.names.clone(), ..SnapshotBuilder::default() }
    }

    /// Gives the objects added from now on a place among the tracked ones: behind those of batches with smaller
    /// numbers, whichever builder they were added to. Without batches they keep the order in which they were added.
    pub fn batch(&mut self, number: u32) {
        self.batches.push((number, self.columns.addresses.len() as u32));
    }

    /// Takes over objects and references from a [`fork`](SnapshotBuilder::fork). Linear in what it holds.
    ///
    /// # Errors
    /// Refused past 4 GiB of names or text, or 2³² references.
    pub fn absorb(&mut self, other: SnapshotBuilder) -> Result<()> {
        let types = remap(&mut self.types, other.types.strings())?;
        let names = remap(&mut self.names, other.names.strings())?;
        let (rows, references) = (self.columns.addresses.len(), self.reference_count()?);
        self.reserve(other.columns.addresses.len(), other.targets.len());
        self.batches.extend(other.batches.iter().map(|(number, first)| (*number, first + rows as u32)));
        self.refcount_missing.extend(other.refcount_missing.iter().map(|row| row + rows));
        let columns = &mut self.columns;
        columns.addresses.extend(other.columns.addresses);
        columns.types.extend(other.columns.types.into_iter().map(|id| types[id as usize]));
        columns.sizes.extend(other.columns.sizes);
        columns.refcounts.extend(other.columns.refcounts);
        columns.generations.extend(other.columns.generations);
        columns.flags.extend(other.columns.flags);
        self.lengths.extend(other.lengths);
        self.texts.append(&other.texts)?;
        self.offsets.extend(other.offsets.into_iter().map(|offset| offset.saturating_add(references)));
        self.targets.extend(other.targets);
        self.tags.extend(other.tags);
        self.reference_names.extend(
            other.reference_names.into_iter().map(|id| if id == NO_NAME { NO_NAME } else { names[id as usize] }),
        );
        self.reference_count().map(drop)
    }
}

/// The id in `table` of each string of `other`, added where it is new.
fn remap(table: &mut Interner, other: &Strings) -> Result<Vec<u32>> {
    other.iter().map(|text| table.intern(text)).collect()
}
