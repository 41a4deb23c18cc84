//! Patterns that `--filter`, `--highlight` and `--ignore` take: selectors, type globs, and their negation.

use crate::error::Result;
use crate::snapshot::{ObjectId, Snapshot};

/// A type glob or type name, maybe negated: `app.*`, `dict`, `!app.Session`.
///
/// `*` stands for any text, `?` for one character. Without a dot it is held against short names too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    negated: bool,
    text: String,
}

impl Pattern {
    /// Reads a pattern. A `!` in front negates.
    pub fn new(_text: &str) -> Self {
        todo!()
    }

    /// Whether a type of this long name fits, before negation.
    pub fn fits(&self, _type_name: &str) -> bool {
        todo!()
    }

    /// Whether a `!` stood in front.
    pub fn is_negated(&self) -> bool {
        self.negated
    }
}

/// Several patterns for types: something passes if one that is not negated fits, or there is none of these, and no
/// negated one fits. No pattern at all lets everything pass.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct TypeFilter {
    patterns: Vec<Pattern>,
}

impl TypeFilter {
    /// All of these patterns together.
    pub fn new<T: AsRef<str>>(_patterns: &[T]) -> Self {
        todo!()
    }

    /// Whether a type of this long name passes.
    pub fn passes(&self, _type_name: &str) -> bool {
        todo!()
    }
}

/// Patterns resolved in one snapshot: which objects they mean.
#[derive(Clone, Default, Debug)]
pub struct ObjectFilter {
    _private: (),
}

impl ObjectFilter {
    /// Resolves selectors and type globs, each maybe negated by a `!` in front, as [`TypeFilter`] combines them.
    ///
    /// # Errors
    /// A selector that selects nothing: an unknown object, with the nearest names. A glob may fit nothing.
    pub fn new<T: AsRef<str>>(_snapshot: &Snapshot, _patterns: &[T]) -> Result<Self> {
        todo!()
    }

    /// Whether there is no pattern at all.
    pub fn is_empty(&self) -> bool {
        todo!()
    }

    /// Whether the object passes; without any pattern it does.
    pub fn passes(&self, _snapshot: &Snapshot, _id: ObjectId) -> bool {
        todo!()
    }
}
