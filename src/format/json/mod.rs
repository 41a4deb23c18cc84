//! The readable twin of a snapshot file: written by hand in tests and bug reports, and by `export`.

mod fields;
mod read;
mod write;

pub(super) use read::read;
pub(super) use write::write;

/// What the field `schema` says, up to the major version.
const SCHEMA: &str = "heapgraph.snapshot/";
/// The major version written, and the newest one read.
const MAJOR: u32 = 1;
