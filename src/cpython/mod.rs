//! What CPython does, told from a snapshot: how objects and references are named, and how a way through the heap is
//! written in Python.

pub mod attribute;
pub mod fold;
pub mod label;
pub mod objgraph;
pub mod path;
