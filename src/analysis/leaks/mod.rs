//! What to look at first: the report that is made without being asked for anything.
//!
//! Each part is a question of its own, answered by its own module, and told here in short: what the collector would free
//! and what it never will ([`collect`]), what holds itself in cycles ([`cycles`]), who holds most of the heap
//! ([`Suspect`]), what nobody in Python holds ([`Unheld`]), and what grew ([`diff`]).

mod everything;
mod pile;
mod suspects;
mod unheld;

pub use everything::{Everything, everything};
pub use suspects::{Contents, Suspect};
pub use unheld::Unheld;

use super::collect::{self, Collection};
use super::cycles::{self, Cycles};
use super::diff::{self, Diff};
use super::paths;
use super::retained::Retained;
use crate::snapshot::Snapshot;

/// So many shapes of cycles are described; `cycles` has all.
const SHAPES: usize = 10;

/// How much to look for.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// An object that holds this share of the heap's bytes is a suspect: 0.1 as in Eclipse MAT's leak hunter.
    pub share: f64,
    /// Describe at most so many holders that grew.
    pub rows: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { share: 0.1, rows: 3 }
    }
}

/// The report.
#[derive(Clone, Debug)]
pub struct Leaks {
    /// Objects, without the rows that stand for roots.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The share of these bytes that makes a suspect.
    pub share: f64,
    /// Who holds most, most bytes first. Where nobody holds as much as a suspect does, the largest three below that.
    pub suspects: Vec<Suspect>,
    /// What the collector would find in all generations.
    pub collection: Collection,
    /// What holds itself in cycles.
    pub cycles: Cycles,
    /// What no Python object holds.
    pub unheld: Unheld,
    /// What changed since an earlier snapshot, where there is one.
    pub growth: Option<Diff>,
}

impl Leaks {
    /// By how much the heap's bytes grew since the earlier snapshot, as a part of what it had: 0.1 for a tenth.
    pub fn growth(&self) -> Option<f64> {
        let growth = self.growth.as_ref()?;
        Some((growth.new.bytes as f64 - growth.old.bytes as f64) / growth.old.bytes.max(1) as f64)
    }

    /// Whether anyone holds a suspect's share.
    pub fn has_suspects(&self) -> bool {
        self.suspects.iter().any(|suspect| suspect.over)
    }
}

/// Finds what looks like a leak. `since` is an earlier snapshot of the process.
///
/// As linear as the parts are; the tree of shortest paths and the dominator tree are built once.
///
/// ```
/// use heapgraph::analysis::leaks::{Options, find};
/// let mut text = String::from("<modules> > app; app:module > c.CACHE; c:dict#640 > ");
/// text += &(0..60).map(|n| format!("s{n}['{n}']")).collect::<Vec<_>>().join(", ");
/// (0..60).for_each(|n| text += &format!("; s{n}:app.Session#48"));
/// let report = find(&heapgraph::testkit::sketch(&text), None, &Options::default());
/// assert_eq!(report.suspects[0].expression.as_deref(), Some("app.CACHE"));
/// assert_eq!(report.suspects[0].contents.as_ref().map(|held| held.count), Some(60));
/// ```
pub fn find(snapshot: &Snapshot, since: Option<&Snapshot>, options: &Options) -> Leaks {
    let retained = Retained::of_living(snapshot.objects(), snapshot.references());
    find_by(snapshot, &retained, since, options)
}

/// The same of a heap of which it is known what its objects retain.
fn find_by(snapshot: &Snapshot, retained: &Retained, since: Option<&Snapshot>, options: &Options) -> Leaks {
    let (objects, references) = (snapshot.objects(), snapshot.references());
    let bytes = objects.real_ids().fold(0u64, |sum, id| sum.saturating_add(objects.size(id)));
    // So many objects can have that share without sharing anything.
    let (enough, most) = ((bytes as f64 * options.share) as u64, (1.0 / options.share).max(1.0) as usize);
    let tree = paths::from_roots(snapshot, &paths::Options::default());
    Leaks {
        objects: objects.real_ids().len() as u64,
        bytes,
        share: options.share,
        suspects: suspects::find(snapshot, &tree, retained, enough, most),
        collection: collect::collect(objects, references, &collect::Options::default()),
        cycles: cycles::find(snapshot, &cycles::Options { shapes: SHAPES, ..cycles::Options::default() }),
        unheld: unheld::find(objects, references),
        growth: since
            .map(|old| diff::diff(old, snapshot, &diff::Options { holders: options.rows, ..diff::Options::default() })),
    }
}
