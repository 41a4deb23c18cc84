//! Components and shortest ways against what reaches what.

use super::small::{Small, members, set};
use heapgraph::graph::{Components, Csr, Marks, ShortestPaths};

/// Compares the components within a range of nodes, and distances from a choice of them, with sets of nodes reached.
pub fn run(bytes: &[u8]) {
    let Some(small) = Small::from_bytes(bytes) else { return };
    let graph = Csr::new(&small.offsets, &small.targets);
    let keep = |edge: u32| small.keep[edge as usize];
    components(&small, graph, keep);
    distances(&small, graph, keep);
}

fn components(small: &Small, graph: Csr<'_>, keep: impl Fn(u32) -> bool) {
    // The first few nodes are left out now and then: rows of roots.
    let first = (small.chosen & 3).min(small.nodes);
    let within = !((1 << first) - 1);
    let found = Components::find(graph, first..small.nodes, keep);
    let after = |node: u32| small.reached(small.next[node as usize], within);
    let reached: Vec<u32> = (0..small.nodes).map(after).collect();
    let mut listed = 0;
    for (number, nodes) in found.iter().enumerate() {
        let least = nodes.first().copied().expect("a component has members");
        let mutual = members(reached[least as usize]).filter(|node| reached[*node as usize] >> least & 1 == 1);
        assert_eq!(set(nodes), mutual.fold(0, |set, node| set | 1 << node));
        assert!(nodes.is_sorted_by(|a, b| a < b) && set(nodes) & listed == 0);
        assert!(nodes.iter().all(|node| found.of(*node) == Some(number as u32)));
        listed |= set(nodes);
    }
    let on_cycles = (first..small.nodes).filter(|node| reached[*node as usize] >> node & 1 == 1);
    assert_eq!(listed, on_cycles.fold(0, |set, node| set | 1 << node));
}

fn distances(small: &Small, graph: Csr<'_>, keep: impl Fn(u32) -> bool + Copy) {
    let mut tree = ShortestPaths::new(small.nodes as usize);
    tree.grow(graph, members(small.chosen), keep);
    let mut marks = Marks::none(small.nodes as usize);
    marks.reach(graph, members(small.chosen), keep);
    let (mut seen, mut ring, mut steps) = (0, small.chosen, 0);
    while ring != 0 {
        seen |= ring;
        for node in members(ring) {
            assert_eq!(tree.path(node).map(|path| path.len()), Some(steps), "node {node}");
        }
        ring = members(ring).fold(0, |next, node| next | small.next[node as usize]) & !seen;
        steps += 1;
    }
    for node in 0..small.nodes {
        let reached = seen >> node & 1 == 1;
        assert_eq!((tree.reaches(node), marks.contains(node)), (reached, reached));
    }
}
