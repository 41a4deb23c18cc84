//! What is reached, and nothing about the way: a bit per node.

use super::csr::Csr;

/// A set of nodes, one bit each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marks {
    words: Vec<u64>,
    nodes: usize,
}

impl Marks {
    /// No node of `nodes` marked.
    pub fn none(nodes: usize) -> Self {
        Marks { words: vec![0; nodes.div_ceil(64)], nodes }
    }

    /// Marks a node; whether it was not marked before.
    pub fn insert(&mut self, node: u32) -> bool {
        let (word, bit) = (&mut self.words[node as usize / 64], 1 << (node % 64));
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Takes a mark away.
    pub fn remove(&mut self, node: u32) {
        self.words[node as usize / 64] &= !(1 << (node % 64));
    }

    /// Whether a node is marked.
    pub fn contains(&self, node: u32) -> bool {
        self.words[node as usize / 64] >> (node % 64) & 1 == 1
    }

    /// How many nodes are marked. Linear, 64 nodes a step.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many nodes there are, marked or not.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// The marked nodes, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        bits(self.words.iter().copied())
    }

    /// The nodes that are marked here and not there, ascending. Both have the same number of nodes.
    pub fn beyond<'m>(&'m self, other: &'m Marks) -> impl Iterator<Item = u32> + 'm {
        bits(self.words.iter().zip(&other.words).map(|(here, there)| here & !there))
    }

    /// The nodes that are not marked, ascending.
    pub fn unmarked(&self) -> impl Iterator<Item = u32> + '_ {
        bits(self.words.iter().map(|word| !word)).take_while(|node| (*node as usize) < self.nodes)
    }
}

impl Extend<u32> for Marks {
    fn extend<T: IntoIterator<Item = u32>>(&mut self, nodes: T) {
        for node in nodes {
            self.insert(node);
        }
    }
}

/// The positions of all bits that are set.
fn bits(words: impl Iterator<Item = u64>) -> impl Iterator<Item = u32> {
    words.enumerate().flat_map(|(word, bits)| {
        let rest = std::iter::successors(Some(bits), |bits| Some(bits & bits.wrapping_sub(1)));
        rest.take_while(|bits| *bits != 0).map(move |bits| word as u32 * 64 + bits.trailing_zeros())
    })
}

impl Marks {
    /// Marks the sources, and what they reach over the edges that `keep` lets through. What was marked before is taken
    /// as reached with all behind it: nothing is followed from there.
    ///
    /// Linear; the list of nodes to look at takes 4 bytes for each node on it.
    pub fn reach(&mut self, graph: Csr<'_>, sources: impl IntoIterator<Item = u32>, keep: impl Fn(u32) -> bool) {
        let mut open = Vec::new();
        for source in sources {
            if self.insert(source) {
                open.push(source);
            }
            while let Some(node) = open.pop() {
                for edge in graph.edges(node) {
                    let target = graph.target(edge);
                    if !self.contains(target) && keep(edge) {
                        self.insert(target);
                        open.push(target);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let mut marks = Marks::none(130);
        assert!(marks.insert(0) && marks.insert(63) && marks.insert(64) && marks.insert(129) && !marks.insert(64));
        marks.remove(63);
        assert_eq!(marks.iter().collect::<Vec<_>>(), [0, 64, 129]);
        assert_eq!((marks.count(), marks.nodes(), marks.contains(63)), (3, 130, false));
        let mut others = marks.clone();
        others.remove(64);
        others.insert(65);
        assert_eq!(marks.beyond(&others).collect::<Vec<_>>(), [64]);
        assert_eq!(marks.unmarked().count(), 127);
        assert_eq!(marks.unmarked().last(), Some(128));
    }

    #[test]
    fn what_is_marked_already_is_a_border() {
        // 0 → 1 → 2 → 3, 2 → 0, and an edge 1 → 3 that does not count.
        let (offsets, targets) = ([0, 1, 3, 5, 5], [1, 2, 3, 3, 0]);
        let graph = Csr::new(&offsets, &targets);
        let mut marks = Marks::none(4);
        marks.reach(graph, [0], |edge| edge != 2);
        assert_eq!(marks.count(), 4);
        let mut marks = Marks::none(4);
        marks.insert(2);
        marks.reach(graph, [0], |edge| edge != 2);
        assert_eq!(marks.iter().collect::<Vec<_>>(), [0, 1, 2]);
    }
}
