//! Dominators: without which node a node could not be reached.
//!
//! Semi-NCA, after L. Georgiadis, *Linear-Time Algorithms for Dominators and Related Problems*, Princeton 2005, §2.3:
//! semidominators as Lengauer and Tarjan compute them (1979, with path compression alone), then each immediate dominator
//! as a nearest common ancestor. Three things differ. Only the *least* semidominator on a path is asked for, so that a
//! path needs no more than an ancestor and that number. An edge to a higher number is worked in when the search meets
//! it, so that only the others are kept and sorted by where they lead. And common ancestors are found by jump pointers,
//! so that no graph makes this quadratic.

mod nearest;
mod search;
mod semi;

use super::csr::Csr;
use nearest::Immediate;
use search::{NONE, Search, VIRTUAL};
use semi::Semidominators;

/// The dominator tree of what some sources reach: the parent of a node is its immediate dominator, the last node but
/// itself that every path to it from any source goes through.
///
/// Nodes that no single node dominates, such as sources and what two of them share, are the tops: they have no parent.
/// The nodes stand in preorder, so that all that a node dominates is one slice. Takes 16 bytes per node.
#[derive(Clone, Debug)]
pub struct Dominators {
    /// The place of each node in preorder; `NONE` where no source leads.
    places: Vec<u32>,
    /// The node at each place.
    nodes: Vec<u32>,
    /// The place of the parent of the node at each place; `NONE` for the tops.
    parents: Vec<u32>,
    /// Where the slice of the node at each place ends.
    ends: Vec<u32>,
}

impl Dominators {
    /// Computes the tree over the edges that `keep` lets through. Equal graphs and sources give equal trees.
    ///
    /// O(m log n), in practice linear. While it works it takes, beyond the graph, at most 20 bytes per node and 8 per
    /// edge that leads back or across in a depth-first search: 36 bytes per node where each has three edges.
    ///
    /// ```
    /// use heapgraph::graph::{Csr, Dominators};
    /// // 0 → 1 → 3, 0 → 2 → 3 → 4: a fork, not its arms, dominates where they meet.
    /// let graph = Csr::new(&[0, 2, 3, 4, 5, 5], &[1, 2, 3, 3, 4]);
    /// let tree = Dominators::new(graph, [0], |_| true);
    /// assert_eq!([1, 2, 3, 4].map(|node| tree.parent(node)), [Some(0), Some(0), Some(0), Some(3)]);
    /// assert_eq!(tree.below(3), [3, 4]);
    /// ```
    pub fn new(graph: Csr<'_>, sources: impl IntoIterator<Item = u32>, keep: impl Fn(u32) -> bool) -> Self {
        let search = Search::new(graph, sources, keep);
        let immediate = Immediate::new(Semidominators::new(search));
        Self::in_preorder(immediate, graph.nodes())
    }

    fn in_preorder(immediate: Immediate, of: usize) -> Self {
        let Immediate { nodes: numbered, dominators } = immediate;
        // Where each number's slice begins and how long it is, the virtual root's included for the time being.
        let mut lengths = vec![1u32; numbered.len()];
        for number in (1..numbered.len()).rev() {
            lengths[dominators[number] as usize] += lengths[number];
        }
        let reached = numbered.len() - 1;
        let mut tree = Dominators {
            places: vec![NONE; of],
            nodes: vec![NONE; reached],
            parents: vec![NONE; reached],
            ends: vec![0; reached],
        };
        let mut free = vec![0u32; numbered.len()];
        for number in 1..numbered.len() {
            let (node, above) = (numbered[number], dominators[number]);
            // Each takes the next free part of its parent's slice.
            let place = free[above as usize];
            free[above as usize] += lengths[number];
            free[number] = place + 1;
            tree.places[node as usize] = place;
            tree.nodes[place as usize] = node;
            tree.ends[place as usize] = place + lengths[number];
            if above != VIRTUAL {
                tree.parents[place as usize] = tree.places[numbered[above as usize] as usize];
            }
        }
        tree
    }

    /// Whether any source reaches `node`.
    pub fn reaches(&self, node: u32) -> bool {
        self.places[node as usize] != NONE
    }

    /// The node's place in [`preorder`](Self::preorder); `None` where no source leads.
    pub fn place(&self, node: u32) -> Option<usize> {
        let place = self.places[node as usize];
        (place != NONE).then_some(place as usize)
    }

    /// The immediate dominator of a node; `None` for the tops and for what no source reaches.
    pub fn parent(&self, node: u32) -> Option<u32> {
        let parent = self.parents[self.place(node)?];
        (parent != NONE).then(|| self.nodes[parent as usize])
    }

    /// Whether every path to `below` goes through `above`. A node dominates itself; what no source reaches neither
    /// dominates nor is dominated.
    pub fn dominates(&self, above: u32, below: u32) -> bool {
        match (self.place(above), self.place(below)) {
            (Some(above), Some(below)) => (above..self.ends[above] as usize).contains(&below),
            _ => false,
        }
    }

    /// All nodes that are reached: each before what it dominates, and with that in one piece.
    pub fn preorder(&self) -> &[u32] {
        &self.nodes
    }

    /// All that `node` dominates in preorder, itself first. Empty where no source leads.
    pub fn below(&self, node: u32) -> &[u32] {
        match self.place(node) {
            Some(place) => &self.nodes[place..self.ends[place] as usize],
            None => &[],
        }
    }

    /// The nodes whose immediate dominator is `node`, in preorder.
    pub fn children(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let slice = self.place(node).map_or(0..0, |place| place as u32 + 1..self.ends[place]);
        self.siblings(slice)
    }

    /// The nodes without a parent, in preorder.
    pub fn tops(&self) -> impl Iterator<Item = u32> + '_ {
        self.siblings(0..self.nodes.len() as u32)
    }

    fn siblings(&self, slice: std::ops::Range<u32>) -> impl Iterator<Item = u32> + '_ {
        let first = Some(slice.start).filter(|place| *place < slice.end);
        let next = move |place: &u32| Some(self.ends[*place as usize]).filter(|place| *place < slice.end);
        std::iter::successors(first, next).map(|place| self.nodes[place as usize])
    }

    /// Of these nodes those that no other of them dominates, in preorder; those that no source reaches are left out.
    pub fn outermost(&self, of: impl IntoIterator<Item = u32>) -> Vec<u32> {
        let mut places: Vec<usize> = of.into_iter().filter_map(|node| self.place(node)).collect();
        places.sort_unstable();
        let mut end = 0;
        places.retain(|place| {
            let outermost = *place >= end;
            end = end.max(self.ends[*place] as usize);
            outermost
        });
        places.into_iter().map(|place| self.nodes[place]).collect()
    }

    /// What the nodes below each node weigh together, itself included, by its place in preorder. Sums saturate.
    pub fn sums(&self, weight: impl Fn(u32) -> u64) -> Vec<u64> {
        let mut sums: Vec<u64> = self.nodes.iter().map(|node| weight(*node)).collect();
        for place in (0..sums.len()).rev() {
            if let Some(parent) = sums.get(self.parents[place] as usize) {
                sums[self.parents[place] as usize] = parent.saturating_add(sums[place]);
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests;
