//! The names whose removal leaves no cycle of a shape: as few as can be, and rather those that point back.
//!
//! With few names the sets of one, two, three names are tried in turn, and each cycle that a set leaves rules out every
//! other set that leaves it too: an implicit hitting set, as in "Implicit hitting set problems" (Karp and
//! Moreno-Centeno, 2013). With many names those that close cycles in a depth-first search are taken, and given back
//! where the others suffice.

mod search;

use super::holders::Outside;
use super::knots::Knots;
use super::links::{FOLDED, Links};
use super::walk::Walk;
use super::{Cut, CutName};
use crate::cpython::builtin::takes_weak_references;
use crate::snapshot::ReferenceKind;
use search::{Outcome, Search};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// With more names the smallest set is not looked for.
const FEW: usize = 12;
/// References to look at for the cut of one shape before something less is good enough.
const PATIENCE: u64 = 200_000_000;

/// One name of a shape.
#[derive(Clone, Copy, Default)]
struct Facts {
    name: u32,
    references: u64,
    // Of these, those that lead away from where the cycle is held. Without them a reader would miss what they hold.
    forward: u64,
}

/// Finds cuts for one shape after the other.
pub(super) struct Cutter<'k> {
    knots: &'k Knots,
    links: &'k Links<'k>,
    search: Search<'k>,
    walk: Walk,
    facts: Vec<Facts>,
}

impl<'k> Cutter<'k> {
    pub(super) fn new(knots: &'k Knots, links: &'k Links<'k>) -> Self {
        let facts = vec![Facts::default(); links.names()];
        Cutter { knots, links, search: Search::new(knots, links), walk: Walk::default(), facts }
    }

    /// The cut of a shape, given all its cycles.
    pub(super) fn cut(&mut self, cycles: &[u32], outside: &Outside) -> Cut {
        let names = self.gather(cycles, outside);
        self.search.visited = 0;
        let smallest = if names.len() <= FEW { self.smallest(cycles, outside, &names) } else { None };
        let (found, smallest, minimal) = match smallest {
            Some(found) => (found, true, true),
            None => {
                let (found, minimal) = self.minimal(cycles, outside, names);
                let smallest = found.len() == 1;
                (found, smallest, minimal)
            }
        };
        let containers = self.containers(cycles, &found);
        let mut names: Vec<CutName> = found.iter().map(|name| self.describe(cycles, *name, &containers)).collect();
        names.sort_by(|a, b| a.text.cmp(&b.text));
        self.search.give_all_back(&found);
        Cut { names, smallest, minimal }
    }

    /// What there is to know of each name.
    fn gather(&mut self, cycles: &[u32], outside: &Outside) -> Vec<Facts> {
        let mut met = Vec::new();
        for &cycle in cycles {
            self.walk.enter(self.knots, cycle);
            self.walk.spread(self.knots, outside.entry(cycle));
            for node in self.knots.nodes(cycle) {
                for edge in self.knots.edges_of(node) {
                    let Some(name) = self.links.name_of(self.knots.edge(edge)) else { continue };
                    let facts = &mut self.facts[name as usize];
                    if facts.references == 0 {
                        met.push(name);
                    }
                    facts.references += 1;
                    facts.forward += u64::from(self.walk.depth(self.knots.target(edge)) > self.walk.depth(node));
                }
            }
        }
        let take = |name: u32| Facts { name, ..std::mem::take(&mut self.facts[name as usize]) };
        met.into_iter().map(take).collect()
    }

    fn is_position(&self, name: u32) -> bool {
        matches!(self.links.kind_of(name), ReferenceKind::Item | ReferenceKind::DictKey)
    }

    /// The smallest set of few names. Of equally small ones that which takes the least effort, cuts the fewest
    /// references that lead away from where the cycles are held, the fewest positions, the fewest references, and comes
    /// first by text.
    fn smallest(&mut self, cycles: &[u32], outside: &Outside, names: &[Facts]) -> Option<Vec<u32>> {
        let mut names = names.to_vec();
        names.sort_by_cached_key(|facts| self.links.text(facts.name));
        let all = 1u16 << names.len();
        let mut left_over: Vec<u16> = Vec::new();
        for size in 1..=names.len() as u32 {
            let mut sets: Vec<u16> = (1..all).filter(|set| set.count_ones() == size).collect();
            sets.sort_by_cached_key(|set| {
                let chosen = names.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, facts)| facts);
                let effort: u64 = chosen.clone().map(|facts| self.links.effort(facts.name)).sum();
                let forward: u64 = chosen.clone().map(|facts| facts.forward).sum();
                let positions = chosen.clone().filter(|facts| self.is_position(facts.name)).count();
                let references: u64 = chosen.map(|facts| facts.references).sum();
                (effort, forward, positions, references, Reverse(set.reverse_bits()))
            });
            for set in sets {
                if left_over.iter().any(|cycle| cycle & set == 0) {
                    continue;
                }
                let chosen = |bit: usize| set >> bit & 1 == 1;
                names.iter().enumerate().for_each(|(bit, facts)| self.search.remove(facts.name, chosen(bit)));
                match self.search.left(cycles, outside, PATIENCE) {
                    Outcome::Free => {
                        return Some((0..names.len()).filter(|bit| chosen(*bit)).map(|bit| names[bit].name).collect());
                    }
                    Outcome::Cycle(on) => {
                        let bit = |name: &u32| names.iter().position(|facts| facts.name == *name);
                        left_over.push(on.iter().filter_map(bit).fold(0, |set, bit| set | 1 << bit));
                    }
                    Outcome::Tired => return None,
                }
            }
        }
        None
    }

    /// A set of which no name can be left out, and whether that is sure.
    fn minimal(&mut self, cycles: &[u32], outside: &Outside, names: Vec<Facts>) -> (Vec<u32>, bool) {
        names.iter().for_each(|facts| self.search.remove(facts.name, false));
        self.search.visited = 0;
        let Some(mut closing) = self.search.peel(cycles, outside, PATIENCE) else {
            let found = self.search.closing_names(cycles, outside);
            found.iter().for_each(|name| self.search.remove(*name, true));
            return (found, false);
        };
        // Those go first that one would miss most.
        let facts: BTreeMap<u32, Facts> = names.into_iter().map(|facts| (facts.name, facts)).collect();
        let regret = |name: &u32| (self.links.effort(*name), facts[name].forward, facts[name].references);
        closing.sort_by_key(|(name, _)| (Reverse(regret(name)), *name));
        let mut minimal = true;
        let mut found = Vec::new();
        for (name, cycle) in closing {
            let needed = cycle.iter().all(|other| *other == name || !self.search.is_removed(*other));
            if needed {
                found.push(name);
                continue;
            }
            self.search.remove(name, false);
            match self.search.left(cycles, outside, PATIENCE) {
                Outcome::Free => continue,
                Outcome::Cycle(_) => {}
                Outcome::Tired => minimal = false,
            }
            self.search.remove(name, true);
            found.push(name);
        }
        (found, minimal)
    }

    /// Of positions in the cut: the names of the references that lead to their holders, by the holders' type.
    fn containers(&self, cycles: &[u32], cut: &[u32]) -> BTreeMap<u32, BTreeSet<u32>> {
        let positions = cut.iter().filter(|name| self.is_position(**name));
        let mut containers: BTreeMap<u32, BTreeSet<u32>> =
            positions.map(|name| (self.links.holder(*name), BTreeSet::new())).collect();
        if containers.is_empty() {
            return containers;
        }
        for edge in self.knots.edges_within(cycles[0]).filter(|edge| self.knots.edge(*edge) != FOLDED) {
            let link = self.knots.edge(edge);
            if let Some(names) = containers.get_mut(&self.links.target_of(link)) {
                names.extend(self.links.name_of(link));
            }
        }
        containers
    }

    fn describe(&self, cycles: &[u32], name: u32, containers: &BTreeMap<u32, BTreeSet<u32>>) -> CutName {
        let holders = containers.get(&self.links.holder(name)).filter(|_| self.is_position(name));
        let only = holders.filter(|names| names.len() == 1).and_then(BTreeSet::first);
        let links = self.knots.edges_within(cycles[0]).map(|edge| self.knots.edge(edge));
        let mut targets =
            links.filter(|link| self.links.name_of(*link) == Some(name)).map(|link| self.links.target_of(link));
        let refuses = match self.links.is_fixed(name) {
            true => Some(self.links.holder(name)),
            false => targets.find(|target| !takes_weak_references(self.links.long_type(*target))),
        };
        CutName {
            text: self.links.text(name),
            kind: self.links.kind_of(name),
            container: only.map(|name| self.links.text(*name)),
            refuses: refuses.map(|target| self.links.type_text(target).to_owned()),
        }
    }
}
