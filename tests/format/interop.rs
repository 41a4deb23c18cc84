//! Other programs open our Parquet, and we open theirs.

use crate::python;
use heapgraph::format::{self, Format, Overwrite, Source};
use heapgraph::snapshot::{FORMAT_VERSION, Snapshot};
use heapgraph::testkit::random::{self, Random};
use heapgraph::testkit::{difference, print, sketch};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use tempfile::TempDir;

const PACKAGES: [&str; 3] = ["duckdb==2.0.0", "pandas==3.1.1", "pyarrow==26.0.1"];

fn interop(arguments: &[&OsStr]) -> String {
    let python = python::environment("python3", "format", &PACKAGES);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format/interop.py");
    python::run(&python, &[&[script.as_os_str()], arguments].concat())
}

/// A heap with every column in use, small numbers so that narrow types hold them, and odd text.
fn heap() -> Snapshot {
    sketch(
        r#"<modules> > app; <thread 1 Main | frame app.py:42 handle> > req;
           app:module#72@2="app" > ns.__dict__; ns:builtins.dict*3#232[2] > k{}, k{}+untraversed, req['ключ "a"'];
           k:builtins.str@untracked#50[1]!immortal="k\u0000\n"; req:app."; drop table";
           C:builtins.type@frozen#1064!class="C"; i:app.C@0#48!finalizer!weakly_referenced > C~type, i.x, w~internal+guessed;
           w:weakref@1 > i~weak.""; t:T#0"#
            .replace(r#"app."; drop table""#, r#""app.\"; drop table""#)
            .as_str(),
    )
}

fn folder_with(heap: &Snapshot, command: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ours.parquet");
    format::write_file(heap, Format::Parquet, &path, Overwrite::Refuse).expect("a heap that can be written");
    interop(&[command.as_ref(), path.as_os_str(), folder.path().as_os_str()]);
    folder
}

#[test]
fn duckdb_and_pyarrow_see_what_we_see() {
    for heap in [heap(), random::heap(&mut Random::new(3), &random::Options { objects: 4000, ..Default::default() })] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.parquet");
        format::write_file(&heap, Format::Parquet, &path, Overwrite::Refuse).unwrap();
        let theirs: Value = serde_json::from_str(&interop(&["census".as_ref(), path.as_os_str()])).unwrap();

        let (objects, references) = (heap.objects(), heap.references());
        let mut census: BTreeMap<&str, (u64, u128)> = BTreeMap::new();
        for row in objects.ids() {
            let (count, bytes) = census.entry(objects.type_name(row)).or_default();
            (*count, *bytes) = (*count + 1, *bytes + u128::from(objects.size(row)));
        }
        let sizes = theirs["duckdb"].as_array().unwrap().iter().map(|row| (row[0].as_str().unwrap(), row));
        assert!(sizes.clone().map(|(name, _)| name).eq(census.keys().copied()));
        for (name, row) in sizes {
            let expected = format!("[{:?},{},{}]", name, census[name].0, census[name].1);
            let found = format!("[{:?},{},{}]", name, row[1], row[2]);
            // Sums beyond 64 bits come as floating point in JSON.
            assert!(found == expected || census[name].1 > u64::MAX.into(), "{found} is not {expected}");
        }
        assert_eq!(theirs["rows"], objects.len());
        let edges: Vec<Value> = objects
            .ids()
            .flat_map(|row| references.of(row))
            .map(|edge| json!([edge.holder.get(), edge.target.get(), edge.tag.byte(), edge.name]))
            .collect();
        assert_eq!(theirs["edges"], Value::from(edges));
        let texts: Vec<Value> = objects.ids().map(|row| json!(heap.texts().text(row))).collect();
        assert_eq!(theirs["texts"], Value::from(texts));
        let addresses: Vec<Value> = objects.ids().map(|row| json!(objects.address(row).map(|a| a.0))).collect();
        assert_eq!(theirs["addresses"], Value::from(addresses));
        assert_eq!((&theirs["pandas_categories"], &theirs["format"]), (&json!("category"), &json!(FORMAT_VERSION)));
        let columns = json!({
            "address": "uint64", "type": "dictionary<values=string, indices=int32, ordered=0>", "size": "uint64",
            "refcount": "uint32", "generation": "uint8", "flags": "uint32", "length": "uint64", "text": "string",
            "references": "list<element: uint32 not null>", "reference_kinds": "list<element: uint8 not null>",
            "reference_names": "list<element: dictionary<values=string, indices=int32, ordered=0>>",
        });
        assert_eq!(theirs["columns"], columns);
    }
}

#[test]
fn the_same_heap_is_read_from_other_writers_files() {
    let heap = heap();
    let folder = folder_with(&heap, "rewrite");
    let mut tried = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let read = format::read(&Source::open(&path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let expected = if name == "without_nullables" { bare(&heap) } else { heap.clone() };
        assert_eq!(difference(&expected, &read), None, "{name}: {}", print(&read));
        let warnings = usize::from(name != "ours");
        assert_eq!(read.metadata().warnings.len(), warnings, "{name}");
        assert_eq!(read.metadata().format, FORMAT_VERSION);
        let (objects, _, references) = format::read_objects(&Source::open(&path).unwrap()).unwrap();
        assert_eq!((objects.len(), references), (heap.objects().len(), heap.references().len() as u64), "{name}");
        tried += 1;
    }
    assert_eq!(tried, 15);
}

/// The heap without lengths, texts and names, as a file without these columns has it.
fn bare(heap: &Snapshot) -> Snapshot {
    use heapgraph::snapshot::{NO_NAME, ReferenceColumns, References, Texts};
    let columns = heap.references().columns().clone();
    let names = vec![NO_NAME; columns.names.len()];
    let references = References::new(ReferenceColumns { names, ..columns }).expect("only names changed");
    let mut texts = Texts::default();
    heap.objects().ids().for_each(|_| texts.push(None, None).expect("nothing is not too much"));
    Snapshot::new(heap.objects().clone(), texts, references, heap.metadata().clone()).expect("only texts changed")
}

#[test]
fn what_makes_no_snapshot_is_refused_by_row() {
    let heap = heap();
    let last = heap.objects().len() - 1;
    let folder = folder_with(&heap, "spoil");
    let at_last = |message: &str| format!("row {last}: {message}");
    let expected: BTreeMap<&str, String> = BTreeMap::from([
        ("newer", "expected a snapshot of format 1 at most, found format 2.0".into()),
        ("no_json", "expected JSON under the metadata key \"heapgraph\"".into()),
        (
            "no_type",
            "expected a snapshot with a column \"type\", found a Parquet file with [\"address\", \"size\"".into(),
        ),
        ("negative_size", at_last("expected size to be from 0 to 18446744073709551615, found -1")),
        ("huge_refcount", at_last("expected refcount to be from 0 to 4294967295, found 1099511627776")),
        ("huge_generation", at_last("expected generation to be from 0 to 255, found 256")),
        ("unknown_generation", at_last("expected a generation of 0 to 3 or 255, found 7")),
        ("unknown_flag", at_last("unknown flags in 0x100000")),
        ("null_size", at_last("expected a value in column \"size\", found null")),
        ("null_type", at_last("expected a value in column \"type\", found null")),
        ("null_address", at_last("no address, and not synthetic")),
        ("fractional_address", "expected whole numbers in column \"address\", found Float64".into()),
        ("numeric_type", "expected strings in column \"type\", found Int32".into()),
        ("scalar_references", "expected lists in column \"references\", found Int32".into()),
        ("numeric_text", "expected strings in column \"text\", found Int32".into()),
        ("two_at_one", at_last("a second object at")),
        ("beyond", format!("row 0: a reference to row {}, but there are {} objects", last + 1, last + 1)),
        ("nowhere", "expected a value in column \"references\", found null".into()),
        ("unknown_kind", "unknown reference kind 31".into()),
        ("fewer_kinds", "row 0: expected as many reference_kinds as references, 3, found 2".into()),
        ("synthetic_last", at_last("a synthetic row with the address")),
        ("brotli", "Brotli".into()),
    ]);
    for (name, message) in &expected {
        let path = folder.path().join(format!("{name}.parquet"));
        let error = format::read(&Source::open(&path).unwrap()).expect_err(name);
        let text = error.to_string();
        assert!(text.to_lowercase().contains(&message.to_lowercase()), "{name}: {error:?}");
        assert!(text.starts_with(&path.display().to_string()), "{text}");
        if ["two_at_one", "beyond"].contains(name) {
            let graph = format::read_graph(&Source::open(&path).unwrap()).expect_err(name);
            assert_eq!(graph.to_string(), text, "whoever reads a part of the file");
        }
        let kind = (error.is_newer(), error.is_unsupported(), error.is_malformed());
        assert_eq!(
            kind,
            (*name == "newer", *name == "brotli", !["newer", "brotli"].contains(name)),
            "{name}: {error:?}"
        );
    }
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, expected.len() + 1, "a spoiled file is not expected to fail");
}
