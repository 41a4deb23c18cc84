//! Where a heap can come from: core files, processes in containers, processes in odd states; and clear words where it
//! cannot be had.
#![cfg(test)]

mod bad_cores;
mod containers;
mod cores;
mod damage;
#[path = "../support/heapgraph.rs"]
mod heapgraph;
mod many;
#[path = "../support/pythons.rs"]
mod pythons;
#[path = "../support/report.rs"]
mod report;
mod rights;
mod states;
mod stops;
mod values;
#[path = "../support/victim.rs"]
mod victim;
