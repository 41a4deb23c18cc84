//! Shortest paths by breadth-first search from many sources at once.

use super::csr::Csr;

/// How a search came to a node first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// The node it came from.
    pub from: u32,
    /// The edge it took.
    pub edge: u32,
}

/// A tree of shortest paths, grown from one set of sources after another.
///
/// Nodes reached from an earlier set keep their paths: so one set of sources can win over the next, however much
/// shorter the paths from that one would be.
#[derive(Clone, Debug)]
pub struct ShortestPaths {
    arrivals: Vec<Arrival>,
    order: Vec<u32>,
}

impl ShortestPaths {
    /// Nothing reached yet, over `nodes` nodes.
    pub fn new(_nodes: usize) -> Self {
        todo!()
    }

    /// Reaches what the sources reach over the edges that `keep` lets through, and was not reached before.
    ///
    /// Sources come first come first, edges in the order of the graph, so equal graphs give equal trees. Linear.
    pub fn grow(&mut self, _graph: Csr<'_>, _sources: impl IntoIterator<Item = u32>, _keep: impl Fn(u32) -> bool) {
        todo!()
    }

    /// Whether any source reaches `node`.
    pub fn reaches(&self, _node: u32) -> bool {
        todo!()
    }

    /// How `node` was reached; `None` for a source and for what no source reaches.
    pub fn arrival(&self, _node: u32) -> Option<Arrival> {
        todo!()
    }

    /// The steps of a shortest path to `node`, the one from the source first. Empty for a source, `None` where no
    /// source leads.
    pub fn path(&self, _node: u32) -> Option<Vec<Arrival>> {
        todo!()
    }

    /// Every node reached, nearest first within each set of sources; a node comes after the one it was reached from.
    pub fn order(&self) -> &[u32] {
        &self.order
    }
}
