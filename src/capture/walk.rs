//! The walk on two cores: both take batches of the tracked objects, and each reads what its own batches lead to.

use super::heap::Reader;
use super::lists::Tracked;
use crate::error::Result;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Tracked objects in a batch: few enough that both cores end together, and that what a batch leads to is read while
/// it is still in the cache.
const BATCH: usize = 4096;

impl Reader<'_> {
    /// Reads every object that is tracked or reached. The rows do not depend on who reads what: the builder puts
    /// batches in order, and the rest goes by address.
    ///
    /// # Errors
    /// Refused past 4 GiB of names or text.
    pub(super) fn walk(&mut self, tracked: &[Tracked]) -> Result<()> {
        let next = AtomicUsize::new(0);
        let helper = self.forked();
        self.builder.reserve(2 * tracked.len(), 4 * tracked.len());
        let helped = std::thread::scope(|scope| {
            let helper = scope.spawn(|| {
                let mut reader = helper();
                reader.builder.reserve(tracked.len(), 2 * tracked.len());
                reader.read_batches(tracked, &next).map(|()| (reader.builder, reader.damage))
            });
            let own = self.read_batches(tracked, &next);
            let helped = helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            own.and(helped)
        });
        let (builder, damage) = helped?;
        self.damage.add(&damage);
        self.builder.absorb(builder)
    }

    fn read_batches(&mut self, tracked: &[Tracked], next: &AtomicUsize) -> Result<()> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            self.builder.batch(number as u32);
            let batch = tracked.chunks(BATCH).nth(number);
            for object in batch.into_iter().flatten() {
                self.visit(object.address, object.generation)?;
            }
            self.read_pending()?;
            if batch.is_none() {
                return Ok(());
            }
        }
    }
}
