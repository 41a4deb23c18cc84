//! A graph as two borrowed arrays.

use std::ops::Range;

/// A compressed sparse row graph: the edges of node i are `offsets[i]..offsets[i + 1]`, edge e leads to `targets[e]`.
#[derive(Clone, Copy, Debug)]
pub struct Csr<'g> {
    offsets: &'g [u32],
    targets: &'g [u32],
}

impl<'g> Csr<'g> {
    /// Borrows the arrays as they are.
    ///
    /// # Panics
    /// If the offsets do not end at the number of targets.
    pub fn new(offsets: &'g [u32], targets: &'g [u32]) -> Self {
        let end = offsets.last().map_or(0, |end| *end as usize);
        assert_eq!(end, targets.len(), "the offsets of a graph end at its last edge");
        Csr { offsets, targets }
    }

    /// How many nodes there are.
    pub fn nodes(self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// How many edges there are.
    pub fn all_edges(self) -> usize {
        self.targets.len()
    }

    /// The edges that leave `node`.
    pub fn edges(self, node: u32) -> Range<u32> {
        self.offsets[node as usize]..self.offsets[node as usize + 1]
    }

    /// Where an edge leads.
    pub fn target(self, edge: u32) -> u32 {
        self.targets[edge as usize]
    }
}
