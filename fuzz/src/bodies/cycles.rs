//! Cycles, their cuts and what is retained, against the matrix of who reaches whom and what is freed without.

use heapgraph::Snapshot;
use heapgraph::analysis::cycles::{Options, Shape, find};
use heapgraph::analysis::retained::Retained;
use heapgraph::snapshot::ObjectId;
use heapgraph::testkit::bytes_freed_without;
use heapgraph::testkit::cycles::{self as oracle, Inner};
use heapgraph::testkit::random::{self, Random};
use std::collections::BTreeSet;

/// Finds the cycles of a small heap both ways, cuts them, and compares the retained bytes of an object.
pub fn run(bytes: &[u8]) {
    let mut random = Random::from_bytes(bytes);
    let all_references = random.chance(1, 4);
    let nth = random.below(10) as usize;
    let options = random::Options { objects: 10, references: 2, odd: random.chance(1, 2), roots: 4 };
    let heap = random::heap(&mut random, &options);

    let report = find(&heap, &Options { all_references, members: true, ..Options::default() });
    let found: BTreeSet<&Vec<ObjectId>> = report.shapes.iter().flat_map(|shape| &shape.members).collect();
    let expected = oracle::cycles(&heap, all_references);
    let listed: BTreeSet<&Vec<ObjectId>> = expected.iter().filter(|cycle| !oracle::is_own(&heap, cycle)).collect();
    assert_eq!(found, listed);
    report.shapes.iter().for_each(|shape| check_cut(&heap, shape, all_references));

    let retained = Retained::of_living(heap.objects(), heap.references());
    if let Some(id) = heap.objects().real_ids().nth(nth).filter(|id| retained.contains(*id)) {
        assert_eq!(retained.bytes(id), Some(bytes_freed_without(&heap, &[id])));
    }
}

/// A cut leaves no cycle, and none of its names can stay.
fn check_cut(heap: &Snapshot, shape: &Shape, all_references: bool) {
    let inner: Vec<Inner> = shape.members.iter().flat_map(|cycle| oracle::inner(heap, cycle, all_references)).collect();
    let cut: Vec<String> = shape.cut.names.iter().map(|name| name.text.clone()).collect();
    assert!(!oracle::is_cyclic(&inner, &cut), "{cut:?} leaves a cycle");
    for spared in 0..cut.len() {
        let fewer = [&cut[..spared], &cut[spared + 1..]].concat();
        assert!(oracle::is_cyclic(&inner, &fewer), "{cut:?} can do without {}", cut[spared]);
    }
}
