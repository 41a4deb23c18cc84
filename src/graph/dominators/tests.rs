use super::*;
use petgraph::Graph;
use petgraph::algo::dominators::simple_fast;
use petgraph::graph::NodeIndex;
use proptest::prelude::*;

/// Offsets and targets of a graph given as pairs; edge numbers follow the sorted pairs.
fn csr(nodes: u32, edges: &mut [(u32, u32)]) -> (Vec<u32>, Vec<u32>) {
    edges.sort();
    let offsets = (0..=nodes).map(|node| edges.partition_point(|edge| edge.0 < node) as u32).collect();
    (offsets, edges.iter().map(|edge| edge.1).collect())
}

fn tree(nodes: u32, edges: &[(u32, u32)], sources: &[u32]) -> Dominators {
    let (offsets, targets) = csr(nodes, &mut edges.to_vec());
    Dominators::new(Csr::new(&offsets, &targets), sources.iter().copied(), |_| true)
}

fn sorted(nodes: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let mut nodes: Vec<u32> = nodes.into_iter().collect();
    nodes.sort();
    nodes
}

fn parents(tree: &Dominators, nodes: u32) -> Vec<Option<u32>> {
    (0..nodes).map(|node| tree.parent(node)).collect()
}

#[test]
fn the_graph_of_lengauer_and_tarjan() {
    // Figure 1 of their paper; R is 0, A to L are 1 to 12.
    let edges = [
        (0, 1),
        (0, 2),
        (0, 3),
        (1, 4),
        (2, 1),
        (2, 4),
        (2, 5),
        (3, 6),
        (3, 7),
        (4, 12),
        (5, 8),
        (6, 9),
        (7, 9),
        (7, 10),
        (8, 5),
        (8, 11),
        (9, 11),
        (10, 9),
        (11, 9),
        (11, 0),
        (12, 8),
    ];
    let expected = [0, 0, 0, 0, 0, 3, 3, 0, 0, 7, 0, 4].map(Some);
    assert_eq!(parents(&tree(13, &edges, &[0]), 13)[1..], expected);
}

#[test]
fn what_two_sources_share_belongs_to_neither() {
    let tree = tree(6, &[(0, 2), (1, 2), (2, 3), (1, 4)], &[0, 1]);
    assert_eq!(parents(&tree, 6), [None, None, None, Some(2), Some(1), None]);
    assert_eq!(sorted(tree.tops()), [0, 1, 2]);
    assert!(!tree.reaches(5) && tree.below(5).is_empty() && !tree.dominates(5, 5));
}

#[test]
fn a_source_that_another_reaches_is_no_less_a_source() {
    let first = tree(3, &[(0, 1), (1, 2)], &[0, 1]);
    assert_eq!(parents(&first, 3), [None, None, Some(1)]);
    let second = tree(3, &[(0, 1), (1, 2)], &[1, 0, 1]);
    assert_eq!(parents(&second, 3), [None, None, Some(1)]);
}

#[test]
fn edges_that_do_not_count_lead_nowhere() {
    // 0 → 1 twice, 1 → 2, 0 → 2.
    let (offsets, targets) = ([0, 3, 4, 4], [1, 1, 2, 2]);
    let graph = Csr::new(&offsets, &targets);
    let kept = |without: u32| Dominators::new(graph, [0], |edge| edge != without);
    assert_eq!(parents(&kept(0), 3), [None, Some(0), Some(0)]);
    assert_eq!(parents(&kept(2), 3), [None, Some(0), Some(1)]);
}

#[test]
fn slices_children_and_sums_follow_the_tree() {
    // 0 → 1 → 3, 0 → 2 → 3 → 4, 1 → 5.
    let tree = tree(6, &[(0, 1), (1, 3), (0, 2), (2, 3), (3, 4), (1, 5)], &[0]);
    let sums = tree.sums(|node| 1 << node);
    let sum = |node: u32| sums[tree.place(node).unwrap()];
    assert_eq!([0, 1, 2, 3, 4, 5].map(sum), [0b111111, 0b100010, 0b100, 0b11000, 0b10000, 0b100000]);
    assert_eq!((sorted(tree.children(0)), tree.children(4).count()), (vec![1, 2, 3], 0));
    assert_eq!(tree.below(1), [1, 5]);
    assert!(tree.dominates(1, 5) && tree.dominates(1, 1) && !tree.dominates(1, 3) && !tree.dominates(5, 1));
    assert_eq!(sorted(tree.outermost([4, 3, 5, 4])), [3, 5]);
    assert_eq!(tree.sums(|_| u64::MAX)[0], u64::MAX);
}

#[test]
fn nothing_at_all() {
    let tree = tree(0, &[], &[]);
    assert!(tree.preorder().is_empty() && tree.tops().count() == 0);
}

/// Runs with as little stack as a thread gets by default.
fn in_a_small_thread(check: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(check).unwrap().join().unwrap();
}

/// Every shape that is deep or wide, with `many` nodes.
fn shapes_of(many: u32) {
    chain_with_class(many);
    ring(many);
    star(many);
    far_below_a_chain(many);
}

/// 0 → 1 → 2 …, and from each an edge to the class, the last node.
fn chain_with_class(many: u32) {
    let class = many - 1;
    let offsets: Vec<u32> = (0..many).map(|node| 2 * node).chain([2 * (many - 1)]).collect();
    let targets: Vec<u32> = (0..class).flat_map(|node| [class, (node + 1).min(class)]).collect();
    let tree = Dominators::new(Csr::new(&offsets, &targets), [0], |_| true);
    assert_eq!((tree.parent(class), tree.parent(class - 1)), (Some(0), Some(class - 2)));
    assert_eq!(tree.below(class - 100).len(), 100);
}

fn ring(many: u32) {
    let offsets: Vec<u32> = (0..=many).collect();
    let targets: Vec<u32> = (0..many).map(|node| (node + 1) % many).collect();
    let tree = Dominators::new(Csr::new(&offsets, &targets), [7], |_| true);
    assert_eq!((tree.parent(7), tree.parent(6), tree.below(6)), (None, Some(5), &[6][..]));
}

/// A hub that refers to all and is referred to by all.
fn star(many: u32) {
    let offsets: Vec<u32> = [0].into_iter().chain((0..many).map(|node| many - 1 + node)).collect();
    let targets: Vec<u32> = (1..many).chain((1..many).map(|_| 0)).collect();
    let tree = Dominators::new(Csr::new(&offsets, &targets), [0], |_| true);
    assert_eq!((tree.children(0).count(), tree.sums(|_| 1)[0]), (many as usize - 1, u64::from(many)));
}

/// Half are a chain; the other half hang at its end and at its beginning: stepping up is quadratic.
fn far_below_a_chain(many: u32) {
    let half = many / 2;
    let mut targets: Vec<u32> = (1..half).collect();
    targets.extend(half..2 * half);
    let first = half - 1 + half;
    targets.extend(half..2 * half);
    // The second list belongs to a node behind all others, which the first node has an edge to as well.
    let registry = 2 * half;
    let mut offsets: Vec<u32> = (0..half).collect();
    offsets.extend((half..2 * half).map(|_| first));
    offsets.extend([first, first + half]);
    let graph = Csr::new(&offsets, &targets);
    let tree = Dominators::new(graph, [0, registry], |_| true);
    assert_eq!((tree.parent(half - 1), tree.parent(half), tree.parent(2 * half - 1)), (Some(half - 2), None, None));
}

#[test]
fn deep_and_wide_graphs_need_no_stack_and_no_patience() {
    in_a_small_thread(|| shapes_of(if cfg!(miri) { 1_000 } else { 1_000_000 }));
}

#[test]
#[ignore = "a gigabyte of memory"]
fn ten_million_as_well() {
    in_a_small_thread(|| shapes_of(10_000_000));
}

/// Which nodes the sources reach when `removed` is gone, by marking.
fn reached_without(nodes: u32, edges: &[(u32, u32)], sources: &[u32], removed: Option<u32>) -> Vec<bool> {
    let mut reached = vec![false; nodes as usize];
    let mut open: Vec<u32> = sources.to_vec();
    while let Some(node) = open.pop() {
        if Some(node) != removed && !std::mem::replace(&mut reached[node as usize], true) {
            open.extend(edges.iter().filter(|edge| edge.0 == node).map(|edge| edge.1));
        }
    }
    reached
}

prop_compose! {
    fn graphs()(nodes in 1u32..20)(
        edges in prop::collection::vec((0..nodes, 0..nodes), 0..50),
        sources in prop::collection::vec(0..nodes, 1..4),
        nodes in Just(nodes),
    ) -> (u32, Vec<(u32, u32)>, Vec<u32>) {
        (nodes, edges, sources)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 8 } else { 2000 }))]

    #[test]
    fn without_a_dominator_a_node_is_not_reached((nodes, edges, sources) in graphs()) {
        let tree = tree(nodes, &edges, &sources);
        let all = reached_without(nodes, &edges, &sources, None);
        prop_assert_eq!(tree.preorder().len(), all.iter().filter(|reached| **reached).count());
        for above in 0..nodes {
            let without = reached_without(nodes, &edges, &sources, Some(above));
            let mut lost: Vec<u32> = (0..nodes).filter(|node| all[*node as usize] && !without[*node as usize]).collect();
            let mut below = tree.below(above).to_vec();
            below.sort();
            prop_assert_eq!(&below, &lost);
            prop_assert!((0..nodes).all(|node| tree.dominates(above, node) == lost.contains(&node)));
            // Each of the dominated, but for the node itself, hangs under exactly one other.
            lost.retain(|node| *node != above);
            let under: usize = tree.children(above).map(|child| tree.below(child).len()).sum();
            prop_assert_eq!(under, lost.len());
        }
    }

    #[test]
    fn immediate_dominators_are_those_of_petgraph((nodes, edges, sources) in graphs()) {
        let tree = tree(nodes, &edges, &sources[..1]);
        let mut graph = Graph::<(), ()>::new();
        let ids: Vec<NodeIndex> = (0..nodes).map(|_| graph.add_node(())).collect();
        edges.iter().for_each(|(from, to)| { graph.add_edge(ids[*from as usize], ids[*to as usize], ()); });
        let expected = simple_fast(&graph, ids[sources[0] as usize]);
        for node in 0..nodes {
            let immediate = expected.immediate_dominator(ids[node as usize]).map(|id| id.index() as u32);
            prop_assert_eq!(tree.parent(node), immediate);
        }
    }
}
