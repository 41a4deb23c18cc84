//! Depth first through the cycles of a shape, without the references of some names.

use super::super::holders::Outside;
use super::super::knots::{Knots, NONE};
use super::super::links::Links;
use crate::graph::Marks;

/// What a search found.
pub(super) enum Outcome {
    /// No cycle is left.
    Free,
    /// One is, with these names on it, each once.
    Cycle(Vec<u32>),
    /// It would take too long to tell.
    Tired,
}

/// What to do about an edge that closes a cycle.
enum Closed {
    Stop,
    Remove,
    GoOn,
}

/// What a node is: not seen, done, or under way at a position of the way, counted from 1.
const UNSEEN: u32 = 0;
const DONE: u32 = u32::MAX;

/// A node on the way, the edge that led to it, and which of its own edges comes next.
struct Call {
    node: u32,
    into: u32,
    next: u32,
}

/// A depth-first search with its arrays.
pub(super) struct Search<'k> {
    knots: &'k Knots,
    links: &'k Links<'k>,
    removed: Marks,
    states: Vec<u32>,
    way: Vec<Call>,
    // Of each name, the first position of the way that it led to.
    first: Vec<u32>,
    met: Marks,
    /// Edges looked at, and nodes.
    pub(super) visited: u64,
}

impl<'k> Search<'k> {
    pub(super) fn new(knots: &'k Knots, links: &'k Links<'k>) -> Self {
        let nodes = (0..knots.len() as u32).last().map_or(0, |cycle| knots.nodes(cycle).end as usize);
        Search {
            knots,
            links,
            removed: Marks::none(links.names()),
            states: vec![UNSEEN; nodes],
            way: Vec::new(),
            first: vec![NONE; links.names()],
            met: Marks::none(links.names()),
            visited: 0,
        }
    }

    /// Takes the references of a name away, or gives them back.
    pub(super) fn remove(&mut self, name: u32, away: bool) {
        if away {
            self.removed.insert(name);
        } else {
            self.removed.remove(name);
        }
    }

    pub(super) fn is_removed(&self, name: u32) -> bool {
        self.removed.contains(name)
    }

    pub(super) fn give_all_back(&mut self, names: &[u32]) {
        names.iter().for_each(|name| self.removed.remove(*name));
    }

    /// Whether a cycle is left without the names that are removed.
    pub(super) fn left(&mut self, cycles: &[u32], outside: &Outside, patience: u64) -> Outcome {
        let mut found = None;
        let rested = self.run(cycles, outside, patience, |_, names| {
            found = Some(names());
            Closed::Stop
        });
        match found {
            Some(names) => Outcome::Cycle(names),
            None if rested => Outcome::Free,
            None => Outcome::Tired,
        }
    }

    /// Removes the name of every edge that closes a cycle as it is found. Gives the names with those of the cycle that
    /// each closed; none of these was removed at that time.
    pub(super) fn peel(&mut self, cycles: &[u32], outside: &Outside, patience: u64) -> Option<Vec<(u32, Vec<u32>)>> {
        let mut found: Vec<(u32, Vec<u32>)> = Vec::new();
        let rested = self.run(cycles, outside, patience, |name, names| {
            found.push((name, names()));
            Closed::Remove
        });
        if !rested {
            found.iter().for_each(|(name, _)| self.removed.remove(*name));
        }
        rested.then_some(found)
    }

    /// The names of all edges that close cycles in one search: without these no cycle is left. Linear.
    pub(super) fn closing_names(&mut self, cycles: &[u32], outside: &Outside) -> Vec<u32> {
        let mut found = Vec::new();
        self.run(cycles, outside, u64::MAX, |name, _| {
            found.push(name);
            Closed::GoOn
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Searches cycle after cycle, asking `closed` about each edge that closes one: its name, and the names on the cycle
    /// on request. Whether it came to its end with patience.
    fn run(
        &mut self,
        cycles: &[u32],
        outside: &Outside,
        patience: u64,
        mut closed: impl FnMut(u32, &mut dyn FnMut() -> Vec<u32>) -> Closed,
    ) -> bool {
        let mut again = Vec::new();
        for &cycle in cycles {
            let nodes = self.knots.nodes(cycle);
            self.states[nodes.start as usize..nodes.end as usize].fill(UNSEEN);
            self.visited += nodes.len() as u64;
            for node in std::iter::once(outside.entry(cycle)).chain(nodes) {
                again.push(node);
                while let Some(start) = again.pop() {
                    // An own dict is reached from its owner alone, so that no cycle is closed by the way to it.
                    if self.knots.is_folded(start) || self.states[start as usize] != UNSEEN {
                        continue;
                    }
                    if !self.run_from(start, &mut again, patience, &mut closed) {
                        while self.pop().is_some() {}
                        return false;
                    }
                }
            }
        }
        true
    }

    fn run_from(
        &mut self,
        start: u32,
        again: &mut Vec<u32>,
        patience: u64,
        closed: &mut impl FnMut(u32, &mut dyn FnMut() -> Vec<u32>) -> Closed,
    ) -> bool {
        self.push(start, NONE);
        while let Some(call) = self.way.last_mut() {
            let (node, edge) = (call.node, call.next);
            if edge == self.knots.edges_of(node).end {
                self.pop();
                self.states[node as usize] = DONE;
                continue;
            }
            call.next += 1;
            self.visited += 1;
            if self.visited > patience {
                return false;
            }
            let target = self.knots.target(edge);
            let state = self.states[target as usize];
            let name = self.links.name_of(self.knots.edge(edge));
            if state == DONE || name.is_some_and(|name| self.removed.contains(name)) {
                continue;
            }
            if state == UNSEEN {
                self.push(target, edge);
                continue;
            }
            let name = name.expect("the way to an own dict closes no cycle");
            match closed(name, &mut || self.names_from(state as usize, name)) {
                Closed::Stop => return false,
                Closed::GoOn => {}
                Closed::Remove => {
                    self.removed.insert(name);
                    self.step_back(name, again);
                }
            }
        }
        true
    }

    fn push(&mut self, node: u32, into: u32) {
        let position = self.way.len() as u32;
        if let Some(name) = self.name_into(into)
            && self.first[name as usize] == NONE
        {
            self.first[name as usize] = position;
        }
        self.states[node as usize] = position + 1;
        self.way.push(Call { node, into, next: self.knots.edges_of(node).start });
    }

    /// Leaves the last node of the way, as one not seen.
    fn pop(&mut self) -> Option<u32> {
        let call = self.way.pop()?;
        if let Some(name) = self.name_into(call.into)
            && self.first[name as usize] == self.way.len() as u32
        {
            self.first[name as usize] = NONE;
        }
        self.states[call.node as usize] = UNSEEN;
        Some(call.node)
    }

    fn name_into(&self, into: u32) -> Option<u32> {
        if into == NONE { None } else { self.links.name_of(self.knots.edge(into)) }
    }

    /// Leaves the part of the way that a removed name led to.
    fn step_back(&mut self, name: u32, again: &mut Vec<u32>) {
        let from = self.first[name as usize];
        while from != NONE && self.way.len() as u32 > from {
            again.extend(self.pop());
            self.visited += 1;
        }
    }

    /// The names on the way from behind a position, and `last`, each once.
    fn names_from(&mut self, position: usize, last: u32) -> Vec<u32> {
        let mut names = vec![last];
        self.met.insert(last);
        for at in position..self.way.len() {
            if let Some(name) = self.name_into(self.way[at].into)
                && self.met.insert(name)
            {
                names.push(name);
            }
        }
        self.visited += (self.way.len() - position) as u64;
        names.iter().for_each(|name| self.met.remove(*name));
        names
    }
}
