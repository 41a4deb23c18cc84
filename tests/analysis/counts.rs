//! The questions that count: `types` and `info`.

use heapgraph::analysis::census::{Options, TypeCount, count};
use heapgraph::analysis::pattern::TypeFilter;
use heapgraph::analysis::summary::summarize;
use heapgraph::snapshot::Metadata;
use heapgraph::testkit::sketch;

const HEAP: &str =
    "<modules> > m; m:module#10; a:app.A#1@0; b:app.B#2@1; c:app.B#3@frozen; d:dict#4@untracked; e:app.A#5";

fn counts(options: &Options) -> Vec<(String, u64, u64)> {
    let census = count(sketch(HEAP).objects(), options);
    let row = |found: TypeCount| (found.type_name, found.count, found.bytes);
    let rows: Vec<_> = census.types.into_iter().map(row).collect();
    assert_eq!(rows.iter().map(|row| row.1).sum::<u64>(), census.objects);
    assert_eq!(rows.iter().map(|row| row.2).sum::<u64>(), census.bytes);
    rows
}

#[test]
fn most_objects_first_then_by_name_and_no_rows_of_roots() {
    let named =
        |rows: &[(&str, u64, u64)]| -> Vec<_> { rows.iter().map(|row| (row.0.to_owned(), row.1, row.2)).collect() };
    let all = [("app.A", 2, 6), ("app.B", 2, 5), ("dict", 1, 4), ("module", 1, 10)];
    assert_eq!(counts(&Options::default()), named(&all));
    let tracked = [("app.A", 2, 6), ("app.B", 1, 2), ("module", 1, 10)];
    assert_eq!(counts(&Options { tracked: true, ..Options::default() }), named(&tracked));
    let types = TypeFilter::new(&["app.*", "!*.A"]);
    assert_eq!(counts(&Options { types, ..Options::default() }), named(&[("app.B", 2, 5)]));
}

#[test]
fn info_counts_objects_by_the_collectors_lists() {
    let heap = sketch(HEAP);
    let metadata = Metadata { pid: Some(7), ..Metadata::default() };
    let summary = summarize(heap.objects(), &metadata, 42);
    assert_eq!((summary.objects, summary.references, summary.bytes, summary.types), (6, 42, 25, 4));
    assert_eq!((summary.tracked, summary.generations, summary.frozen), (5, [1, 1, 2], 1));
    assert_eq!(summary.metadata.pid, Some(7));
}
