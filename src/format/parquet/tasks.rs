//! Columns are decoded side by side, each by one thread.

use crate::error::Result;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// More than two would wait for memory.
const THREADS: usize = 2;

/// A piece of work and, once it was run, what came of it.
pub(super) struct Task<T, W> {
    work: W,
    done: Mutex<Option<Result<T>>>,
}

impl<T, W: Fn() -> Result<T>> Task<T, W> {
    pub(super) fn new(work: W) -> Self {
        Task { work, done: Mutex::new(None) }
    }

    /// What came of it. Runs it now if nobody did.
    pub(super) fn take(self) -> Result<T> {
        let done = self.done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.unwrap_or_else(self.work)
    }
}

/// A [`Task`] whose result is nobody's concern yet.
pub(super) trait Run: Sync {
    fn run(&self);
}

impl<T: Send, W: Fn() -> Result<T> + Sync> Run for Task<T, W> {
    fn run(&self) {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner) = Some((self.work)());
    }
}

/// Runs all tasks; each thread takes the next one when it is done with the last. The longest should come first, so that
/// no thread is left alone with it in the end.
pub(super) fn side_by_side(tasks: &[&dyn Run]) {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            task.run();
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..THREADS.min(tasks.len()) {
            scope.spawn(work);
        }
        work();
    });
}
