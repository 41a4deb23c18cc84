//! Snapshot files: told apart by content, read by column, written whole or not at all.
//!
//! A new format is one file or folder here, one variant of [`Format`], and a line in [`sniff`], [`read`] and [`write`].

mod atomic;
mod source;

pub use atomic::AtomicFile;
pub use source::Source;

use crate::error::Result;
use crate::snapshot::{Metadata, Objects, Snapshot};
use std::io::Write;
use std::path::Path;

/// A snapshot format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Columns for machines: small, fast, opened by pandas, polars, DuckDB and Spark as it is.
    Parquet,
    /// Text for people: read and written by hand.
    Json,
}

impl Format {
    /// All formats, in the order in which they are listed to users.
    pub const ALL: [Format; 2] = [Format::Parquet, Format::Json];

    /// The name for `--format`, which is the file name's ending too.
    pub fn name(self) -> &'static str {
        match self {
            Format::Parquet => "parquet",
            Format::Json => "json",
        }
    }

    /// The format of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that a file name's ending asks for.
    pub fn from_ending(path: &Path) -> Option<Self> {
        Self::from_name(&path.extension()?.to_str()?.to_ascii_lowercase())
    }
}

/// The format of these first bytes of a file, by content alone.
///
/// # Errors
/// None of the known formats: says what was found and what was looked for.
pub fn sniff(_start: &[u8]) -> Result<Format> {
    todo!()
}

/// Reads a whole snapshot in whatever format it is.
///
/// # Errors
/// Not a snapshot, cut short, damaged, or of a newer major version: placed by file.
pub fn read(_source: &Source) -> Result<Snapshot> {
    todo!()
}

/// Reads addresses, types, sizes, refcounts, generations and flags, and how many references there are: enough to count.
///
/// From Parquet it reads nothing else; other formats are read whole.
///
/// # Errors
/// As [`read`], as far as these columns are concerned.
pub fn read_objects(_source: &Source) -> Result<(Objects, Metadata, u64)> {
    todo!()
}

/// Writes a snapshot.
///
/// # Errors
/// What `out` refuses; a format that this build is without.
pub fn write(_snapshot: &Snapshot, _format: Format, _out: impl Write + Send) -> Result<()> {
    todo!()
}

/// Whether a file that is already there may be replaced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overwrite {
    /// The name was asked for.
    Replace,
    /// The name was made up: a file of that name stays as it is.
    Refuse,
}

/// Writes a snapshot file: under a temporary name beside `path` until it is whole. See [`AtomicFile`].
///
/// # Errors
/// What the file system refuses; a file that is there already, with [`Overwrite::Refuse`].
pub fn write_file(_snapshot: &Snapshot, _format: Format, _path: &Path, _overwrite: Overwrite) -> Result<()> {
    todo!()
}
