//! What types there are: how many objects of each, and how many bytes.

use super::pattern::TypeFilter;
use crate::snapshot::Objects;

/// Which objects to count.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// Only what the collector tracks: the view that objgraph has.
    pub tracked: bool,
    /// Only types that pass.
    pub types: TypeFilter,
}

/// One type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeCount {
    /// Its long name.
    pub type_name: String,
    /// How many objects it has.
    pub count: u64,
    /// Their own bytes in all.
    pub bytes: u64,
}

/// The objects of a snapshot by type.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Census {
    /// Most objects first, equal numbers by name. Types without an object are left out.
    pub types: Vec<TypeCount>,
    /// Objects counted.
    pub objects: u64,
    /// Bytes counted.
    pub bytes: u64,
}

/// Counts objects by type; rows that stand for roots are left out. Linear, and needs the object columns alone.
pub fn count(_objects: &Objects, _options: &Options) -> Census {
    todo!()
}
