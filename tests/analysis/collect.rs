//! What the collector frees, rule by rule, and on heaps as deep as memory allows.

use super::app;
use heapgraph::analysis::collect::{Blur, Collection, Options, after, collect};
use heapgraph::analysis::select::references;
use heapgraph::snapshot::{
    Address, Flags, Generation, Metadata, NewObject, ObjectId, ReferenceKind, ReferenceTag, Snapshot, SnapshotBuilder,
};
use heapgraph::testkit::{id, label, print, sketch};

fn run(heap: &Snapshot, generation: u8) -> Collection {
    collect(heap.objects(), heap.references(), &Options { generation: Generation(generation), cut: Vec::new() })
}

fn labels(heap: &Snapshot, ids: &[ObjectId]) -> Vec<String> {
    ids.iter().map(|id| label(heap, *id)).collect()
}

/// What is collected, what dies along, what stays although nothing reaches it.
#[track_caller]
fn frees(text: &str, generation: u8, expected: [&str; 3]) {
    let heap = sketch(text);
    let found = run(&heap, generation);
    let found = [&found.collected, &found.along, &found.uncollectable].map(|ids| labels(&heap, ids).join(" "));
    assert_eq!(found, expected, "{text}");
}

#[test]
fn a_cycle_goes_unless_something_outside_holds_one_of_it() {
    frees("a > b; b > a", 2, ["a b", "", ""]);
    frees("a > b; b > a; <held> > b", 2, ["", "", ""]);
    frees("a > b; b > a; c > a; <held> > c", 2, ["", "", ""]);
    frees("a > b, b; b > a", 2, ["a b", "", ""]);
}

#[test]
fn only_the_generations_asked_for_are_looked_at() {
    frees("a@0 > a; b@1 > b; c@2 > c; f@frozen > f; u@untracked > u", 0, ["a", "", ""]);
    frees("a@0 > a; b@1 > b; c@2 > c; f@frozen > f; u@untracked > u", 1, ["a b", "", ""]);
    frees("a@0 > a; b@1 > b; c@2 > c; f@frozen > f; u@untracked > u", 2, ["a b c", "", ""]);
    // Whatever holds it from beyond holds it, dead or alive.
    frees("a@0 > b; b@1 > a", 0, ["", "", ""]);
    frees("a@0 > a; f@frozen > a, f", 2, ["", "", ""]);
}

#[test]
fn what_only_garbage_holds_dies_with_it() {
    frees("a > a, s.name; s:str@untracked > t; t@frozen", 2, ["a", "t s", ""]);
    frees("a@0 > a, old; old@2", 0, ["a", "old", ""]);
    frees("a > a, n; n!immortal@untracked", 2, ["a", "", ""]);
    // Held by a tuple that is not tracked: not the collector's to find, dead all the same.
    frees("a > a, t; t:tuple@untracked > x; x", 2, ["a", "x t", ""]);
}

#[test]
fn marks_say_what_is_subtracted_and_what_is_followed() {
    frees("a > a+untraversed", 2, ["", "", ""]);
    frees("a > a+guessed; b*1 > b+guessed", 2, ["a", "", ""]);
    frees("a > a~weak", 2, ["a", "", ""]);
    // The call holds its argument by a borrowed reference, another variable counts it.
    frees("g > x~local.x+borrowed; <held> > g; y > x, y; x > y", 2, ["", "", ""]);
}

#[test]
fn objects_with_tp_del_stay_with_what_they_reach() {
    frees("a!legacy_finalizer > a, b; b > c; c; d > d", 2, ["d", "", "a b c"]);
    // Held by collected ones alone, they die when those are cleared, before CPython counts them.
    frees("d > d, a; a!legacy_finalizer > b; b", 2, ["d", "a b", ""]);
    let heap = sketch("a!legacy_finalizer > b; b > a; x > x");
    let found = run(&heap, 2);
    assert_eq!((labels(&heap, &found.garbage), found.returns()), (vec!["a".to_owned()], 3));
    let later = after(&heap, &found, &Options::default()).unwrap();
    assert_eq!(later.objects().refcount(id(&later, "a")), 2);
    let left = "a!legacy_finalizer > b[]; b > a[]; <interpreter> > a~root.gc.garbage+counted";
    assert_eq!(print(&later), left);
    assert_eq!(run(&later, 2).returns(), 0);
}

#[test]
fn a_name_in_the_roots_holds_and_a_low_refcount_never_frees_what_is_held() {
    frees("<modules> > m; g > g, m", 2, ["g", "", ""]);
    let heap = sketch("a*1 > b; b*1 > a; c*0 > a; <modules> > c");
    let found = run(&heap, 2);
    assert_eq!((found.collected.len(), found.undercounted), (0, 1));
}

#[test]
fn what_blurs_the_number_is_counted() {
    let heap = sketch(
        "a!finalizer > a; b!finalizer!finalized > b; g!suspended > g; t!weakref_callback > t, in; \
         in:weakref > t~weak, f~internal.__callback__; out:weakref > t~weak, f~internal.__callback__; <held> > out; \
         f; u!weakref_callback > u; p > q+guessed; q*1 > p",
    );
    let found = run(&heap, 2);
    assert_eq!(found.blur, Blur { finalizers: 1, suspended: 1, callbacks: 2, guessed: 1 });
    assert_eq!(labels(&heap, &found.collected), ["a", "b", "g", "t", "in", "u"]);
    // A guess out of what is alive, or into what is held anyhow, decides nothing.
    let heap = sketch("p > q+guessed; q*1 > r; r; <held> > p; a > a, b+guessed; b*2");
    assert_eq!(run(&heap, 2).blur, Blur::default());
}

#[test]
fn what_is_cut_counts_no_more_and_what_it_alone_held_is_gone_at_once() {
    let heap = app(
        "s['SESSION'], t['TEXT']",
        "s:app.Session > c.child, big.data; big:bytearray@untracked#1000; t:str@untracked#80; \
         c:app.Child > d.__dict__; d:dict > s['parent'], n['name']; n:str@untracked",
    );
    let cut = |text: &str| {
        let options = Options { cut: references(&heap, text).unwrap(), ..Options::default() };
        let found = collect(heap.objects(), heap.references(), &options);
        let names = |ids: &[ObjectId]| labels(&heap, ids).join(" ");
        (names(&found.by_cut), names(&found.collected), names(&found.along))
    };
    let words = |by_cut: &str, collected: &str, along: &str| (by_cut.into(), collected.into(), along.into());
    assert_eq!(cut("app.SESSION"), words("", "s c d", "big n"));
    assert_eq!(cut("app.TEXT"), words("t", "", ""));
    assert_eq!(cut("Child.parent"), words("", "", ""));
    assert_eq!(cut("Session.child.parent"), words("", "", ""));
    assert_eq!(cut("Session.child"), words("c d n", "", ""));
    assert_eq!(cut("dict['SESSION']"), words("", "s c d", "big n"));
}

#[test]
fn references_go_by_attribute_key_position_and_all_at_once() {
    let heap = app(
        "c['CACHE'], l['LIST']",
        "c:dict > s[\"'a.b[0]'\"], k{}, s[\"(1, 'x')\"]; l:list > s, t, s; s:app.Session > t.items; t:list > s; k:str",
    );
    let count = |text: &str| {
        references(&heap, text)
            .map_or_else(|error| format!("{error} {}", error.hint().unwrap_or("-")), |found| found.len().to_string())
    };
    for (text, expected) in [
        ("app.CACHE['a.b[0]']", "1"),
        ("app.CACHE[\"a.b[0]\"]", "1"),
        ("app.CACHE[(1, 'x')]", "1"),
        ("app.CACHE[]", "3"),
        ("app.LIST[1]", "1"),
        ("app.LIST[]", "3"),
        ("list[]", "4"),
        ("Session.items[]", "1"),
        ("Session[0].items", "1"),
        ("0x1000.__dict__", "1"),
        (
            "app",
            "expected an OBJECT and the name of a reference, found app Child.parent, app.cache['k'] or Session.items[]",
        ),
        ("Session.itmes", "Session (Session) has no .itmes did you mean Session.items?"),
        ("list.x", "list (2 objects) has no .x `heapgraph refs` shows what it refers to"),
        ("app.CACHE['a.b[1]']", "app.CACHE (dict) has no ['a.b[1]'] did you mean app.CACHE['a.b[0]']?"),
        ("Sesion.items", "no type or module called Sesion did you mean Session?"),
    ] {
        assert_eq!(count(text), expected, "{text}");
    }
}

/// So many instances of one class, each holding the next by an attribute.
fn chain(length: u32, first_holds_itself: bool, generation: Generation) -> Snapshot {
    let at = |number: u32| Address(0x1000 + u64::from(number) * 64);
    let mut builder = SnapshotBuilder::new();
    builder.reserve(length as usize + 1, 2 * length as usize + 1);
    let (node, class) = (builder.type_name("app.Node").unwrap(), builder.type_name("builtins.type").unwrap());
    let next = builder.name("next").unwrap();
    let object = |address, type_name, generation, flags| NewObject {
        address,
        type_name,
        size: 64,
        refcount: None,
        generation,
        flags,
        length: None,
        text: None,
    };
    builder.object(object(at(length), class, Generation::FROZEN, Flags::CLASS)).unwrap();
    for number in 0..length {
        let generation = if number == 0 { Generation(2) } else { generation };
        builder.object(object(at(number), node, generation, Flags::empty())).unwrap();
        builder.reference(at(length), ReferenceTag::plain(ReferenceKind::Type), None);
        let target = if number + 1 == length { 0 } else { number + 1 };
        if target > 0 {
            builder.reference(at(target), ReferenceTag::plain(ReferenceKind::Attribute), Some(next));
        }
        if number == 0 && first_holds_itself {
            builder.reference(at(0), ReferenceTag::plain(ReferenceKind::Attribute), Some(next));
        }
    }
    builder.finish(Metadata::default()).unwrap()
}

/// In a thread with 2 MiB of stack.
fn collect_chains(length: u32) {
    let all = u64::from(length);
    let work = move || {
        let heap = chain(length, true, Generation(2));
        let found = run(&heap, 2);
        assert_eq!((found.collected.len() as u64, found.along.len()), (all, 1));
        // The first one is garbage, the others are not tracked and die one by one.
        let heap = chain(length, true, Generation::UNTRACKED);
        let found = run(&heap, 2);
        assert_eq!((found.collected.len(), found.along.len() as u64), (1, all));
        assert_eq!(found.freed_bytes, 64 * (all + 1));
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

#[test]
fn a_chain_of_a_million_is_collected_in_a_small_stack() {
    collect_chains(1_000_000);
}

#[test]
#[ignore = "ten million objects take a while in a build for tests"]
fn a_chain_of_ten_million_is_collected_in_a_small_stack() {
    collect_chains(10_000_000);
}
