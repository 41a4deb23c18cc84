//! Small files that would be large in memory: refused, with the limit named, in memory in proportion to the file. A
//! program of its own, because it looks at the memory of its process.
#![cfg(test)]
#![cfg(target_os = "linux")]

use arrow_array::types::Int32Type;
use arrow_array::{Array, UInt8Array};
use arrow_array::{
    ArrayRef, DictionaryArray, Int32Array, ListArray, RecordBatch, StringArray, UInt32Array, UInt64Array,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::Field;
use heapgraph::format::{self, Source};
use heapgraph::testkit::random::Random;
use heapgraph::{Error, Snapshot};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, Repetition, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Far more than the files here need, far less than what is in them unpacked.
const MOST_KIB: u64 = 500 << 10;

fn assert_little_memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kib: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kib < MOST_KIB, "{kib} KiB were used at once");
}

fn refused(read: heapgraph::Result<Snapshot>, because: &str) {
    let error: Error = read.expect_err(because);
    assert!(error.is_unsupported() || error.is_malformed(), "{error:?}");
    assert!(error.to_string().contains(because), "{error}");
    assert_little_memory();
}

fn file_of(batch: &RecordBatch, properties: WriterProperties) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// A snapshot of equal objects, each with a text out of a dictionary of one.
fn with_text(rows: usize, text: &str, compression: Compression) -> Vec<u8> {
    let number = |value| Arc::new(UInt32Array::from(vec![value; rows])) as ArrayRef;
    let said = |text: &str| {
        let keys = Int32Array::from(vec![0; rows]);
        let values = Arc::new(StringArray::from(vec![text]));
        Arc::new(DictionaryArray::<Int32Type>::try_new(keys, values).unwrap()) as ArrayRef
    };
    let lists = || {
        let none = (0..rows).map(|_| Some(Vec::<Option<u32>>::new()));
        Arc::new(ListArray::from_iter_primitive::<arrow_array::types::UInt32Type, _, _>(none)) as ArrayRef
    };
    let addresses = Arc::new(UInt64Array::from_iter_values((1..=rows as u64).map(|row| row * 16)));
    let batch = RecordBatch::try_from_iter([
        ("address", addresses as ArrayRef),
        ("type", said("app.T")),
        ("size", number(16)),
        ("refcount", number(0)),
        ("generation", Arc::new(UInt8Array::from(vec![2; rows])) as ArrayRef),
        ("flags", number(0)),
        ("text", said(text)),
        ("references", lists()),
        ("reference_kinds", lists()),
    ]);
    let properties = WriterProperties::builder().set_compression(compression).build();
    file_of(&batch.unwrap(), properties)
}

#[test]
fn a_text_that_stands_in_every_row_is_not_written_out() {
    let bytes = with_text(20_000, &"x".repeat(50_000), Compression::SNAPPY);
    assert!(bytes.len() < 1 << 18, "a gigabyte of text in {} bytes", bytes.len());
    refused(format::read(&Source::from_bytes(bytes)), "the texts are longer than");
    // A hundred thousand short ones are nothing special.
    let few = format::read(&Source::from_bytes(with_text(100_000, "hello", Compression::SNAPPY))).unwrap();
    assert_eq!(few.objects().len(), 100_000);
}

/// Three objects with as many references each as there are names by three. The dictionary is left where it is too long.
fn with_names(names: &DictionaryArray<Int32Type>) -> Vec<u8> {
    let numbers = |values: [u32; 3]| Arc::new(UInt32Array::from(values.to_vec())) as ArrayRef;
    let lists = |elements: ArrayRef| {
        let field = Arc::new(Field::new_list_field(elements.data_type().clone(), true));
        let offsets = OffsetBuffer::from_lengths([elements.len() / 3; 3]);
        Arc::new(ListArray::new(field, offsets, elements, None)) as ArrayRef
    };
    let all = |value| lists(Arc::new(UInt32Array::from(vec![value; names.len()])));
    let batch = RecordBatch::try_from_iter([
        ("address", Arc::new(UInt64Array::from(vec![16, 32, 48])) as ArrayRef),
        ("type", Arc::new(StringArray::from(vec!["dict"; 3]))),
        ("size", numbers([64; 3])),
        ("refcount", numbers([1; 3])),
        ("generation", Arc::new(UInt8Array::from(vec![2; 3]))),
        ("flags", numbers([0; 3])),
        ("references", all(0)),
        ("reference_kinds", all(1)),
        ("reference_names", lists(Arc::new(names.clone()))),
    ]);
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_dictionary_page_size_limit(1 << 16)
        .set_write_batch_size(1)
        .build();
    file_of(&batch.unwrap(), properties)
}

#[test]
fn names_are_not_written_out_where_their_dictionary_ends() {
    let long = "x".repeat(50_000);
    let named = |name: &str| {
        let others = (0..40_000).map(|number| format!("key {number}"));
        let names = StringArray::from_iter_values([name.to_owned()].into_iter().chain(others));
        let keys = Int32Array::from_iter_values(std::iter::repeat_n(0, 20_000).chain(1..=40_000));
        DictionaryArray::<Int32Type>::try_new(keys, Arc::new(names)).unwrap()
    };
    let bytes = with_names(&named(&long));
    assert!(bytes.len() < 1 << 18, "a gigabyte of names in {} bytes", bytes.len());
    refused(format::read(&Source::from_bytes(bytes)), "40000 strings of up to 50000 bytes");
    let short = format::read(&Source::from_bytes(with_names(&named("x")))).unwrap();
    assert_eq!(short.references().len(), 60_000);
}

#[test]
fn a_page_is_not_unpacked_beyond_what_it_says_it_holds() {
    let mut random = Random::new(1);
    let noise: String = (0..2_000_000).map(|_| char::from(b'0' + random.below(64) as u8)).collect();
    let mut bytes = with_text(3, &noise, Compression::GZIP(GzipLevel::default()));
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0; 1 << 20];
    (0..1 << 10).for_each(|_| bomb.write_all(&zeros).unwrap());
    let bomb = bomb.finish().unwrap();
    // The one large page begins behind its header with gzip's mark.
    let starts = bytes.windows(3).enumerate().filter(|(_, window)| *window == [0x1f, 0x8b, 8]).map(|(at, _)| at);
    let mut starts: Vec<usize> = starts.chain([bytes.len()]).collect();
    starts.sort_by_key(|at| *at);
    let room = |pair: &&[usize]| pair[1] - pair[0];
    let page = starts.windows(2).max_by_key(room).unwrap();
    let (start, length) = (page[0], bomb.len().min(page[1] - page[0] - 200));
    assert!(length > 1_000_000);
    bytes[start..start + length].copy_from_slice(&bomb[..length]);
    refused(format::read(&Source::from_bytes(bytes)), "unpacks to more than");
}

#[test]
fn columns_are_not_nested_without_end() {
    let leaf = Type::primitive_type_builder("leaf", parquet::basic::Type::INT32).with_repetition(Repetition::REQUIRED);
    let mut inner = leaf.build().unwrap();
    for _ in 0..400 {
        let group = Type::group_type_builder("group").with_repetition(Repetition::REQUIRED);
        inner = group.with_fields(vec![Arc::new(inner)]).build().unwrap();
    }
    let schema = Type::group_type_builder("schema").with_fields(vec![Arc::new(inner)]).build().unwrap();
    let mut bytes = Vec::new();
    SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::default()).unwrap().close().unwrap();
    refused(format::read(&Source::from_bytes(bytes)), "401 groups of columns, more than 256");
}

#[test]
fn what_has_no_end_or_is_mostly_hole_is_not_read_to_its_end() {
    let error = Source::open(Path::new("/dev/zero")).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("/dev/zero: expected a snapshot"), "{error}");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(br#"{"schema": "heapgraph.snapshot/1", "objects": ["#).unwrap();
    file.as_file().set_len(1 << 36).unwrap();
    refused(format::read(&Source::open(file.path()).unwrap()), "expected text, found a zero at byte 47");
}

#[test]
fn many_roots_take_no_longer_than_many_objects_and_deep_ones_are_refused() {
    let mut text =
        r#"{"schema": "heapgraph.snapshot/1", "objects": [{"address": "0x10", "type": "T"}], "roots": ["#.to_owned();
    for root in 0..100_000 {
        let comma = if root == 0 { "" } else { "," };
        write!(text, r#"{comma}{{"kind": "other", "path": ["{root}"], "to": "0x10"}}"#).unwrap();
    }
    let begin = Instant::now();
    let heap = format::read(&Source::from_bytes((text + "]}").as_bytes())).unwrap();
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    assert_eq!(heap.objects().synthetic(), 100_001);
    let steps = vec!["\"x\""; 65].join(",");
    let deep = format!(
        r#"{{"schema": "heapgraph.snapshot/1", "objects": [{{"address": "0x10", "type": "T"}}],
            "roots": [{{"kind": "other", "path": [{steps}], "to": "0x10"}}]}}"#
    );
    refused(format::read(&Source::from_bytes(deep.as_bytes())), "64 steps at most, found 65");
}
