//! Shortest paths by breadth-first search from many sources at once.

use super::csr::Csr;
use super::reach::Marks;

/// How a search came to a node first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// The node it came from.
    pub from: u32,
    /// The edge it took.
    pub edge: u32,
}

/// In place of a node or an edge where there is none.
const NONE: u32 = u32::MAX;
const NO_ARRIVAL: Arrival = Arrival { from: NONE, edge: NONE };

/// A tree of shortest paths, grown from one set of sources after another.
///
/// Nodes reached from an earlier set keep their paths: so one set of sources can win over the next, however much
/// shorter the paths from that one would be. Takes 12 bytes and a bit per node.
#[derive(Clone, Debug)]
pub struct ShortestPaths {
    // A bit per node stays in the cache where arrivals do not: most edges lead to what is reached already.
    reached: Marks,
    /// Those of sources have no edge.
    arrivals: Vec<Arrival>,
    order: Vec<u32>,
}

impl ShortestPaths {
    /// Nothing reached yet, over `nodes` nodes.
    pub fn new(nodes: usize) -> Self {
        ShortestPaths { reached: Marks::none(nodes), arrivals: vec![NO_ARRIVAL; nodes], order: Vec::new() }
    }

    /// Reaches what the sources reach over the edges that `keep` lets through, and was not reached before.
    ///
    /// Sources come first come first, edges in the order of the graph, so equal graphs give equal trees. Linear.
    pub fn grow(&mut self, graph: Csr<'_>, sources: impl IntoIterator<Item = u32>, keep: impl Fn(u32) -> bool) {
        self.grow_until(graph, sources, keep, |_| false);
    }

    /// The same, until `enough` says so of a node that was just reached: what is reached then has its final path.
    /// Whether it did. If so, the tree must not be grown any further.
    pub fn grow_until(
        &mut self,
        graph: Csr<'_>,
        sources: impl IntoIterator<Item = u32>,
        keep: impl Fn(u32) -> bool,
        mut enough: impl FnMut(u32) -> bool,
    ) -> bool {
        // What is reached and not looked at yet is the end of `order`: it serves as the queue.
        let mut next = self.order.len();
        for source in sources {
            if self.arrive(source, NO_ARRIVAL) && enough(source) {
                return true;
            }
        }
        while let Some(&node) = self.order.get(next) {
            next += 1;
            for edge in graph.edges(node) {
                let target = graph.target(edge);
                if !self.reaches(target) && keep(edge) {
                    let new = self.arrive(target, Arrival { from: node, edge });
                    if new && enough(target) {
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Whether the node was not reached before.
    fn arrive(&mut self, node: u32, arrival: Arrival) -> bool {
        let new = self.reached.insert(node);
        if new {
            self.arrivals[node as usize] = arrival;
            self.order.push(node);
        }
        new
    }

    /// How many nodes there are, reached or not.
    pub fn nodes(&self) -> usize {
        self.arrivals.len()
    }

    /// Whether any source reaches `node`.
    pub fn reaches(&self, node: u32) -> bool {
        self.reached.contains(node)
    }

    /// How `node` was reached; `None` for a source and for what no source reaches.
    pub fn arrival(&self, node: u32) -> Option<Arrival> {
        let arrival = self.arrivals[node as usize];
        (arrival.edge != NONE).then_some(arrival)
    }

    /// The steps of a shortest path to `node`, the one from the source first. Empty for a source, `None` where no
    /// source leads.
    pub fn path(&self, node: u32) -> Option<Vec<Arrival>> {
        if !self.reaches(node) {
            return None;
        }
        let mut steps: Vec<Arrival> =
            std::iter::successors(self.arrival(node), |step| self.arrival(step.from)).collect();
        steps.reverse();
        Some(steps)
    }

    /// Every node reached, nearest first within each set of sources; a node comes after the one it was reached from.
    pub fn order(&self) -> &[u32] {
        &self.order
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use petgraph::Graph;
    use petgraph::algo::dijkstra;
    use proptest::prelude::*;

    /// Offsets and targets of a graph given as pairs; edge numbers follow the sorted pairs.
    fn csr(nodes: usize, edges: &mut [(u32, u32)]) -> (Vec<u32>, Vec<u32>) {
        edges.sort();
        let offsets = (0..=nodes as u32).map(|node| edges.partition_point(|edge| edge.0 < node) as u32).collect();
        (offsets, edges.iter().map(|edge| edge.1).collect())
    }

    fn distance(paths: &ShortestPaths, node: u32) -> Option<usize> {
        paths.path(node).map(|path| path.len())
    }

    #[test]
    fn the_shorter_of_two_ways_is_taken() {
        let (offsets, targets) = csr(4, &mut [(0, 1), (1, 2), (2, 3), (0, 3)]);
        let mut paths = ShortestPaths::new(4);
        paths.grow(Csr::new(&offsets, &targets), [0], |_| true);
        assert_eq!(paths.path(3), Some(vec![Arrival { from: 0, edge: 1 }]));
        assert_eq!(paths.path(0), Some(vec![]));
    }

    #[test]
    fn an_earlier_source_wins_over_a_nearer_one() {
        let (offsets, targets) = csr(4, &mut [(0, 1), (1, 2), (3, 2)]);
        let mut paths = ShortestPaths::new(4);
        let graph = Csr::new(&offsets, &targets);
        paths.grow(graph, [0], |_| true);
        paths.grow(graph, [3], |_| true);
        assert_eq!(paths.order(), [0, 1, 2, 3]);
        assert_eq!(paths.arrival(2), Some(Arrival { from: 1, edge: 1 }));
        assert_eq!(paths.arrival(3), None);
    }

    #[test]
    fn a_search_that_has_enough_goes_no_further() {
        let (offsets, targets) = csr(4, &mut [(0, 1), (1, 2), (2, 3)]);
        let graph = Csr::new(&offsets, &targets);
        let mut paths = ShortestPaths::new(4);
        assert!(paths.grow_until(graph, [0], |_| true, |node| node == 2));
        assert_eq!((paths.order(), distance(&paths, 2), distance(&paths, 3)), (&[0, 1, 2][..], Some(2), None));
        assert!(!ShortestPaths::new(4).grow_until(graph, [1], |_| true, |node| node == 0));
    }

    #[test]
    fn a_chain_of_a_million_needs_no_stack() {
        let nodes = if cfg!(miri) { 1_000 } else { 1_000_000u32 };
        let offsets: Vec<u32> = (0..nodes).chain([nodes - 1]).collect();
        let targets: Vec<u32> = (1..nodes).collect();
        let mut paths = ShortestPaths::new(nodes as usize);
        paths.grow(Csr::new(&offsets, &targets), [0], |_| true);
        assert_eq!(distance(&paths, nodes - 1), Some(nodes as usize - 1));
    }

    proptest! {
        #[test]
        fn distances_are_those_of_petgraph(
            (nodes, mut edges, kept) in (1usize..24).prop_flat_map(|nodes| {
                let pair = (0..nodes as u32, 0..nodes as u32);
                (Just(nodes), prop::collection::vec(pair, 0..80), prop::collection::vec(any::<bool>(), 80))
            }),
        ) {
            let (offsets, targets) = csr(nodes, &mut edges);
            let mut paths = ShortestPaths::new(nodes);
            paths.grow(Csr::new(&offsets, &targets), [0], |edge| kept[edge as usize]);

            let mut graph = Graph::<(), ()>::new();
            let ids: Vec<_> = (0..nodes).map(|_| graph.add_node(())).collect();
            for ((from, to), _) in edges.iter().zip(&kept).filter(|(_, kept)| **kept) {
                graph.add_edge(ids[*from as usize], ids[*to as usize], ());
            }
            let expected = dijkstra(&graph, ids[0], None, |_| 1usize);
            for node in 0..nodes as u32 {
                prop_assert_eq!(distance(&paths, node), expected.get(&ids[node as usize]).copied());
                let mut at = 0;
                for step in paths.path(node).unwrap_or_default() {
                    prop_assert!(step.from == at && kept[step.edge as usize]);
                    prop_assert_eq!(edges[step.edge as usize].0, at);
                    at = edges[step.edge as usize].1;
                }
                prop_assert!(!paths.reaches(node) || at == node);
            }
        }
    }
}
