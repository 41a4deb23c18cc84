//! Algorithms on directed graphs given as flat arrays. Knows nothing of Python.
//!
//! A graph is a [`Csr`]; which edges count is a closure `keep(edge)`, so that kinds and marks stay with the caller.
//! Every pass is iterative: a chain of ten million nodes needs no more stack than a chain of ten.

mod csr;
mod disjoint;
mod dominators;
mod entries;
mod path;
mod reach;
mod scc;

pub use csr::Csr;
pub use disjoint::{Backwards, Disjoint, DisjointPaths, Place};
pub use dominators::Dominators;
pub use entries::entries;
pub use path::{Arrival, ShortestPaths};
pub use reach::Marks;
pub use scc::Components;
