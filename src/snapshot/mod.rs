//! One heap at one moment, frozen: objects, the references between them, and why each is alive.
//!
//! A [`Snapshot`] is made by a [`SnapshotBuilder`] or read from a file, and never changes. Its parts are types of
//! their own, so that a question that needs only some columns takes only those:
//!
//! * [`Objects`]: address, type, size, refcount, generation and flags, one row per object;
//! * [`Texts`]: length and short text of each;
//! * [`References`]: who refers to what, parallel references kept; [`Referrers`] is the reverse, built when asked for;
//! * [`Metadata`]: the process it was taken from.
//!
//! Roots are rows too. The first rows are synthetic: `<root>`, and under it `<modules>`, `<interpreter>`,
//! `<thread …>` with its `<frame …>`s, and `<held outside Python>`. So paths, dominators and pictures need no special
//! case.
//!
//! # Invariants
//! What the constructors check, and so every snapshot keeps: columns have one value per row, references run from and
//! to rows that exist, kinds and flags are known, synthetic rows come first and have no address, and no two objects
//! share an address. [`Snapshot::verify`] checks these and what heapgraph's own files keep beyond.

mod address_index;
mod builder;
mod flag;
mod id;
mod kind;
mod metadata;
mod objects;
mod references;
mod root_entries;
mod roots;
mod strings;
mod verify;
mod visit;

pub use address_index::AddressIndex;
pub use builder::{NewObject, NewRoot, SnapshotBuilder};
pub use flag::Flags;
pub use id::{Address, NameId, ObjectId, ReferenceId, TypeId};
pub use kind::{ReferenceKind, ReferenceTag, RootKind};
pub use metadata::{Collector, FORMAT_VERSION, Memory, Metadata, Thread};
pub use objects::{Generation, ObjectColumns, Objects, Texts};
pub use references::{NO_NAME, Reference, ReferenceColumns, References, Referrers};
pub use root_entries::RootEntry;
pub use strings::{Interner, Strings, TextColumn};
pub use verify::Violation;
pub use visit::WithReferrers;

use crate::error::{Error, Result};

/// One heap at one moment.
#[derive(Clone, Default, Debug)]
pub struct Snapshot {
    objects: Objects,
    texts: Texts,
    references: References,
    metadata: Metadata,
}

impl Snapshot {
    /// Puts the parts together.
    ///
    /// # Errors
    /// Parts with unequal numbers of rows, or two objects at one address: named by row and address.
    pub fn new(objects: Objects, texts: Texts, references: References, metadata: Metadata) -> Result<Self> {
        objects.check_distinct()?;
        Self::of_distinct(objects, texts, references, metadata)
    }

    /// The same for objects whose addresses were checked already.
    ///
    /// # Errors
    /// Parts with unequal numbers of rows.
    pub(crate) fn of_distinct(
        objects: Objects,
        texts: Texts,
        references: References,
        metadata: Metadata,
    ) -> Result<Self> {
        let (rows, described, linked) = (objects.len(), texts.len(), references.objects());
        if described != rows || linked != rows {
            return Err(Error::malformed(format!(
                "expected {rows} rows in every column, found {described} texts and the references of {linked} rows"
            )));
        }
        Ok(Snapshot { objects, texts, references, metadata })
    }

    /// Address, type, size, refcount, generation and flags of every object.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// Length and short text of every object.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Who refers to what.
    pub fn references(&self) -> &References {
        &self.references
    }

    /// The process it was taken from.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The parts that [`Snapshot::new`] puts together.
    pub fn into_parts(self) -> (Objects, Texts, References, Metadata) {
        (self.objects, self.texts, self.references, self.metadata)
    }

    /// The same heap with other metadata; the format stays that of this program where they name none.
    #[must_use]
    pub fn with_metadata(self, mut metadata: Metadata) -> Self {
        if metadata.format.is_empty() {
            metadata.format = FORMAT_VERSION.into();
        }
        Snapshot { metadata, ..self }
    }

    /// The row under which every root hangs; `None` in a heap without roots.
    pub fn root(&self) -> Option<ObjectId> {
        (self.objects.synthetic() > 0).then_some(ObjectId::new(0))
    }

    /// The class object of `id`, where the heap has a reference to it: instances of classes made at run time.
    pub fn class_of(&self, id: ObjectId) -> Option<ObjectId> {
        self.references.of(id).find(|reference| reference.kind() == ReferenceKind::Type).map(|found| found.target)
    }

    /// Builds the reverse adjacency. Linear; keep it if you ask more than once.
    pub fn referrers(&self) -> Referrers {
        Referrers::new(&self.references)
    }
}
