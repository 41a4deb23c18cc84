//! Several chains for one object, which share nothing but their roots.

use super::{Chain, Chains, Count, Options, chain_in};
use crate::graph::{Arrival, Backwards, Csr, DisjointPaths, Place, ShortestPaths};
use crate::snapshot::{ObjectId, RootKind, Snapshot};

/// Up to `options.most` chains for each object; `tree` has the shortest.
pub(super) fn chains(snapshot: &Snapshot, tree: &ShortestPaths, ids: &[ObjectId], options: &Options) -> Chains {
    let referrers = snapshot.referrers();
    let (offsets, holders, edges) = referrers.columns();
    let mut search = DisjointPaths::new(Backwards { graph: Csr::new(offsets, holders), edges });
    let places = Places::new(snapshot, options);
    let keep = options.keep(snapshot);
    let mut answer = Chains::default();
    for &id in ids {
        let Some(shortest) = chain_in(tree, id, snapshot) else {
            answer.without.push(id);
            continue;
        };
        if places.of(id.get()) != Place::Inner {
            // A root is where chains start: there is one, and it is as short as can be.
            answer.counts.push(Count { object: id, chains: 1, through: Some(Vec::new()) });
            answer.chains.push(shortest);
            continue;
        }
        let first = below_roots(&places, tree.path(id.get()).unwrap_or_default());
        let place = |node| if tree.reaches(node) { places.of(node) } else { Place::Closed };
        let mut found = search.find(id.get(), options.most, &first, place, keep);
        found.paths.sort_by_key(|path| path.first().is_some_and(|step| places.of(step.from) == Place::LastResort));
        let through = found
            .cut
            .map(|cut| cut.into_iter().filter_map(|node| chain_in(tree, ObjectId::new(node), snapshot)).collect());
        answer.counts.push(Count { object: id, chains: found.paths.len(), through });
        answer.chains.extend(found.paths.iter().map(|path| from_root(snapshot, tree, path, id)));
    }
    answer
}

/// What each row is to the chains.
struct Places {
    rows: Vec<Place>,
    from: Vec<u32>,
}

impl Places {
    fn new(snapshot: &Snapshot, options: &Options) -> Self {
        let objects = snapshot.objects();
        let mut from: Vec<u32> = options.from.iter().map(|id| id.get()).collect();
        from.sort_unstable();
        let place = |row: ObjectId| match objects.root_kind(row) {
            _ if !from.is_empty() => Place::Inner,
            None => Place::Closed,
            Some(RootKind::Held) => Place::LastResort,
            Some(_) => Place::Source,
        };
        Places { rows: objects.ids().take(objects.synthetic()).map(place).collect(), from }
    }

    fn of(&self, row: u32) -> Place {
        if !self.from.is_empty() && self.from.binary_search(&row).is_ok() {
            return Place::Source;
        }
        self.rows.get(row as usize).copied().unwrap_or(Place::Inner)
    }
}

/// The path from its last root on: rows of roots hang under one another.
fn below_roots(places: &Places, mut path: Vec<Arrival>) -> Vec<Arrival> {
    let last = path.iter().rposition(|step| places.of(step.from) != Place::Inner);
    path.drain(..last.unwrap_or(0));
    path
}

/// The chain along a path, with the rows that its root hangs under.
fn from_root(snapshot: &Snapshot, tree: &ShortestPaths, path: &[Arrival], id: ObjectId) -> Chain {
    let root = path.first().map_or(id.get(), |step| step.from);
    let mut steps = tree.path(root).unwrap_or_default();
    steps.extend(path);
    Chain::along(snapshot, &steps, id)
}
