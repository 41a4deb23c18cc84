//! What to call objects and references: type names, titles, and what tells an object from its like.

use crate::snapshot::{ObjectId, Reference, Snapshot};

/// The last part of a long type name: `Session` of `app.Session` and of `app.make.<locals>.Session`.
///
/// This is the class's `__name__`. Names in angle brackets, of rows that stand for roots, stay whole.
pub fn short_type(long: &str) -> &str {
    if long.starts_with('<') { long } else { long.rsplit('.').next().unwrap_or(long) }
}

/// What an object is, in a few words: `Session`, `dict`, `function on_close`, `class Session`, `module app`,
/// `frame app.py:42 handle`, `held outside Python`. Never empty, never long, no address.
pub fn object_title(_snapshot: &Snapshot, _id: ObjectId) -> String {
    todo!()
}

/// What tells an object from others of its type: `40,012 items`, `'user-7'`, `user = 'user-7'`, `app.py:12`,
/// `2 attributes`. `None` where nothing does. Looks at the object's own references only.
pub fn object_detail(_snapshot: &Snapshot, _id: ObjectId) -> Option<String> {
    todo!()
}

/// How a reference is written next to its line: `.entries`, `['user-7']`, `[3]`, `closure s`, `local req`, `base`,
/// `key` (the target is a key), `element` (of a set). `None` where there is nothing to say (an unnamed root entry).
///
/// Linear in the holder's references where it has a position.
pub fn reference_label(_snapshot: &Snapshot, _reference: Reference<'_>) -> Option<String> {
    todo!()
}

/// `text` as Python's `repr` writes a str: quotes chosen as it does, backslashes and control characters escaped.
pub fn python_repr(_text: &str) -> String {
    todo!()
}

/// A count with its digits in groups of three: `40,012`.
pub fn grouped(_number: u64) -> String {
    todo!()
}
