//! Heaps written by hand: what may be left out, and what is refused by address.

use heapgraph::Error;
use heapgraph::format::{self, Source};
use heapgraph::snapshot::{Address, Generation, ReferenceKind, ReferenceTag, Snapshot};
use heapgraph::testkit::{difference, sketch};

fn try_read(text: &str) -> Result<Snapshot, Error> {
    format::read(&Source::from_bytes(text.as_bytes()))
}

fn heap(objects: &str, roots: &str) -> String {
    format!(r#"{{"schema": "heapgraph.snapshot/1", "objects": [{objects}], "roots": [{roots}]}}"#)
}

fn read(objects: &str, roots: &str) -> Snapshot {
    try_read(&heap(objects, roots)).unwrap()
}

#[test]
fn address_type_and_references_are_enough() {
    let heap = read(
        r#"{"address": "0x10", "type": "list", "references": [{"to": "0x20", "kind": "item"}, {"to": "0x20", "kind": "item"}]},
           {"address": "0x20", "type": "app.Session"}"#,
        "",
    );
    assert_eq!(difference(&heap, &sketch("0x10:list > 0x20, 0x20; 0x20:app.Session")), None);
    let session = heap.objects().find(Address(0x20)).unwrap();
    assert_eq!((heap.objects().refcount(session), heap.objects().generation(session)), (2, Generation(2)));
    assert_eq!(heap.root(), None);
}

#[test]
fn a_root_counts_unless_it_says_otherwise() {
    let object = r#"{"address": "0x10", "type": "T"}"#;
    for (counted, refcount) in [("", 1), (r#", "counted": true"#, 1), (r#", "counted": false"#, 0)] {
        let root = format!(r#"{{"kind": "module", "name": "app", "to": "0x10"{counted}}}"#);
        let heap = read(object, &root);
        let row = heap.objects().find(Address(0x10)).unwrap();
        assert_eq!(heap.objects().refcount(row), refcount, "{counted}");
        assert_eq!(heap.verify(), Ok(()));
    }
}

#[test]
fn what_the_heap_does_not_explain_is_held_outside_python() {
    let heap =
        read(r#"{"address": "0x10", "type": "T", "refcount": 2, "references": [{"to": "0x10", "kind": "item"}]}"#, "");
    assert_eq!(difference(&heap, &sketch("0x10:T*2 > 0x10")), None);
    assert_eq!(heap.verify(), Ok(()));
    let immortal = read(r#"{"address": "0x10", "type": "T", "refcount": 2, "flags": ["immortal"]}"#, "");
    assert_eq!(immortal.objects().type_name(heapgraph::ObjectId::new(1)), "<interpreter>");
}

#[test]
fn a_heap_without_roots_is_read_with_one_warning() {
    let cycle = r#"{"address": "0x10", "type": "T", "references": [{"to": "0x10", "kind": "item"}]}"#;
    let warned = read(cycle, "");
    assert_eq!(warned.metadata().warnings, [format::NO_ROOTS]);
    let mut bytes = Vec::new();
    format::write(&warned, format::Format::Json, &mut bytes).unwrap();
    let again = format::read(&Source::from_bytes(bytes)).unwrap();
    assert_eq!(again.metadata().warnings, [format::NO_ROOTS]);
    let rooted = read(cycle, r#"{"kind": "module", "name": "app", "to": "0x10"}"#);
    for silent in [rooted, read("", "")] {
        assert!(silent.metadata().warnings.is_empty());
    }
}

#[test]
fn every_word_is_read() {
    let heap = read(
        r#"{"address": 16, "type": "T", "size": 48, "refcount": 1, "generation": 255, "flags": ["class", "suspended"],
            "length": 3, "text": "a\nb", "references": [{"to": "0x10", "kind": "attribute", "name": "x", "marks": ["guessed", "borrowed"]}]}"#,
        r#"{"kind": "frame", "path": ["thread 1 Main", "frame a.py:1 f"], "reference": "local", "name": "v", "to": "0x10"}"#,
    );
    let line = r#"0x10:T*1@untracked#48[3]="a\nb"!class!suspended > 0x10.x+guessed+borrowed; <thread 1 Main | frame a.py:1 f> > 0x10.v"#;
    assert_eq!(difference(&heap, &sketch(line)), None);
    for kind in ReferenceKind::ALL {
        let text = format!(r#"{{"address": "0x10", "type": "T", "references": [{{"to": "0x10", "kind": "{kind}"}}]}}"#);
        let tag = read(&text, "").references().of(heapgraph::ObjectId::new(0)).next().unwrap().tag;
        assert_eq!(tag, ReferenceTag::plain(kind));
    }
}

#[test]
fn fields_may_come_in_any_order() {
    let text = r#"{"roots": [{"to": "0x10", "kind": "module"}], "objects": [{"type": "T", "address": "0x10"}],
        "metadata": {"python": "3.12.1", "something new": 7}, "schema": "heapgraph.snapshot/1"}"#;
    let heap = try_read(text).unwrap();
    assert_eq!(heap.metadata().python.as_deref(), Some("3.12.1"));
    assert_eq!(heap.objects().synthetic(), 2);
}

fn assert_refused(text: &str, complaint: &str) {
    let error = try_read(text).expect_err(text);
    assert!(error.is_malformed() && error.to_string().contains(complaint), "{error}\n{text}");
    assert!(error.to_string().starts_with("bytes in memory: "), "{error}");
}

#[test]
fn what_makes_no_heap_is_refused_by_address() {
    let object = |more: &str| heap(&format!(r#"{{"address": "0x10", "type": "T"{more}}}"#), "");
    let reference = |fields: &str| object(&format!(r#", "references": [{{{fields}}}]"#));
    for (text, complaint) in [
        (
            object(r#", "size": -1"#),
            "the object at 0x10: expected its size to be a whole number from 0 to 18446744073709551615, found -1",
        ),
        (
            object(r#", "size": 1.5"#),
            "the object at 0x10: expected its size to be a whole number from 0 to 18446744073709551615, found 1.5",
        ),
        (object(r#", "size": 18446744073709551616"#), "the object at 0x10: expected its size"),
        (object(r#", "size": "7""#), "found \"7\""),
        (
            object(r#", "refcount": 4294967296"#),
            "the object at 0x10: expected its refcount to be a whole number from 0 to 4294967295",
        ),
        (
            object(r#", "generation": 4"#),
            "the object at 0x10: expected its generation to be 0, 1 or 2, 3 (frozen) or 255 (untracked), found 4",
        ),
        (object(r#", "generation": 256"#), "the object at 0x10: expected its generation"),
        (
            object(r#", "flags": ["nice"]"#),
            "the object at 0x10: unknown flag \"nice\"; expected one of class, finalizer",
        ),
        (object(r#", "flags": ["synthetic"]"#), "the object at 0x10: unknown flag \"synthetic\""),
        (
            reference(r#""to": "0x20", "kind": "item""#),
            "the object at 0x10 refers to 0x20, but there is no object at that address",
        ),
        (
            reference(r#""to": "0x10", "kind": "strong""#),
            "the object at 0x10: unknown kind of reference \"strong\"; expected one of attribute, key",
        ),
        (
            reference(r#""to": "0x10", "kind": "item", "marks": ["heavy"]"#),
            "the object at 0x10: unknown mark \"heavy\"; expected one of untraversed, guessed, borrowed",
        ),
        (
            reference(r#""to": "0xzz", "kind": "item""#),
            "the object at 0x10: expected a reference's target to be an address such as \"0x7f00\", found \"0xzz\"",
        ),
        (object(r#"}, {"address": "0x10", "type": "T""#), "two objects at 0x10"),
    ] {
        assert_refused(&text, complaint);
    }
}

#[test]
fn what_makes_no_snapshot_is_refused_by_field() {
    for (text, complaint) in [
        (heap(r#"{"address": "0x0", "type": "T"}"#, ""), "expected an object's address to be an address"),
        (heap(r#"{"address": "0x+1", "type": "T"}"#, ""), "found \"0x+1\""),
        (heap("", r#"{"kind": "module", "to": "0x30"}"#), "a root refers to 0x30, but there is no object"),
        (
            heap("", r#"{"kind": "floor", "to": "0x30"}"#),
            "the root to 0x30: unknown kind of root \"floor\"; expected one of module, interpreter",
        ),
        (
            heap(r#"{"address": "0x10", "type": "T", "refrences": []}"#, ""),
            "unknown field `refrences`, expected one of `address`, `type`",
        ),
        (
            r#"{"schema": "heapgraph.snapshot/1", "object": []}"#.into(),
            "unknown field \"object\"; expected one of schema, metadata, objects, roots",
        ),
        (r#"{"schema": "heapgraph.snapshot/1"}"#.into(), "expected a field \"objects\", found none"),
        (r#"{"objects": []}"#.into(), "expected a field \"schema\": \"heapgraph.snapshot/1\", found none"),
        (
            r#"{"schema": "heapgraph.types/1", "types": []}"#.into(),
            "expected the schema heapgraph.snapshot/1, found \"heapgraph.types/1\"",
        ),
        (r#"{"schema": "heapgraph.snapshot/x"}"#.into(), "schema: expected a format version"),
        (heap("", "") + "x", "not the JSON of a snapshot: trailing characters"),
        (heap("7", ""), "line 1 column"),
    ] {
        assert_refused(&text, complaint);
    }
}

#[test]
fn a_newer_major_version_is_refused_whatever_else_it_says() {
    let newer = [
        r#"{"schema": "heapgraph.snapshot/2", "things": []}"#,
        r#"{"schema": "heapgraph.snapshot/1", "objects": [], "metadata": {"format": "2.0"}}"#,
    ];
    for text in newer {
        let error = try_read(text).unwrap_err();
        assert!(error.is_newer() && error.hint().is_some(), "{error}");
    }
    assert!(try_read(r#"{"schema": "heapgraph.snapshot/1", "objects": [], "metadata": {"format": "1.9"}}"#).is_ok());
}

#[test]
fn a_heap_cut_short_is_called_so() {
    let whole = heap(r#"{"address": "0x10", "type": "T"}"#, r#"{"kind": "module", "to": "0x10"}"#);
    for end in 1..whole.len() {
        let error = try_read(&whole[..end]).expect_err("no prefix is whole");
        assert!(error.to_string().contains("cut short"), "{error}\n{}", &whole[..end]);
    }
}
