//! Where objects pile up: which type's instances do, and which one object holds them.

use super::paths::Chain;
use crate::snapshot::{ObjectId, Snapshot};

/// A pile: one type's objects under one holder.
#[derive(Clone, PartialEq, Debug)]
pub struct Accumulation {
    /// The type whose objects pile up, long.
    pub type_name: String,
    /// How many of them hang under the holder.
    pub instances: u64,
    /// How many there are in all.
    pub of: u64,
    /// Bytes of all that hangs under the holder on shortest paths from the roots.
    pub bytes: u64,
    /// The object that holds them: a container.
    pub holder: ObjectId,
    /// How a root leads to the holder.
    pub path: Chain,
}

/// The piles of a heap, the one with most bytes first.
pub fn find(_snapshot: &Snapshot) -> Vec<Accumulation> {
    todo!()
}
