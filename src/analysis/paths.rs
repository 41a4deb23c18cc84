//! Why an object is alive: the shortest chain of references from a root.

use crate::graph::ShortestPaths;
use crate::snapshot::{Address, ObjectId, ReferenceId, ReferenceKind, Snapshot};

/// Which references a chain may use.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// References of these names are left out, written as in the snapshot: `cache`, `'key'`.
    pub without_names: Vec<String>,
}

/// One step of a chain: an object and the reference that leads to it. Eight bytes; [`Chain::steps`] tells the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hop {
    /// The object.
    pub object: ObjectId,
    /// The reference from the step before; the first step has none.
    pub reference: Option<ReferenceId>,
}

/// A chain from a root down to an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chain {
    /// The root first: a row such as `<modules>` or `<thread …>`, never `<root>` itself. The object asked for last.
    pub hops: Vec<Hop>,
}

/// All there is to say of one step.
#[derive(Clone, PartialEq, Debug)]
pub struct Step<'s> {
    /// The object.
    pub object: ObjectId,
    /// `None` for a row that stands for a root.
    pub address: Option<Address>,
    /// The long name of its type.
    pub type_name: &'s str,
    /// The kind of the reference that leads to it.
    pub kind: Option<ReferenceKind>,
    /// The name of that reference.
    pub name: Option<&'s str>,
    /// The position, where that reference is an item.
    pub index: Option<u64>,
    /// The text of a row that stands for a root: `<frame app.py:42 handle>`.
    pub text: Option<&'s str>,
}

impl Chain {
    /// The object at its end.
    pub fn object(&self) -> ObjectId {
        self.hops.last().expect("a chain has at least its root").object
    }

    /// The references it goes along.
    pub fn references(&self) -> Vec<ReferenceId> {
        self.hops.iter().filter_map(|hop| hop.reference).collect()
    }

    /// Each step with all there is to say of it, nothing folded.
    pub fn steps<'s>(&'s self, _snapshot: &'s Snapshot) -> impl Iterator<Item = Step<'s>> + 's {
        std::iter::empty()
    }

    /// The chain folded: `module app → cache → 'k' → [3] → .owner`.
    pub fn arrows(&self, snapshot: &Snapshot) -> String {
        crate::cpython::path::arrows(snapshot, &self.references())
    }

    /// The chain as an expression: `app.cache['k'][3].owner`.
    pub fn expression(&self, snapshot: &Snapshot) -> String {
        crate::cpython::path::expression(snapshot, &self.references())
    }
}

/// The answer of `chain`.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Chains {
    /// One for each object that a root reaches, in the order asked for.
    pub chains: Vec<Chain>,
    /// The others: garbage.
    pub without: Vec<ObjectId>,
}

/// One shortest chain for each of the objects. Weak references are not followed.
///
/// Named roots win over `<held outside Python>`, however long their chains. Among equally short chains the one whose
/// objects come first in row order wins. Linear in the heap, whatever the number of objects asked for.
pub fn chains(_snapshot: &Snapshot, _ids: &[ObjectId], _options: &Options) -> Chains {
    todo!()
}

/// The tree of shortest paths from all roots, for questions that need more than a few chains of it.
pub fn from_roots(_snapshot: &Snapshot, _options: &Options) -> ShortestPaths {
    todo!()
}
