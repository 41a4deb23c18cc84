//! What changed by type.

use super::identity::{Identity, NONE};
use crate::analysis::retained::Retained;
use crate::snapshot::Snapshot;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// One type in two snapshots.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct TypeChange {
    /// Its long name.
    pub type_name: String,
    /// How many objects it had.
    pub old: u64,
    /// How many it has.
    pub new: u64,
    /// How many of these are new; `None` where that is not known.
    pub appeared: Option<u64>,
    /// How many of the old ones are gone; `None` where that is not known.
    pub gone: Option<u64>,
    /// Bytes now less bytes then.
    pub bytes: i64,
    /// The same of what its objects retain ([`Retained::by_type`]), where that was asked for.
    pub retained: Option<i64>,
}

/// One type while it is counted: numbers and bytes in the old and in the new snapshot.
#[derive(Clone, Copy, Default)]
struct Tally {
    count: [u64; 2],
    bytes: [u64; 2],
    /// New objects among the new ones, gone ones among the old ones.
    changed: [u64; 2],
    retained: [u64; 2],
}

/// The types that are not as they were: largest growth first of what they retain, where that is known, then in number,
/// then in bytes, then by name. Linear.
pub(super) fn changes(
    old: &Snapshot,
    new: &Snapshot,
    identity: Option<&Identity>,
    retained: Option<&[Retained; 2]>,
) -> Vec<TypeChange> {
    let gone = |row: usize| identity.is_some_and(|identity| !identity.stayed.contains(row as u32));
    let appeared = |row: usize| identity.is_some_and(|identity| identity.old_of[row] == NONE);
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    tally(old, 0, gone, &mut tallies);
    tally(new, 1, appeared, &mut tallies);
    for (side, (snapshot, retained)) in [old, new].into_iter().zip(retained.into_iter().flatten()).enumerate() {
        let sums = retained.by_type(snapshot.objects(), |_| true);
        for (name, sum) in snapshot.objects().type_names().iter().zip(sums) {
            tallies.entry(name).and_modify(|one| one.retained[side] = one.retained[side].saturating_add(sum));
        }
    }
    let mut changes: Vec<TypeChange> = tallies
        .into_iter()
        .map(|(name, one)| TypeChange {
            type_name: name.to_owned(),
            old: one.count[0],
            new: one.count[1],
            appeared: identity.map(|_| one.changed[1]),
            gone: identity.map(|_| one.changed[0]),
            bytes: difference(one.bytes[1], one.bytes[0]),
            retained: retained.map(|_| difference(one.retained[1], one.retained[0])),
        })
        .filter(is_changed)
        .collect();
    let growth = |one: &TypeChange| difference(one.new, one.old);
    changes.sort_by(|a, b| {
        let key = |one: &TypeChange| (Reverse(one.retained), Reverse(growth(one)), Reverse(one.bytes));
        (key(a), &a.type_name).cmp(&(key(b), &b.type_name))
    });
    changes
}

fn is_changed(one: &TypeChange) -> bool {
    let moved = |number: Option<u64>| number.is_some_and(|number| number > 0);
    let retains = one.retained.is_some_and(|retained| retained != 0);
    one.old != one.new || one.bytes != 0 || retains || moved(one.appeared) || moved(one.gone)
}

fn tally<'s>(
    snapshot: &'s Snapshot,
    side: usize,
    changed: impl Fn(usize) -> bool,
    into: &mut BTreeMap<&'s str, Tally>,
) {
    let columns = snapshot.objects().columns();
    let mut by_type = vec![Tally::default(); columns.type_names.len()];
    for row in snapshot.objects().synthetic()..snapshot.objects().len() {
        let one = &mut by_type[columns.types[row] as usize];
        one.count[side] += 1;
        one.bytes[side] = one.bytes[side].saturating_add(columns.sizes[row]);
        one.changed[side] += u64::from(changed(row));
    }
    for (name, one) in columns.type_names.iter().zip(by_type).filter(|(_, one)| one.count[side] > 0) {
        let known = into.entry(name).or_default();
        known.count[side] += one.count[side];
        known.bytes[side] = known.bytes[side].saturating_add(one.bytes[side]);
        known.changed[side] += one.changed[side];
    }
}

/// `after - before`, saturated.
pub(super) fn difference(after: u64, before: u64) -> i64 {
    let exact = i128::from(after) - i128::from(before);
    exact.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}
