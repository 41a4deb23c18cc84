//! Cycles against a matrix of who reaches whom, and cuts against every set of names.

use crate::heaps::{knots, odd, on_heaps, pythonic};
use heapgraph::Snapshot;
use heapgraph::analysis::cycles::{Cycles, Options, Shape, Sum, find};
use heapgraph::snapshot::ObjectId;
use heapgraph::testkit::cycles::{self as oracle, Inner};
use petgraph::algo::dijkstra;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

fn every_kind_of_heap(count: u64, check: impl Fn(&Snapshot)) {
    on_heaps(count, odd, &check);
    on_heaps(count, pythonic, &check);
    on_heaps(count, knots, &check);
}

fn all(heap: &Snapshot, all_references: bool) -> Cycles {
    find(heap, &Options { all_references, members: true, ..Options::default() })
}

fn sum(heap: &Snapshot, cycles: &[&Vec<ObjectId>]) -> Sum {
    let ids = || cycles.iter().flat_map(|cycle| cycle.iter());
    let bytes = ids().fold(0u64, |sum, id| sum.saturating_add(heap.objects().size(*id)));
    Sum { cycles: cycles.len() as u64, objects: ids().count() as u64, bytes }
}

#[test]
fn cycles_are_what_reaches_itself_and_each_stands_in_one_shape() {
    let check = |heap: &Snapshot| {
        for all_references in [false, true] {
            let expected = oracle::cycles(heap, all_references);
            let (own, listed): (Vec<_>, Vec<_>) = expected.iter().partition(|cycle| oracle::is_own(heap, cycle));
            let report = all(heap, all_references);
            let found: BTreeSet<&Vec<ObjectId>> = report.shapes.iter().flat_map(|shape| &shape.members).collect();
            assert_eq!(found, listed.iter().copied().collect());
            let alive = oracle::alive(heap);
            let garbage: Vec<_> = listed.iter().copied().filter(|cycle| !alive[cycle[0].index()]).collect();
            assert_eq!(
                (report.all, report.own, report.garbage),
                (sum(heap, &listed), sum(heap, &own), sum(heap, &garbage))
            );
            for shape in &report.shapes {
                let members: Vec<_> = shape.members.iter().collect();
                assert_eq!(shape.sum, sum(heap, &members));
                assert_eq!(shape.garbage, members.iter().filter(|cycle| !alive[cycle[0].index()]).count() as u64);
            }
            let sizes: Vec<_> = report.shapes.iter().map(|shape| (shape.sum.bytes, shape.sum.cycles)).collect();
            assert!(sizes.is_sorted_by(|a, b| a >= b));
        }
    };
    every_kind_of_heap(150, check);
}

type Multiset = BTreeMap<(String, String), u64>;

fn multiset(heap: &Snapshot, inner: &[Inner]) -> Multiset {
    let mut counts = Multiset::new();
    for reference in inner.iter().filter(|reference| reference.counts) {
        let name = reference.name.clone().unwrap_or_default();
        *counts.entry((name, heap.objects().type_name(reference.to).to_owned())).or_default() += 1;
    }
    counts
}

#[test]
fn cycles_of_one_shape_have_equal_references_and_those_of_others_have_not() {
    let check = |heap: &Snapshot| {
        let mut seen: BTreeSet<Multiset> = BTreeSet::new();
        for shape in all(heap, false).shapes {
            let of = |cycle: &Vec<ObjectId>| multiset(heap, &oracle::inner(heap, cycle, false));
            let first = of(&shape.members[0]);
            assert!(shape.members.iter().all(|cycle| of(cycle) == first));
            let counts: u64 = shape.references.iter().map(|link| link.count).sum();
            assert_eq!((shape.more_references, counts), (0, first.values().sum::<u64>()));
            assert!(seen.insert(first), "two shapes with the same references");
        }
    };
    every_kind_of_heap(200, check);
}

#[test]
fn the_example_is_a_closed_walk_and_none_is_shorter() {
    let check = |heap: &Snapshot| {
        for shape in all(heap, false).shapes {
            let inner = oracle::inner(heap, &shape.members[0], false);
            assert_eq!(shape.example.len() as u64, shape.example_length);
            let next = shape.example.iter().cycle().skip(1);
            for (from, to) in shape.example.iter().zip(next) {
                assert!(inner.iter().any(|r| (r.from, r.to) == (*from, *to)), "{from:?} does not refer to {to:?}");
            }
            let objects: BTreeSet<&ObjectId> = shape.example.iter().collect();
            assert_eq!(objects.len(), shape.example.len(), "no object twice");
            let steps = |ids: &[ObjectId]| ids.iter().filter(|id| !is_folded(&inner, **id)).count();
            assert_eq!(steps(&shape.example), shortest(&inner), "{}", shape.text);
        }
    };
    every_kind_of_heap(200, check);
}

fn is_folded(inner: &[Inner], id: ObjectId) -> bool {
    inner.iter().any(|reference| reference.to == id && reference.name.is_none())
}

/// Steps of a shortest cycle, by petgraph; those to own dicts cost nothing.
fn shortest(inner: &[Inner]) -> usize {
    let edges = inner.iter().map(|r| (r.from.get(), r.to.get(), usize::from(r.name.is_some())));
    let graph = petgraph::graph::DiGraph::<(), usize>::from_edges(edges);
    let around = |r: &Inner| {
        let (from, to) = (r.from.get().into(), r.to.get().into());
        let back = dijkstra(&graph, to, Some(from), |edge| *edge.weight()).get(&from).copied();
        back.map(|steps| steps + usize::from(r.name.is_some()))
    };
    inner.iter().filter_map(around).min().expect("a cycle")
}

/// The references of all cycles of a shape.
fn references(heap: &Snapshot, shape: &Shape) -> Vec<Inner> {
    shape.members.iter().flat_map(|cycle| oracle::inner(heap, cycle, false)).collect()
}

#[test]
fn after_the_cut_no_cycle_is_left_and_none_of_its_names_is_too_many() {
    let (large, exact) = (Cell::new(0), Cell::new(0));
    let check = |heap: &Snapshot| {
        for shape in all(heap, false).shapes {
            let references = references(heap, &shape);
            let cut: Vec<String> = shape.cut.names.iter().map(|name| name.text.clone()).collect();
            assert!(!oracle::is_cyclic(&references, &cut), "{cut:?} leaves a cycle");
            assert!(shape.cut.minimal);
            for spared in 0..cut.len() {
                let mut fewer = cut.clone();
                fewer.remove(spared);
                assert!(oracle::is_cyclic(&references, &fewer), "{cut:?} can do without {}", cut[spared]);
            }
            let names: BTreeSet<_> = references.iter().filter_map(|reference| reference.name.as_ref()).collect();
            assert!(shape.cut.smallest || names.len() > 12);
            if names.len() <= 10 {
                assert_eq!(cut.len(), oracle::smallest_cut(&references), "{cut:?}");
                exact.set(exact.get() + 1);
            }
            large.set(large.get() + usize::from(names.len() > 12));
        }
    };
    every_kind_of_heap(250, check);
    assert!(large.get() > 30 && exact.get() > 500, "{} large, {} small", large.get(), exact.get());
}
