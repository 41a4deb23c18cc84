//! FILE or `--pid`: where a command gets its snapshot from.

use super::output::say;
use clap::Args;
use heapgraph::analysis::select::{self, Selection};
use heapgraph::capture;
use heapgraph::format::{self, Source};
use heapgraph::render::table;
use heapgraph::render::text::grouped;
use heapgraph::snapshot::{Metadata, ObjectId, Objects, References, Snapshot};
use heapgraph::{Error, Result};
use std::ffi::OsString;
use std::path::Path;

/// A snapshot: a file, standard input, or a process captured on the spot.
#[derive(Args, Debug)]
pub(crate) struct Input {
    /// A snapshot file; - is standard input
    #[arg(required_unless_present = "pid", conflicts_with = "pid")]
    file: Option<OsString>,
    /// Capture this process instead of reading a file
    #[arg(short, long)]
    pid: Option<u32>,
}

/// What counting needs, read without the rest of the file.
pub(crate) struct Columns {
    pub(crate) objects: Objects,
    pub(crate) metadata: Metadata,
    pub(crate) references: u64,
}

/// What collecting needs.
pub(crate) struct Graph {
    pub(crate) objects: Objects,
    pub(crate) references: References,
    pub(crate) metadata: Metadata,
}

impl Input {
    /// The object columns alone.
    pub(crate) fn objects(&self) -> Result<Columns> {
        if let Some(pid) = self.pid {
            let (objects, _, references, metadata) = capture_now(pid)?.into_parts();
            return Ok(Columns { objects, metadata, references: references.len() as u64 });
        }
        let (objects, metadata, references) = format::read_objects(&open(self.file())?)?;
        Ok(Columns { objects, metadata, references })
    }

    /// Objects and references without texts and names.
    pub(crate) fn graph(&self) -> Result<Graph> {
        if let Some(pid) = self.pid {
            let (objects, _, references, metadata) = capture_now(pid)?.into_parts();
            return Ok(Graph { objects, references, metadata });
        }
        let source = open(self.file())?;
        let (objects, references, metadata) = format::read_graph(&source)?;
        warn(&source, &metadata);
        Ok(Graph { objects, references, metadata })
    }

    /// The whole snapshot.
    pub(crate) fn snapshot(&self) -> Result<Snapshot> {
        match self.pid {
            Some(pid) => capture_now(pid),
            None => read(self.file()),
        }
    }

    /// How a command line names it.
    pub(crate) fn words(&self) -> String {
        self.pid.map_or_else(|| self.file().to_string_lossy().into_owned(), |pid| format!("--pid {pid}"))
    }

    fn file(&self) -> &OsString {
        self.file.as_ref().expect("clap asks for FILE where there is no --pid")
    }
}

/// A snapshot and objects in it.
#[derive(Args, Debug)]
pub(crate) struct Target {
    /// A snapshot file; - is standard input. Left out with --pid
    #[arg(value_name = "FILE", required_unless_present = "pid")]
    file: Option<OsString>,
    /// An address, a path, a type, or the nth of a type: 0x7f…, app.cache['k'], Session, Session[0]
    #[arg(value_name = "OBJECT")]
    objects: Vec<String>,
    /// Capture this process instead of reading a file
    #[arg(short, long)]
    pid: Option<u32>,
}

/// A snapshot, what to call it, and what is asked of it.
pub(crate) struct Question {
    pub(crate) snapshot: Snapshot,
    /// The file's name; a captured process has none.
    pub(crate) source: Option<String>,
    pub(crate) objects: Vec<String>,
}

/// The objects asked for, and what to say beside the answer.
pub(crate) struct Selected {
    pub(crate) ids: Vec<ObjectId>,
    pub(crate) notes: Vec<String>,
}

impl Question {
    /// Finds the objects; at most `limit` of them.
    pub(crate) fn select(&self, limit: usize) -> Result<Selected> {
        let selections = select::select_all(&self.snapshot, &self.objects)?;
        let mut notes: Vec<String> = selections.iter().filter_map(Selection::note).collect();
        let mut ids: Vec<ObjectId> = selections.into_iter().flat_map(|selection| selection.ids).collect();
        if ids.len() > limit {
            notes.push(format!("the first {limit} of {} objects; --limit 0 takes all", grouped(ids.len() as u64)));
            ids.truncate(limit);
        }
        Ok(Selected { ids, notes })
    }
}

impl Target {
    /// The whole snapshot with the objects asked for: at least one.
    pub(crate) fn read(&self) -> Result<Question> {
        self.read_and(&[])
    }

    /// The same with objects that were asked for elsewhere on the command line.
    pub(crate) fn read_and(&self, more: &[String]) -> Result<Question> {
        self.question(self.objects(more)?)
    }

    /// The whole snapshot with the objects asked for, if any are.
    pub(crate) fn read_any(&self) -> Result<Question> {
        self.question(self.named(&[])?)
    }

    fn question(&self, objects: Vec<String>) -> Result<Question> {
        let (snapshot, source) = match (self.pid, &self.file) {
            (Some(pid), _) => (capture_now(pid)?, None),
            (None, file) => {
                let source = open(file.as_ref().expect("clap asks for FILE where there is no --pid"))?;
                (read_from(&source)?, Some(source.name().to_owned()))
            }
        };
        Ok(Question { snapshot, source, objects })
    }

    /// With `--pid` there is no FILE, and what clap took for it is the first OBJECT.
    fn named(&self, more: &[String]) -> Result<Vec<String>> {
        let mut objects = [&self.objects, more].concat();
        if let (Some(_), Some(first)) = (self.pid, &self.file) {
            let first = first.to_str().ok_or_else(|| Error::invalid("expected OBJECT in UTF-8"))?;
            objects.insert(0, first.to_owned());
        }
        Ok(objects)
    }

    fn objects(&self, more: &[String]) -> Result<Vec<String>> {
        let objects = self.named(more)?;
        if objects.is_empty() {
            return Err(Error::invalid("expected an OBJECT after FILE, found none").with_hint(
                "a type name such as dict, a path such as app.cache, or an address from `heapgraph object`",
            ));
        }
        Ok(objects)
    }
}

/// How many rows of its main list a report shows.
#[derive(Args, Debug)]
pub(crate) struct Limit {
    /// At most N rows; 0 is all [default: 20, with --json all]
    #[arg(short = 'n', long = "limit", value_name = "N")]
    rows: Option<usize>,
}

impl Limit {
    /// The number of rows asked for, if any was.
    pub(crate) fn given(&self) -> Option<usize> {
        self.rows.map(|rows| if rows == 0 { usize::MAX } else { rows })
    }

    /// The number of rows for a table, or for JSON.
    pub(crate) fn rows(&self, json: bool) -> usize {
        self.given().unwrap_or(if json { usize::MAX } else { 20 })
    }
}

/// How tables write numbers of bytes.
#[derive(Args, Debug)]
pub(crate) struct Sizes {
    /// Exact numbers of bytes rather than 38.2 MB
    #[arg(long = "bytes")]
    exact: bool,
}

impl Sizes {
    /// The library's word for it.
    pub(crate) fn style(&self) -> table::Sizes {
        if self.exact { table::Sizes::Exact } else { table::Sizes::Human }
    }
}

/// The snapshot in a file.
pub(super) fn read(file: &OsString) -> Result<Snapshot> {
    read_from(&open(file)?)
}

fn read_from(source: &Source) -> Result<Snapshot> {
    let snapshot = format::read(source)?;
    warn(source, snapshot.metadata());
    Ok(snapshot)
}

/// Says what makes answers doubtful. What went wrong when the snapshot was captured is for `info`.
fn warn(source: &Source, metadata: &Metadata) {
    if metadata.warnings.iter().any(|warning| warning == format::NO_ROOTS) {
        say(&format!("warning: {}: {}", source.name(), format::NO_ROOTS));
    }
}

/// A snapshot of a process as it is now.
pub(super) fn capture_now(pid: u32) -> Result<Snapshot> {
    capture::capture_pid(pid, &capture::Options::default())
}

fn open(file: &OsString) -> Result<Source> {
    Source::open(Path::new(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::parse;

    fn objects(words: &str) -> Result<Vec<String>> {
        parse::<Target>(words).unwrap().objects(&[])
    }

    #[test]
    fn with_a_pid_every_word_is_an_object() {
        assert_eq!(objects("app.parquet Session dict").unwrap(), ["Session", "dict"]);
        assert_eq!(objects("--pid 7 Session dict").unwrap(), ["Session", "dict"]);
        assert_eq!(objects("Session -p 7").unwrap(), ["Session"]);
    }

    #[test]
    fn tables_are_cut_at_twenty_rows_and_json_is_not() {
        let unset = Limit { rows: None };
        assert_eq!((unset.rows(false), unset.rows(true)), (20, usize::MAX));
        assert_eq!(Limit { rows: Some(0) }.rows(false), usize::MAX);
        assert_eq!(Limit { rows: Some(3) }.rows(true), 3);
    }

    #[test]
    fn no_object_is_an_error_that_says_what_to_write() {
        for words in ["app.parquet", "--pid 7"] {
            let error = objects(words).unwrap_err();
            assert!(error.is_invalid() && error.hint().is_some(), "{error}");
        }
    }
}
