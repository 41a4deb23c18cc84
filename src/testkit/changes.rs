//! What changed between two heaps, the slow and obvious way: every pair of objects is looked at.

use crate::snapshot::{ObjectId, Snapshot};
use std::collections::BTreeMap;

/// Numbers of one type: old, new, appeared, gone; bytes in all before and after.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Change {
    /// Objects before.
    pub old: u64,
    /// Objects after.
    pub new: u64,
    /// Objects that are in no place of the old heap.
    pub appeared: u64,
    /// Objects that are in no place of the new heap.
    pub gone: u64,
    /// Their bytes before and after.
    pub bytes: (u64, u64),
}

/// Every type of both heaps, changed or not. Quadratic.
pub fn changes(old: &Snapshot, new: &Snapshot) -> BTreeMap<String, Change> {
    let mut all: BTreeMap<String, Change> = BTreeMap::new();
    for id in old.objects().real_ids() {
        let one = all.entry(old.objects().type_name(id).to_owned()).or_default();
        one.old += 1;
        one.bytes.0 = one.bytes.0.saturating_add(old.objects().size(id));
        one.gone += u64::from(!new.objects().real_ids().any(|other| same(old, id, new, other)));
    }
    for id in new.objects().real_ids() {
        let one = all.entry(new.objects().type_name(id).to_owned()).or_default();
        one.new += 1;
        one.bytes.1 = one.bytes.1.saturating_add(new.objects().size(id));
        one.appeared += u64::from(!old.objects().real_ids().any(|other| same(new, id, old, other)));
    }
    all
}

/// Whether two objects are one: address, type, and of values text and length.
pub fn same(left: &Snapshot, one: ObjectId, right: &Snapshot, other: ObjectId) -> bool {
    let bare = |name: &'_ str| name.strip_prefix("builtins.").unwrap_or(name).to_owned();
    let type_name = bare(left.objects().type_name(one));
    let (texts, others) = (left.texts(), right.texts());
    let texts_agree =
        texts.text(one).is_none() || others.text(other).is_none() || texts.text(one) == others.text(other);
    let lengths = (texts.length(one), others.length(other));
    let lengths_agree = lengths.0.is_none() || lengths.1.is_none() || lengths.0 == lengths.1;
    let sized = ["str", "bytes", "tuple", "frozenset"].contains(&type_name.as_str());
    left.objects().address(one) == right.objects().address(other)
        && left.objects().type_name(one) == right.objects().type_name(other)
        && (texts_agree || type_name == "frame")
        && (lengths_agree || !sized)
}
