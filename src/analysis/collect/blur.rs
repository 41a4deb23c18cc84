//! What may make the number that `gc.collect()` returns another one: code that runs before anything is freed.

use super::heap::Heap;
use crate::graph::Marks;
use crate::snapshot::{Flags, ObjectId, ReferenceKind, ReferenceTag};

/// What could make the real answer differ, and how often it occurs. All zero: nothing does.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Blur {
    /// Collected objects whose class defines `__del__`, which has not run yet. It may bring objects back to life.
    pub finalizers: u64,
    /// Collected generators, coroutines and async generators that wait to go on. They are closed, and what their
    /// frames alone held is freed before anything is counted.
    pub suspended: u64,
    /// Weak references to collected objects with a callback that will run. One that drops the weak reference itself,
    /// as those of `WeakValueDictionary` and `WeakSet` do, adds one to the number.
    pub callbacks: u64,
    /// Guessed references that decide whether more is collected.
    pub guessed: u64,
}

impl Blur {
    /// Whether the number is the one that `gc.collect()` would return.
    pub fn is_none(&self) -> bool {
        *self == Blur::default()
    }
}

/// Counts what blurs the collection of these rows, when those that are gone went before it.
pub(super) fn blur(heap: &Heap<'_>, collected: &[ObjectId], gone: &Marks) -> Blur {
    let mut blur = Blur::default();
    let mut called_back = Marks::none(heap.rows() as usize);
    for row in collected.iter().map(|id| id.get()) {
        let finalizer = heap.has(row, Flags::FINALIZER) && !heap.has(row, Flags::FINALIZED);
        blur.finalizers += u64::from(finalizer);
        blur.suspended += u64::from(heap.has(row, Flags::SUSPENDED));
        if heap.has(row, Flags::WEAKREF_CALLBACK) {
            called_back.insert(row);
        }
    }
    if called_back.count() > 0 {
        let mut silent = gone.clone();
        silent.extend(collected.iter().map(|id| id.get()));
        blur.callbacks = callbacks(heap, called_back, &silent);
    }
    blur
}

/// How many weak references call back when these objects go. One that is collected itself is silent
/// (`handle_weakrefs`, Modules/gcmodule.c).
fn callbacks(heap: &Heap<'_>, mut called_back: Marks, silent: &Marks) -> u64 {
    let kinds = &heap.references.tags;
    let weak = ReferenceTag::table(|tag| tag.kind() == ReferenceKind::Weak);
    // The one field of a weak reference that holds anything is its callback.
    let field = ReferenceTag::table(|tag| tag.kind() == ReferenceKind::Internal);
    let (mut heard, mut known) = (0, Marks::none(heap.rows() as usize));
    for holder in 0..heap.rows() {
        let mut calls = None;
        for edge in heap.graph.edges(holder).filter(|edge| weak[usize::from(kinds[*edge as usize])]) {
            let target = heap.graph.target(edge);
            let has_callback = || heap.graph.edges(holder).any(|edge| field[usize::from(kinds[edge as usize])]);
            if called_back.contains(target) && *calls.get_or_insert_with(has_callback) {
                known.insert(target);
                heard += u64::from(!silent.contains(holder));
            }
        }
    }
    // Where only the object's flag knows of a callback, that is one.
    known.iter().for_each(|row| called_back.remove(row));
    heard + called_back.count() as u64
}
