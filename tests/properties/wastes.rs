//! What `waste` finds, against comparing everything with everything.

use crate::heaps::{odd, on_heaps, pythonic};
use heapgraph::Snapshot;
use heapgraph::analysis::waste::{Options, find};
use heapgraph::snapshot::{Flags, ObjectId};
use heapgraph::testkit::random::Random;
use heapgraph::testkit::{sketch, waste as brute_force};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const ALL: Options = Options { rows: usize::MAX, places: usize::MAX };

/// Strings and bytes of few texts and lengths, held by anything or nothing.
fn texts(seed: u64) -> Snapshot {
    let mut random = Random::new(seed);
    let mut text = String::from("h:app.Holder > s0.name, s1['k'], s2[]");
    for number in 0..3 + random.below(30) {
        let value = random.pick(&["a", "b", "ab", "b'a'", "b'a\\\\'", "b'a\\'", ""]);
        let of_type = random.pick(&["str", "bytes", "builtins.str", "app.Name"]);
        let length = random.pick(&["[1]", "[2]", "[90]", ""]);
        let value = if random.chance(1, 9) { String::new() } else { format!("=\"{}\"", value.replace('\\', "\\\\")) };
        let _ = write!(text, "; s{number}:{of_type}#{}{length}{value}", 8 * random.below(9));
    }
    sketch(&text)
}

#[test]
fn equal_texts_are_those_that_brute_force_finds() {
    let mut equal = 0;
    let counter = std::cell::RefCell::new(&mut equal);
    on_heaps(1200, texts, |heap| {
        let found = find(heap, &ALL).strings;
        let groups = brute_force::equal_texts(heap, &["str", "bytes", "builtins.str"]);
        let costs = |group: &Vec<ObjectId>| {
            let sizes: Vec<u64> = group.iter().map(|id| heap.objects().size(*id)).collect();
            sizes.iter().sum::<u64>() - sizes.iter().max().unwrap()
        };
        let objects: usize = groups.iter().map(|group| group.len() - 1).sum();
        let (certain, probable) = (found.certain, found.probable);
        assert_eq!(certain.texts + probable.texts, groups.len() as u64);
        assert_eq!(certain.objects + probable.objects, objects as u64);
        assert_eq!(certain.bytes + probable.bytes, groups.iter().map(costs).sum::<u64>());
        assert_eq!(found.rows.iter().map(|row| row.bytes).sum::<u64>(), certain.bytes + probable.bytes);
        assert_eq!(found.held.iter().map(|held| held.objects).sum::<u64>(), objects as u64);
        assert_eq!(found.held.iter().map(|held| held.bytes).sum::<u64>(), certain.bytes + probable.bytes);
        **counter.borrow_mut() += groups.len();
    });
    assert!(equal > 600, "only {equal} texts were there twice");
}

/// A long list of few objects, parts of it, parts with an item changed, and copies of these.
fn lists(seed: u64) -> Snapshot {
    let mut random = Random::new(seed);
    let kinds = 1 + random.below(5);
    let mut all: Vec<Vec<u64>> = vec![(0..90 + random.below(120)).map(|_| random.below(kinds)).collect()];
    for _ in 0..random.below(9) {
        let from = &all[random.below(all.len() as u64) as usize];
        let start = random.below(from.len() as u64 / 2);
        let end = from.len() as u64 - random.below(from.len() as u64 / 3);
        let mut part: Vec<u64> = from[start as usize..end as usize].to_vec();
        if random.chance(1, 3) {
            let at = random.below(part.len() as u64) as usize;
            part[at] = random.below(kinds);
        }
        all.push(part);
    }
    let mut text = String::from("o0:object");
    (1..kinds).for_each(|number| _ = write!(text, "; o{number}:object"));
    for (number, items) in all.iter().enumerate() {
        let items: Vec<String> = items.iter().map(|item| format!("o{item}")).collect();
        let _ = write!(text, "; l{number}:list#{} > {}", 56 + 8 * items.len(), items.join(", "));
    }
    sketch(&text)
}

#[test]
fn slices_are_those_that_brute_force_finds() {
    let mut found = 0;
    let counter = std::cell::RefCell::new(&mut found);
    on_heaps(500, lists, |heap| {
        let slices = find(heap, &ALL).slices;
        assert!(!slices.unfinished);
        let expected = brute_force::slices(heap, "list", 64);
        let address = |id: &ObjectId| heap.objects().address(*id);
        let listed: BTreeSet<_> = slices.rows.iter().map(|slice| slice.address).collect();
        assert_eq!(listed, expected.iter().map(address).collect());
        for slice in &slices.rows {
            let items = |address: Option<heapgraph::snapshot::Address>| -> Vec<ObjectId> {
                let id = heap.objects().find(address.unwrap()).unwrap();
                heap.references().of(id).map(|one| one.target).collect()
            };
            assert_eq!(items(slice.address), items(slice.of)[slice.start as usize..slice.end as usize]);
        }
        **counter.borrow_mut() += expected.len();
    });
    assert!(found > 500, "only {found} slices");
}

#[test]
fn suspended_calls_keep_what_nothing_else_leads_to() {
    let mut kept = 0;
    let counter = std::cell::RefCell::new(&mut kept);
    let check = |heap: &Snapshot| {
        let found = find(heap, &ALL).suspended;
        let expected = brute_force::kept_by_calls(heap);
        assert_eq!(found.keeps.0, expected.len() as u64);
        let code = |id: &ObjectId| {
            (heap.texts().text(*id).unwrap_or("?").to_owned(), heap.objects().type_name(*id).to_owned())
        };
        let mut by_code: BTreeMap<(String, String), u64> = BTreeMap::new();
        for calls in expected.values() {
            let codes: BTreeSet<_> = calls.iter().map(code).collect();
            if codes.len() == 1 {
                *by_code.entry(codes.into_iter().next().unwrap()).or_default() += 1;
            }
        }
        let calls = heap.objects().real_ids().filter(|id| heap.objects().flags(*id).contains(Flags::SUSPENDED));
        assert_eq!(found.count, calls.count() as u64);
        assert_eq!(found.rows.iter().map(|row| row.count).sum::<u64>(), found.count);
        for row in &found.rows {
            let key = (row.code.clone(), row.type_name.clone());
            assert_eq!(row.keeps.0, by_code.remove(&key).unwrap_or(0), "{key:?}");
        }
        assert!(by_code.is_empty());
        **counter.borrow_mut() += expected.len();
    };
    on_heaps(1000, odd, check);
    on_heaps(100, pythonic, |heap| drop(find(heap, &ALL)));
    assert!(kept > 100, "only {kept} objects were kept by calls");
}
