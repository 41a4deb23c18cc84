//! What holds on every heap: random ones, with as slow and obvious a computation beside each answer.
#![cfg(test)]

mod cells;
mod collect;
mod cycles;
mod diffs;
mod heaps;
mod neighbourhoods;
mod objects;
mod retained;
mod wastes;
mod ways;
