//! Where a snapshot is read from.

use crate::error::Result;
use std::path::Path;

/// A file, or the bytes of standard input.
pub struct Source {}

impl Source {
    /// Opens the file at `path`; `-` is standard input.
    ///
    /// # Errors
    /// What the file system refuses, with the path.
    pub fn open(_path: &Path) -> Result<Self> {
        todo!()
    }

    /// Reads standard input to its end.
    ///
    /// # Errors
    /// What the operating system refuses.
    pub fn stdin() -> Result<Self> {
        todo!()
    }

    /// Bytes that are already in memory.
    pub fn from_bytes(_bytes: Vec<u8>) -> Self {
        todo!()
    }

    /// What errors call it: the path, or `standard input`.
    pub fn name(&self) -> &str {
        todo!()
    }
}
