//! Paths to a node that share no other node: as many as there are, and where there are no more, what they all go through.
//!
//! A flow in which every node carries at most one unit has as many units as there are such paths, and as many nodes cut
//! them all (Menger 1927). It grows by one path at a time (Ford and Fulkerson 1956): a search backwards from the target
//! may take back a step of an earlier path, which then goes on where the search came from.

use super::csr::Csr;
use super::path::Arrival;
use super::reach::Marks;
use foldhash::HashSet;

/// In place of a node or an edge where there is none.
const NONE: u32 = u32::MAX;
const NO_ARRIVAL: Arrival = Arrival { from: NONE, edge: NONE };
const NO_STEP: Step = Step { to: NONE, edge: NONE };
/// The node gives up the path that goes through it.
const TAKEN_BACK: Step = Step { to: NONE, edge: 0 };

/// A graph by the edges that arrive at a node.
#[derive(Clone, Copy, Debug)]
pub struct Backwards<'g> {
    /// `graph.target(slot)` is where the edge in that slot comes from.
    pub graph: Csr<'g>,
    /// The number of the edge in each slot.
    pub edges: &'g [u32],
}

/// What a node is to the paths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Paths start here, any number of them.
    Source,
    /// Paths start here where none is left from any [`Place::Source`].
    LastResort,
    /// At most one path goes through.
    Inner,
    /// No path comes near.
    Closed,
}

/// The paths to one node.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Disjoint {
    /// The steps of each, the one from the source first; shortest first.
    pub paths: Vec<Vec<Arrival>>,
    /// Where there are fewer paths than were asked for: one node of each path, as near to the target as can be, such that
    /// every path there is goes through one of them or is a single edge.
    pub cut: Option<Vec<u32>>,
}

/// The next step of a path from a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Step {
    to: u32,
    edge: u32,
}

/// Searches for disjoint paths, to one node after another. Takes about 20 bytes per node.
#[derive(Debug)]
pub struct DisjointPaths<'g> {
    graph: Backwards<'g>,
    target: u32,
    /// How the path through each node comes to it, and the node it goes on to.
    into: Vec<Arrival>,
    next: Vec<u32>,
    /// The last step of each path: several may arrive at the target.
    last: Vec<Arrival>,
    /// The edges that are a path by themselves, from a source to the target. They stay so.
    direct: HashSet<u32>,
    /// Of the running search: how each node that was left backwards gets to the target.
    steps: Vec<Step>,
    /// Of the running search: the nodes on a path that were entered backwards.
    entered: Marks,
    /// Of the running search: what to look at, `true` for the edges that arrive at a node. All of it was touched.
    open: Vec<(u32, bool)>,
    /// Every node that a path went through.
    used: Vec<u32>,
}

impl<'g> DisjointPaths<'g> {
    /// Ready to search.
    pub fn new(graph: Backwards<'g>) -> Self {
        let nodes = graph.graph.nodes();
        DisjointPaths {
            graph,
            target: NONE,
            into: vec![NO_ARRIVAL; nodes],
            next: vec![NONE; nodes],
            last: Vec::new(),
            direct: HashSet::default(),
            steps: vec![NO_STEP; nodes],
            entered: Marks::none(nodes),
            open: Vec::new(),
            used: Vec::new(),
        }
    }

    /// At most `most` paths to `target` that share no node but sources and the target itself, over the edges that `keep`
    /// lets through. Of the sources only those are a path's beginning, never its middle.
    ///
    /// `first` is a path to start with. It stays one of the paths where the others leave it be; more paths win over
    /// shorter ones. One linear pass a path at worst; it ends where the search meets a source.
    pub fn find(
        &mut self,
        target: u32,
        most: usize,
        first: &[Arrival],
        place: impl Fn(u32) -> Place,
        keep: impl Fn(u32) -> bool,
    ) -> Disjoint {
        self.target = target;
        self.carry(first);
        let mut cut = None;
        while self.last.len() < most && cut.is_none() {
            match self.search(&place, &keep) {
                Some((source, step)) => self.add(source, step),
                None => cut = Some(self.cut()),
            }
            self.forget_search();
        }
        let found = Disjoint { paths: self.paths(), cut };
        self.forget_paths();
        found
    }

    /// Takes a path as it is.
    fn carry(&mut self, path: &[Arrival]) {
        for (position, pair) in path.windows(2).enumerate() {
            let node = pair[1].from;
            self.into[node as usize] = pair[0];
            self.next[node as usize] = path.get(position + 2).map_or(self.target, |step| step.from);
            self.used.push(node);
        }
        if let [only] = path {
            self.direct.insert(only.edge);
        }
        self.last.extend(path.last());
    }

    /// Searches backwards from the target. The source where a further path starts, and its first step.
    fn search(&mut self, place: impl Fn(u32) -> Place, keep: impl Fn(u32) -> bool) -> Option<(u32, Step)> {
        let backwards = self.graph;
        let mut spare = None;
        let mut next = 0;
        self.open.push((self.target, true));
        while let Some(&(node, arriving)) = self.open.get(next) {
            next += 1;
            if !arriving {
                self.go_back_from(node);
                continue;
            }
            for slot in backwards.graph.edges(node) {
                let (from, edge) = (backwards.graph.target(slot), backwards.edges[slot as usize]);
                if self.leaves(from) || from == self.target || !keep(edge) || self.is_path(node, edge) {
                    continue;
                }
                let step = Step { to: node, edge };
                match place(from) {
                    Place::Source => return Some((from, step)),
                    Place::LastResort => spare = spare.or(Some((from, step))),
                    Place::Inner => self.leave(from, step),
                    Place::Closed => {}
                }
            }
            if self.is_used(node) && !self.leaves(node) {
                self.leave(node, TAKEN_BACK);
            }
        }
        spare
    }

    /// Where one may come to a node from that was left backwards: over its edges if no path goes through it, else only
    /// by taking back the step of that path.
    fn go_back_from(&mut self, node: u32) {
        if !self.is_used(node) {
            self.open.push((node, true));
            return;
        }
        let onward = self.next[node as usize];
        if onward != self.target && self.entered.insert(onward) {
            self.open.push((onward, true));
        }
    }

    fn leave(&mut self, node: u32, step: Step) {
        self.steps[node as usize] = step;
        self.open.push((node, false));
    }

    fn leaves(&self, node: u32) -> bool {
        self.steps[node as usize] != NO_STEP
    }

    fn is_used(&self, node: u32) -> bool {
        self.into[node as usize] != NO_ARRIVAL
    }

    /// Whether this edge is a path by itself, from a source to the target. Any other edge is as free as what it leaves.
    fn is_path(&self, to: u32, edge: u32) -> bool {
        to == self.target && self.direct.contains(&edge)
    }

    /// Adds the path that the search found, which may turn others into new ways.
    fn add(&mut self, source: u32, first: Step) {
        if first.to == self.target {
            self.direct.insert(first.edge);
        }
        let mut step = first;
        let mut arrival = Arrival { from: source, edge: first.edge };
        while step.to != self.target {
            let mut node = step.to;
            let before = std::mem::replace(&mut self.into[node as usize], arrival);
            self.used.push(node);
            if before != NO_ARRIVAL {
                // Who came here before goes another way, and whoever is in its way there gives up its own.
                node = before.from;
                while self.steps[node as usize] == TAKEN_BACK {
                    self.next[node as usize] = NONE;
                    node = std::mem::replace(&mut self.into[node as usize], NO_ARRIVAL).from;
                }
            }
            step = self.steps[node as usize];
            self.next[node as usize] = step.to;
            arrival = Arrival { from: node, edge: step.edge };
        }
        // An earlier path may have ended in the very node that this one takes back.
        self.last.push(arrival);
    }

    /// The nodes that stand between the sources and whatever the failed search saw.
    fn cut(&self) -> Vec<u32> {
        let left = self.open.iter().filter(|(_, arriving)| !arriving).map(|(node, _)| *node);
        left.filter(|node| self.is_used(*node) && !self.entered.contains(*node)).collect()
    }

    /// Every path, shortest first.
    fn paths(&self) -> Vec<Vec<Arrival>> {
        let back = |step: &Arrival| {
            let before = self.into[step.from as usize];
            (before != NO_ARRIVAL).then_some(before)
        };
        let mut paths: Vec<Vec<Arrival>> =
            self.last.iter().map(|last| std::iter::successors(Some(*last), back).collect()).collect();
        paths.iter_mut().for_each(|path| path.reverse());
        paths.sort_by_key(Vec::len);
        paths
    }

    fn forget_search(&mut self) {
        for (node, _) in self.open.drain(..) {
            self.steps[node as usize] = NO_STEP;
            self.entered.remove(node);
        }
    }

    fn forget_paths(&mut self) {
        for node in self.used.drain(..) {
            self.into[node as usize] = NO_ARRIVAL;
            self.next[node as usize] = NONE;
        }
        self.last.clear();
        self.direct.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use petgraph::Graph;
    use petgraph::algo::ford_fulkerson;
    use proptest::prelude::*;

    /// Edges by where they lead: offsets, where each comes from, its number.
    struct Turned {
        offsets: Vec<u32>,
        from: Vec<u32>,
        edges: Vec<u32>,
    }

    fn turn(nodes: u32, edges: &[(u32, u32)]) -> Turned {
        let mut order: Vec<u32> = (0..edges.len() as u32).collect();
        order.sort_by_key(|edge| edges[*edge as usize].1);
        let end = |node| order.partition_point(|edge| edges[*edge as usize].1 < node) as u32;
        let from = order.iter().map(|edge| edges[*edge as usize].0).collect();
        Turned { offsets: (0..=nodes).map(end).collect(), from, edges: order }
    }

    /// Sources are the nodes below `sources`.
    fn find(nodes: u32, edges: &[(u32, u32)], sources: u32, target: u32, most: usize, first: &[Arrival]) -> Disjoint {
        let turned = turn(nodes, edges);
        let graph = Backwards { graph: Csr::new(&turned.offsets, &turned.from), edges: &turned.edges };
        let place = |node| if node < sources { Place::Source } else { Place::Inner };
        DisjointPaths::new(graph).find(target, most, first, place, |_| true)
    }

    #[test]
    fn a_path_in_the_way_of_two_others_gives_way() {
        // 0 → 1 → 2 → 5 is short; 0 → 1 → 4 → 5 and 0 → 3 → 2 → 5 are two.
        let edges = [(0, 1), (1, 2), (2, 5), (1, 4), (4, 5), (0, 3), (3, 2)];
        let first = [Arrival { from: 0, edge: 0 }, Arrival { from: 1, edge: 1 }, Arrival { from: 2, edge: 2 }];
        let found = find(6, &edges, 1, 5, 3, &first);
        let nodes: Vec<Vec<u32>> = found.paths.iter().map(|path| path.iter().map(|step| step.from).collect()).collect();
        assert_eq!(nodes.len(), 2);
        assert!(nodes.contains(&vec![0, 1, 4]) && nodes.contains(&vec![0, 3, 2]), "{nodes:?}");
        assert_eq!(
            found.cut.map(|mut cut| {
                cut.sort();
                cut
            }),
            Some(vec![2, 4])
        );
    }

    #[test]
    fn a_bottleneck_is_named() {
        let edges = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (3, 5), (4, 6), (5, 6)];
        let found = find(7, &edges, 1, 6, 5, &[]);
        assert_eq!((found.paths.len(), found.cut), (1, Some(vec![3])));
    }

    /// The number of disjoint paths by petgraph: each node but sources and the target is two, one unit between them.
    fn most_by_petgraph(nodes: u32, edges: &[(u32, u32)], sources: u32, target: u32) -> usize {
        let mut graph = Graph::<(), u32>::new();
        let start = graph.add_node(());
        let both: Vec<_> = (0..nodes).map(|_| (graph.add_node(()), graph.add_node(()))).collect();
        for node in 0..nodes {
            if node < sources {
                graph.add_edge(start, both[node as usize].1, 1000);
            } else if node != target {
                graph.add_edge(both[node as usize].0, both[node as usize].1, 1);
            }
        }
        for (from, to) in edges {
            graph.add_edge(both[*from as usize].1, both[*to as usize].0, 1);
        }
        ford_fulkerson(&graph, start, both[target as usize].0).0 as usize
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 8 } else { 2000 }))]
        #[test]
        fn as_many_are_found_as_the_maximum_flow_says(
            (nodes, edges, sources, seeded) in (3u32..14).prop_flat_map(|nodes| {
                let pair = (0..nodes, 0..nodes);
                (Just(nodes), prop::collection::vec(pair, 0..50), 1..nodes.min(4), any::<bool>())
            }),
        ) {
            let target = nodes - 1;
            let most = most_by_petgraph(nodes, &edges, sources, target);
            let first = if seeded { find(nodes, &edges, sources, target, 1, &[]).paths.pop().unwrap_or_default() } else { vec![] };
            for asked in 1..=most + 1 {
                let found = find(nodes, &edges, sources, target, asked, &first);
                prop_assert_eq!(found.paths.len(), most.min(asked));
                prop_assert_eq!(found.cut.is_some(), asked > most);
                let mut seen = vec![false; nodes as usize];
                for path in &found.paths {
                    prop_assert!(path[0].from < sources);
                    for (step, after) in path.iter().zip(path.iter().skip(1).map(|step| step.from).chain([target])) {
                        prop_assert_eq!(edges[step.edge as usize], (step.from, after));
                    }
                    for step in &path[1..] {
                        prop_assert!(step.from >= sources && step.from != target);
                        prop_assert!(!std::mem::replace(&mut seen[step.from as usize], true));
                    }
                }
                if let Some(cut) = found.cut {
                    let single = found.paths.iter().filter(|path| path.len() == 1).count();
                    prop_assert_eq!(cut.len() + single, found.paths.len());
                    let rest: Vec<(u32, u32)> = edges.iter().copied()
                        .filter(|(from, to)| !cut.contains(from) && !cut.contains(to))
                        .filter(|edge| !(edge.0 < sources && edge.1 == target)).collect();
                    prop_assert_eq!(most_by_petgraph(nodes, &rest, sources, target), 0);
                }
            }
        }
    }
}
