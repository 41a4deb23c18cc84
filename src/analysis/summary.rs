//! What a snapshot is of: the process, and the heap in a few numbers.

use crate::snapshot::{Metadata, Objects};

/// The answer of `info`.
#[derive(Clone, PartialEq, Debug)]
pub struct Summary {
    /// The process and how it was captured.
    pub metadata: Metadata,
    /// Objects, without the rows that stand for roots.
    pub objects: u64,
    /// References.
    pub references: u64,
    /// The objects' own bytes.
    pub bytes: u64,
    /// Types that have an object.
    pub types: u64,
    /// Objects in any list of the collector.
    pub tracked: u64,
    /// Objects in generations 0, 1 and 2.
    pub generations: [u64; 3],
    /// Objects that `gc.freeze()` set aside.
    pub frozen: u64,
}

/// Sums up a snapshot. Linear, and needs the object columns alone; `references` is how many references there are.
pub fn summarize(_objects: &Objects, _metadata: &Metadata, _references: u64) -> Summary {
    todo!()
}
