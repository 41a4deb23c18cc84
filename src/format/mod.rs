//! Snapshot files: told apart by content, read by column, written whole or not at all.
//!
//! A new format is one file or folder here, one variant of [`Format`], and a line in [`sniff`], [`read`] and [`write`](fn@write).
//! What the files look like is written down in `docs/formats.md`.
//!
//! ```
//! use heapgraph::format::{self, Format, Source};
//!
//! let text = r#"{"schema": "heapgraph.snapshot/1", "objects": [
//!     {"address": "0x10", "type": "builtins.list", "references": [{"to": "0x20", "kind": "item"}]},
//!     {"address": "0x20", "type": "app.Session"}
//! ]}"#;
//! let heap = format::read(&Source::from_bytes(text.as_bytes()))?;
//! assert_eq!(heap.references().len(), 1);
//!
//! let mut file = Vec::new();
//! format::write(&heap, Format::Json, &mut file)?;
//! assert_eq!(format::sniff(&file)?, Format::Json);
//! # Ok::<(), heapgraph::Error>(())
//! ```

mod atomic;
mod json;
#[cfg(feature = "parquet")]
mod parquet;
mod sniff;
mod source;

pub use atomic::AtomicFile;
pub use sniff::sniff;
pub use source::Source;

use crate::error::{Error, Result};
use crate::snapshot::{FORMAT_VERSION, Metadata, Objects, References, Snapshot};
use std::io::Write;
use std::path::Path;

/// What reading warns of, in [`Metadata::warnings`], where a heap has objects and no root.
pub const NO_ROOTS: &str = "no roots: nothing tells why any object is alive, so that all may look like garbage";

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

/// Reads a whole snapshot in whatever format it is.
///
/// What was odd but readable is in [`Metadata::warnings`].
///
/// # Errors
/// Not a snapshot, cut short, damaged, or of a newer major version: placed by file, and by row or address.
pub fn read(source: &Source) -> Result<Snapshot> {
    let (objects, texts, references, mut metadata) =
        whole(source).map_err(|error| error.at(source.name()))?.into_parts();
    note_missing_roots(&objects, &mut metadata);
    Snapshot::of_distinct(objects, texts, references, metadata)
}

/// Reads addresses, types, sizes, refcounts, generations and flags, and how many references there are: enough to count.
///
/// From Parquet it reads nothing else; other formats are read whole.
///
/// # Errors
/// As [`read`], as far as these columns are concerned.
pub fn read_objects(source: &Source) -> Result<(Objects, Metadata, u64)> {
    let (objects, mut metadata, references) = objects_alone(source).map_err(|error| error.at(source.name()))?;
    note_missing_roots(&objects, &mut metadata);
    Ok((objects, metadata, references))
}

/// Reads everything but texts and the names of references: enough for the collector and for sizes.
///
/// From Parquet it reads nothing else; other formats are read whole. References that were read so have no names.
///
/// # Errors
/// As [`read`], as far as these columns are concerned.
pub fn read_graph(source: &Source) -> Result<(Objects, References, Metadata)> {
    let (objects, references, mut metadata) = graph_alone(source).map_err(|error| error.at(source.name()))?;
    note_missing_roots(&objects, &mut metadata);
    Ok((objects, references, metadata))
}

fn whole(source: &Source) -> Result<Snapshot> {
    match sniff(&source.read_at(0, sniff::SNIFFED)?)? {
        Format::Json => json::read(&source.read_text()?),
        #[cfg(feature = "parquet")]
        Format::Parquet => parquet::read(source),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => Err(without_parquet()),
    }
}

fn objects_alone(source: &Source) -> Result<(Objects, Metadata, u64)> {
    #[cfg(feature = "parquet")]
    if sniff(&source.read_at(0, sniff::SNIFFED)?)? == Format::Parquet {
        return parquet::read_objects(source);
    }
    let (objects, _, references, metadata) = whole(source)?.into_parts();
    Ok((objects, metadata, references.len() as u64))
}

fn graph_alone(source: &Source) -> Result<(Objects, References, Metadata)> {
    #[cfg(feature = "parquet")]
    if sniff(&source.read_at(0, sniff::SNIFFED)?)? == Format::Parquet {
        return parquet::read_graph(source);
    }
    let (objects, _, references, metadata) = whole(source)?.into_parts();
    Ok((objects, references, metadata))
}

/// Warns once, however often the heap is read and written.
fn note_missing_roots(objects: &Objects, metadata: &mut Metadata) {
    let rootless = !objects.is_empty() && objects.synthetic() == 0;
    if rootless && !metadata.warnings.iter().any(|warning| warning == NO_ROOTS) {
        metadata.warnings.push(NO_ROOTS.to_owned());
    }
}

/// Writes a snapshot. The same snapshot always gives the same bytes.
///
/// # Errors
/// What `out` refuses; a format that this build is without.
pub fn write(snapshot: &Snapshot, format: Format, out: impl Write + Send) -> Result<()> {
    match format {
        Format::Json => json::write(snapshot, out),
        #[cfg(feature = "parquet")]
        Format::Parquet => parquet::write(snapshot, out),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => Err(without_parquet()),
    }
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
pub fn write_file(snapshot: &Snapshot, format: Format, path: &Path, overwrite: Overwrite) -> Result<()> {
    let mut file = AtomicFile::create(path, overwrite)?;
    write(snapshot, format, &mut file).map_err(|error| error.at(path.display()))?;
    file.commit()
}

#[cfg(not(feature = "parquet"))]
fn without_parquet() -> Error {
    Error::unsupported("this build is without Parquet").with_hint("use JSON, or build with the feature `parquet`")
}

/// Refuses what a later heapgraph may have changed the meaning of.
fn check_version(version: &str) -> Result<()> {
    let major = |version: &str| version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    let known = major(FORMAT_VERSION).unwrap_or(1);
    match major(version) {
        Some(found) if found > known => {
            let message = format!("expected a snapshot of format {known} at most, found format {version}");
            Err(Error::newer(message).with_hint("a newer heapgraph reads it, or exports it as an older format"))
        }
        Some(_) => Ok(()),
        None => Err(Error::malformed(format!("expected a format version such as {FORMAT_VERSION}, found {version:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_major_version_is_refused_and_a_newer_minor_one_is_not() {
        assert!(check_version("2.0").unwrap_err().is_newer());
        assert!(check_version("1.7").is_ok() && check_version("0.9").is_ok());
        assert!(check_version("").unwrap_err().is_malformed());
    }

    #[test]
    fn endings_name_formats_in_any_case() {
        assert_eq!(Format::from_ending(Path::new("a/app.PARQUET")), Some(Format::Parquet));
        assert_eq!(Format::from_ending(Path::new("json")), None);
        assert!(Format::ALL.iter().all(|format| Format::from_name(format.name()) == Some(*format)));
    }
}
