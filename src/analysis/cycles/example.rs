//! A shortest cycle within a component.

use super::holders::Outside;
use super::knots::Knots;
use super::links::Links;
use super::walk::Walk;
use crate::snapshot::ObjectId;

/// Objects that an example lists.
const LISTED: usize = 50;
/// Steps of an example in words.
const WORDS: usize = 8;
/// A component is searched from each of its members while no more references are looked at than this, or four times its
/// own if these are more. A shorter cycle than the one found may then be missed.
const PATIENCE: u64 = 1_000_000;

/// The edges of a cycle, each starting where the one before ended.
pub(super) struct Example {
    pub(super) edges: Vec<u32>,
    from: Vec<u32>,
}

/// The shortest cycle, the first found if there are several; it starts as near as it comes to where the component is
/// held.
pub(super) fn shortest(knots: &Knots, cycle: u32, outside: &Outside) -> Example {
    let mut walk = Walk::default();
    walk.enter(knots, cycle);
    let patience = PATIENCE.max(4 * knots.edges_within(cycle).len() as u64);
    let mut best: Option<Vec<u32>> = None;
    let entry = outside.entry(cycle);
    for start in std::iter::once(entry).chain(knots.nodes(cycle)).filter(|node| !knots.is_folded(*node)) {
        let steps = best.as_ref().map_or(u32::MAX, |best| steps(knots, best));
        if let Some(found) = walk.around(knots, start, steps) {
            best = Some(found);
        }
        if walk.visited > patience || steps == 1 {
            break;
        }
    }
    let edges = best.expect("every member of a cycle lies on a way back to itself");
    walk.spread(knots, entry);
    turn(knots, &walk, edges)
}

/// Edges without those to own dicts.
fn steps(knots: &Knots, edges: &[u32]) -> u32 {
    edges.iter().filter(|edge| !knots.is_folded(knots.target(**edge))).count() as u32
}

/// The same cycle from its object nearest to the start of the last search.
fn turn(knots: &Knots, walk: &Walk, mut edges: Vec<u32>) -> Example {
    let mut from: Vec<u32> = edges.iter().map(|edge| knots.target(*edge)).collect();
    from.rotate_right(1);
    let depth = |at: &usize| (knots.is_folded(from[*at]), walk.depth(from[*at]), *at);
    let first = (0..from.len()).min_by_key(depth).unwrap_or(0);
    edges.rotate_left(first);
    from.rotate_left(first);
    Example { edges, from }
}

impl Example {
    /// The objects, at most 50.
    pub(super) fn objects(&self, knots: &Knots) -> Vec<ObjectId> {
        self.from.iter().take(LISTED).map(|node| ObjectId::new(knots.row(*node))).collect()
    }

    /// `Parent.children → list[] → Child.parent`, with a word on what else there is in a component of `objects`.
    pub(super) fn text(&self, links: &Links<'_>, knots: &Knots, objects: u64) -> String {
        let names = self.edges.iter().filter_map(|edge| links.name_of(knots.edge(*edge)));
        let steps = names.clone().count();
        let mut words: Vec<String> = names.take(WORDS).map(|name| links.text(name)).collect();
        if steps > WORDS {
            words.push("…".into());
        }
        let more = objects.saturating_sub(steps as u64);
        match more {
            0 => words.join(" → "),
            more => format!("{} and {}", words.join(" → "), crate::cpython::label::counted(more, "more object")),
        }
    }
}
