//! What dies when something goes: CPython frees an object when its last reference is dropped.

use super::heap::Heap;
use crate::graph::Marks;

/// The objects that are gone, and the counts of those that are left.
pub(super) struct Deaths<'h> {
    heap: &'h Heap<'h>,
    /// Of each row its count.
    pub(super) counts: Vec<u32>,
    /// Dead rows.
    pub(super) dead: Marks,
    /// Dead rows whose references are still to be dropped.
    open: Vec<u32>,
}

impl<'h> Deaths<'h> {
    pub(super) fn new(heap: &'h Heap<'h>, counts: Vec<u32>, dead: Marks) -> Self {
        Deaths { heap, counts, dead, open: Vec::new() }
    }

    /// Takes one reference away from each of these.
    pub(super) fn take_one_each(&mut self, rows: &[u32]) {
        rows.iter().for_each(|row| self.drop_one(*row));
        self.follow();
    }

    /// Frees all of these, whatever their counts say.
    pub(super) fn free(&mut self, rows: impl Iterator<Item = u32> + Clone) {
        self.dead.extend(rows.clone());
        for row in rows {
            self.open.push(row);
            self.follow();
        }
    }

    /// Drops the references of the dead until nothing more dies. Each object dies once, so it is linear.
    fn follow(&mut self) {
        while let Some(row) = self.open.pop() {
            for edge in self.heap.graph.edges(row).filter(|edge| self.heap.is_counted(*edge)) {
                self.drop_one(self.heap.graph.target(edge));
            }
        }
    }

    fn drop_one(&mut self, target: u32) {
        let count = &mut self.counts[target as usize];
        *count = count.saturating_sub(1);
        if *count == 0 && !self.heap.pinned.contains(target) && self.dead.insert(target) {
            self.open.push(target);
        }
    }
}
