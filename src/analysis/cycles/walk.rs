//! Breadth first through one cycle, where a step to an own dict is no step.

use super::knots::{Knots, NONE};
use super::links::FOLDED;
use std::collections::VecDeque;

/// A search within one cycle at a time; its arrays are as long as the longest cycle looked at.
#[derive(Default)]
pub(super) struct Walk {
    first: u32,
    depths: Vec<u32>,
    // The edge by which each node was reached, and the node that it leaves.
    arrivals: Vec<(u32, u32)>,
    seen: Vec<u32>,
    queue: VecDeque<u32>,
    /// Edges looked at since the walk began with this cycle.
    pub(super) visited: u64,
}

impl Walk {
    /// Begins with another cycle.
    pub(super) fn enter(&mut self, knots: &Knots, cycle: u32) {
        let nodes = knots.nodes(cycle);
        self.first = nodes.start;
        self.visited = 0;
        self.seen.clear();
        self.depths.clear();
        self.depths.resize(nodes.len(), NONE);
        self.arrivals.resize(nodes.len(), (NONE, NONE));
    }

    /// How many steps lead to a node from where the last search started; [`NONE`] where it did not get to.
    pub(super) fn depth(&self, node: u32) -> u32 {
        self.depths[(node - self.first) as usize]
    }

    fn reach(&mut self, node: u32, depth: u32, arrival: (u32, u32)) {
        let place = (node - self.first) as usize;
        self.depths[place] = depth;
        self.arrivals[place] = arrival;
        self.seen.push(node);
    }

    fn start(&mut self, node: u32) {
        for seen in self.seen.drain(..) {
            self.depths[(seen - self.first) as usize] = NONE;
        }
        self.queue.clear();
        self.reach(node, 0, (NONE, NONE));
        self.queue.push_back(node);
    }

    /// Goes everywhere from `start`.
    pub(super) fn spread(&mut self, knots: &Knots, start: u32) {
        self.start(start);
        while let Some(node) = self.queue.pop_front() {
            for edge in knots.edges_of(node) {
                self.step(knots, node, edge);
            }
        }
    }

    fn step(&mut self, knots: &Knots, node: u32, edge: u32) {
        let target = knots.target(edge);
        if self.depth(target) != NONE {
            return;
        }
        // An own dict is where its owner is: as near, and looked at next.
        if knots.edge(edge) == FOLDED {
            self.reach(target, self.depth(node), (node, edge));
            self.queue.push_front(target);
        } else {
            self.reach(target, self.depth(node) + 1, (node, edge));
            self.queue.push_back(target);
        }
    }

    /// The edges of a shortest way from `start` back to it, if it has fewer than `limit` steps.
    pub(super) fn around(&mut self, knots: &Knots, start: u32, limit: u32) -> Option<Vec<u32>> {
        self.start(start);
        while let Some(node) = self.queue.pop_front() {
            if self.depth(node) + 1 >= limit {
                return None;
            }
            for edge in knots.edges_of(node) {
                self.visited += 1;
                if knots.target(edge) == start {
                    return Some(self.way(node, edge));
                }
                self.step(knots, node, edge);
            }
        }
        None
    }

    fn way(&self, last: u32, edge: u32) -> Vec<u32> {
        let mut way = vec![edge];
        let mut node = last;
        while let (from, edge) = self.arrivals[(node - self.first) as usize]
            && from != NONE
        {
            way.push(edge);
            node = from;
        }
        way.reverse();
        way
    }
}
