//! One object explained, and types counted, against counting by hand.

use crate::heaps::{odd, on_heaps, pythonic};
use heapgraph::Snapshot;
use heapgraph::analysis::census::{self, count};
use heapgraph::analysis::object::{Holders, Options, explain};
use heapgraph::analysis::{leaks, summary};
use heapgraph::cpython::label::{object_detail, object_title};
use heapgraph::snapshot::{Flags, Reference};
use std::collections::BTreeMap;

fn total(holders: &Holders) -> u64 {
    holders.listed.iter().map(|holder| holder.count).sum::<u64>() + holders.more_references
}

#[test]
fn every_reference_to_an_object_is_on_one_list() {
    let check = |heap: &Snapshot| {
        let referrers = heap.referrers();
        let everything: Vec<Reference<'_>> =
            heap.objects().ids().flat_map(|holder| heap.references().of(holder)).collect();
        for id in heap.objects().ids() {
            let to: Vec<_> = everything.iter().filter(|reference| reference.target == id).collect();
            for limit in [0, 1, 100] {
                let report = explain(heap, &referrers, id, &Options { holders: limit, names: 2 });
                let counted = to.iter().filter(|reference| reference.tag.counted()).count() as u64;
                assert_eq!((report.counted, total(&report.holders)), (counted, counted));
                let labelled = total(&report.labels) + total(&report.uncounted);
                let outside = to.iter().filter(|r| heap.objects().type_name(r.holder) == "<held outside Python>");
                let outside = outside.filter(|reference| !reference.tag.counted()).count() as u64;
                assert!(labelled + counted <= to.len() as u64);
                assert!(labelled + counted + outside >= to.len() as u64);
                let immortal = heap.objects().flags(id).contains(Flags::IMMORTAL);
                if !immortal && !heap.objects().is_synthetic(id) {
                    assert_eq!(report.counted + report.held_outside, u64::from(report.refcount));
                }
            }
        }
    };
    on_heaps(150, odd, check);
}

#[test]
fn types_are_counted_as_by_hand_and_every_question_answers_every_heap() {
    let check = |heap: &Snapshot| {
        let mut by_hand: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for id in heap.objects().real_ids() {
            let entry = by_hand.entry(heap.objects().type_name(id).to_owned()).or_default();
            *entry = (entry.0 + 1, entry.1.saturating_add(heap.objects().size(id)));
        }
        let census = count(heap.objects(), &census::Options::default());
        let counted: BTreeMap<_, _> =
            census.types.iter().map(|row| (row.type_name.clone(), (row.count, row.bytes))).collect();
        assert_eq!(counted, by_hand);
        let info = summary::summarize(heap.objects(), heap.metadata(), 0);
        assert_eq!((info.objects, info.types), (census.objects, census.types.len() as u64));
        let leaks = leaks::find(heap, None, &leaks::Options::default());
        assert_eq!((leaks.objects, leaks.bytes), (census.objects, census.bytes));
        assert!(
            leaks.suspects.iter().all(|suspect| !suspect.over || suspect.bytes as f64 >= leaks.bytes as f64 * 0.0999)
        );
        for id in heap.objects().ids() {
            object_detail(heap, id);
            assert!(!object_title(heap, id).is_empty() || heap.texts().text(id).is_some());
        }
    };
    on_heaps(200, odd, check);
    on_heaps(100, pythonic, check);
}
