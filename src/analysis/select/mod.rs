//! From the OBJECT of a command line to objects: an address, a path, a type, or the nth of a type.

use crate::error::Result;
use crate::snapshot::{ObjectId, Snapshot};

/// The objects that a text selects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Selection {
    /// In row order, each once, at least one.
    pub ids: Vec<ObjectId>,
    /// What the text turned out to be.
    pub matched: Matched,
}

/// What a selector's text turned out to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Matched {
    /// An address.
    Address,
    /// A path from a module.
    Path,
    /// A type name: the long names it stands for, by name, with the number of objects of each.
    Type(Vec<(String, u64)>),
    /// One object of a type, by its place in row order.
    Instance,
}

impl Selection {
    /// What to tell the user beside the answer: that a short name took several types.
    pub fn note(&self) -> Option<String> {
        todo!()
    }
}

/// Finds the objects that `text` means: an address (`0x7f…` or decimal), a type name (`Session`, `app.Session`), the
/// nth of a type (`Session[0]`), or a path from a module (`app.cache['k']`).
///
/// A type of exactly that name wins over a path; `type:` and `path:` in front force one or the other.
///
/// # Errors
/// An unknown object, with the nearest names that there are as its hint; an invalid number.
pub fn select(_snapshot: &Snapshot, _text: &str) -> Result<Selection> {
    todo!()
}

/// All objects that any of the texts selects: in the order of the texts, each object once.
///
/// # Errors
/// As [`select`], for the first text that selects nothing.
pub fn select_all<T: AsRef<str>>(_snapshot: &Snapshot, _texts: &[T]) -> Result<Vec<Selection>> {
    todo!()
}
