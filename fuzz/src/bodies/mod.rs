//! What is fuzzed: one function of bytes for each target, which panics where heapgraph is wrong.
//!
//! The targets in `fuzz_targets/` hand the bytes of libFuzzer to it; `tests/fuzz` those of the seeds and of a mutator of
//! its own, so that `cargo test` samples every target.
#![allow(unreachable_pub, reason = "public for the targets, a module of the test")]

pub mod base;
pub mod collect;
pub mod components;
pub mod core;
mod core_file;
pub mod cycles;
pub mod dominators;
pub mod json;
pub mod labels;
pub mod memory;
pub mod parquet;
mod questions;
pub mod seeds;
mod small;
