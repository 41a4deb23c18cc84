//! One object's references explained.

use super::app;
use heapgraph::analysis::object::{Holders, ObjectReport, Options, explain};
use heapgraph::snapshot::Snapshot;
use heapgraph::testkit::{id, sketch};

fn report(heap: &Snapshot, label: &str) -> ObjectReport {
    explain(heap, &heap.referrers(), id(heap, label), &Options::default())
}

/// Each holder with its references: `list: [0] [2]`.
fn lines(holders: &Holders) -> Vec<String> {
    let names = |held: &heapgraph::analysis::object::HeldBy| held.label.clone().unwrap_or_else(|| "-".into());
    let line = |holder: &heapgraph::analysis::object::Holder| {
        let names: Vec<String> = holder.references.iter().map(names).collect();
        format!("{}: {}", holder.title, names.join(" "))
    };
    holders.listed.iter().map(line).collect()
}

#[test]
fn every_counted_reference_has_its_holder_and_the_rest_is_outside() {
    let heap = app(
        "x['x'], x['again']",
        "<thread 1 Main | frame app.py:3 show> > x.argument; x:list*7; l:list > x, o, x; w:weakref > x~weak",
    );
    let report = report(&heap, "x");
    assert_eq!((report.refcount, report.counted, report.held_outside), (7, 5, 2));
    assert_eq!(
        lines(&report.holders),
        ["frame app.py:3 show: local argument", "dict of module app: ['x'] ['again']", "list: [0] [2]"]
    );
    assert_eq!(lines(&report.uncounted), ["weakref: weak"]);
    assert_eq!(report.labels, Holders::default());
}

#[test]
fn labels_and_immortals_explain_nothing() {
    let heap = app("n['n']", "n:NoneType!immortal*4294967295");
    let module = report(&heap, "app");
    assert_eq!(lines(&module.labels), ["modules: app"]);
    assert_eq!((module.counted, module.held_outside), (0, 0));
    assert_eq!((report(&heap, "n").counted, report(&heap, "n").held_outside), (1, 0));
}

#[test]
fn guesses_and_borrowed_references_stand_apart() {
    let heap = sketch("x*2; a > x.p+guessed, x.q; b > x~local.r+borrowed");
    let report = report(&heap, "x");
    assert_eq!((report.counted, report.held_outside), (1, 1));
    assert_eq!(lines(&report.holders), ["object: .q"]);
    assert_eq!(lines(&report.uncounted), ["object: .p", "object: local r"]);
    assert_eq!(report.uncounted.listed[0].references[0].marks, ["guessed"]);
}

#[test]
fn long_lists_are_cut_and_the_rest_is_counted() {
    let holders: String = (0..7).map(|n| format!("h{n}:list > x, x, x; ")).collect();
    let heap = sketch(&format!("x; {holders}"));
    let options = Options { holders: 2, names: 1 };
    let report = explain(&heap, &heap.referrers(), id(&heap, "x"), &options);
    assert_eq!((report.counted, report.held_outside), (21, 0));
    assert_eq!(lines(&report.holders), ["list: [0]", "list: [0]"]);
    assert_eq!(report.holders.listed[1].count, 3);
    assert_eq!((report.holders.more_holders, report.holders.more_references), (5, 15));
}

#[test]
fn what_it_refers_to_is_counted_by_reference_and_by_object() {
    let heap = sketch("a:list#72[3]@1 > x, x, y; x; y");
    let report = report(&heap, "a");
    assert_eq!((report.references, report.referents, report.size, report.length), (3, 2, 72, Some(3)));
    assert_eq!((report.title.as_str(), report.detail.as_deref()), ("list", Some("3 items")));
}
