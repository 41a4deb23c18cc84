//! Who is suspected, and what else a report says without being asked.

use super::app;
use heapgraph::Snapshot;
use heapgraph::analysis::leaks::{Leaks, Options, Suspect, find};
use heapgraph::render::table::{self, Sizes};
use heapgraph::testkit::{id, sketch};
use std::fmt::Write;

/// Sixty sessions, each with a user and a list, and what `rest` says of how they are held.
fn sessions(names: &str, rest: &str, class: &str) -> Snapshot {
    let mut text = format!("C:type!class={class}; U:type!class=User; {rest}");
    for n in 0..60 {
        let _ = write!(
            text,
            "; s{n}:app.{class}#48 > C~type, u{n}.user, l{n}.log; u{n}:app.User#40 > U~type; l{n}:list#900"
        );
    }
    app(&format!("C['{class}'], U['User'], {names}"), &text)
}

fn listed(prefix: &str, of: std::ops::Range<usize>, link: impl Fn(usize) -> String) -> String {
    let links: Vec<String> = of.map(link).collect();
    format!("{prefix} > {}", links.join(", "))
}

fn report(heap: &Snapshot) -> Leaks {
    find(heap, None, &Options::default())
}

/// Of the first suspect: what it holds most of, how many, and its path.
fn first(heap: &Snapshot) -> (String, u64, String) {
    let found = report(heap);
    let Suspect { over: true, contents: Some(held), expression: Some(path), .. } = &found.suspects[0] else {
        panic!("{:?}", found.suspects)
    };
    (held.type_name.clone(), held.count, path.clone())
}

#[test]
fn the_dict_that_holds_the_sessions_is_named_whatever_they_are_called() {
    for class in ["Session", "Qx7"] {
        let entries = listed("e:dict", 0..60, |n| format!("s{n}['user-{n}'], k{n}{{}}"));
        let heap = sessions("c['CACHE']", &format!("c:app.Cache > e.entries, o.other; {entries}"), class);
        assert_eq!(first(&heap), (format!("app.{class}"), 60, "app.CACHE.entries".to_owned()));
        let suspect = &report(&heap).suspects[0];
        assert_eq!((suspect.bytes, suspect.selector.as_deref()), (60 * (48 + 40 + 900), Some("app.CACHE.entries")));
    }
}

#[test]
fn a_holder_in_an_own_dict_is_its_instance() {
    // As Python 3.8 has it: every attribute in a dict.
    let entries = listed("e:dict", 0..60, |n| format!("s{n}['user-{n}']"));
    let heap = sessions(
        "shop['SHOP']",
        &format!(
            "shop:app.Shop > d.__dict__; d:dict > c['cache']; c:app.Cache > f.__dict__; f:dict > e['entries']; {entries}"
        ),
        "Session",
    );
    assert_eq!(first(&heap), ("app.Session".to_owned(), 60, "app.SHOP.cache.entries".to_owned()));
    let attributes = listed("d:dict", 0..60, |n| format!("s{n}['s{n}']"));
    let heap = sessions("shop['SHOP']", &format!("shop:app.Shop > d.__dict__; {attributes}"), "Session");
    assert_eq!(first(&heap), ("app.Session".to_owned(), 60, "app.SHOP".to_owned()));
}

#[test]
fn shards_are_one_holder() {
    let shards: String =
        (0..4).map(|n| listed(&format!("d{n}:list"), 15 * n..15 * n + 15, |n| format!("s{n}")) + "; ").collect();
    let heap = sessions("c['CACHE']", &format!("{shards} c:dict > d0[0], d1[1], d2[2], d3[3]"), "Session");
    assert_eq!(first(&heap), ("app.Session".to_owned(), 60, "app.CACHE".to_owned()));
    assert_eq!(report(&heap).suspects.len(), 1);
}

#[test]
fn two_holders_are_two_suspects_the_larger_first() {
    let most = listed("e:dict", 0..50, |n| format!("s{n}[{n}]"));
    let rest = listed("r:list", 50..60, |n| format!("s{n}"));
    let heap = sessions("e['e'], r['r']", &format!("{most}; {rest}"), "Session");
    assert_eq!(first(&heap), ("app.Session".to_owned(), 50, "app.e".to_owned()));
    let paths: Vec<_> = report(&heap).suspects.into_iter().filter_map(|suspect| suspect.expression).collect();
    assert_eq!(paths, ["app.e", "app.r"]);
}

#[test]
fn what_stands_in_a_cache_and_in_an_index_piles_up_in_one_of_them() {
    let cache = listed("c:dict", 0..60, |n| format!("s{n}['user-{n}']"));
    let index = listed("i:list", 0..60, |n| format!("s{n}"));
    let heap = sessions("c['CACHE'], i['INDEX']", &format!("{cache}; {index}"), "Session");
    assert_eq!(first(&heap), ("app.Session".to_owned(), 60, "app.CACHE".to_owned()));
}

#[test]
fn what_is_spread_over_a_module_has_no_holder() {
    let names: Vec<String> = (0..60).map(|n| format!("s{n}['s{n}']")).collect();
    assert!(!report(&sessions(&names.join(", "), "x", "Session")).has_suspects());
}

#[test]
fn what_c_code_holds_is_told_as_that() {
    let held = listed("e:list*1", 0..60, |n| format!("s{n}"));
    let heap = sessions("z['z']", &held, "Session");
    assert_eq!(first(&heap), ("app.Session".to_owned(), 60, "<list held outside Python>".to_owned()));
    assert_eq!(report(&heap).unheld.objects, [id(&heap, "e")]);
}

#[test]
fn a_linked_list_is_held_by_its_head() {
    for inline in [true, false] {
        let mut text = String::from("N:type!class=Node");
        for n in 0..200 {
            let next = n + 1;
            let _ = match inline {
                true => write!(text, "; n{n}:app.Node#64 > N~type, n{next}.next"),
                false => write!(text, "; n{n}:app.Node#64 > N~type, d{n}.__dict__; d{n}:dict#64 > n{next}['next']"),
            };
        }
        text += "; n200:app.Node#64 > N~type";
        let heap = app("n0['HEAD'], N['Node']", &text);
        assert_eq!(first(&heap), ("app.Node".to_owned(), 201, "app.HEAD".to_owned()));
    }
}

#[test]
fn one_large_object_is_a_suspect_by_itself() {
    let heap = app("b['BLOB']", "b:bytearray#100000; x");
    let found = report(&heap);
    assert_eq!((found.suspects.len(), found.suspects[0].contents.as_ref()), (1, None));
    assert_eq!(found.suspects[0].expression.as_deref(), Some("app.BLOB"));
}

/// Sums saturate: each of these has a tenth of a heap of 2^64 bytes, and a report of them all would take a look at the
/// whole heap for each.
#[test]
fn sizes_that_no_heap_can_have_make_no_more_suspects_than_shares() {
    let names: Vec<String> = (0..20_000).map(|n| format!("o{n}['name{n}']")).collect();
    let objects: String = (0..20_000).map(|n| format!("; o{n}:app.Huge#{}", 1u64 << 62)).collect();
    let heap = app(&names.join(", "), objects.trim_start_matches("; "));
    let found = report(&heap).suspects;
    assert_eq!(found.iter().filter(|suspect| suspect.over).count(), 10);
    assert_eq!(found.len(), 10);
}

#[test]
fn what_only_outside_code_holds_is_unheld_and_weak_references_do_not_count() {
    let heap = app(
        "a['a'], w['w']",
        "a:list > b; b:list*2; c:app.C*1; d:app.D*2 > d.me; w:weakref > c~weak; e:int@untracked*1",
    );
    let unheld = report(&heap).unheld;
    assert_eq!(unheld.objects, [id(&heap, "c"), id(&heap, "d")]);
    assert_eq!(unheld.types.len(), 2);
}

#[test]
fn garbage_and_uncollectable_objects_are_told_with_what_to_do() {
    let heap = sketch(
        "<modules> > app; app:module; p:app.Parent#48!finalizer > l.children; l:list#64[1] > c; c:app.Child#48 > p.parent; \
         x:app.Old#32!legacy_finalizer > x.me",
    );
    let found = report(&heap);
    assert_eq!((found.collection.collected.len(), found.collection.uncollectable.len()), (3, 1));
    let text = table::leaks(&heap, &found, "app.parquet", "", Sizes::Human);
    for part in [
        "gc.collect() would free 3 objects (160 B)",
        "1 object can never be freed",
        "Child.parent",
        "heapgraph collect app.parquet",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn growth_is_told_against_the_earlier_snapshot() {
    let small = listed("e:dict", 0..10, |n| format!("s{n}['user-{n}']"));
    let large = listed("e:dict", 0..60, |n| format!("s{n}['user-{n}']"));
    let (old, new) = (sessions("e['E']", &small, "Session"), sessions("e['E']", &large, "Session"));
    let found = find(&new, Some(&old), &Options::default());
    assert_eq!(found.growth.as_ref().map(|diff| diff.new.bytes), Some(found.bytes));
    assert_eq!(found.growth(), Some(0.0), "what is held by nobody is there already");
    assert_eq!(report(&new).growth(), None);
    let text = table::leaks(&new, &found, "new.parquet", "old.parquet", Sizes::Human);
    assert!(
        text.contains("Since old.parquet the heap") && text.contains("heapgraph diff old.parquet new.parquet"),
        "{text}"
    );
}
