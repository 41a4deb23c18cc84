//! What holds itself, and where to cut.

use super::app;
use heapgraph::analysis::cycles::{Cycles, Options, Shape, find};
use heapgraph::render::advice::advice;
use heapgraph::snapshot::Snapshot;
use heapgraph::testkit::{id, sketch};

fn cycles(heap: &Snapshot) -> Cycles {
    find(heap, &Options { members: true, ..Options::default() })
}

/// The shapes in words, each with its cut.
fn shapes(heap: &Snapshot) -> Vec<(String, Vec<String>)> {
    let cut = |shape: &Shape| shape.cut.names.iter().map(|name| name.text.clone()).collect();
    cycles(heap).shapes.iter().map(|shape| (shape.text.clone(), cut(shape))).collect()
}

/// The only shape.
fn one(heap: &Snapshot) -> Shape {
    let mut found = cycles(heap).shapes;
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

fn reads(text: &str, cut: &[&str]) -> (String, Vec<String>) {
    (text.to_owned(), cut.iter().map(|name| (*name).to_owned()).collect())
}

const INLINE: &str = "p:app.Parent#8 > l.children; l:list#8 > c, d; c:app.Child#8 > p.parent; d:app.Child#8 > p.parent";
const IN_DICTS: &str = "p:app.Parent#8 > pd.__dict__; pd:dict > l['children']; l:list#8 > c, d; \
    c:app.Child#8 > cd.__dict__; cd:dict > p['parent']; d:app.Child#8 > dd.__dict__; dd:dict > p['parent']";

#[test]
fn a_family_is_cut_at_the_reference_that_points_back() {
    for family in [INLINE, IN_DICTS] {
        let shape = one(&sketch(family));
        assert_eq!(shape.text, "Parent.children → list[] → Child.parent and 1 more object");
        assert_eq!((shape.objects, shape.sum.bytes, shape.garbage), (4, 32, 1));
        assert_eq!(shape.cut.names[0].text, "Child.parent");
        assert!(shape.cut.smallest && shape.cut.minimal && shape.cut.names.len() == 1);
        assert_eq!(advice(&shape.cut.names[0]), "make Child.parent a weakref");
    }
    // An own dict reads as its owner, so both are one shape.
    let other = "q:app.Parent#8 > qd.__dict__; qd:dict > m['children']; m:list#8 > e, f; \
        e:app.Child#8 > ed.__dict__; ed:dict > q['parent']; f:app.Child#8 > q.parent";
    let shape = one(&sketch(&format!("{INLINE}; {other}")));
    assert_eq!((shape.sum.cycles, shape.sum.objects, shape.objects), (2, 10, 4));
}

#[test]
fn a_dict_that_somebody_else_refers_to_stands_for_itself() {
    let heap = sketch("a:app.A > d.__dict__; d:dict > b['b']; b:app.B > a.a, d.vars");
    let shape = one(&heap);
    assert_eq!(
        (shape.text.as_str(), shape.cut.names[0].text.as_str()),
        ("dict['b'] → B.vars and 1 more object", "dict['b']")
    );
    let odd = sketch("a:app.A > d.__dict__; d:dict > a['a b']");
    assert_eq!(shapes(&odd), [reads("A.__dict__['a b']", &["A.__dict__['a b']"])]);
}

#[test]
fn a_dict_that_only_repeats_inline_values_changes_no_shape() {
    let heap =
        sketch("a:app.A > b.b; b:app.B > a.a; x:app.A > y.b, d.__dict__; d:dict > y['b']+borrowed; y:app.B > x.a");
    let shape = one(&heap);
    assert_eq!((shape.sum.cycles, shape.objects, shape.sum.objects), (2, 2, 5));
    assert_eq!(shape.references.iter().map(|link| link.count).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn whoever_is_held_from_outside_comes_first_and_is_not_cut_off() {
    let session = "s:app.Session > u.user; u:app.User > l.sessions; l:list > s";
    let held_by_session = app("s['S']", session);
    assert_eq!(shapes(&held_by_session), [reads("Session.user → User.sessions → list[]", &["list[]"])]);
    let shape = one(&held_by_session);
    assert_eq!(
        advice(&shape.cut.names[0]),
        "hold the items of User.sessions weakly (weakref.WeakSet, WeakValueDictionary)"
    );
    assert_eq!((shape.garbage, shape.holders[0].example.as_str()), (0, "module app → S"));
    let held_by_user = app("u['U']", session);
    assert_eq!(shapes(&held_by_user), [reads("User.sessions → list[] → Session.user", &["Session.user"])]);
    // With next and prev it is prev, wherever the list is garbage: the oldest comes first.
    let chain = sketch("a:app.N > b.next; b:app.N > a.prev, c.next; c:app.N > b.prev");
    assert_eq!(one(&chain).cut.names[0].text, "N.prev");
}

#[test]
fn keys_positions_classes_and_what_refuses_weak_references() {
    let heap = sketch("s:app.Session > o['owner']; o:app.Owner > d.sessions; d:dict > s['k']");
    assert_eq!(shapes(&heap), [reads("Session['owner'] → Owner.sessions → dict['k']", &["dict['k']"])]);
    assert_eq!(advice(&one(&heap).cut.names[0]), "make dict['k'] a weakref");
    let set = sketch("s:set > a; a:app.A > s.peers");
    assert_eq!(shapes(&set), [reads("set[] → A.peers", &["A.peers"])]);
    let list = sketch("l:list > l");
    assert!(advice(&one(&list).cut.names[0]).contains("a list takes no weak reference"));
    let class = sketch("a:app.A > c~type, b.x; b:app.A > c~type; c:type!class > m.__mro__, a.first; m:tuple > c");
    assert!(one(&class).cut.names.iter().any(|name| name.text == "tuple[]" || name.text == "type.__mro__"));
}

#[test]
fn among_the_living_classes_bases_and_globals_tie_nothing() {
    let text = "C:type!class > d.__dict__, B~base; B:type!class; d:dict > f['m']; f:function > ns~global.__globals__; \
        a:app.C > C~type, b.b; b:app.C > C~type, a.a";
    let heap = app("C['C'], B['B'], a['a']", text);
    let found = cycles(&heap);
    assert_eq!((found.all.cycles, found.all.objects, found.own.cycles), (1, 2, 0));
    let all = find(&heap, &Options { all_references: true, ..Options::default() });
    assert_eq!((all.all.cycles, all.all.objects), (1, 6), "the module's dict, the class, its dict and function, a, b");
    // The same heap with nothing to hold it.
    let garbage = cycles(&sketch(&format!("ns:dict > C['C'], B['B'], a['a']; {text}")));
    assert_eq!((garbage.all.objects, garbage.garbage.cycles), (6, 1));
}

#[test]
fn what_classes_and_modules_have_by_themselves_is_summed_up_apart() {
    let own = "C:type#10!class > m.__mro__, d.__dict__; m:tuple#1 > C; d:dict#1 > f['f']; \
        f:function#1 > t~closure.__closure__; t:tuple#1 > c; c:cell#1 > C~closure.__class__";
    let found = cycles(&app("C['C']", own));
    assert_eq!((found.all.cycles, found.own.cycles, found.own.objects, found.own.bytes), (0, 1, 6, 15));
    assert!(found.shapes.is_empty());
    // An instance on it makes it a cycle like others, and so does the lack of a root.
    let with_instance = format!("{own}, i.default; i:app.C > C.made_by");
    let found = cycles(&app("C['C']", &with_instance));
    assert_eq!((found.all.cycles, found.all.objects, found.own.cycles), (1, 7, 0));
    assert_eq!(cycles(&sketch(own)).garbage.cycles, 1);
}

#[test]
fn weak_references_close_nothing_and_guessed_ones_do() {
    assert_eq!(cycles(&sketch("a > b.x; b > a~weak")).all.cycles, 0);
    assert_eq!(cycles(&sketch("a > b.x+guessed; b > a.y+untraversed")).all.cycles, 1);
    assert_eq!(cycles(&sketch("a > a.x+borrowed")).all.cycles, 1);
}

#[test]
fn shapes_are_equal_multisets_biggest_first() {
    let heap = app(
        "x['x']",
        "x:app.A#5 > x.me; a:app.A#1 > a.me; b:app.A#1 > b.me; c:app.A#1 > c.me, c.me; d:app.B#3 > e.o; e:app.B#1 > d.o",
    );
    let found = cycles(&heap);
    let rows: Vec<_> = found.shapes.iter().map(|s| (s.text.as_str(), s.sum.cycles, s.sum.bytes, s.garbage)).collect();
    assert_eq!(rows, [("A.me", 3, 7, 2), ("B.o → B.o", 1, 4, 1), ("A.me", 1, 1, 1)]);
    assert_eq!((found.all.cycles, found.garbage.cycles, found.garbage.bytes), (5, 4, 7));
    let first = find(&heap, &Options { garbage_first: true, ..Options::default() });
    assert_eq!(first.shapes.iter().map(|shape| shape.garbage).collect::<Vec<_>>(), [2, 1, 1]);
    let few = find(&heap, &Options { shapes: 1, ..Options::default() });
    assert_eq!((few.shapes.len(), few.more_shapes, few.all), (1, 2, found.all));
    assert_eq!(found.shapes[0].members, [vec![id(&heap, "x")], vec![id(&heap, "a")], vec![id(&heap, "b")]]);
}

#[test]
fn types_of_one_last_part_are_told_apart() {
    let heap = sketch("a:app.Node > a.me; b:lib.Node; c:lib.Leaf > c.me");
    assert_eq!(shapes(&heap), [reads("app.Node.me", &["app.Node.me"]), reads("Leaf.me", &["Leaf.me"])]);
}

#[test]
fn holders_are_counted_by_name_and_one_is_told_whole() {
    let entries: Vec<String> = (0..30).map(|n| format!("s{n}['user-{n}']")).collect();
    let sessions: Vec<String> = (0..30).map(|n| format!("s{n}:app.S > u{n}.user; u{n}:app.U > s{n}.s")).collect();
    let text =
        format!("c:app.Cache > e.entries; e:dict > {}; {}; r:app.R*1 > s0.s", entries.join(", "), sessions.join("; "));
    let shape = one(&app("c['CACHE']", &text));
    let rows: Vec<_> =
        shape.holders.iter().map(|h| (h.name.as_str(), h.references, h.holders, h.example.as_str())).collect();
    let cache = ("dict[…]", 30, 1, "module app → CACHE → .entries → 'user-0'");
    assert_eq!(rows, [cache, ("R.s", 1, 1, "held outside Python → R → .s")]);
}

#[test]
fn the_example_is_a_shortest_cycle_and_at_most_fifty_long() {
    let heap = sketch("a:A > b.n; b:A > c.n; c:A > a.n, b.back");
    let shape = one(&heap);
    assert_eq!(shape.example, [id(&heap, "b"), id(&heap, "c")]);
    assert_eq!(shape.text, "A.n → A.back and 1 more object");
    let ring: Vec<String> = (0..70).map(|n| format!("n{n}:N > n{}.next", (n + 1) % 70)).collect();
    let shape = one(&sketch(&ring.join("; ")));
    assert_eq!((shape.example.len(), shape.example_length), (50, 70));
    assert!(shape.text.ends_with("→ N.next → …"), "{}", shape.text);
}

#[test]
fn a_thousand_keys_back_to_one_registry_need_one_cut() {
    let entries: Vec<String> = (0..1000).map(|n| format!("s{n}['{n}']")).collect();
    let sessions: Vec<String> = (0..1000).map(|n| format!("s{n}:app.S > r.registry")).collect();
    let text = format!("r:app.Registry > d.all; d:dict > {}; {}", entries.join(", "), sessions.join("; "));
    let shape = one(&sketch(&text));
    assert_eq!(shape.cut.names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>(), ["S.registry"]);
    assert!(shape.cut.smallest);
    assert_eq!((shape.references.len(), shape.more_references), (50, 952));
}

#[test]
fn one_name_that_breaks_all_is_found_among_thousands() {
    // Each dict refers to the list by a name of its own.
    let dicts: Vec<String> = (0..5000).map(|n| format!("d{n}:dict > l['k{n}']")).collect();
    let names: Vec<String> = (0..5000).map(|n| format!("d{n}")).collect();
    let text = format!("l:list > {}; {}", names.join(", "), dicts.join("; "));
    for heap in [sketch(&text), app("l['L']", &text)] {
        let shape = one(&heap);
        assert_eq!(shape.cut.names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>(), ["list[]"]);
        assert!(shape.cut.smallest && shape.cut.minimal);
        assert_eq!(shape.cut.names[0].refuses.as_deref(), Some("dict"));
    }
    // One of them refers to itself: none suffices alone, and what the rest needs stands beside it.
    let shape = one(&app("l['L']", &format!("{text}, d4999['self']")));
    let cut: Vec<&str> = shape.cut.names.iter().map(|name| name.text.as_str()).collect();
    assert!(cut.contains(&"dict['self']") && shape.cut.minimal && !shape.cut.smallest, "{}", cut.len());
    assert!(shape.cut.names.iter().all(|name| name.refuses.is_some()));
}

#[test]
fn of_a_long_way_to_a_holder_the_end_is_told() {
    let nodes = |count: usize| -> String {
        let links = (0..count).map(|n| format!("n{n}:app.Node > n{}.next", n + 1)).collect::<Vec<_>>();
        format!("{}; n{count}:app.Node > l.items; l:app.L > l.me", links.join("; "))
    };
    let example = |count| one(&app("n0['HEAD']", &nodes(count))).holders[0].example.clone();
    let whole = example(12);
    assert!(whole.starts_with("module app → HEAD → .next → ") && whole.ends_with(" → .next → .items"), "{whole}");
    for count in [13, 40, 2000] {
        let steps = [".next"; 7].join(" → ");
        let cut = example(count);
        assert!(cut.starts_with("… → ") && cut.ends_with(&format!("{steps} → .items")), "{count}: {cut}");
    }
}

#[test]
fn finalizers_are_counted() {
    let heap = sketch("a:A!finalizer > b.x; b:A!legacy_finalizer > a.x; c:A!finalizer > c.x");
    let found = cycles(&heap);
    assert_eq!((found.shapes[0].finalizers, found.shapes[0].legacy_finalizers), (1, 1));
}

#[test]
fn a_heap_without_cycles_has_none() {
    for heap in [sketch(""), sketch("a > b"), app("x['x']", "x:list > y; y")] {
        assert_eq!(cycles(&heap), Cycles::default());
    }
}

#[test]
fn shapes_with_garbage_come_first_if_asked_for() {
    let heap = app("x['x']", "x:app.A#9 > x.me; y:app.B#1 > y.me; z:app.C#3 > z.me");
    let order = |garbage_first| -> Vec<String> {
        let found = find(&heap, &Options { garbage_first, ..Options::default() });
        found.shapes.into_iter().map(|shape| shape.text).collect()
    };
    assert_eq!((order(false), order(true)), (names(["A.me", "C.me", "B.me"]), names(["C.me", "B.me", "A.me"])));
}

fn names(names: [&str; 3]) -> Vec<String> {
    names.map(str::to_owned).to_vec()
}

/// Runs where the stack is as small as in a thread of a small program.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(test).unwrap();
    thread.join().unwrap();
}

#[test]
fn a_list_linked_both_ways_and_a_hub_with_many_keys_take_linear_time() {
    use heapgraph::snapshot::{Address, Generation, Metadata, NewObject, ReferenceKind, ReferenceTag, SnapshotBuilder};
    let count = 300_000u64;
    let mut builder = SnapshotBuilder::new();
    let (node, dict) = (builder.type_name("app.Node").unwrap(), builder.type_name("builtins.dict").unwrap());
    let [next, prev, all] = ["next", "prev", "all"].map(|name| builder.name(name).unwrap());
    let address = |number: u64| Address(0x1000 + 16 * number);
    let attribute = ReferenceTag::plain(ReferenceKind::Attribute);
    let key = ReferenceTag::plain(ReferenceKind::Key);
    for number in 0..=count {
        let type_name = if number == count { dict } else { node };
        let flags = Default::default();
        let generation = Generation(2);
        let object = NewObject {
            address: address(number),
            type_name,
            size: 1,
            refcount: None,
            generation,
            flags,
            length: None,
            text: None,
        };
        builder.object(object).unwrap();
        if number == count {
            continue;
        }
        builder.reference(address((number + 1) % count), attribute, Some(next));
        builder.reference(address((number + count - 1) % count), attribute, Some(prev));
        builder.reference(address(count), attribute, Some(all));
    }
    // The references of the last object come last.
    for number in 0..count {
        let name = builder.name(&format!("'{number}'")).unwrap();
        builder.reference(address(number), key, Some(name));
    }
    let heap = builder.finish(Metadata::default()).unwrap();
    on_a_small_stack(move || {
        let shape = one(&heap);
        assert_eq!((shape.objects, shape.example_length), (count + 1, 2));
        let cut: Vec<&str> = shape.cut.names.iter().map(|name| name.text.as_str()).collect();
        assert_eq!(cut, ["Node.all", "Node.next", "Node.prev"]);
        assert!(shape.cut.minimal);
    });
}
