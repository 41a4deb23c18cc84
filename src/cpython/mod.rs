//! What CPython does: where its objects keep what, how objects and references are named, and how a way through the
//! heap is written in Python.

pub mod attribute;
pub mod builtin;
pub mod c_types;
pub mod descriptor;
pub mod fold;
pub mod label;
pub mod layout;
pub mod lineage;
pub mod objgraph;
pub mod path;
pub mod plain;
pub mod repr;
pub mod room;
pub mod visit;
