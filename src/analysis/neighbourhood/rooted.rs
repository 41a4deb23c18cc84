//! The ways from a root down to the objects asked for, which a picture of holders shows in any case.

use super::pick::MOST_ASKED;
use super::{Options, RootPath};
use crate::analysis::paths;
use crate::cpython::fold::{Folded, fold};
use crate::graph::ShortestPaths;
use crate::snapshot::{ObjectId, ReferenceId, Referrers, RootKind, Snapshot};
use foldhash::HashSet;
use std::cmp::Reverse;
use std::ops::Range;

/// A way longer than this many steps beyond the last depth is folded in its middle.
const LONG: usize = 6;
/// Of a folded way so many steps below the root stay.
const KEPT: usize = 2;
/// References that one step may fold.
const MOST_FOLDED: usize = 3;

/// A way from a root to an object.
pub(super) struct Way {
    /// From the root down, nothing folded.
    pub(super) references: Vec<ReferenceId>,
    /// Where each folded step starts among them. Rows above the one that a picture shows belong to none.
    starts: Vec<u32>,
}

/// The ways to all objects asked for.
#[derive(Default)]
pub(super) struct RootWays {
    pub(super) ways: Vec<Way>,
    links: HashSet<(ReferenceId, ReferenceId)>,
    /// What roots reach, where that was found out.
    pub(super) reached: Option<ShortestPaths>,
}

impl RootWays {
    /// Finds them. One pass over the heap, unless they are given.
    pub(super) fn to(
        snapshot: &Snapshot,
        referrers: &Referrers,
        asked: &[ObjectId],
        whole: &HashSet<ObjectId>,
        options: &Options<'_>,
    ) -> Self {
        let mut found = RootWays::default();
        let ways: Vec<Vec<ReferenceId>> = match options.root_path {
            RootPath::Given(chains) => chains.iter().map(paths::Chain::references).collect(),
            RootPath::Shortest => {
                let search = Search::new(snapshot, referrers, options);
                // Ungrouped as well: the ways to thousands of objects would fill the memory and tell nothing more.
                let ways = asked.iter().take(MOST_ASKED).map(|id| search.way(*id)).collect();
                found.reached = Some(search.tree);
                ways
            }
        };
        for references in ways {
            let first = first_shown(snapshot, &references);
            let way = Way { starts: starts(snapshot, &references, first, whole), references };
            found.ways.push(way);
        }
        found.keep(snapshot, asked, options.max_depth);
        found
    }

    /// Leaves out the ways to objects that are not shown, and those that no reference makes. Several may lead to one.
    pub(super) fn keep(&mut self, snapshot: &Snapshot, shown: &[ObjectId], max_depth: u32) {
        let shown: HashSet<ObjectId> = shown.iter().copied().collect();
        self.ways.retain(|way| way.end(snapshot).is_some_and(|end| shown.contains(&end)));
        self.links.clear();
        for way in &self.ways {
            // What is beyond the last depth is never looked for among neighbours.
            let near = way.steps().saturating_sub(max_depth as usize);
            let steps = (near..way.steps()).map(|step| way.step(snapshot, step));
            self.links.extend(steps.map(|step| (step.first.id, step.last.id)));
        }
    }

    /// Whether a link is a step of one of them, and not beyond the last depth.
    pub(super) fn contains(&self, link: &Folded<'_>) -> bool {
        self.links.contains(&(link.first.id, link.last.id))
    }
}

impl Way {
    /// How many folded steps it has.
    pub(super) fn steps(&self) -> usize {
        self.starts.len()
    }

    /// The references of a step, as a range.
    fn range(&self, step: usize) -> Range<usize> {
        let end = self.starts.get(step + 1).map_or(self.references.len(), |next| *next as usize);
        self.starts[step] as usize..end
    }

    /// A step, counted from the root.
    pub(super) fn step<'s>(&self, snapshot: &'s Snapshot, step: usize) -> Folded<'s> {
        let range = self.range(step);
        let at = |place: usize| snapshot.references().get(self.references[place]);
        Folded { first: at(range.start), last: at(range.end - 1) }
    }

    /// The object that it leads to.
    pub(super) fn end(&self, snapshot: &Snapshot) -> Option<ObjectId> {
        self.references.last().map(|last| snapshot.references().get(*last).target)
    }

    /// The references of some steps.
    pub(super) fn references_of(&self, steps: Range<usize>) -> &[ReferenceId] {
        if steps.is_empty() {
            return &[];
        }
        &self.references[self.range(steps.start).start..self.range(steps.end - 1).end]
    }

    /// The steps whose holders one card stands for in a picture that goes `max_depth` steps from the way's end: the
    /// middle of a long way. The step before leads to the card, the last of them away from it.
    pub(super) fn folded(&self, max_depth: u32, group: bool) -> Option<Range<usize>> {
        let beyond = self.steps().checked_sub(max_depth as usize)?;
        (group && beyond > LONG).then_some(KEPT + 1..beyond)
    }
}

/// Where what a picture shows of a way begins: rows above are left out. A module stands for itself, a frame for its
/// thread.
fn first_shown(snapshot: &Snapshot, references: &[ReferenceId]) -> usize {
    let objects = snapshot.objects();
    let holder = |id: &ReferenceId| snapshot.references().get(*id).holder;
    let rows = references.iter().take_while(|id| objects.is_synthetic(holder(id))).count();
    let last_row = rows.checked_sub(1).map(|at| objects.root_kind(holder(&references[at])));
    // Of a module that was asked for itself the row is all there is.
    if last_row == Some(Some(RootKind::Module)) && references.len() > rows { rows } else { rows.saturating_sub(1) }
}

/// Where the folded steps of a way start. No step passes over an object that is shown for itself.
fn starts(snapshot: &Snapshot, way: &[ReferenceId], first: usize, whole: &HashSet<ObjectId>) -> Vec<u32> {
    let (mut starts, mut at) = (Vec::new(), first);
    while at < way.len() {
        starts.push(at as u32);
        let ahead = &way[at..way.len().min(at + MOST_FOLDED)];
        let folded = fold(snapshot, ahead).next();
        let taken = folded.and_then(|step| ahead.iter().position(|id| *id == step.last.id)).map_or(1, |last| last + 1);
        let passed = |id: &ReferenceId| whole.contains(&snapshot.references().get(*id).target);
        at += if ahead[..taken - 1].iter().any(passed) { 1 } else { taken };
    }
    starts
}

/// Shortest paths from all roots, and how far each object is.
struct Search<'a> {
    snapshot: &'a Snapshot,
    referrers: &'a Referrers,
    options: &'a Options<'a>,
    tree: ShortestPaths,
    distances: Vec<u32>,
}

/// Added to distances from `<held outside Python>`: what a named root reaches is nearer than these.
const OUTSIDE: u32 = 1 << 31;

impl<'a> Search<'a> {
    fn new(snapshot: &'a Snapshot, referrers: &'a Referrers, options: &'a Options<'a>) -> Self {
        let tree = paths::from_roots(snapshot, &paths::Options::default());
        let mut distances = vec![u32::MAX; tree.nodes()];
        for &row in tree.order() {
            let outside = snapshot.objects().root_kind(ObjectId::new(row)) == Some(RootKind::Held);
            let start = if outside { OUTSIDE } else { 0 };
            distances[row as usize] =
                tree.arrival(row).map_or(start, |arrival| distances[arrival.from as usize].saturating_add(1));
        }
        Search { snapshot, referrers, options, tree, distances }
    }

    /// A shortest way to an object; where several are equally short, each step back goes to the holder that retains
    /// most, of equals to the first. Empty where no root reaches it.
    fn way(&self, id: ObjectId) -> Vec<ReferenceId> {
        let (mut at, mut way) = (id, Vec::new());
        while let Some(arrival) = self.tree.arrival(at.get()) {
            if self.options.retained.is_none() {
                way.push(ReferenceId::new(arrival.edge));
                at = ObjectId::new(arrival.from);
                continue;
            }
            let nearer = self.distances[at.index()] - 1;
            let holders = self.referrers.of(self.snapshot.references(), at);
            let equal =
                holders.filter(|reference| reference.tag.holds() && self.distances[reference.holder.index()] == nearer);
            let bytes = |holder: ObjectId| self.options.retained.and_then(|retained| retained.bytes(holder));
            let best = equal.min_by_key(|reference| (Reverse(bytes(reference.holder)), reference.id));
            let reference = best.map_or(ReferenceId::new(arrival.edge), |best| best.id);
            way.push(reference);
            at = best.map_or(ObjectId::new(arrival.from), |best| best.holder);
        }
        way.reverse();
        way
    }
}
