//! Labels as objgraph 3.7 writes them, as far as a snapshot knows what a running process would answer.

use crate::snapshot::{ObjectId, Snapshot};

/// The second line of an object's box: a name, `N items`, or the `repr` cut to 40 characters.
pub fn object_text(_snapshot: &Snapshot, _id: ObjectId) -> String {
    todo!()
}

/// The label of the line from `holder` to `target`, where objgraph writes one.
///
/// It looks for the first name under which the holder has the target, so parallel references read alike.
pub fn reference_label(_snapshot: &Snapshot, _holder: ObjectId, _target: ObjectId) -> Option<String> {
    todo!()
}
