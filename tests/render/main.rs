//! Pictures, tables and JSON, seen from outside: what stands in the files.
#![cfg(test)]

mod beside_dot;
mod checker;
mod drawing;
mod goldens;
mod heaps;
mod hostile;
mod labels;
mod objgraph;
mod plans;
#[path = "../support/python.rs"]
mod python;
mod shapes;
