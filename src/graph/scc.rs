//! Strongly connected components that hold a cycle: nodes that all reach each other, or one that has an edge to itself.
//!
//! Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972) without recursion, in the space of Pearce's
//! variant ("A space-efficient algorithm for finding strongly connected components", 2016): a node waits either among
//! the open calls or for its component, and its number makes room for that of its component.

use super::csr::Csr;
use super::reach::Marks;
use std::ops::Range;

/// The components of a graph that hold a cycle, numbered by their lowest nodes.
#[derive(Clone, Debug)]
pub struct Components {
    of: Vec<u32>,
    // Members of component c: `members[starts[c]..starts[c + 1]]`.
    starts: Vec<u32>,
    members: Vec<u32>,
}

/// In place of a component where a node is in none.
const NONE: u32 = u32::MAX;

impl Components {
    /// Finds them among `nodes`, over the edges that `keep` lets through. Edges out of this range count for nothing.
    ///
    /// Linear. Takes up to 16 bytes per node besides the answer, which takes 4 per node and 4 more per node on a cycle.
    ///
    /// ```
    /// use heapgraph::graph::{Components, Csr};
    /// // 0 → 1 → 2 → 0, 2 → 3, 4 → 4
    /// let found = Components::find(Csr::new(&[0, 1, 2, 4, 4, 5], &[1, 2, 0, 3, 4]), 0..5, |_| true);
    /// assert_eq!(found.iter().collect::<Vec<_>>(), [&[0, 1, 2][..], &[4]]);
    /// assert_eq!((found.of(2), found.of(3), found.of(4)), (Some(0), None, Some(1)));
    /// ```
    pub fn find(graph: Csr<'_>, nodes: Range<u32>, keep: impl Fn(u32) -> bool) -> Self {
        let inside = nodes.clone();
        let mut search = Search::new(graph.nodes());
        for node in nodes {
            if search.state[node as usize] == UNSEEN {
                search.run(graph, node, |edge| inside.contains(&graph.target(edge)) && keep(edge));
            }
        }
        search.finish()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The component that a node is in, if it is on a cycle.
    pub fn of(&self, node: u32) -> Option<u32> {
        Some(self.of[node as usize]).filter(|component| *component != NONE)
    }

    /// The nodes of a component, ascending.
    pub fn members(&self, component: u32) -> &[u32] {
        let component = component as usize;
        &self.members[self.starts[component] as usize..self.starts[component + 1] as usize]
    }

    /// The nodes of each component in turn.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u32]> {
        (0..self.len() as u32).map(|component| self.members(component))
    }
}

/// A node's state is `UNSEEN`, then its number in order of arrival among the nodes that are under way, and in the end
/// what its component is: `ALONE`, or counted down from `LAST`. There are never more of all these than nodes, so the
/// numbers of nodes under way stay below those of components.
const UNSEEN: u32 = 0;
const ALONE: u32 = u32::MAX;
const LAST: u32 = u32::MAX - 1;

/// A node whose edges are being looked at.
struct Call {
    node: u32,
    next: u32,
    // The lowest number that it reaches among the nodes under way.
    low: u32,
}

struct Search {
    state: Vec<u32>,
    calls: Vec<Call>,
    // Nodes that are done and reach a node under way: they belong to its component.
    waiting: Vec<u32>,
    looped: Marks,
    under_way: u32,
    sizes: Vec<u32>,
}

impl Search {
    fn new(nodes: usize) -> Self {
        Search {
            state: vec![UNSEEN; nodes],
            calls: Vec::new(),
            waiting: Vec::new(),
            looped: Marks::none(nodes),
            under_way: 0,
            sizes: Vec::new(),
        }
    }

    fn open(&mut self, graph: Csr<'_>, node: u32) {
        self.under_way += 1;
        self.state[node as usize] = self.under_way;
        self.calls.push(Call { node, next: graph.edges(node).start, low: self.under_way });
    }

    fn run(&mut self, graph: Csr<'_>, start: u32, keep: impl Fn(u32) -> bool) {
        self.open(graph, start);
        while let Some(call) = self.calls.last_mut() {
            let (node, end) = (call.node, graph.edges(call.node).end);
            let mut descend = None;
            while call.next < end {
                let edge = call.next;
                call.next += 1;
                let target = graph.target(edge);
                let state = self.state[target as usize];
                // What has its component already has a higher state than anything under way.
                if state > call.low && target != node || !keep(edge) {
                    continue;
                }
                if state == UNSEEN && graph.edges(target).is_empty() {
                    // A string or a number: most of a heap, and on no cycle.
                    self.state[target as usize] = ALONE;
                    continue;
                }
                if state == UNSEEN {
                    descend = Some(target);
                    break;
                }
                call.low = call.low.min(state);
                if target == node {
                    self.looped.insert(node);
                }
            }
            match descend {
                Some(target) => self.open(graph, target),
                None => self.close(),
            }
        }
    }

    /// Ends the innermost call: its node waits for the component that it belongs to, or is the first of one.
    fn close(&mut self) {
        let Some(Call { node, low, .. }) = self.calls.pop() else { return };
        let own = self.state[node as usize];
        if let Some(caller) = self.calls.last_mut() {
            caller.low = caller.low.min(low);
        }
        if low < own {
            self.waiting.push(node);
            return;
        }
        let belongs = |waiting: &u32| self.state[*waiting as usize] > own;
        let first = self.waiting.len() - self.waiting.iter().rev().take_while(|waiting| belongs(waiting)).count();
        let size = (self.waiting.len() - first + 1) as u32;
        let done = if size > 1 || self.looped.contains(node) {
            self.sizes.push(size);
            LAST - (self.sizes.len() as u32 - 1)
        } else {
            ALONE
        };
        self.state[node as usize] = done;
        for waiting in self.waiting.drain(first..) {
            self.state[waiting as usize] = done;
        }
        self.under_way -= size;
    }

    /// Numbers the components by their lowest nodes, and lists the nodes of each.
    fn finish(self) -> Components {
        let (mut of, sizes) = (self.state, self.sizes);
        let mut starts = vec![0];
        let mut number = vec![NONE; sizes.len()];
        for state in of.iter_mut() {
            if *state == UNSEEN || *state == ALONE {
                *state = NONE;
                continue;
            }
            let found = (LAST - *state) as usize;
            if number[found] == NONE {
                number[found] = starts.len() as u32 - 1;
                starts.push(starts[starts.len() - 1] + sizes[found]);
            }
            *state = number[found];
        }
        let mut next = starts.clone();
        let mut members = vec![0; starts[starts.len() - 1] as usize];
        for (node, component) in of.iter().enumerate().filter(|(_, component)| **component != NONE) {
            let slot = &mut next[*component as usize];
            members[*slot as usize] = node as u32;
            *slot += 1;
        }
        Components { of, starts, members }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use petgraph::Graph;
    use petgraph::algo::kosaraju_scc;
    use proptest::prelude::*;

    fn found(components: &Components) -> Vec<Vec<u32>> {
        components.iter().map(<[u32]>::to_vec).collect()
    }

    #[test]
    fn two_rings_that_touch_are_one_and_a_bridge_joins_nothing() {
        // 0 ⇄ 1 ⇄ 2 → 3 ⇄ 4
        let graph = ([0, 1, 3, 5, 6, 7], [1, 0, 2, 1, 3, 4, 3]);
        let components = Components::find(Csr::new(&graph.0, &graph.1), 0..5, |_| true);
        assert_eq!(found(&components), [vec![0, 1, 2], vec![3, 4]]);
        assert_eq!((components.len(), components.is_empty()), (2, false));
        // Without 2 → 1, and without node 4.
        let components = Components::find(Csr::new(&graph.0, &graph.1), 0..4, |edge| edge != 3);
        assert_eq!(found(&components), [vec![0, 1]]);
    }

    #[test]
    fn a_node_alone_counts_where_it_has_an_edge_to_itself() {
        // 0 → 0 twice over, 0 → 1, 1 → 2, 2 → 2 left out.
        let components = Components::find(Csr::new(&[0, 3, 4, 5], &[0, 0, 1, 2, 2]), 0..3, |edge| edge != 4);
        assert_eq!(found(&components), [vec![0]]);
        assert_eq!(Components::find(Csr::new(&[], &[]), 0..0, |_| true).len(), 0);
    }

    #[test]
    fn a_chain_and_a_ring_of_a_million_need_no_stack() {
        let nodes = if cfg!(miri) { 1_000 } else { 1_000_000u32 };
        let offsets: Vec<u32> = (0..=nodes).collect();
        let mut targets: Vec<u32> = (1..nodes).chain([nodes - 1]).collect();
        let small = std::thread::Builder::new().stack_size(64 << 10);
        let run = move || {
            let chain = Components::find(Csr::new(&offsets, &targets), 0..nodes, |_| true);
            assert_eq!(found(&chain), [vec![nodes - 1]]);
            targets[nodes as usize - 1] = 0;
            let ring = Components::find(Csr::new(&offsets, &targets), 0..nodes, |_| true);
            assert_eq!((ring.len(), ring.members(0).len()), (1, nodes as usize));
        };
        small.spawn(run).unwrap().join().unwrap();
    }

    proptest! {
        #[test]
        fn components_are_those_of_petgraph(
            (nodes, mut edges, kept) in (1usize..24).prop_flat_map(|nodes| {
                let pair = (0..nodes as u32, 0..nodes as u32);
                (Just(nodes), prop::collection::vec(pair, 0..60), prop::collection::vec(any::<bool>(), 60))
            }),
        ) {
            edges.sort();
            let offsets: Vec<u32> =
                (0..=nodes as u32).map(|node| edges.partition_point(|edge| edge.0 < node) as u32).collect();
            let targets: Vec<u32> = edges.iter().map(|edge| edge.1).collect();
            let kept = |edge: u32| kept[edge as usize] || kept[0];
            let components = Components::find(Csr::new(&offsets, &targets), 0..nodes as u32, kept);

            let mut graph = Graph::<(), ()>::new();
            let ids: Vec<_> = (0..nodes).map(|_| graph.add_node(())).collect();
            for (edge, (from, to)) in edges.iter().enumerate().filter(|(edge, _)| kept(*edge as u32)) {
                let _ = edge;
                graph.add_edge(ids[*from as usize], ids[*to as usize], ());
            }
            let cyclic = |component: &Vec<petgraph::graph::NodeIndex>| {
                component.len() > 1 || graph.contains_edge(component[0], component[0])
            };
            let mut expected: Vec<Vec<u32>> = kosaraju_scc(&graph)
                .into_iter()
                .filter(cyclic)
                .map(|component| component.into_iter().map(|node| node.index() as u32).collect())
                .collect();
            expected.iter_mut().for_each(|component| component.sort());
            expected.sort();
            prop_assert_eq!(found(&components), expected);
            for node in 0..nodes as u32 {
                let inside = components.of(node).is_some_and(|found| components.members(found).contains(&node));
                prop_assert_eq!(components.of(node).is_some(), inside);
            }
        }
    }
}
