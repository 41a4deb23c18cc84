//! What the mutations start from: made of the fixtures and of sketches, so that nothing large is in the repository, and
//! the files in `fuzz/seeds/`, each of which broke something once.

use super::core_file;
use arrow_array::RecordBatchReader;
use heapgraph::format::{self, Format, Source};
use heapgraph::snapshot::Snapshot;
use heapgraph::testkit::random::{self, Random};
use heapgraph::testkit::sketch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::schema::types::ColumnPath;
use std::path::{Path, PathBuf};

/// The repository. This file belongs to two packages.
pub(crate) fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    if package.ends_with("fuzz") { package.join("..") } else { package.to_owned() }
}

/// The seeds of a target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let mut seeds = files(&root().join("fuzz/seeds").join(target));
    match target {
        "json" => seeds.extend(files(&root().join("fixtures/tiny"))),
        "parquet" => seeds.extend(files(&root().join("fixtures/invalid"))),
        "core" => seeds.extend(core_file::seeds()),
        "labels" => seeds.extend(TEXTS.map(|text| text.as_bytes().to_vec())),
        _ => {}
    }
    match target {
        "json" => seeds.extend(heaps().iter().map(|heap| written(heap, Format::Json))),
        "parquet" => seeds.extend(heaps().iter().flat_map(|heap| rewritten(&written(heap, Format::Parquet)))),
        "labels" | "core" => {}
        _ => seeds.extend((0..12).map(noise)),
    }
    seeds
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    names.retain(|name| name.extension().is_none_or(|ending| ending != "py"));
    names.sort();
    names.iter().filter_map(|name| std::fs::read(name).ok()).collect()
}

fn heaps() -> Vec<Snapshot> {
    let sketches = [
        "",
        "a > a",
        "<modules> > app; app:builtins.module=app > ns.__dict__; ns:builtins.dict > c['CACHE']; \
         c:builtins.dict[1] > s['ada']; s:app.Session!finalizer > u.user; u:app.User > s.session; lost:app.Session > lost.me",
        "<thread 1 Main | frame app.py:3 run> > g; g:generator!suspended > l~local.x; l:list#72[3] > s, s, t; s:str@untracked=hi; \
         t:tuple@frozen > w; w:weakref > s~weak",
        "<interpreter> > k; k:type!class!immortal > d.__dict__; d:dict > f['f']; f:function > c~closure.c, k~global.__globals__; \
         c:cell > i+guessed; i:app.T*9#4611686018427387904 > k~type, f.f+borrowed, d+untraversed",
    ];
    let random = (0..4).map(|seed| random::heap(&mut Random::new(seed), &random::Options::default()));
    sketches.into_iter().map(sketch).chain(random).collect()
}

fn written(heap: &Snapshot, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    format::write(heap, format, &mut bytes).expect("a heap that can be written");
    assert!(format::read(&Source::from_bytes(bytes.as_slice())).is_ok(), "a seed that is no snapshot");
    bytes
}

/// A file as we write it, and as others do: compression hides the bytes inside from the mutations.
fn rewritten(bytes: &[u8]) -> Vec<Vec<u8>> {
    let plain = || WriterProperties::builder().set_compression(Compression::UNCOMPRESSED);
    let text = ColumnPath::from("text");
    let ways = [
        plain(),
        plain().set_dictionary_enabled(false).set_writer_version(WriterVersion::PARQUET_2_0),
        plain()
            .set_column_dictionary_enabled(text.clone(), false)
            .set_column_encoding(text, Encoding::DELTA_BYTE_ARRAY),
        plain().set_data_page_row_count_limit(2).set_write_batch_size(2),
        plain().set_max_row_group_row_count(Some(3)).set_compression(Compression::SNAPPY),
        plain().set_compression(Compression::ZSTD(ZstdLevel::default())),
        plain().set_compression(Compression::GZIP(GzipLevel::default())),
        plain().set_compression(Compression::LZ4_RAW),
    ];
    let others = ways.into_iter().filter_map(|way| rewrite(bytes, way));
    std::iter::once(bytes.to_vec()).chain(others).collect()
}

/// The same columns written another way; `None` where the encoding is not for all of them.
fn rewrite(bytes: &[u8], way: WriterPropertiesBuilder) -> Option<Vec<u8>> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::copy_from_slice(bytes)).ok()?;
    let pairs = builder.metadata().file_metadata().key_value_metadata().cloned();
    let reader = builder.build().ok()?;
    let mut out = Vec::new();
    let properties = way.set_key_value_metadata(pairs).build();
    let mut writer = ArrowWriter::try_new(&mut out, reader.schema(), Some(properties)).ok()?;
    for batch in reader {
        writer.write(&batch.ok()?).ok()?;
    }
    writer.close().ok()?;
    Some(out)
}

fn noise(seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    (0..16 << (seed % 4)).map(|_| random.below(256) as u8).collect()
}

const TEXTS: [&str; 8] = [
    "",
    "Session",
    "a\nb\r\n",
    "say \"hi\" \\N \\",
    "&#65; &amp; <b>",
    "\0\u{1}\u{7f}\u{202e}",
    "ключ 🦀 e\u{301}",
    "->{|}",
];
