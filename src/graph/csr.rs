//! A graph as two borrowed arrays, and a set of its nodes.

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

    /// The edges that leave `node`.
    pub fn edges(self, node: u32) -> Range<u32> {
        self.offsets[node as usize]..self.offsets[node as usize + 1]
    }

    /// Where an edge leads.
    pub fn target(self, edge: u32) -> u32 {
        self.targets[edge as usize]
    }
}

/// A set of nodes: one bit each.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct NodeSet {
    words: Vec<u64>,
}

impl NodeSet {
    /// The empty set over `nodes` nodes.
    pub fn new(nodes: usize) -> Self {
        NodeSet { words: vec![0; nodes.div_ceil(64)] }
    }

    /// Adds `node`; false if it was there already.
    pub fn insert(&mut self, node: u32) -> bool {
        let (word, bit) = (&mut self.words[node as usize / 64], 1u64 << (node % 64));
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Whether `node` is in the set.
    pub fn contains(&self, node: u32) -> bool {
        self.words[node as usize / 64] >> (node % 64) & 1 == 1
    }

    /// How many nodes are in the set. Linear in the number of nodes.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether no node is in the set.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }
}
