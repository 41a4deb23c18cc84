//! A way through the heap as one would write it: `app.cache['k'].owner`, `module app → cache → 'k' → .owner`.
//!
//! A way is a list of references, each of which starts where the one before ended. The `__dict__` of an instance, a
//! module or a class is folded into its owner, a closure's tuple and cell into the function.

use crate::snapshot::{ReferenceId, Snapshot};

/// The way as an arrow text: `module app → cache → 'k' → [3] → .owner`.
pub fn arrows(_snapshot: &Snapshot, _way: &[ReferenceId]) -> String {
    todo!()
}

/// The way as one expression: `app.cache['k'].owner`. Where Python has no expression for it the words say how:
/// `handle() local req.cache`, `<Session held outside Python>.user`.
pub fn expression(_snapshot: &Snapshot, _way: &[ReferenceId]) -> String {
    todo!()
}

/// The way as text that `analysis::select` takes back to the same object, where there is one: it has to start at a
/// module, and every step has to be an attribute, a key or a position.
pub fn selector(_snapshot: &Snapshot, _way: &[ReferenceId]) -> Option<String> {
    todo!()
}
