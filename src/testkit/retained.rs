//! What is freed without some objects, the slow and obvious way.

use crate::snapshot::{ObjectId, ReferenceKind, Snapshot};

/// The objects that are freed when every reference to one of `gone` is taken away: those that row 0 reaches before and
/// not afterwards, in row order, rows of roots left out. Weak references hold nothing. Quadratic.
pub fn freed_without(snapshot: &Snapshot, gone: &[ObjectId]) -> Vec<ObjectId> {
    let (before, after) = (reached(snapshot, &[]), reached(snapshot, gone));
    snapshot.objects().real_ids().filter(|id| before[id.index()] && !after[id.index()]).collect()
}

/// Their bytes; saturates.
pub fn bytes_freed_without(snapshot: &Snapshot, gone: &[ObjectId]) -> u64 {
    let freed = freed_without(snapshot, gone);
    freed.into_iter().fold(0, |sum, id| sum.saturating_add(snapshot.objects().size(id)))
}

fn reached(snapshot: &Snapshot, gone: &[ObjectId]) -> Vec<bool> {
    let mut reached = vec![false; snapshot.objects().len()];
    if let Some(root) = snapshot.root().filter(|root| !gone.contains(root)) {
        reached[root.index()] = true;
    }
    let mut changed = true;
    while std::mem::take(&mut changed) {
        for holder in snapshot.objects().ids() {
            let holds = reached[holder.index()];
            for reference in snapshot.references().of(holder).filter(|_| holds) {
                if reference.kind() != ReferenceKind::Weak && !gone.contains(&reference.target) {
                    changed |= !std::mem::replace(&mut reached[reference.target.index()], true);
                }
            }
        }
    }
    reached
}
