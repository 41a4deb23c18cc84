//! What hangs below whom: chosen objects, counted along the tree of shortest paths from the roots.

use crate::graph::{Marks, ShortestPaths};
use crate::snapshot::Snapshot;

/// For each row the chosen objects below it that nothing else than chosen objects separates from it.
///
/// With the objects that appeared as the chosen ones: what is new below a holder, down to where the old heap begins
/// again. Each chosen object that a root reaches counts below exactly one object that was not chosen. 16 bytes per row.
pub(super) struct Below {
    objects: Vec<u32>,
    bytes: Vec<u64>,
    /// The chosen object directly below that has most chosen objects under it; the row itself where there is none.
    heaviest: Vec<u32>,
}

impl Below {
    /// Counts; linear. `tree` are the shortest paths from the roots of `snapshot`.
    pub(super) fn new(snapshot: &Snapshot, tree: &ShortestPaths, chosen: &Marks) -> Self {
        let rows = snapshot.objects().len();
        let sizes = &snapshot.objects().columns().sizes;
        let mut below = Below { objects: vec![0; rows], bytes: vec![0; rows], heaviest: (0..rows as u32).collect() };
        // An object stands in the order behind the one it was reached from: backwards all below is known already.
        for &row in tree.order().iter().rev() {
            let Some(step) = tree.arrival(row).filter(|_| chosen.contains(row)) else { continue };
            let (row, from) = (row as usize, step.from as usize);
            below.objects[from] += 1 + below.objects[row];
            below.bytes[from] = below.bytes[from].saturating_add(below.bytes[row]).saturating_add(sizes[row]);
            let best = below.heaviest[from] as usize;
            if best == from || below.objects[row] > below.objects[best] {
                below.heaviest[from] = row as u32;
            }
        }
        below
    }

    /// How many chosen objects hang below a row, and their bytes.
    pub(super) fn of(&self, row: u32) -> (u64, u64) {
        (u64::from(self.objects[row as usize]), self.bytes[row as usize])
    }

    /// The chosen object directly below `row` with most below it.
    pub(super) fn heaviest(&self, row: u32) -> Option<u32> {
        Some(self.heaviest[row as usize]).filter(|heaviest| *heaviest != row)
    }
}
