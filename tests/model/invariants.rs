//! Every invariant that is stated is checked, and nothing but the defect is named.

use heapgraph::format::{self, Source};
use heapgraph::snapshot::Snapshot;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn snapshots(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut pending = vec![folder];
    let mut found = Vec::new();
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of fixtures") {
            let path = entry.expect("a folder that stays as it is").path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            match ending {
                _ if path.is_dir() => pending.push(path),
                Some("json" | "parquet") => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> Snapshot {
    let read = Source::open(path).and_then(|source| format::read(&source));
    read.unwrap_or_else(|error| panic!("{error:?}"))
}

#[test]
fn every_fixture_is_sound_but_the_invalid_ones() {
    let (all, invalid) = (snapshots("."), snapshots("invalid"));
    let sound: Vec<_> =
        all.iter().filter(|path| !path.components().any(|part| part.as_os_str() == "invalid")).collect();
    assert!(sound.len() >= 5 && sound.len() + invalid.len() == all.len());
    for path in sound {
        assert_eq!(read(path).verify(), Ok(()), "{}", path.display());
    }
}

#[test]
fn each_invalid_fixture_breaks_its_invariant_and_no_other() {
    let broken: BTreeMap<&str, (&str, u32)> = BTreeMap::from([
        ("young-before-old", ("tracked objects come first, in order of their generations", 1)),
        ("untracked-out-of-order", ("untracked objects come in order of their addresses", 1)),
        ("synthetic-with-size", ("a synthetic row has no size, no refcount and no generation", 0)),
        ("no-root", ("the first synthetic row is <root>, and no other is", 0)),
        ("twice-under-root", ("a synthetic row but <root> hangs under exactly one other", 1)),
        ("object-refers-to-root", ("an ordinary object never refers to a synthetic row", 2)),
        ("root-reference-of-object", ("only synthetic rows have references of kind root", 0)),
        ("named-item", ("items, keys, classes and bases are references without a name", 0)),
        ("two-classes", ("an object has at most one class", 0)),
        ("class-without-flag", ("what an object's class points at is flagged as a class", 0)),
        ("immortal-held", ("an immortal object is never held outside Python", 2)),
        (
            "more-references-than-found",
            ("held outside Python means more references than are found, and the other way round", 0),
        ),
    ]);
    let stated: Vec<&str> = Snapshot::invariants().collect();
    assert!(stated.iter().all(|stated| broken.values().any(|(named, _)| named == stated)), "one has no fixture");
    let files = snapshots("invalid");
    assert_eq!((files.len(), broken.len()), (stated.len(), stated.len()));
    for path in files {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a plain file name");
        let violations = read(&path).verify().expect_err(name);
        let named: Vec<_> = violations.iter().map(|broken| (broken.invariant, broken.row.get())).collect();
        assert_eq!(named, [broken[name]], "{name}");
    }
}
