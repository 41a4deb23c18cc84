//! What a heap spends on nothing: equal strings, empty containers, copied lists; and what waits or stays open.

mod containers;
mod files;
mod holding;
mod slices;
mod strings;
mod suspended;

pub use containers::{ContainerType, Containers};
pub use files::{Files, OpenFile};
pub use holding::Holding;
pub use slices::{Slice, Slices};
pub use strings::{Copies, Repeated, Strings};
pub use suspended::{Suspended, SuspendedCode};

use super::paths;
use crate::snapshot::Snapshot;
use holding::Places;

/// How much to list.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// At most so many rows in each part; the rest is counted.
    pub rows: usize,
    /// At most so many kinds of places where something is held.
    pub places: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { rows: 20, places: 5 }
    }
}

/// What could be saved, part by part.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Waste {
    /// All bytes of the heap.
    pub heap_bytes: u64,
    /// Strings and bytes that there are more than once.
    pub strings: Strings,
    /// Containers with nothing or little in them.
    pub containers: Containers,
    /// Lists that are a part of another.
    pub slices: Slices,
    /// Generators and coroutines that wait.
    pub suspended: Suspended,
    /// Files and sockets that are open.
    pub files: Files,
}

impl Waste {
    /// Bytes that equal strings, empty and nearly empty containers and slices cost. What waits or is open may have its
    /// reason, and is not in it.
    pub fn bytes(&self) -> u64 {
        let parts = [self.strings.certain.bytes, self.strings.probable.bytes, self.containers.bytes, self.slices.bytes];
        parts.into_iter().fold(0, u64::saturating_add)
    }
}

/// Looks for waste. Linear but for sorting strings; about 40 bytes per object beside the snapshot.
///
/// ```
/// use heapgraph::analysis::waste::{Options, find};
/// let heap = heapgraph::testkit::sketch("u:app.User > a.name; v:app.User > b.name; a:str#52[3]=ada; b:str#52[3]=ada");
/// let strings = find(&heap, &Options::default()).strings;
/// assert_eq!((strings.certain.texts, strings.certain.objects, strings.certain.bytes), (1, 1, 52));
/// assert_eq!(strings.held[0].place, "User.name");
/// ```
pub fn find(snapshot: &Snapshot, options: &Options) -> Waste {
    let tree = paths::from_roots(snapshot, &paths::Options::default());
    let places = Places::new(snapshot);
    let sizes = &snapshot.objects().columns().sizes;
    Waste {
        heap_bytes: sizes.iter().copied().fold(0, u64::saturating_add),
        strings: strings::find(snapshot, &places, options),
        containers: containers::find(snapshot, &places, options),
        slices: slices::find(snapshot, &tree, options),
        suspended: suspended::find(snapshot, &places, &tree, options),
        files: files::find(snapshot, &places, &tree, options),
    }
}
