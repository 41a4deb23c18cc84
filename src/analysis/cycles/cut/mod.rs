//! The names whose removal leaves no cycle of a shape: as few as can be, and rather those that point back.
//!
//! With few names the sets of one, two, three names are tried in turn, and each cycle that a set leaves rules out every
//! other set that leaves it too: an implicit hitting set, as in "Implicit hitting set problems" (Karp and
//! Moreno-Centeno, 2013). With many names each that lies on all cycles found so far is tried alone; then those that
//! close cycles in a depth-first search are taken, and given back where the others suffice.

mod search;

use super::holders::Outside;
use super::knots::Knots;
use super::links::Links;
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

/// What a cycle shows of the names of its cut.
struct Seen {
    /// The names of the references that lead to the holders of positions, by the holders' type.
    containers: BTreeMap<u32, BTreeSet<u32>>,
    /// Of each name that a weak reference cannot always replace, the type that stands against it here, if one does.
    refuses: BTreeMap<u32, Option<u32>>,
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
                let (found, minimal) = self.minimal(cycles, outside, &names);
                let smallest = found.len() == 1;
                (found, smallest, minimal)
            }
        };
        let seen = self.look(cycles[0], &found);
        let mut names: Vec<CutName> = found.iter().map(|name| self.describe(*name, &seen)).collect();
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

    /// What makes one of two equally small sets the better one: it takes less effort, cuts fewer references that lead
    /// away from where the cycles are held, fewer positions, fewer references.
    fn cost(&self, chosen: impl IntoIterator<Item = Facts>) -> (u64, u64, u64, u64) {
        chosen.into_iter().fold((0, 0, 0, 0), |(effort, forward, positions, references), facts| {
            let position = u64::from(self.is_position(facts.name));
            let effort = effort + self.links.effort(facts.name);
            (effort, forward + facts.forward, positions + position, references + facts.references)
        })
    }

    /// The smallest set of few names. Of equally small ones that which costs least, and comes first by text.
    fn smallest(&mut self, cycles: &[u32], outside: &Outside, names: &[Facts]) -> Option<Vec<u32>> {
        let mut names = names.to_vec();
        names.sort_by_cached_key(|facts| self.links.text(facts.name));
        let all = 1u16 << names.len();
        let mut left_over: Vec<u16> = Vec::new();
        for size in 1..=names.len() as u32 {
            let mut sets: Vec<u16> = (1..all).filter(|set| set.count_ones() == size).collect();
            sets.sort_by_cached_key(|set| {
                let chosen = names.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1);
                (self.cost(chosen.map(|(_, facts)| *facts)), Reverse(set.reverse_bits()))
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

    /// A set of which no name can be left out, and whether that is sure. A single name, where one suffices and it is
    /// found in time.
    fn minimal(&mut self, cycles: &[u32], outside: &Outside, names: &[Facts]) -> (Vec<u32>, bool) {
        names.iter().for_each(|facts| self.search.remove(facts.name, false));
        self.search.visited = 0;
        let Some(closing) = self.search.peel(cycles, outside, PATIENCE) else {
            let found = self.search.closing_names(cycles, outside);
            found.iter().for_each(|name| self.search.remove(*name, true));
            return (found, false);
        };
        match self.single(cycles, outside, names, &closing) {
            Some(name) => (vec![name], true),
            None => self.spare(cycles, outside, names, closing),
        }
    }

    /// The name that costs least of those that lie on every cycle, and so on all that `closing` ended. Where none does,
    /// or half of the patience is gone, the names of `closing` are removed as before.
    fn single(
        &mut self,
        cycles: &[u32],
        outside: &Outside,
        names: &[Facts],
        closing: &[(u32, Vec<u32>)],
    ) -> Option<u32> {
        let mut common: BTreeSet<u32> = closing.first()?.1.iter().copied().collect();
        let keep =
            |common: &BTreeSet<u32>, cycle: &[u32]| cycle.iter().copied().filter(|n| common.contains(n)).collect();
        closing.iter().for_each(|(_, cycle)| common = keep(&common, cycle));
        closing.iter().for_each(|(name, _)| self.search.remove(*name, false));
        let mut candidates: Vec<&Facts> = names.iter().filter(|facts| common.contains(&facts.name)).collect();
        candidates.sort_by_cached_key(|facts| (self.cost([**facts]), self.links.text(facts.name)));
        for Facts { name, .. } in candidates {
            if !common.contains(name) {
                continue;
            }
            self.search.remove(*name, true);
            match self.search.left(cycles, outside, PATIENCE / 2) {
                Outcome::Free => return Some(*name),
                Outcome::Cycle(on) => common = keep(&common, &on),
                Outcome::Tired => common.clear(),
            }
            self.search.remove(*name, false);
        }
        closing.iter().for_each(|(name, _)| self.search.remove(*name, true));
        None
    }

    /// Gives names back where the others suffice, those first that one would miss most. Out of patience, it keeps all
    /// that are left.
    fn spare(
        &mut self,
        cycles: &[u32],
        outside: &Outside,
        names: &[Facts],
        mut closing: Vec<(u32, Vec<u32>)>,
    ) -> (Vec<u32>, bool) {
        let facts: BTreeMap<u32, &Facts> = names.iter().map(|facts| (facts.name, facts)).collect();
        let regret = |name: &u32| (self.links.effort(*name), facts[name].forward, facts[name].references);
        closing.sort_by_key(|(name, _)| (Reverse(regret(name)), *name));
        let mut minimal = true;
        let mut found = Vec::new();
        for (name, cycle) in closing {
            let needed = cycle.iter().all(|other| *other == name || !self.search.is_removed(*other));
            if needed || !minimal {
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

    /// What a cycle shows of the names of its cut. One pass, however many these are.
    fn look(&self, cycle: u32, cut: &[u32]) -> Seen {
        let positions = cut.iter().filter(|name| self.is_position(**name));
        let refused = cut.iter().filter(|name| self.links.is_refused(**name));
        let fixed = |name: u32| self.links.is_fixed(name).then(|| self.links.holder(name));
        let mut seen = Seen {
            containers: positions.map(|name| (self.links.holder(*name), BTreeSet::new())).collect(),
            refuses: refused.map(|name| (*name, fixed(*name))).collect(),
        };
        for link in self.knots.edges_within(cycle).map(|edge| self.knots.edge(edge)) {
            let Some(name) = self.links.name_of(link) else { continue };
            let target = self.links.target_of(link);
            if let Some(names) = seen.containers.get_mut(&target) {
                names.insert(name);
            }
            if let Some(refuses @ None) = seen.refuses.get_mut(&name) {
                *refuses = Some(target).filter(|target| !takes_weak_references(self.links.long_type(*target)));
            }
        }
        seen
    }

    fn describe(&self, name: u32, seen: &Seen) -> CutName {
        let holders = seen.containers.get(&self.links.holder(name)).filter(|_| self.is_position(name));
        let only = holders.filter(|names| names.len() == 1).and_then(BTreeSet::first);
        let refuses = seen.refuses.get(&name).copied().flatten();
        CutName {
            text: self.links.text(name),
            kind: self.links.kind_of(name),
            container: only.map(|name| self.links.text(*name)),
            refuses: refuses.map(|of_type| self.links.type_text(of_type).to_owned()),
        }
    }
}
