//! Checks every invariant that a snapshot of heapgraph's own making keeps.

use super::{Flags, Generation, ObjectId, Reference, ReferenceKind, ReferenceTag, Referrers, RootKind, Snapshot};
use std::fmt;

/// An invariant that does not hold, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which invariant: a fixed sentence, the same for every snapshot.
    pub invariant: &'static str,
    /// The first row where it breaks.
    pub row: ObjectId,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: {}", self.row.get(), self.invariant)
    }
}

type Check = fn(&Snapshot, &Referrers, ObjectId) -> bool;

/// Each invariant with the test of one row.
const INVARIANTS: [(&str, Check); 12] = [
    ("tracked objects come first, in order of their generations", in_generation_order),
    ("untracked objects come in order of their addresses", in_address_order),
    ("a synthetic row has no size, no refcount and no generation", synthetic_is_bare),
    ("the first synthetic row is <root>, and no other is", one_root),
    ("a synthetic row but <root> hangs under exactly one other", synthetic_is_a_tree),
    ("an ordinary object never refers to a synthetic row", objects_know_no_roots),
    ("only synthetic rows have references of kind root", only_roots_have_root_references),
    ("items, keys, classes and bases are references without a name", unnamed_kinds_have_no_name),
    ("an object has at most one class", at_most_one_class),
    ("what an object's class points at is flagged as a class", classes_are_flagged),
    ("an immortal object is never held outside Python", immortals_are_not_held),
    ("held outside Python means more references than are found, and the other way round", held_means_unexplained),
];

impl Snapshot {
    /// Checks every invariant on every row; reports each broken one with the first row that breaks it.
    ///
    /// Files of other makers may break some of these and still be read. Linear, with a reverse adjacency of its own.
    ///
    /// # Errors
    /// The broken invariants, in a fixed order.
    pub fn verify(&self) -> Result<(), Vec<Violation>> {
        let referrers = self.referrers();
        let broken: Vec<Violation> = INVARIANTS
            .iter()
            .filter_map(|(invariant, holds)| {
                let row = self.objects().ids().find(|row| !holds(self, &referrers, *row))?;
                Some(Violation { invariant, row })
            })
            .collect();
        if broken.is_empty() { Ok(()) } else { Err(broken) }
    }

    /// The texts of all invariants that [`verify`](Snapshot::verify) checks, in its order.
    pub fn invariants() -> impl Iterator<Item = &'static str> {
        INVARIANTS.iter().map(|(invariant, _)| *invariant)
    }
}

fn previous(snapshot: &Snapshot, row: ObjectId) -> Option<ObjectId> {
    (row.index() > snapshot.objects().synthetic()).then(|| ObjectId::new(row.get() - 1))
}

fn in_generation_order(snapshot: &Snapshot, _: &Referrers, row: ObjectId) -> bool {
    let generation = |row| snapshot.objects().generation(row);
    previous(snapshot, row).is_none_or(|before| generation(before) <= generation(row))
}

fn in_address_order(snapshot: &Snapshot, _: &Referrers, row: ObjectId) -> bool {
    let objects = snapshot.objects();
    let untracked = |row| objects.generation(row) == Generation::UNTRACKED;
    previous(snapshot, row)
        .is_none_or(|before| !untracked(before) || !untracked(row) || objects.address(before) < objects.address(row))
}

fn synthetic_is_bare(snapshot: &Snapshot, _: &Referrers, row: ObjectId) -> bool {
    let objects = snapshot.objects();
    let bare = objects.size(row) == 0 && objects.refcount(row) == 0 && objects.generation(row) == Generation::UNTRACKED;
    !objects.is_synthetic(row) || bare
}

fn one_root(snapshot: &Snapshot, _: &Referrers, row: ObjectId) -> bool {
    let objects = snapshot.objects();
    !objects.is_synthetic(row) || (row.index() == 0) == objects.root_kind(row).is_none()
}

fn synthetic_is_a_tree(snapshot: &Snapshot, referrers: &Referrers, row: ObjectId) -> bool {
    let expected = usize::from(row.index() != 0);
    !snapshot.objects().is_synthetic(row) || referrers.count(row) == expected
}

fn every(snapshot: &Snapshot, row: ObjectId, holds: impl Fn(Reference<'_>) -> bool) -> bool {
    snapshot.references().of(row).all(holds)
}

fn objects_know_no_roots(snapshot: &Snapshot, _: &Referrers, row: ObjectId) -> bool {
    let objects = snapshot.objects();
    objects.is_synthetic(row) || every(snapshot, row, |reference| !objects.is_synthetic(reference.target))
}

fn only_roots_have_root_references(snapshot: &Snapshot, _: &Referrers, row: ObjectId) -> bool {
    snapshot.objects().is_synthetic(row) || every(snapshot, row, |reference| reference.kind() != ReferenceKind::Root)
}

fn unnamed_kinds_have_no_name(snapshot: &Snapshot, _: &Referrers, row: ObjectId) -> bool {
    every(snapshot, row, |reference| reference.name.is_none() || reference.kind().may_be_named())
}

fn at_most_one_class(snapshot: &Snapshot, _: &Referrers, row: ObjectId) -> bool {
    snapshot.references().of(row).filter(|reference| reference.kind() == ReferenceKind::Type).count() <= 1
}

fn classes_are_flagged(snapshot: &Snapshot, _: &Referrers, row: ObjectId) -> bool {
    snapshot.class_of(row).is_none_or(|class| snapshot.objects().flags(class).contains(Flags::CLASS))
}

fn holders<'s>(
    snapshot: &'s Snapshot,
    referrers: &'s Referrers,
    row: ObjectId,
) -> impl Iterator<Item = Reference<'s>> + 's {
    referrers.of(snapshot.references(), row)
}

fn is_held(snapshot: &Snapshot, referrers: &Referrers, row: ObjectId) -> bool {
    let held = |reference: Reference<'_>| {
        reference.tag == ReferenceTag::plain(ReferenceKind::Root)
            && snapshot.objects().root_kind(reference.holder) == Some(RootKind::Held)
    };
    !snapshot.objects().is_synthetic(row) && holders(snapshot, referrers, row).any(held)
}

fn immortals_are_not_held(snapshot: &Snapshot, referrers: &Referrers, row: ObjectId) -> bool {
    !snapshot.objects().flags(row).contains(Flags::IMMORTAL) || !is_held(snapshot, referrers, row)
}

fn held_means_unexplained(snapshot: &Snapshot, referrers: &Referrers, row: ObjectId) -> bool {
    let objects = snapshot.objects();
    if objects.is_synthetic(row) || objects.flags(row).contains(Flags::IMMORTAL) {
        return true;
    }
    let counted = holders(snapshot, referrers, row).filter(|reference| reference.tag.counted()).count();
    is_held(snapshot, referrers, row) == (objects.refcount(row) as usize > counted)
}
