//! Where an object is, in words for a line of a report.

use crate::cpython::path;
use crate::graph::ShortestPaths;
use crate::snapshot::{ObjectId, ReferenceId, Snapshot};

/// So many references back from an object its place is told. Beyond lies a linked list, and no one reads its links.
const STEPS: usize = 64;

/// How a root leads to an object, as an expression: `app.cache['k']`; empty for a root itself, `None` where no root
/// leads. Of a longer way only the end is told, behind `…`. Costs no more than that end, however deep the object lies.
pub(super) fn expression(snapshot: &Snapshot, tree: &ShortestPaths, id: ObjectId) -> Option<String> {
    written(snapshot, tree, id, path::expression)
}

/// The same with `[…]` for each key and position.
pub(super) fn pattern(snapshot: &Snapshot, tree: &ShortestPaths, id: ObjectId) -> Option<String> {
    written(snapshot, tree, id, path::pattern)
}

fn written(
    snapshot: &Snapshot,
    tree: &ShortestPaths,
    id: ObjectId,
    write: fn(&Snapshot, &[ReferenceId]) -> String,
) -> Option<String> {
    if !tree.reaches(id.get()) {
        return None;
    }
    let (way, whole) = end(tree, id, STEPS);
    let text = write(snapshot, &way);
    Some(if whole { text } else { format!("…{text}") })
}

/// The last references, `most` of them, of the way from a root to an object, and whether these are all of it; none,
/// where no root leads. Costs no more than these.
pub(super) fn end(tree: &ShortestPaths, id: ObjectId, most: usize) -> (Vec<ReferenceId>, bool) {
    let steps = std::iter::successors(tree.arrival(id.get()), |step| tree.arrival(step.from));
    let mut way: Vec<ReferenceId> = steps.take(most + 1).map(|step| ReferenceId::new(step.edge)).collect();
    let whole = way.len() <= most;
    way.truncate(most);
    way.reverse();
    (way, whole)
}
