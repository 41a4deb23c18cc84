//! Reading what was written gives the same heap, whatever the heap and the format.

use heapgraph::format::{self, Format, Overwrite, Source};
use heapgraph::snapshot::{
    Address, Collector, Flags, Generation, Memory, Metadata, NO_NAME, NewObject, Objects, ReferenceKind, ReferenceTag,
    References, Snapshot, SnapshotBuilder, Thread,
};
use heapgraph::testkit::random::{self, Random};
use heapgraph::testkit::{difference, print, sketch};

fn written(heap: &Snapshot, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    format::write(heap, format, &mut bytes).unwrap_or_else(|error| panic!("{error:?}: {}", print(heap)));
    bytes
}

fn read(bytes: Vec<u8>, heap: &Snapshot) -> Snapshot {
    format::read(&Source::from_bytes(bytes)).unwrap_or_else(|error| panic!("{error:?}: {}", print(heap)))
}

/// The heap with the warning that reading adds.
fn with_warning(heap: &Snapshot) -> Snapshot {
    let mut metadata = heap.metadata().clone();
    let warned = metadata.warnings.iter().any(|warning| warning == format::NO_ROOTS);
    if heap.root().is_none() && !heap.objects().is_empty() && !warned {
        metadata.warnings.push(format::NO_ROOTS.to_owned());
    }
    heap.clone().with_metadata(metadata)
}

fn assert_survives(heap: &Snapshot) {
    let warned = with_warning(heap);
    for format in Format::ALL {
        let first = read(written(heap, format), heap);
        assert_eq!(first.metadata(), warned.metadata(), "{format:?}: {}", print(heap));
        let heap = &warned;
        let bytes = written(heap, format);
        assert_eq!(format::sniff(&bytes).unwrap(), format);
        let again = read(bytes.clone(), heap);
        assert_eq!(difference(heap, &again), None, "{format:?}: {}", print(heap));
        assert_eq!(again.metadata(), heap.metadata(), "{format:?}");
        assert_eq!(written(&again, format), bytes, "{format:?} is not written the same twice: {}", print(heap));

        let (objects, metadata, references) = format::read_objects(&Source::from_bytes(bytes.clone())).unwrap();
        assert_eq!(references, heap.references().len() as u64, "{format:?}: {}", print(heap));
        assert_eq!(&metadata, heap.metadata());
        assert_same_objects(&objects, heap);

        let (objects, references, metadata) = format::read_graph(&Source::from_bytes(bytes)).unwrap();
        assert_eq!(&metadata, heap.metadata());
        assert_same_objects(&objects, heap);
        assert_same_but_names(&references, heap, format);
    }
}

fn assert_same_objects(objects: &Objects, heap: &Snapshot) {
    let row = |objects: &Objects, id| {
        let type_name = objects.type_name(id).to_owned();
        (
            type_name,
            objects.address(id),
            objects.size(id),
            objects.refcount(id),
            objects.generation(id),
            objects.flags(id),
        )
    };
    assert_eq!(objects.len(), heap.objects().len());
    assert!(objects.ids().all(|id| row(objects, id) == row(heap.objects(), id)), "{}", print(heap));
}

fn assert_same_but_names(references: &References, heap: &Snapshot, format: Format) {
    let (found, all) = (references.columns(), heap.references().columns());
    assert_eq!(
        (&found.offsets, &found.targets, &found.tags),
        (&all.offsets, &all.targets, &all.tags),
        "{format:?}: {}",
        print(heap)
    );
    let nameless = found.names.iter().all(|name| *name == NO_NAME);
    assert!(nameless || format == Format::Json, "Parquet reads no names that nobody asked for: {}", print(heap));
}

#[test]
fn a_random_heap_survives_either_format() {
    for seed in 0..400 {
        let options = random::Options { odd: seed % 4 != 0, ..random::Options::default() };
        assert_survives(&random::heap(&mut Random::new(seed), &options));
    }
}

#[test]
fn an_empty_heap_and_one_of_roots_survive() {
    for text in ["", "a", "a*3", "a!immortal", "<modules> > app; <thread 1 | frame a.py:1 f> > app; <held> > app"] {
        assert_survives(&sketch(text));
    }
}

/// Larger than a batch and than a row group, so that both boundaries are crossed with references across them.
#[test]
fn a_heap_of_several_row_groups_survives() {
    let options = random::Options { objects: 1_200_000, references: 2, odd: false, roots: 4 };
    let heap = random::heap(&mut Random::new(5), &options);
    assert!(heap.objects().len() > 600_000, "{} objects fit in one row group", heap.objects().len());
    let bytes = written(&heap, Format::Parquet);
    let again = read(bytes, &sketch(""));
    assert_eq!(difference(&heap, &again), None);
}

#[test]
fn metadata_survive() {
    let metadata = Metadata {
        format: "1.0".into(),
        python: Some("3.12.1".into()),
        pid: Some(4711),
        command: vec!["python3".into(), "ä \"b\"".into()],
        pause_ms: Some(0.1 + 0.2),
        collector: Some(Collector { enabled: true, thresholds: vec![700, 10, 10], counts: vec![-1, 2, 3] }),
        threads: vec![Thread { id: u64::MAX, native_id: Some(7), name: Some("Main".into()), frames: vec!["a".into()] }],
        memory: Some(Memory { resident_bytes: 1 << 40, ..Memory::default() }),
        warnings: vec!["odd".into()],
        ..Metadata::default()
    };
    assert_survives(&sketch("a > b").with_metadata(metadata));
}

#[test]
fn a_file_is_read_as_its_bytes_are() {
    let folder = tempfile::tempdir().unwrap();
    for format in Format::ALL {
        let heap = sketch("a:T > b.x; b:T*3; <modules> > a");
        let path = folder.path().join("named.wrongly");
        format::write_file(&heap, format, &path, Overwrite::Replace).unwrap();
        let source = Source::open(&path).unwrap();
        assert_eq!(difference(&heap, &format::read(&source).unwrap()), None);
        assert_eq!(format::read_objects(&source).unwrap().2, heap.references().len() as u64);
    }
}

#[test]
fn every_fixture_survives() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tiny");
    for entry in std::fs::read_dir(folder).unwrap() {
        assert_survives(&format::read(&Source::open(&entry.unwrap().path()).unwrap()).unwrap());
    }
}

/// What packs better than any heap of a process must still be believed when it is read.
#[test]
fn a_heap_of_equal_objects_is_read_although_it_packs_into_next_to_nothing() {
    let count = 1_100_000;
    let mut builder = SnapshotBuilder::new();
    let type_name = builder.type_name("app.Node").unwrap();
    for row in 0..count {
        let address = |row: u64| Address(0x1000 + 64 * row);
        builder
            .object(NewObject {
                address: address(row),
                type_name,
                size: 48,
                refcount: None,
                generation: Generation(2),
                flags: Flags::empty(),
                length: None,
                text: Some(
                    "the same hundred letters in every one of a million objects, which is a hundred million bytes",
                ),
            })
            .unwrap();
        builder.reference(address((row + 1) % count), ReferenceTag::plain(ReferenceKind::Item), None);
    }
    let heap = builder.finish(Metadata::default()).unwrap();
    let again = format::read(&Source::from_bytes(written(&heap, Format::Parquet))).unwrap();
    assert_eq!((again.objects().len(), again.references().len()), (heap.objects().len(), heap.references().len()));
}
