//! What CPython does, told from a snapshot: how objects and references are named, and how a way through the heap is
//! written in Python; and how each version lays out its structs.

pub mod attribute;
pub mod c_types;
pub mod fold;
pub mod label;
pub mod layout;
pub mod objgraph;
pub mod path;
