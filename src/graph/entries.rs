//! Where to begin so as to reach everything.

use super::csr::Csr;
use super::reach::Marks;

/// The fewest of the nodes from which all of them can be reached: one of each strongly connected component that
/// nothing outside it leads to, the one that comes first. In the order of the nodes.
///
/// A node that an earlier start does not reach begins a new one; going back over the starts, those that a later one
/// reaches are dropped. What is left lies in components without an edge into them, no two in one. Linear.
pub fn entries(graph: Csr<'_>, nodes: impl IntoIterator<Item = u32>, keep: impl Fn(u32) -> bool) -> Vec<u32> {
    let mut reached = Marks::none(graph.nodes());
    let mut starts = unreached(graph, &mut reached, nodes, &keep);
    starts.reverse();
    let mut reached = Marks::none(graph.nodes());
    let mut entries = unreached(graph, &mut reached, starts, &keep);
    entries.reverse();
    entries
}

/// Of the nodes each that those before it do not reach.
fn unreached(
    graph: Csr<'_>,
    reached: &mut Marks,
    nodes: impl IntoIterator<Item = u32>,
    keep: impl Fn(u32) -> bool,
) -> Vec<u32> {
    let mut starts = Vec::new();
    for node in nodes {
        if !reached.contains(node) {
            starts.push(node);
            reached.reach(graph, [node], &keep);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_each_component_that_nothing_leads_to() {
        // 0 → 1, a ring of 1 and 2, 3 → 0, a ring of 4 and 5 that leads to 1, and 6 alone.
        let (offsets, targets) = ([0, 1, 2, 3, 4, 5, 7, 7], [1, 2, 1, 0, 5, 4, 1]);
        let graph = Csr::new(&offsets, &targets);
        assert_eq!(entries(graph, 0..7, |_| true), [3, 4, 6]);
        assert_eq!(entries(graph, 0..7, |edge| edge != 3), [0, 3, 4, 6]);
        assert_eq!(entries(graph, [1, 2], |_| true), [1]);
    }
}
