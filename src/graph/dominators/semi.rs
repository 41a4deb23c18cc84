//! Semidominators, by path compression.

use super::search::{Search, VIRTUAL};

/// A tree of the search in numbers, with what it takes to find immediate dominators.
pub(super) struct Semidominators {
    /// The node of each number.
    pub(super) nodes: Vec<u32>,
    /// The parent of each number in the search.
    pub(super) parents: Vec<u32>,
    /// The semidominator of each number: the least from which a path leads to it over higher numbers only.
    pub(super) semis: Vec<u32>,
}

impl Semidominators {
    /// O(m log n), by path compression alone (Tarjan 1979); in practice linear.
    pub(super) fn new(search: Search) -> Self {
        let Search { nodes, parents, least: mut semis, starts, late } = search;
        let incoming = Incoming::new(&starts, &late);
        drop((starts, late));
        let links = parents.iter().map(|parent| Link { ancestor: *parent, label: VIRTUAL }).collect();
        let mut forest = Forest { links, path: Vec::new() };
        for number in (1..semis.len() as u32).rev() {
            let mut semi = semis[number as usize];
            for from in incoming.of(number) {
                semi = semi.min(forest.least_above(*from, number));
            }
            semis[number as usize] = semi;
            forest.links[number as usize].label = semi;
        }
        Semidominators { nodes, parents, semis }
    }
}

/// The edges to lower numbers, by where they lead.
struct Incoming {
    /// Those that lead to number n are at `starts[n]..starts[n + 1]`.
    starts: Vec<u32>,
    /// Where each comes from.
    from: Vec<u32>,
}

impl Incoming {
    /// Sorts by counting. Linear.
    fn new(by_origin: &[u32], targets: &[u32]) -> Self {
        let mut starts = vec![0u32; by_origin.len()];
        targets.iter().for_each(|target| starts[*target as usize] += 1);
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        // Filled from behind, the end of each becomes its start.
        let mut from = vec![0u32; targets.len()];
        for (number, range) in by_origin.windows(2).enumerate() {
            for target in &targets[range[0] as usize..range[1] as usize] {
                let slot = &mut starts[*target as usize];
                *slot -= 1;
                from[*slot as usize] = number as u32;
            }
        }
        Incoming { starts, from }
    }

    fn of(&self, number: u32) -> &[u32] {
        let range = self.starts[number as usize]..self.starts[number as usize + 1];
        &self.from[range.start as usize..range.end as usize]
    }
}

/// What a step along a path needs, side by side.
#[derive(Clone, Copy)]
struct Link {
    /// The number of its parent in the search; once paths are compressed, of an ancestor further up.
    ancestor: u32,
    /// The least semidominator from it up to its ancestor, without that.
    label: u32,
}

/// The search's tree, as far as it is linked: all that has a higher number than the present one.
struct Forest {
    links: Vec<Link>,
    /// Room for a path, kept from one to the next.
    path: Vec<u32>,
}

impl Forest {
    /// The least semidominator on the path from `number` up to the last one above `limit`.
    ///
    /// Everything on the path gets the end of it for an ancestor, so that the next one is short.
    fn least_above(&mut self, number: u32, limit: u32) -> u32 {
        let mut top = self.links[number as usize];
        let mut at = number;
        while top.ancestor > limit {
            self.path.push(at);
            at = top.ancestor;
            top = self.links[at as usize];
        }
        while let Some(below) = self.path.pop() {
            let link = &mut self.links[below as usize];
            top.label = top.label.min(link.label);
            *link = top;
        }
        top.label
    }
}
