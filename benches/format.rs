//! Writing and reading a snapshot of 2 million objects and 6 million references.

use criterion::{Criterion, criterion_group, criterion_main};
use heapgraph::format::{self, Format, Overwrite, Source};
use heapgraph::testkit::process;

fn parquet(criterion: &mut Criterion) {
    let heap = process(1, 2_000_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("heap.parquet");
    let write = || format::write_file(&heap, Format::Parquet, &path, Overwrite::Replace).expect("space on the disk");
    let open = || Source::open(&path).expect("it was just written");
    write();

    let mut group = criterion.benchmark_group("parquet");
    group.sample_size(10);
    group.bench_function("write", |bencher| bencher.iter(write));
    group.bench_function("read_objects", |bencher| {
        bencher.iter(|| format::read_objects(&open()).expect("our own file"))
    });
    group.bench_function("read", |bencher| bencher.iter(|| format::read(&open()).expect("our own file")));
    group.finish();
    let bytes = open().len();
    let (objects, references) = (heap.objects().len(), heap.references().len());
    let line = format!(
        "{objects} objects, {references} references: {bytes} bytes, {:.1} per object\n",
        bytes as f64 / objects as f64
    );
    std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes()).expect("somebody reads the figures");
}

criterion_group!(benches, parquet);
criterion_main!(benches);
