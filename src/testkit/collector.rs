//! CPython's collector, slow and obvious: sets and maps, one sentence of its description after the other.
//!
//! After "Garbage collector design" (InternalDocs/garbage_collector.md of CPython) and the documentation of `gc`.

use crate::snapshot::{Flags, Generation, ObjectId, Reference, ReferenceId, RootKind, Snapshot};
use std::collections::{BTreeMap, BTreeSet};

/// What a collection does to a heap.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Collected {
    /// Dead before it started: their last references were among those cut.
    pub by_cut: BTreeSet<ObjectId>,
    /// Unreachable, and freed.
    pub collected: BTreeSet<ObjectId>,
    /// Freed since nothing is left that refers to them.
    pub along: BTreeSet<ObjectId>,
    /// Unreachable, and still there.
    pub uncollectable: BTreeSet<ObjectId>,
}

/// Which guessed references are real: reported by `tp_traverse` and counted, as any plain reference.
pub type Real<'r> = &'r dyn Fn(ReferenceId) -> bool;

/// Takes some references away, then collects the generations up to this one. Quadratic and worse: for small heaps.
pub fn collector(snapshot: &Snapshot, generation: u8, cut: &[ReferenceId], real: Real<'_>) -> Collected {
    let objects = snapshot.objects();
    let mut slow = Slow::new(snapshot, real);
    slow.dropped.extend(cut);
    slow.free_the_unreferenced();
    let by_cut = slow.dead.clone();

    let unreachable = slow.unreachable(generation);
    let legacy = unreachable.iter().filter(|id| objects.flags(**id).contains(Flags::LEGACY_FINALIZER));
    let stuck = slow.reached_from(legacy.copied().collect(), &unreachable);
    let collected: BTreeSet<ObjectId> = unreachable.difference(&stuck).copied().collect();

    slow.dead.extend(&collected);
    slow.free_the_unreferenced();
    let before: BTreeSet<ObjectId> = by_cut.union(&collected).copied().collect();
    let along = slow.dead.difference(&before).copied().collect();
    let uncollectable = stuck.difference(&slow.dead).copied().collect();
    Collected { by_cut, collected, along, uncollectable }
}

/// What nothing outside of the generations up to this one reaches, before anything is freed.
pub fn unreachable(snapshot: &Snapshot, generation: u8, real: Real<'_>) -> BTreeSet<ObjectId> {
    Slow::new(snapshot, real).unreachable(generation)
}

struct Slow<'s> {
    snapshot: &'s Snapshot,
    real: Real<'s>,
    counts: BTreeMap<ObjectId, u64>,
    dead: BTreeSet<ObjectId>,
    dropped: BTreeSet<ReferenceId>,
}

impl<'s> Slow<'s> {
    fn new(snapshot: &'s Snapshot, real: Real<'s>) -> Self {
        let mut slow =
            Slow { snapshot, real, counts: BTreeMap::new(), dead: BTreeSet::new(), dropped: BTreeSet::new() };
        for id in snapshot.objects().ids() {
            let found = slow.all().filter(|reference| reference.target == id && slow.counts(reference)).count() as u64;
            slow.counts.insert(id, found.max(snapshot.objects().refcount(id).into()));
        }
        slow
    }

    fn unreachable(&self, generation: u8) -> BTreeSet<ObjectId> {
        let objects = self.snapshot.objects();
        let tracked = objects.real_ids().filter(|id| objects.generation(*id) <= Generation(generation));
        let young: BTreeSet<ObjectId> = tracked.filter(|id| !self.dead.contains(id)).collect();
        young.difference(&self.reachable(&young)).copied().collect()
    }

    fn all(&self) -> impl Iterator<Item = Reference<'_>> {
        self.snapshot.objects().ids().flat_map(|id| self.snapshot.references().of(id))
    }

    /// The references that are still there.
    fn left(&self) -> impl Iterator<Item = Reference<'_>> {
        self.all().filter(|reference| !self.dropped.contains(&reference.id) && !self.dead.contains(&reference.holder))
    }

    fn is_real(&self, reference: &Reference<'_>) -> bool {
        !reference.tag.is_guessed() || !reference.tag.is_borrowed() && (self.real)(reference.id)
    }

    /// Whether its target's refcount counts it.
    fn counts(&self, reference: &Reference<'_>) -> bool {
        let tag = reference.tag;
        if tag.is_guessed() { self.visited(reference) && !tag.is_borrowed() } else { tag.counted() }
    }

    /// Whether the holder's `tp_traverse` visits the target. What a root holds is not for the collector to visit.
    fn visited(&self, reference: &Reference<'_>) -> bool {
        let tag = reference.tag;
        tag.holds()
            && !tag.is_untraversed()
            && !self.snapshot.objects().is_synthetic(reference.holder)
            && self.is_real(reference)
    }

    /// Immortal objects, counts that ran over, and what a root names are never given up.
    fn is_forever(&self, id: ObjectId) -> bool {
        let objects = self.snapshot.objects();
        let rooted = self.all().any(|reference| {
            let tag = reference.tag;
            let label = tag.holds() && !tag.is_guessed() && !tag.is_untraversed();
            // What is held outside Python is so for its count alone.
            let held = objects.root_kind(reference.holder) == Some(RootKind::Held);
            let holds = tag.counted() || label && !held;
            reference.target == id && objects.is_synthetic(reference.holder) && holds
        });
        objects.is_synthetic(id)
            || objects.flags(id).contains(Flags::IMMORTAL)
            || objects.refcount(id) == u32::MAX
            || rooted
    }

    /// "Objects with a refcount of zero are freed at once, and what they refer to loses a reference."
    fn free_the_unreferenced(&mut self) {
        loop {
            let gone = |id: ObjectId| {
                let lost = |reference: &Reference<'_>| {
                    let gone = self.dropped.contains(&reference.id) || self.dead.contains(&reference.holder);
                    reference.target == id && self.counts(reference) && gone
                };
                let lost = self.all().filter(lost).count() as u64;
                lost > 0 && lost == self.counts[&id] && !self.is_forever(id) && !self.dead.contains(&id)
            };
            let dying: Vec<ObjectId> = self.snapshot.objects().real_ids().filter(|id| gone(*id)).collect();
            if dying.is_empty() {
                return;
            }
            self.dead.extend(dying);
        }
    }

    /// "For each container, copy its refcount to gc_refs. For each container, visit what it refers to, and subtract one
    /// from the gc_refs of what is found. Whatever has gc_refs above zero then is referenced from outside, and so is
    /// what it reaches."
    fn reachable(&self, young: &BTreeSet<ObjectId>) -> BTreeSet<ObjectId> {
        let gone =
            |reference: &&Reference<'_>| self.dropped.contains(&reference.id) || self.dead.contains(&reference.holder);
        let from_outside = |id: &&ObjectId| {
            let to_it = |reference: &Reference<'_>| reference.target == **id && self.counts(reference);
            let lost = self.all().filter(to_it).filter(|reference| gone(&reference)).count() as u64;
            let inside = self.left().filter(to_it);
            let inside = inside.filter(|reference| young.contains(&reference.holder) && self.visited(reference));
            self.is_forever(**id) || self.counts[*id] > lost + inside.count() as u64
        };
        self.reached_from(young.iter().filter(from_outside).copied().collect(), young)
    }

    /// These, and what they reach among others by visits.
    fn reached_from(&self, mut reached: BTreeSet<ObjectId>, among: &BTreeSet<ObjectId>) -> BTreeSet<ObjectId> {
        loop {
            let next = self.left().filter(|reference| self.visited(reference) && reached.contains(&reference.holder));
            let next = next.map(|reference| reference.target).filter(|id| among.contains(id));
            let more: BTreeSet<ObjectId> = reached.iter().copied().chain(next).collect();
            if more.len() == reached.len() {
                return reached;
            }
            reached = more;
        }
    }
}
