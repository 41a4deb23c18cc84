//! Where many objects pile up that no single object retains: a cache beside an index, say.

use crate::cpython::fold::leads_to_own_dict;
use crate::cpython::label::is_module;
use crate::graph::ShortestPaths;
use crate::snapshot::{ObjectId, ReferenceId, Snapshot};

/// The holder has this share of the objects below it on shortest paths, in percent: MAT descends as far.
const SHARE: u64 = 80;

/// The object farthest from the roots that has four fifths of the instances below it on shortest paths. `None` where
/// that is a root or a module: then they have nothing in common but the program. Linear.
pub(super) fn holder(snapshot: &Snapshot, tree: &ShortestPaths, instances: &[u32]) -> Option<ObjectId> {
    let mut below = vec![0u64; tree.nodes()];
    instances.iter().for_each(|row| below[*row as usize] = 1);
    // Backwards, all below an object is summed up before the object itself, and what lies deepest comes first.
    let enough = |count: u64| count * 100 >= instances.len() as u64 * SHARE;
    let deepest = tree.order().iter().rev().find(|row| {
        let count = below[**row as usize];
        if let Some(step) = tree.arrival(**row) {
            below[step.from as usize] += count;
        }
        enough(count)
    })?;
    let arrival = tree.arrival(*deepest).map(|step| snapshot.references().get(ReferenceId::new(step.edge)));
    let owner = arrival.filter(leads_to_own_dict).map(|reference| reference.holder);
    let holder = owner.unwrap_or(ObjectId::new(*deepest));
    let nobody = snapshot.objects().is_synthetic(holder) || is_module(snapshot, holder);
    (!nobody).then_some(holder)
}
