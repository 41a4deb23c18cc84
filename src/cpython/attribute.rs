//! Where CPython keeps what a name, a key or a position stands for.

use crate::snapshot::{ObjectId, Snapshot};

/// The object that `holder.name` gives: inline values and slots, the holder's `__dict__`, its class and bases, fields.
pub fn attribute(_snapshot: &Snapshot, _holder: ObjectId, _name: &str) -> Option<ObjectId> {
    todo!()
}
