//! What is wasted, on heaps small enough to see it.

use super::app;
use heapgraph::analysis::waste::{Options, Waste, find};
use heapgraph::snapshot::{Metadata, Snapshot};
use heapgraph::testkit::sketch;

fn wasted(heap: &Snapshot) -> Waste {
    find(heap, &Options::default())
}

#[test]
fn equal_texts_cost_all_but_one_and_are_told_with_their_holder() {
    let heap = app(
        "a['A'], l['L']",
        "a:app.User > s1.name, d.__dict__; d:dict > s2['nick'], s4['other']; l:list > s3; \
         s1:str#60[3]=ada; s2:str#52[3]=ada; s3:str#52[3]=ada; s4:str#52[3]=bob",
    );
    let strings = wasted(&heap).strings;
    assert_eq!((strings.certain.texts, strings.certain.objects, strings.certain.bytes), (1, 2, 104));
    let text = &strings.rows[0];
    assert_eq!((text.text.as_str(), text.count, text.bytes, text.certain), ("'ada'", 3, 104, true));
    let places: Vec<(&str, u64)> = strings.held.iter().map(|held| (held.place.as_str(), held.objects)).collect();
    assert_eq!(places, [("User.nick", 1), ("list[]", 1)]);
}

#[test]
fn what_is_cut_is_only_probably_equal() {
    let sort = |objects: &str| {
        let strings = wasted(&sketch(objects)).strings;
        (strings.certain.objects, strings.probable.objects, strings.unknown)
    };
    assert_eq!(sort("a:str[3]=abc; b:str[3]=abc"), (1, 0, 0));
    assert_eq!(sort("a:str[90]=abc; b:str[90]=abc"), (0, 1, 0));
    assert_eq!(sort("a:str[3]=abc; b:str[4]=abc"), (0, 0, 0));
    assert_eq!(sort("a:str[3]; b:str[3]"), (0, 0, 2));
    // The closing quote says that a repr is whole, if it is not an escaped one.
    assert_eq!(sort(r#"a:bytes[1]="b'x'"; b:bytes[1]="b'x'""#), (1, 0, 0));
    assert_eq!(sort(r#"a:bytes[1]="b'\\\\'"; b:bytes[1]="b'\\\\'""#), (1, 0, 0));
    assert_eq!(sort(r#"a:bytes[90]="b'x\\'"; b:bytes[90]="b'x\\'""#), (0, 1, 0));
    assert_eq!(sort("a:str[1]=\"\u{fffd}\"; b:str[1]=\"\u{fffd}\""), (0, 1, 0));
    // A class of one's own may mean something else by equal.
    assert_eq!(sort("a:app.Name[3]=abc; b:app.Name[3]=abc"), (0, 0, 0));
    let hashed = |heap: &str| {
        let metadata = Metadata { values: Some("hashed".into()), ..Metadata::default() };
        let strings = wasted(&sketch(heap).with_metadata(metadata)).strings;
        (strings.certain.objects, strings.probable.objects)
    };
    assert_eq!(hashed("0x10:str[30]=\"#01\"; 0x20:str[30]=\"#01\""), (1, 0));
    assert_eq!(hashed("0x10:str[81]=\"#01\"; 0x20:str[81]=\"#01\""), (0, 1));
}

#[test]
fn a_cache_of_equal_texts_is_one_place_and_not_one_for_each_key() {
    let entries: Vec<String> = (0..9).map(|n| format!("s{n}['user-{n}']")).collect();
    let strings: String = (0..9).map(|n| format!("; s{n}:str#50[2]=on")).collect();
    let held = wasted(&sketch(&format!("d:dict > {}{strings}", entries.join(", ")))).strings.held;
    assert_eq!((held[0].place.as_str(), held[0].objects, held.len()), ("dict[…]", 8, 1));
    let records: String = (0..9).map(|n| format!("; r{n}:dict > s{n}['state']; s{n}:str#50[2]=on")).collect();
    let held = wasted(&sketch(&records[2..])).strings.held;
    assert_eq!((held[0].place.as_str(), held[0].objects), ("dict['state']", 8));
}

#[test]
fn containers_with_nothing_or_little_in_them_are_counted_with_what_they_cost() {
    // Sizes as CPython 3.12 has them: {}, one of five, four of five; [], one of four, four of four; set(), one of four.
    let heap = sketch(
        "h:app.Bag > d0.a, d1.b, d4.c, l0.d, l1.e, l4.f, s0.g, s1.i; x; \
         d0:dict#64[0]; d1:dict#184[1] > x['a'], x{}; d4:dict#184[4] > x['a'], x{}, x['b'], x{}, x['c'], x{}, x['d'], x{}; \
         l0:list#56[0]; l1:list#88[1] > x; l4:list#88[4] > x, x, x, x; s0:set#216[0]; s1:set#216[1] > x",
    );
    let containers = wasted(&heap).containers;
    let numbers = |name: &str| {
        let one = containers.rows.iter().find(|one| one.type_name == name).unwrap();
        [one.count, one.empty, one.empty_bytes, one.nearly_empty, one.nearly_empty_slack, one.slack]
    };
    assert_eq!(numbers("dict"), [3, 1, 64, 1, 64, 64 + 16]);
    assert_eq!(numbers("list"), [3, 1, 56, 1, 24, 24]);
    assert_eq!(numbers("set"), [2, 1, 216, 1, 48, 64 + 48]);
    assert_eq!(containers.bytes, 64 + 64 + 56 + 24 + 216 + 48);
    assert_eq!(containers.held[0].place, "Bag.g");
}

/// A list of so many objects of its own, and lists made of these.
fn with_list(items: usize, others: &[Vec<usize>]) -> Snapshot {
    let name = |numbers: &[usize]| numbers.iter().map(|n| format!("o{n}")).collect::<Vec<_>>().join(", ");
    let objects: String = (0..items).map(|n| format!("; o{n}:object")).collect();
    let whole: Vec<usize> = (0..items).collect();
    let lists: String =
        others.iter().enumerate().map(|(n, items)| format!("; l{n}:list#{} > {}", items.len(), name(items))).collect();
    let names: String = (0..others.len()).map(|n| format!(", l{n}['PART_{n}']")).collect();
    app(&format!("all['ALL']{names}"), &format!("all:list#{items} > {}{lists}{objects}", name(&whole)))
}

#[test]
fn a_slice_is_told_with_the_list_it_was_cut_from() {
    let part: Vec<usize> = (30..130).collect();
    let mut changed = part.clone();
    changed[99] = 0;
    let slices = wasted(&with_list(200, &[part.clone(), changed, part[..63].to_vec(), (0..200).collect()])).slices;
    assert_eq!((slices.count, slices.bytes), (2, 300));
    let rows: Vec<_> = slices.rows.iter().map(|one| (one.expression.as_deref().unwrap(), one.start, one.end)).collect();
    assert_eq!(rows, [("app.PART_3", 0, 200), ("app.PART_0", 30, 130)]);
    assert!(slices.rows.iter().all(|one| one.of_expression.as_deref() == Some("app.ALL")));
}

#[test]
fn a_thousand_lists_of_one_item_and_a_thousand_prefixes_take_no_time() {
    let same: String = (0..1000).map(|n| format!("; z{n}:list > {}o", "o, ".repeat(100))).collect();
    assert_eq!(wasted(&sketch(&format!("o:object{same}"))).slices.count, 0);
    // Two items by turns agree everywhere: patience ends rather than time.
    let turns: String = (0..400).map(|n| format!("; t{n}:list > {}x{n}", "a, b, ".repeat(100))).collect();
    let slices = wasted(&sketch(&format!("a; b{turns}"))).slices;
    assert!(slices.unfinished && slices.count == 0);
    let prefixes: Vec<Vec<usize>> = (0..900).map(|n| (0..70 + n).collect()).collect();
    let slices = wasted(&with_list(1000, &prefixes)).slices;
    assert_eq!((slices.count, slices.unfinished), (900, false));
}

#[test]
fn suspended_calls_are_told_by_code_with_what_only_they_keep() {
    let heap = app(
        "w['WAITING'], k['KEPT']",
        "w:list > g1, g2, c; k:app.K#1 > shared.s; shared:app.S#2; \
         g1:generator#10!suspended > code~internal.code, b1~local.buffer, shared~local.s; b1:bytearray#100; \
         g2:generator#10!suspended > code~internal.code, b2~local.buffer, both~local.x; b2:bytearray#200; \
         c:coroutine#20!suspended=answer > both~local.x; both:app.Both#1000; code:code=\"app.py:7 rows\"; \
         done:generator#10=over",
    );
    let suspended = wasted(&heap).suspended;
    assert_eq!((suspended.count, suspended.bytes, suspended.codes), (3, 40, 2));
    // The code object hangs on these calls alone here.
    assert_eq!(suspended.keeps, (4, 1300));
    let rows = &suspended.rows;
    assert_eq!(
        (rows[0].code.as_str(), rows[0].count, rows[0].bytes, rows[0].keeps),
        ("app.py:7 rows", 2, 20, (3, 300))
    );
    assert_eq!((rows[1].code.as_str(), rows[1].count, rows[1].keeps), ("answer", 1, (0, 0)));
    assert_eq!((rows[0].held[0].place.as_str(), rows[0].example.as_deref()), ("list[]", Some("app.WAITING[0]")));
}

#[test]
fn open_files_are_told_by_the_stream_that_holds_them() {
    let heap = app(
        "t['LOG'], s['SOCK'], o['OUT'], n['NAME'], z['OLD'], q['ODD']",
        "t:_io.TextIOWrapper > b~internal.buffer; b:_io.BufferedWriter > f~internal.raw; \
         f:_io.FileIO=\"fd 7\" > path.name; path:str[5]=\"/logs\"; s:app.Socket=\"fd 5\"; \
         o:_io.FileIO=\"fd 1\"; n:app.Name[4]=\"fd 9\"; z:_io.FileIO=closed; q:_io.FileIO",
    );
    let files = wasted(&heap).files;
    assert_eq!((files.open, files.closed, files.unknown), (2, 1, 1));
    let rows: Vec<_> = files
        .rows
        .iter()
        .map(|one| (one.descriptor, one.name.as_deref(), one.expression.as_deref().unwrap()))
        .collect();
    assert_eq!(rows, [(5, None, "app.SOCK"), (7, Some("/logs"), "app.LOG")]);
}

#[test]
fn calls_in_garbage_keep_nothing_alive() {
    let heap =
        app("k['K']", "k:app.K; a:app.A > b, x, g; b:app.B > a; g:builtins.generator!suspended > x~local.x; x:app.X");
    let suspended = wasted(&heap).suspended;
    assert_eq!((suspended.count, suspended.keeps), (1, (0, 0)));
}
