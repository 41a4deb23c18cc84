//! The depth-first search that dominators are computed on: numbers in preorder, and what its edges say.

use crate::graph::Csr;

/// In place of a number or an entry where there is none.
pub(super) const NONE: u32 = u32::MAX;
/// The number of the virtual root, from which the search starts: it has an edge to every source.
pub(super) const VIRTUAL: u32 = 0;

/// An edge that led to a lower number when the search met it, in a list of those into the same one.
#[derive(Clone, Copy)]
pub(super) struct Late {
    /// The number it comes from, higher than the one it leads to.
    pub(super) from: u32,
    /// The entry before it in the list.
    pub(super) next: u32,
}

/// What is known of a number while its turn to be linked comes nearer, and after; side by side, since a step along a
/// path needs both.
#[derive(Clone, Copy)]
pub(super) struct Link {
    /// The number of its parent in the search; once paths are compressed, of an ancestor further up.
    pub(super) ancestor: u32,
    /// Until it is linked the last entry of its list of late edges; then the least semidominator between it and its
    /// ancestor.
    pub(super) label: u32,
}

/// What a search found. Numbers stand for nodes: an edge of the search's tree leads to a higher number.
pub(super) struct Search {
    /// The node of each number.
    pub(super) nodes: Vec<u32>,
    /// Parent, and list of late edges.
    pub(super) links: Vec<Link>,
    /// The least number with an edge to each from above: its parent, or further up.
    pub(super) least: Vec<u32>,
    /// Edges to lower numbers.
    pub(super) late: Vec<Late>,
}

impl Search {
    /// Searches from the sources, in their order, each holder's edges in the order of the graph.
    ///
    /// Besides the result it takes 4 bytes per node, and 4 for each node on the deepest path.
    pub(super) fn new(graph: Csr<'_>, sources: impl IntoIterator<Item = u32>, keep: impl Fn(u32) -> bool) -> Self {
        let search = Search {
            nodes: vec![NONE],
            links: vec![Link { ancestor: NONE, label: NONE }],
            least: vec![VIRTUAL],
            late: Vec::new(),
        };
        let mut walk = Walk { graph, keep, numbers: vec![NONE; graph.nodes()], path: Vec::new(), search };
        for source in sources {
            match walk.numbers[source as usize] {
                NONE => walk.descend(source),
                number => walk.search.least[number as usize] = VIRTUAL,
            }
        }
        walk.search
    }
}

struct Walk<'g, K> {
    graph: Csr<'g>,
    keep: K,
    /// The number of each node, once it has one.
    numbers: Vec<u32>,
    /// For each number above the present one the edge to go on with.
    path: Vec<u32>,
    search: Search,
}

impl<K: Fn(u32) -> bool> Walk<'_, K> {
    fn descend(&mut self, source: u32) {
        let Some(first) = self.enter(source, VIRTUAL) else { return };
        let (mut at, mut edges) = (self.last(), first..self.graph.edges(source).end);
        loop {
            let Some(edge) = edges.next() else {
                at = self.search.links[at as usize].ancestor;
                let Some(next) = self.path.pop() else { return };
                edges = next..self.graph.edges(self.search.nodes[at as usize]).end;
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
            } else if number > at && self.search.least[number as usize] > at && (self.keep)(edge) {
                self.search.least[number as usize] = at;
            }
        }
    }

    /// Numbers a node and notes its edges to what has a number already. These are to lower numbers, and looked at
    /// together: many of them are far apart in memory. Its first edge to a node without a number, if any.
    fn enter(&mut self, node: u32, parent: u32) -> Option<u32> {
        let number = self.search.nodes.len() as u32;
        self.numbers[node as usize] = number;
        self.search.nodes.push(node);
        self.search.links.push(Link { ancestor: parent, label: NONE });
        self.search.least.push(parent);
        let mut first = None;
        for edge in self.graph.edges(node) {
            if !(self.keep)(edge) {
                continue;
            }
            let target = self.numbers[self.graph.target(edge) as usize];
            if target == NONE {
                first = first.or(Some(edge));
            } else if target != number {
                let list = &mut self.search.links[target as usize].label;
                self.search.late.push(Late { from: number, next: *list });
                *list = self.search.late.len() as u32 - 1;
            }
        }
        first
    }

    fn last(&self) -> u32 {
        self.search.nodes.len() as u32 - 1
    }
}
