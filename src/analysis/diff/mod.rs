//! What changed between two snapshots of a process: by type, and which holder grew; of three, what stayed.
//!
//! Objects are known by their addresses (`identity`), places by their paths (`pairs`): a list that a resize moved
//! is the same object, and a dict that was built anew under the same name stands in the same place.

mod alike;
mod below;
mod drawn;
mod holders;
mod identity;
mod kept;
mod pairs;
mod process;
mod types;

pub use alike::Alike;
pub use drawn::draw;
pub use holders::{Change, Growth};
pub use kept::{Kept, KeptType, KeptUnder, kept};
pub use types::TypeChange;

use super::paths;
use super::retained::Retained;
use crate::graph::Marks;
use crate::snapshot::Snapshot;
use below::Below;
use holders::Comparison;
use identity::{Identity, NONE};

/// How much to list.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// At most so many holders, and so many like places; the rest is counted. Each takes a walk along its path and through what it holds.
    pub holders: usize,
    /// Whether to build both dominator trees, for what types and holders retain: about three seconds more for two
    /// snapshots of five million objects.
    pub retained: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { holders: 20, retained: false }
    }
}

/// What a snapshot is of, in a few numbers.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Side {
    /// Objects, without the rows that stand for roots.
    pub objects: u64,
    /// References.
    pub references: u64,
    /// The objects' own bytes.
    pub bytes: u64,
    /// The process.
    pub pid: Option<u32>,
    /// Its Python.
    pub python: Option<String>,
    /// When it was captured.
    pub captured_at: Option<String>,
}

/// What changed from one snapshot to a later one.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Diff {
    /// The earlier snapshot.
    pub old: Side,
    /// The later one.
    pub new: Side,
    /// Whether both are of one process, so that objects can be told by their addresses.
    pub same_process: bool,
    /// What to know before believing the rest, one sentence each.
    pub warnings: Vec<String>,
    /// Objects that are new; `None` for two processes.
    pub appeared: Option<u64>,
    /// Objects that are gone; `None` for two processes.
    pub gone: Option<u64>,
    /// Addresses that hold another object than before: each is one gone and one appeared. `None` for two processes.
    pub reused: Option<u64>,
    /// Types that are not as they were: largest growth first of what they retain, where that was asked for, then in
    /// number, then in bytes, then by name.
    pub types: Vec<TypeChange>,
    /// Holders that grew: most references first, then the bytes that appeared below them, then by row.
    pub holders: Vec<Growth>,
    /// How many holders grew, listed or not.
    pub grown: u64,
    /// The same holders, those of one type taken together whose paths differ only in keys or positions; in that order.
    pub alike: Vec<Alike>,
    /// How many there are so, listed or not.
    pub alike_distinct: u64,
}

/// Compares two snapshots. Linear in both, apart from sorting what grew; about 60 bytes per object of the new one.
///
/// An object is the same if its address, its type and, where it is a value, its text and length are. Where the
/// snapshots are of two processes only places are compared, by their paths.
///
/// ```
/// use heapgraph::analysis::diff::{Options, diff};
/// use heapgraph::testkit::sketch;
/// let old = sketch("<modules> > app; app:module > ns.__dict__; ns:dict > c['cache']; c:list > a; a:app.Session");
/// let new = sketch(
///     "<modules> > app; app:module > ns.__dict__; ns:dict > c['cache']; c:list > a, b; a:app.Session; b:app.Session",
/// );
/// let changed = diff(&old, &new, &Options::default());
/// assert_eq!((changed.types[0].old, changed.types[0].new, changed.types[0].appeared), (1, 2, Some(1)));
/// let cache = &changed.holders[0];
/// assert_eq!((cache.expression.as_deref(), cache.references()), (Some("app.cache"), 1));
/// ```
pub fn diff(old: &Snapshot, new: &Snapshot, options: &Options) -> Diff {
    let identity = identity::identify(old, new);
    let kinship = process::compare(old, new, &identity);
    let identity = Some(identity).filter(|_| kinship.same);
    let pairs = pairs::pair(old, new, identity.as_ref());
    let tree = paths::from_roots(new, &paths::Options::default());
    let below = identity.as_ref().map(|identity| Below::new(new, &tree, &appeared(new, identity)));
    let of = |snapshot: &Snapshot| Retained::of_living(snapshot.objects(), snapshot.references());
    let retained = options.retained.then(|| [old, new].map(of));
    let new_types = identity::old_types(new, old);
    let comparison = Comparison {
        old,
        new,
        identity: identity.as_ref(),
        pairs: &pairs,
        new_types: &new_types,
        tree: &tree,
        below: below.as_ref(),
        retained: retained.as_ref(),
    };
    let grown = holders::grown(&comparison, options);
    let (before, after) = (process::side(old), process::side(new));
    let stayed = identity.as_ref().map(|identity| identity.stayed.count() as u64);
    Diff {
        same_process: kinship.same,
        warnings: kinship.warnings,
        appeared: stayed.map(|stayed| after.objects - stayed),
        gone: stayed.map(|stayed| before.objects - stayed),
        reused: identity.as_ref().map(|identity| identity.reused),
        types: types::changes(old, new, identity.as_ref(), retained.as_ref()),
        holders: grown.holders,
        grown: grown.all,
        alike: grown.alike.0,
        alike_distinct: grown.alike.1,
        old: before,
        new: after,
    }
}

/// The rows of `new` that are in no row of the old snapshot.
fn appeared(new: &Snapshot, identity: &Identity) -> Marks {
    let mut marks = Marks::none(new.objects().len());
    let rows = new.objects().real_ids().filter(|id| identity.old_of[id.index()] == NONE);
    rows.for_each(|id| _ = marks.insert(id.get()));
    marks
}
