//! Pictures, tables and JSON, seen from outside: what stands in the files.
#![cfg(test)]

mod beside_dot;
mod checker;
mod drawing;
mod goldens;
mod heaps;
mod labels;
mod objgraph;
#[path = "../support/python.rs"]
mod python;
mod shapes;
