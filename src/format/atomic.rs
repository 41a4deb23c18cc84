//! Files that are there whole or not at all.

use super::Overwrite;
use crate::error::Result;
use std::io::Write;
use std::path::Path;

/// A file that gets its name when it is whole: for snapshots, pictures and everything else that is asked for by name.
///
/// Until [`commit`](AtomicFile::commit) it has a temporary name in the same folder; dropped before, it is removed.
pub struct AtomicFile {}

impl AtomicFile {
    /// Starts a file that will be called `path`.
    ///
    /// # Errors
    /// What the file system refuses; a file that is there already, with [`Overwrite::Refuse`].
    pub fn create(_path: &Path, _overwrite: Overwrite) -> Result<Self> {
        todo!()
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// What the file system refuses; nothing is left behind then.
    pub fn commit(self) -> Result<()> {
        todo!()
    }
}

impl Write for AtomicFile {
    fn write(&mut self, _bytes: &[u8]) -> std::io::Result<usize> {
        todo!()
    }

    fn flush(&mut self) -> std::io::Result<()> {
        todo!()
    }
}
