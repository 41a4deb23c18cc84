//! Pictures, tables and JSON, seen from outside: what stands in the files.
#![cfg(test)]

mod checker;
mod drawing;
mod goldens;
mod heaps;
mod labels;
mod objgraph;
mod shapes;
