//! Snapshots in Parquet, of any bytes.

use super::questions;
use heapgraph::format::{self, Format, Source};
use heapgraph::testkit::difference;

/// Reads in each of the three ways; what could be read is asked, and comes back the same after it was written.
pub fn run(bytes: &[u8]) {
    let source = Source::from_bytes(bytes);
    let (objects, graph) = (format::read_objects(&source), format::read_graph(&source));
    let Ok(heap) = format::read(&source) else { return };
    // What reads less refuses less, and reads the same.
    let (objects, _, references) = objects.expect("its columns were read");
    let (_, graph, _) = graph.expect("its columns were read");
    assert_eq!(objects.columns().addresses, heap.objects().columns().addresses);
    assert_eq!(
        (graph.len(), &graph.columns().targets),
        (heap.references().len(), &heap.references().columns().targets)
    );
    // The count comes from the file's statistics, which nobody vouches for.
    let _ = references;
    if questions::is_small(&heap) {
        questions::ask(&heap);
        let mut file = Vec::new();
        format::write(&heap, Format::Parquet, &mut file).expect("what was read can be written");
        let again = format::read(&Source::from_bytes(file)).expect("what was written can be read");
        assert_eq!(difference(&heap, &again), None);
    }
}
