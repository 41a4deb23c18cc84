//! Semidominators, by path compression.

use super::search::{Link, NONE, Search};

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
        let Search { nodes, links, least: mut semis, late } = search;
        let parents: Vec<u32> = links.iter().map(|link| link.ancestor).collect();
        let mut forest = Forest { links, path: Vec::new() };
        for number in (1..semis.len() as u32).rev() {
            let mut semi = semis[number as usize];
            let mut list = forest.links[number as usize].label;
            while list != NONE {
                let edge = late[list as usize];
                semi = semi.min(forest.least_above(edge.from, number));
                list = edge.next;
            }
            semis[number as usize] = semi;
            forest.links[number as usize].label = semi;
        }
        Semidominators { nodes, parents, semis }
    }
}

/// The part of the search's tree that is linked: what has a higher number than the present one.
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
        if top.ancestor <= limit {
            return top.label;
        }
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
