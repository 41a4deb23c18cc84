//! Laws of `diff`, on random heaps and what became of them.

use crate::heaps::{odd, on_heaps, pythonic};
use heapgraph::Snapshot;
use heapgraph::analysis::diff::{self, Diff, Growth, Options};
use heapgraph::snapshot::{ObjectId, ReferenceKind};
use heapgraph::testkit::random::Random;
use heapgraph::testkit::{changes, mutate, print};
use std::collections::{BTreeMap, BTreeSet};

const ALL: Options = Options { holders: usize::MAX, retained: true };

fn later(heap: &Snapshot, seed: u64) -> Snapshot {
    mutate(&mut Random::new(seed), heap)
}

/// Runs `check` on heaps with what became of them. Both are printed where it fails.
fn on_pairs(check: impl Fn(&Snapshot, &Snapshot)) {
    let both = |heap: &Snapshot| {
        for seed in 0..3 {
            let new = later(heap, seed);
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(heap, &new)));
            assert!(done.is_ok(), "and later: {}", print(&new));
        }
    };
    on_heaps(150, odd, both);
    on_heaps(150, pythonic, both);
}

#[test]
fn nothing_changed_from_a_heap_to_itself() {
    let check = |heap: &Snapshot| {
        let found = diff::diff(heap, heap, &ALL);
        assert!(found.same_process && found.types.is_empty() && found.holders.is_empty(), "{found:#?}");
        assert_eq!((found.appeared, found.gone, found.reused, found.grown), (Some(0), Some(0), Some(0), 0));
        let kept = diff::kept(heap, heap, heap, &ALL).unwrap();
        assert_eq!((kept.appeared, kept.kept, kept.under.len()), (0, 0, 0));
    };
    on_heaps(200, odd, check);
    on_heaps(200, pythonic, check);
}

#[test]
fn types_change_as_brute_force_counts() {
    on_pairs(|old, new| {
        let found = diff::diff(old, new, &ALL);
        let by_name: BTreeMap<&str, _> = found.types.iter().map(|one| (one.type_name.as_str(), one)).collect();
        assert_eq!(by_name.len(), found.types.len());
        for (name, expected) in changes::changes(old, new) {
            let bytes = i128::from(expected.bytes.1) - i128::from(expected.bytes.0);
            let bytes = bytes.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
            let changed = expected.appeared + expected.gone > 0 || bytes != 0;
            let Some(one) = by_name.get(name.as_str()) else {
                assert!(!changed, "{name} is left out: {expected:?}");
                continue;
            };
            assert!(changed || one.retained != Some(0));
            assert_eq!((one.old, one.new, one.bytes), (expected.old, expected.new, bytes), "{name}");
            assert_eq!((one.appeared, one.gone), (Some(expected.appeared), Some(expected.gone)), "{name}");
            assert_eq!(one.old + expected.appeared - expected.gone, one.new);
        }
    });
}

#[test]
fn there_and_back_what_appeared_is_gone() {
    let turned = |found: &Diff| -> BTreeMap<String, (u64, u64, Option<u64>, Option<u64>)> {
        let numbers = found.types.iter().map(|one| (one.type_name.clone(), (one.new, one.old, one.gone, one.appeared)));
        numbers.collect()
    };
    on_pairs(|old, new| {
        let (there, back) = (diff::diff(old, new, &ALL), diff::diff(new, old, &ALL));
        assert_eq!((there.appeared, there.gone, there.reused), (back.gone, back.appeared, back.reused));
        let straight: BTreeMap<_, _> =
            back.types.iter().map(|one| (one.type_name.clone(), (one.old, one.new, one.appeared, one.gone))).collect();
        assert_eq!(turned(&there), straight);
    });
}

/// What an object holds, as a holder's growth counts it: with what its own `__dict__` has.
fn members(heap: &Snapshot, id: ObjectId) -> u64 {
    use ReferenceKind::{Attribute, Base, DictKey, Root, Type, Weak};
    let is_dict = |id| heap.objects().type_name(id).trim_start_matches("builtins.") == "dict";
    let own = |holder: ObjectId| {
        let mut all = heap.references().of(holder);
        let named = all.find(|one| {
            let leads = one.kind() == Attribute && one.name == Some("__dict__") && is_dict(one.target);
            leads && !is_dict(holder) && first_owner(heap, one.target) == Some(holder)
        });
        named.map(|one| one.target)
    };
    let count = |holder: ObjectId, except: Option<ObjectId>| {
        let counted = heap.references().of(holder).filter(|one| {
            let part = one.kind() == Attribute && one.name == Some("__dict__") && Some(one.target) == except;
            !matches!(one.kind(), Base | DictKey | Root | Type | Weak) && !one.tag.is_borrowed() && !part
        });
        counted.count() as u64
    };
    let dict = own(id);
    count(id, dict) + dict.map_or(0, |dict| count(dict, None))
}

/// Who has this dict as its own: the first object with such a reference that has no other own dict before it.
fn first_owner(heap: &Snapshot, dict: ObjectId) -> Option<ObjectId> {
    let is_dict = |id| heap.objects().type_name(id).trim_start_matches("builtins.") == "dict";
    let mut taken: BTreeMap<ObjectId, ObjectId> = BTreeMap::new();
    let mut owners: BTreeSet<ObjectId> = BTreeSet::new();
    for holder in heap.objects().ids().filter(|id| !is_dict(*id)) {
        for one in heap.references().of(holder) {
            let leads = one.kind() == ReferenceKind::Attribute && one.name == Some("__dict__") && is_dict(one.target);
            if leads && !taken.contains_key(&one.target) && owners.insert(holder) {
                taken.insert(one.target, holder);
            }
        }
    }
    taken.get(&dict).copied()
}

#[test]
fn a_holder_grew_by_the_references_that_one_can_count() {
    let mut listed = 0;
    let counter = std::cell::RefCell::new(&mut listed);
    on_pairs(|old, new| {
        let found = diff::diff(old, new, &ALL);
        assert_eq!(found.grown, found.holders.len() as u64);
        assert_eq!(found.alike.iter().map(|one| one.holders).sum::<u64>(), found.grown);
        let alike: u64 = found.alike.iter().map(|one| one.references()).sum();
        assert_eq!(alike, found.holders.iter().map(Growth::references).sum::<u64>());
        let by_row: BTreeMap<ObjectId, &Growth> = found.holders.iter().map(|one| (one.object, one)).collect();
        for id in new.objects().real_ids() {
            let before = old.objects().real_ids().find(|other| changes::same(old, *other, new, id));
            let folded = first_owner(new, id).is_some();
            let (Some(before), false) = (before, folded) else { continue };
            let (had, has) = (members(old, before), members(new, id));
            let grown = by_row.get(&id).map(|one| (one.old, one.new));
            assert_eq!(grown, (has > had).then_some((had, has)), "{id:?}");
            **counter.borrow_mut() += u64::from(has > had);
        }
    });
    assert!(listed > 500, "only {listed} holders grew");
}

#[test]
fn what_stays_hangs_in_one_place() {
    let mut stayed = 0;
    let counter = std::cell::RefCell::new(&mut stayed);
    on_pairs(|first, second| {
        let third = later(second, 7);
        let found = diff::kept(first, second, &third, &ALL).unwrap();
        let is_new = |id: &ObjectId| {
            let mut olds = first.objects().real_ids();
            !olds.any(|old| changes::same(first, old, second, *id))
        };
        let stays = |id: &ObjectId| {
            let mut later = third.objects().real_ids();
            later.any(|other| changes::same(second, *id, &third, other))
        };
        let new: Vec<ObjectId> = second.objects().real_ids().filter(is_new).collect();
        let kept = new.iter().filter(|id| stays(id)).count() as u64;
        assert_eq!((found.appeared, found.kept), (new.len() as u64, kept));
        assert_eq!(found.types.iter().map(|one| one.kept).sum::<u64>(), kept);
        let hanging: u64 = found.under.iter().map(|one| one.objects).sum();
        assert_eq!(hanging + found.garbage.0, kept, "{found:#?}");
        **counter.borrow_mut() += kept;
    });
    assert!(stayed > 500, "only {stayed} objects stayed");
}
