//! Pictures, tables and JSON, seen from outside: what stands in the files.
#![cfg(test)]

mod beside_dot;
mod checker;
mod drawing;
mod goldens;
mod heaps;
mod hostile;
mod inline;
mod labels;
#[path = "../support/node.rs"]
mod node;
mod objgraph;
mod pages;
mod pdf;
mod plans;
#[path = "../support/python.rs"]
mod python;
mod shapes;
