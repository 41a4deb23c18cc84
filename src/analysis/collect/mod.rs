//! What `gc.collect()` would free: CPython's cyclic collector, simulated. No code of the program runs.
//!
//! The collector looks at the tracked objects up to a generation. Of each one's refcount it takes off the references
//! that come from among them; what is left above zero is held from outside, and that and all it reaches is alive. Of
//! the rest, objects with `tp_del` and what they reach stay; everything else is collected. Then refcounts do the rest:
//! whatever only the collected held dies with them, tracked or not.
//!
//! What each kind of reference means to it:
//!
//! | reference | counted | subtracted | followed |
//! | --- | --- | --- | --- |
//! | plain | yes | yes | yes |
//! | untraversed | yes | no: it holds as if from outside | no |
//! | borrowed | no | no | yes |
//! | guessed | no: what is real of it is in the target's count, and holds as if from outside | no | no |
//! | weak | no | no | no |
//! | from a root | holds as if from outside | | |

mod after;
mod blur;
mod death;
mod heap;
mod trace;

pub use after::after;
pub use blur::Blur;

use super::census::{TypeCount, by_type};
use crate::graph::Marks;
use crate::snapshot::{Flags, Generation, ObjectId, Objects, ReferenceId, References};
use death::Deaths;
use heap::Heap;
use std::borrow::Cow;

/// What to collect.
#[derive(Clone, Debug)]
pub struct Options {
    /// The oldest generation to look at, 0 to 2: the argument of `gc.collect()`.
    pub generation: Generation,
    /// References to take away first; in any order, each counts once.
    pub cut: Vec<ReferenceId>,
}

impl Default for Options {
    fn default() -> Self {
        Options { generation: Generation(2), cut: Vec::new() }
    }
}

/// What a run of the collector would do. All lists of objects are in row order.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Collection {
    /// The oldest generation it looked at.
    pub generation: Generation,
    /// How many objects it looked at: the tracked ones up to that generation.
    pub examined: u64,
    /// How many references were cut first.
    pub references_cut: u64,
    /// What the collector finds unreachable and frees.
    pub collected: Vec<ObjectId>,
    /// What it finds unreachable and cannot free: objects with `tp_del`, and what they reach.
    pub uncollectable: Vec<ObjectId>,
    /// Those of the uncollectable that `gc.garbage` gains: the ones with `tp_del`.
    pub garbage: Vec<ObjectId>,
    /// What nothing holds any more once the collected are gone: untracked objects, older ones, frozen ones.
    pub along: Vec<ObjectId>,
    /// What dies as soon as the references are cut, before the collector runs.
    pub by_cut: Vec<ObjectId>,
    /// Bytes of the collected.
    pub bytes: u64,
    /// Bytes of all that dies.
    pub freed_bytes: u64,
    /// All that dies by type, most bytes first, then by name.
    pub types: Vec<TypeCount>,
    /// Of all that dies, the objects whose `__del__` runs, by type in the same order.
    pub finalizers: Vec<TypeCount>,
    /// What may make the real answer another one.
    pub blur: Blur,
    /// Objects whose refcount is lower than the references to them: the snapshot is wrong there. Their counts were
    /// taken to be as high as that.
    pub undercounted: u64,
}

impl Collection {
    /// The number that `gc.collect()` would return: exact where nothing blurs it.
    pub fn returns(&self) -> u64 {
        (self.collected.len() + self.uncollectable.len()) as u64
    }

    /// How many objects die.
    pub fn freed(&self) -> u64 {
        (self.by_cut.len() + self.collected.len() + self.along.len()) as u64
    }

    /// All that dies: by the cut, by the collector, and with what that collects.
    pub fn dead(&self) -> impl Iterator<Item = ObjectId> + Clone + '_ {
        self.by_cut.iter().chain(&self.collected).chain(&self.along).copied()
    }
}

/// Runs CPython's collector on the snapshot.
///
/// `collected` is what the real one would collect, object by object, unless guessed references decide
/// ([`Blur::guessed`]). Linear in objects and references; needs 4 bytes per object and a few bits, and 4 more for each
/// object on the way.
///
/// After Modules/gcmodule.c (3.8 to 3.12) and Python/gc.c (3.13, 3.14 but for its first five releases).
///
/// ```
/// use heapgraph::analysis::collect::{Options, collect};
/// use heapgraph::testkit::{id, sketch};
/// let heap = sketch("<held> > a; a > b; b > a; lost > lost.me, text.name; text:str@untracked");
/// let found = collect(heap.objects(), heap.references(), &Options::default());
/// assert_eq!((found.collected, found.along), (vec![id(&heap, "lost")], vec![id(&heap, "text")]));
/// ```
pub fn collect(objects: &Objects, references: &References, options: &Options) -> Collection {
    let mut heap = Heap::new(objects, references);
    let mut gone = Marks::none(objects.len());
    let mut outside = trace::outside(&heap, options.generation, &gone);
    let mut counts = Cow::Borrowed(objects.columns().refcounts.as_slice());
    let mut rest = trace::subtract(&heap, counts.to_vec(), &outside, &gone);
    let undercounted = distinct(&rest.lacking).len() as u64;
    let cut = distinct(&options.cut);
    if !cut.is_empty() {
        // What the cut frees is gone before the collector starts, and holds nothing any more.
        let lost = heap.counted_targets(&cut);
        heap = heap.without(&cut);
        let mut deaths = Deaths::new(&heap, rest.restored(&counts), gone);
        deaths.take_one_each(&lost);
        (counts, gone) = (Cow::Owned(deaths.counts), deaths.dead);
        outside = trace::outside(&heap, options.generation, &gone);
        rest = trace::subtract(&heap, counts.to_vec(), &outside, &gone);
    }
    let examined = outside.unmarked().count() as u64;
    let trace = trace::trace(&heap, &rest, outside);
    let found = free(&heap, gone, &trace, rest.restored(&counts));
    let references_cut = cut.len() as u64;
    weighed(objects, Collection { generation: options.generation, examined, references_cut, undercounted, ..found })
}

/// Frees what was found unreachable, and whatever only that held.
fn free(heap: &Heap<'_>, gone: Marks, trace: &trace::Trace, counts: Vec<u32>) -> Collection {
    let collected: Vec<ObjectId> = trace.kept.unmarked().map(ObjectId::new).collect();
    let by_cut: Vec<ObjectId> = gone.iter().map(ObjectId::new).collect();
    let blur = Blur { guessed: trace.doubtful, ..blur::blur(heap, &collected, &gone) };
    let mut deaths = Deaths::new(heap, counts, gone);
    deaths.free(collected.iter().map(|id| id.get()));
    let mut along = deaths.dead;
    by_cut.iter().chain(&collected).for_each(|id| along.remove(id.get()));
    // Of those that stay, what only collected objects held is dead before CPython counts them.
    let stuck = trace.kept.beyond(&trace.alive).filter(|row| !along.contains(*row));
    let uncollectable: Vec<ObjectId> = stuck.map(ObjectId::new).collect();
    let has_tp_del = |id: &ObjectId| heap.has(id.get(), Flags::LEGACY_FINALIZER);
    let garbage = uncollectable.iter().copied().filter(has_tp_del).collect();
    let along = along.iter().map(ObjectId::new).collect();
    Collection { collected, uncollectable, garbage, along, by_cut, blur, ..Collection::default() }
}

/// The same with bytes and types.
fn weighed(objects: &Objects, mut found: Collection) -> Collection {
    let finalizes = |id: &ObjectId| {
        let flags = objects.flags(*id);
        flags.contains(Flags::FINALIZER) && !flags.contains(Flags::FINALIZED)
    };
    let types = by_type(objects, found.dead());
    found.finalizers = by_type(objects, found.dead().filter(finalizes));
    found.freed_bytes = types.iter().fold(0, |sum, one| one.bytes.saturating_add(sum));
    found.bytes = found.collected.iter().fold(0, |sum, id| objects.size(*id).saturating_add(sum));
    found.types = types;
    found
}

/// Each of them once, in order.
fn distinct<T: Copy + Ord>(all: &[T]) -> Vec<T> {
    let mut all = all.to_vec();
    all.sort_unstable();
    all.dedup();
    all
}
