//! The model: what the builder makes of a heap, what petgraph's algorithms see in it, and what `verify` holds it to.
#![cfg(test)]

mod builder;
mod graph;
mod invariants;
