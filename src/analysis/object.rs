//! One object: what it is, and where each of its references comes from.

use crate::snapshot::{Address, Flags, Generation, ObjectId, ReferenceId, ReferenceKind, Referrers, Snapshot};

/// How much to list.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// At most so many holders in each list; the rest is counted.
    pub holders: usize,
    /// At most so many references by name for each holder; the rest is counted.
    pub names: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { holders: 100, names: 10 }
    }
}

/// An object explained.
#[derive(Clone, PartialEq, Debug)]
pub struct ObjectReport {
    /// Its row.
    pub object: ObjectId,
    /// `id()`; `None` for a row that stands for a root.
    pub address: Option<Address>,
    /// The long name of its type.
    pub type_name: String,
    /// What it is, in a few words.
    pub title: String,
    /// What tells it from its like.
    pub detail: Option<String>,
    /// Its own bytes.
    pub size: u64,
    /// Which list of the collector it stood in.
    pub generation: Generation,
    /// What is special about it.
    pub flags: Flags,
    /// `len()`.
    pub length: Option<u64>,
    /// As stored: a value's prefix, a name.
    pub text: Option<String>,
    /// The count stored in it. Says nothing for an immortal object.
    pub refcount: u32,
    /// How many counted references were found: all of `holders`, listed or not.
    pub counted: u64,
    /// Refcount less counted references: held by C code, a running call, the interpreter. Zero for immortal objects.
    pub held_outside: u64,
    /// Who holds counted references to it: roots first, then by row.
    pub holders: Holders,
    /// Roots that lead to it and explain no count: entries of the module table, the interpreter's labels.
    pub labels: Holders,
    /// References that are no part of the count: guessed, borrowed, weak.
    pub uncounted: Holders,
    /// How many references it has to others.
    pub references: u64,
    /// How many objects these lead to.
    pub referents: u64,
}

/// Some holders, and how many more there are.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Holders {
    /// Those that are listed.
    pub listed: Vec<Holder>,
    /// How many further holders there are.
    pub more_holders: u64,
    /// How many references these have to the object.
    pub more_references: u64,
}

/// An object that refers to the one in question.
#[derive(Clone, PartialEq, Debug)]
pub struct Holder {
    /// Its row.
    pub object: ObjectId,
    /// `None` for a row that stands for a root.
    pub address: Option<Address>,
    /// The long name of its type.
    pub type_name: String,
    /// What it is, in a few words; an own `__dict__` says whose: `dict of module app`.
    pub title: String,
    /// How many references of this sort it has to the object.
    pub count: u64,
    /// The first of them.
    pub references: Vec<HeldBy>,
}

/// One reference as a report names it.
#[derive(Clone, PartialEq, Debug)]
pub struct HeldBy {
    /// Which reference.
    pub reference: ReferenceId,
    /// Its kind.
    pub kind: ReferenceKind,
    /// The words of its marks: `guessed`, `borrowed`, `untraversed`.
    pub marks: Vec<&'static str>,
    /// As one would write it: `.cache`, `['k']`, `[3]`, `local req`. `None` where there is nothing to say.
    pub label: Option<String>,
}

/// Explains one object. Linear in the references to it and from it.
pub fn explain(_snapshot: &Snapshot, _referrers: &Referrers, _id: ObjectId, _options: &Options) -> ObjectReport {
    todo!()
}
