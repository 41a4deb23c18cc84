//! Writes the heap that the figures are measured on: `cargo bench --locked --bench make_heap -- OBJECTS FILE [FILE.heapsnapshot]`.
//!
//! `testkit::process` with seed 1; the checksum that it prints is of rows and references, and the same everywhere.

mod heapsnapshot;

use heapgraph::format::{self, Format, Overwrite};
use heapgraph::testkit::process;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufWriter, Write};
use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [objects, file, export @ ..] = arguments.as_slice() else { return };
    let heap = process(1, objects.parse().expect("OBJECTS is a number"));
    let columns = heap.references().columns();
    let mut hasher = DefaultHasher::new();
    (&heap.objects().columns().addresses, &columns.offsets, &columns.targets).hash(&mut hasher);
    let checksum = hasher.finish();
    format::write_file(&heap, Format::Parquet, Path::new(file), Overwrite::Replace).expect("a place to write to");
    if let [export] = export {
        let out = File::create(export).and_then(|file| {
            let mut out = BufWriter::with_capacity(1 << 20, file);
            heapsnapshot::write(&heap, &mut out)?;
            out.flush()
        });
        out.expect("a place to write to");
    }
    let (objects, references) = (heap.objects().len(), heap.references().len());
    let line = format!("{file}: {objects} rows, {references} references, checksum {checksum:016x}\n");
    std::io::stdout().write_all(line.as_bytes()).expect("somebody reads the figures");
}
