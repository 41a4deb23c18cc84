//! Snapshots in JSON, of any bytes.

use super::questions;
use heapgraph::format::{self, Format, Source};
use heapgraph::testkit::difference;

/// Reads; what could be read is asked, and comes back the same after it was written.
pub fn run(bytes: &[u8]) {
    let Ok(heap) = format::read(&Source::from_bytes(bytes)) else { return };
    if questions::is_small(&heap) {
        questions::ask(&heap);
        let mut file = Vec::new();
        format::write(&heap, Format::Json, &mut file).expect("what was read can be written");
        let again = format::read(&Source::from_bytes(file)).expect("what was written can be read");
        assert_eq!(difference(&heap, &again), None);
    }
}
