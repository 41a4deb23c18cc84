//! Dominator trees against their definition: without what dominates it, nothing reaches a node.

use super::small::{Small, members, set};
use heapgraph::graph::{Csr, Dominators};

/// Builds the tree of a small graph and compares it with what is left when each node in turn is taken away.
pub fn run(bytes: &[u8]) {
    let Some(small) = Small::from_bytes(bytes) else { return };
    let graph = Csr::new(&small.offsets, &small.targets);
    let tree = Dominators::new(graph, members(small.chosen), |edge| small.keep[edge as usize]);
    let all = small.reached(small.chosen, u32::MAX);
    let below: Vec<u32> = (0..small.nodes).map(|node| all & !small.reached(small.chosen, !(1 << node))).collect();

    assert_eq!(set(tree.preorder()), all);
    assert_eq!(tree.preorder().len(), all.count_ones() as usize, "each node once");
    let sums = tree.sums(|node| 1 << node);
    for node in 0..small.nodes {
        let dominated = below[node as usize];
        assert_eq!(tree.reaches(node), all >> node & 1 == 1);
        assert_eq!(set(tree.below(node)), dominated);
        assert_eq!(tree.below(node).len(), dominated.count_ones() as usize);
        assert_eq!(tree.place(node).map(|place| sums[place]), tree.reaches(node).then_some(u64::from(dominated)));
        // The immediate dominator is the one that dominates least beside the node.
        let above = (0..small.nodes).filter(|other| *other != node && below[*other as usize] >> node & 1 == 1);
        assert_eq!(tree.parent(node), above.min_by_key(|other| below[*other as usize].count_ones()));
        let children = tree.children(node).fold(0, |set, child| set | 1 << child);
        let expected = members(dominated & !(1 << node)).filter(|child| tree.parent(*child) == Some(node));
        assert_eq!(children, expected.fold(0, |set, child| set | 1 << child));
    }
}
