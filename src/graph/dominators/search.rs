//! The depth-first search that dominators are computed on: numbers in preorder, and what the edges say of them.

use crate::graph::Csr;

/// In place of a number or a node where there is none.
pub(super) const NONE: u32 = u32::MAX;
/// The number of the virtual root, from which the search starts: it has an edge to every source.
pub(super) const VIRTUAL: u32 = 0;

/// What a search found. Numbers stand for nodes; an edge of the search's tree leads to a higher number.
pub(super) struct Search {
    /// The node of each number.
    pub(super) nodes: Vec<u32>,
    /// The parent of each number in the search's tree.
    pub(super) parents: Vec<u32>,
    /// The least number with an edge to each from above it in the tree: its parent, or one further up.
    pub(super) least: Vec<u32>,
    /// The other edges, which lead to lower numbers: those of number n are `late[starts[n]..starts[n + 1]]`.
    pub(super) starts: Vec<u32>,
    /// Where each of them leads.
    pub(super) late: Vec<u32>,
}

impl Search {
    /// Searches from the sources, in their order, each node's edges in the order of the graph.
    ///
    /// Besides the result it takes 4 bytes per node, and 4 for each node on the deepest path.
    pub(super) fn new(graph: Csr<'_>, sources: impl IntoIterator<Item = u32>, keep: impl Fn(u32) -> bool) -> Self {
        let mut walk =
            Walk { graph, keep, numbers: vec![NONE; graph.nodes()], path: Vec::new(), found: Search::empty(graph) };
        walk.found.add(NONE, VIRTUAL);
        for source in sources {
            match walk.numbers[source as usize] {
                NONE => walk.descend(source),
                number => walk.found.least[number as usize] = VIRTUAL,
            }
        }
        walk.found.starts.push(walk.found.late.len() as u32);
        walk.found
    }

    /// With room for all that a search can find: memory that is not used costs nothing, and moving what is used does.
    fn empty(graph: Csr<'_>) -> Self {
        let room = || Vec::with_capacity(graph.nodes() + 2);
        let late = Vec::with_capacity(graph.all_edges());
        Search { nodes: room(), parents: room(), least: room(), starts: room(), late }
    }

    fn add(&mut self, node: u32, parent: u32) {
        self.nodes.push(node);
        self.parents.push(parent);
        self.least.push(parent);
        self.starts.push(self.late.len() as u32);
    }
}

struct Walk<'g, K> {
    graph: Csr<'g>,
    keep: K,
    /// The number of each node, once it has one.
    numbers: Vec<u32>,
    /// For each number above the present one the edge to go on with.
    path: Vec<u32>,
    found: Search,
}

impl<K: Fn(u32) -> bool> Walk<'_, K> {
    fn descend(&mut self, source: u32) {
        let Some(first) = self.enter(source, VIRTUAL) else { return };
        let (mut at, mut edges) = (self.last(), first..self.graph.edges(source).end);
        loop {
            let Some(edge) = edges.next() else {
                let Some(next) = self.path.pop() else { return };
                at = self.found.parents[at as usize];
                edges = next..self.graph.edges(self.found.nodes[at as usize]).end;
                continue;
            };
            let node = self.graph.target(edge);
            let number = self.numbers[node as usize];
            if number == NONE {
                if !(self.keep)(edge) {
                    continue;
                }
                if let Some(first) = self.enter(node, at) {
                    self.path.push(edges.start);
                    (at, edges) = (self.last(), first..self.graph.edges(node).end);
                }
            } else if number > at && self.found.least[number as usize] > at && (self.keep)(edge) {
                self.found.least[number as usize] = at;
            }
        }
    }

    /// Numbers a node and notes its edges to what has a number already: these lead to lower numbers. Its first edge to
    /// a node without a number, if any.
    ///
    /// All its edges are looked at in one go: what they lead to is all over memory, and so fetched side by side.
    fn enter(&mut self, node: u32, parent: u32) -> Option<u32> {
        self.found.add(node, parent);
        let number = self.last();
        self.numbers[node as usize] = number;
        let mut first = None;
        for edge in self.graph.edges(node) {
            if !(self.keep)(edge) {
                continue;
            }
            let target = self.numbers[self.graph.target(edge) as usize];
            if target == NONE {
                first = first.or(Some(edge));
            } else if target != number {
                self.found.late.push(target);
            }
        }
        first
    }

    fn last(&self) -> u32 {
        self.found.nodes.len() as u32 - 1
    }
}
