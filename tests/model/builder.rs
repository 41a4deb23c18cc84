//! From objects in any order to rows: their order, the roots in front of them, and who has what nobody explains.

use heapgraph::snapshot::{
    Address, Flags, Generation, Metadata, NewObject, NewRoot, ReferenceKind, ReferenceTag, RootKind, Snapshot,
    SnapshotBuilder,
};
use heapgraph::testkit::{id, label, sketch};

/// The rows as text: synthetic ones by their text, objects by their label.
fn rows(heap: &Snapshot) -> Vec<String> {
    heap.objects().ids().map(|row| label(heap, row)).collect()
}

/// The references of a row: kind, name, target.
fn entries(heap: &Snapshot, row: &str) -> Vec<String> {
    let references = heap.references().of(id(heap, row));
    references
        .map(|entry| format!("{:?} {} {}", entry.tag, entry.name.unwrap_or("-"), label(heap, entry.target)))
        .collect()
}

#[test]
fn rows_are_roots_then_tracked_by_generation_as_added_then_the_rest_by_address() {
    let heap = sketch(
        "0x90@untracked; 0x80@2; 0x70@frozen; 0x60@0; 0x50@untracked; 0x40@1; 0x30@0; 0x20@2; <modules> > 0x90.app",
    );
    let expected = ["<root>", "<modules>", "0x60", "0x30", "0x40", "0x80", "0x20", "0x70", "0x50", "0x90"];
    assert_eq!(rows(&heap), expected);
}

#[test]
fn roots_stand_in_one_order_whoever_named_them_first() {
    let heap = sketch(
        "<other: x> > a; <thread 2 | frame b.py:1 g> > a; <held> > a; <thread 1 | frame a.py:1 f> > a; \
         <thread 1> > a; <interpreter> > a; <modules> > a",
    );
    let expected = [
        "<root>",
        "<modules>",
        "<interpreter>",
        "<thread 2>",
        "<frame b.py:1 g>",
        "<thread 1>",
        "<frame a.py:1 f>",
        "<held outside Python>",
        "<x>",
        "a",
    ];
    assert_eq!(rows(&heap), expected);
    let kinds: Vec<_> = heap.objects().ids().filter_map(|row| heap.objects().root_kind(row)).collect();
    use RootKind::{Frame, Held, Interpreter, Module, Other, Thread};
    assert_eq!(kinds, [Module, Interpreter, Thread, Frame, Thread, Frame, Held, Other]);
    assert_eq!(heap.verify(), Ok(()));
}

#[test]
fn a_frame_hangs_under_its_thread_and_holds_its_locals() {
    let heap = sketch("<thread 1 Main | frame app.py:42 handle> > req, a.x+uncounted; <modules> > app");
    assert_eq!(entries(&heap, "<root>"), ["root - <modules>", "root - <thread 1 Main>"]);
    assert_eq!(entries(&heap, "<thread 1 Main>"), ["root - <frame app.py:42 handle>"]);
    assert_eq!(entries(&heap, "<frame app.py:42 handle>"), ["local req req", "local+borrowed x a"]);
    assert_eq!(entries(&heap, "<modules>"), ["root app app"]);
    // A label explains no reference, a variable does.
    let refcount = |label| heap.objects().refcount(id(&heap, label));
    assert_eq!([refcount("req"), refcount("a"), refcount("app")], [1, 0, 0]);
}

#[test]
fn two_roots_of_one_text_and_two_kinds_are_two_rows() {
    let heap = sketch("<modules> > a; <other: modules> > b");
    assert_eq!(rows(&heap), ["<root>", "<modules>", "<modules>", "a", "b"]);
}

#[test]
fn what_has_more_references_than_are_found_is_held_outside_python_once() {
    let held = |text: &str| {
        let heap = sketch(text);
        assert_eq!(heap.verify(), Ok(()), "{text}");
        let objects = heap.objects();
        let row = objects.ids().find(|row| objects.root_kind(*row) == Some(RootKind::Held));
        row.map(|row| heap.references().of(row).map(|entry| label(&heap, entry.target)).collect::<Vec<_>>())
    };
    assert_eq!(held("a*3; b*9 > a; c"), Some(vec!["a".into(), "b".into()]));
    assert_eq!(held("a*2; b > a, a"), None);
    assert_eq!(held("a*1; <modules> > a+counted"), None);
    // Weak, guessed and borrowed references explain nothing; untraversed ones do.
    for (reference, is_held) in
        [("~weak", true), ("[]+guessed", true), ("[]+borrowed", true), ("[]+untraversed", false)]
    {
        let found = held(&format!("b > a{reference}; a*1"));
        assert_eq!(found.is_some(), is_held, "{reference}");
    }
    // Immortal objects have no count to reason with.
    assert_eq!(held("a*7!immortal; <modules> > a"), None);
}

#[test]
fn immortals_that_nothing_reaches_hang_under_the_interpreter() {
    let heap = sketch("m > n; n!immortal; a!immortal > b; b!immortal; c!immortal > a; d!immortal > d; <modules> > m");
    assert_eq!(entries(&heap, "<interpreter>"), ["root - a", "root - c", "root - d"]);
    let weakly = sketch("<modules> > m; m > a~weak; a!immortal");
    assert_eq!(entries(&weakly, "<interpreter>"), ["root - a"]);
}

#[test]
fn a_heap_without_roots_has_no_synthetic_rows() {
    assert_eq!(rows(&sketch("a > b; b > a")), ["a", "b"]);
    assert_eq!(sketch("").objects().len(), 0);
}

fn object(builder: &mut SnapshotBuilder, address: u64) {
    let type_name = builder.type_name("T").unwrap();
    let object = NewObject {
        address: Address(address),
        type_name,
        size: 0,
        refcount: None,
        generation: Generation(2),
        flags: Flags::empty(),
        length: None,
        text: None,
    };
    builder.object(object).unwrap();
}

#[test]
fn a_target_may_come_later_but_must_come() {
    let tag = ReferenceTag::plain(ReferenceKind::Item);
    let mut builder = SnapshotBuilder::new();
    object(&mut builder, 0x10);
    builder.reference(Address(0x20), tag, None);
    object(&mut builder, 0x20);
    assert_eq!((builder.len(), builder.is_empty()), (2, false));
    assert_eq!(builder.finish(Metadata::default()).unwrap().references().len(), 1);

    let mut builder = SnapshotBuilder::new();
    object(&mut builder, 0x10);
    builder.reference(Address(0x20), tag, None);
    let error = builder.finish(Metadata::default()).unwrap_err();
    assert_eq!(error.to_string(), "the object at 0x10 refers to 0x20, but there is no object at that address");

    let mut builder = SnapshotBuilder::new();
    let (kind, reference) = (RootKind::Module, ReferenceKind::Root);
    let root = NewRoot { kind, path: &[], reference, name: None, target: Address(0x20), counted: true };
    builder.root(root).unwrap();
    let error = builder.finish(Metadata::default()).unwrap_err();
    assert_eq!(error.to_string(), "a root refers to 0x20, but there is no object at that address");

    let mut builder = SnapshotBuilder::new();
    object(&mut builder, 0x10);
    object(&mut builder, 0x10);
    assert_eq!(builder.finish(Metadata::default()).unwrap_err().to_string(), "two objects at 0x10");
}

#[test]
#[should_panic(expected = "add the object first")]
fn a_reference_needs_a_holder() {
    SnapshotBuilder::new().reference(Address(0x10), ReferenceTag::plain(ReferenceKind::Item), None);
}

#[test]
fn root_entries_are_what_the_builder_was_told() {
    let heap = sketch("a*2; <thread 1 | frame a.py:1 f> > a.x; <modules> > b.app; <held> > c~internal.lib");
    let told: Vec<_> = heap
        .root_entries()
        .into_iter()
        .map(|entry| (entry.kind, entry.path, entry.reference, entry.name, label(&heap, entry.target), entry.counted))
        .collect();
    let expected = [
        (RootKind::Module, vec![], ReferenceKind::Root, Some("app"), "b".to_owned(), false),
        (RootKind::Frame, vec!["thread 1", "frame a.py:1 f"], ReferenceKind::Local, Some("x"), "a".into(), true),
        (RootKind::Held, vec![], ReferenceKind::Internal, Some("lib"), "c".into(), true),
    ];
    // That `a` is held follows from its refcount: it is not told, and added again.
    assert_eq!(told, expected);
    assert_eq!(entries(&heap, "<held outside Python>"), ["internal lib c", "root - a"]);
}
