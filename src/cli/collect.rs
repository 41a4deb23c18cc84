//! `collect`: what the collector would free.

use super::export::format_of;
use super::input::{Graph, Input, Limit, Sizes};
use super::output::{Answer, Destination};
use super::stop::Stop;
use clap::Args;
use heapgraph::analysis::collect::{self, Collection};
use heapgraph::analysis::select;
use heapgraph::cpython::label::counted;
use heapgraph::format::Format;
use heapgraph::render::{json, table};
use heapgraph::snapshot::{Generation, Metadata, Objects, ReferenceId, Snapshot};
use heapgraph::{Error, Result};
use std::path::{Path, PathBuf};

/// What would gc.collect() free? CPython's collector, simulated on the snapshot
#[derive(Args, Debug)]
pub(crate) struct Collect {
    #[command(flatten)]
    input: Input,
    /// The oldest generation to look at, as in gc.collect(N)
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=2))]
    generation: u8,
    /// What if these references went away? An OBJECT and, last, the reference's name: Child.parent (of every Child),
    /// app.CACHE['k'], Session.items[]. Repeatable
    #[arg(long, value_name = "REFERENCE")]
    cut: Vec<String>,
    /// Write the snapshot as it would be afterwards
    #[arg(short, long, value_name = "AFTER")]
    output: Option<PathBuf>,
    /// Exit with 1 if there is garbage: anything unreachable, whether it can be freed or not
    #[arg(long, value_name = "WHAT")]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    sizes: Sizes,
    /// Print JSON: heapgraph.collect/1
    #[arg(long)]
    json: bool,
}

/// What `--fail-on` looks for.
#[derive(Clone, Copy, clap::ValueEnum, Debug)]
enum FailOn {
    Garbage,
}

impl Collect {
    pub(crate) fn answer(&self, stop: &Stop) -> Result<Answer> {
        let file = self.output.as_deref().map(|path| After::start(path, stop)).transpose()?;
        // Names are for cuts, texts for the file afterwards.
        if self.cut.is_empty() && file.is_none() {
            let Graph { objects, references, metadata } = self.input.graph()?;
            let found = collect::collect(&objects, &references, &self.options());
            return Ok(self.report(&found, None, &objects, &metadata));
        }
        let snapshot = self.input.snapshot()?;
        let (objects, references) = (snapshot.objects(), snapshot.references());
        let (cut, notes) = self.references(&snapshot)?;
        let options = collect::Options { cut, ..self.options() };
        let found = collect::collect(objects, references, &options);
        // As things are, to tell what the cut is good for.
        let uncut = (!options.cut.is_empty()).then(|| collect::collect(objects, references, &self.options()));
        let answer = self.report(&found, uncut.as_ref(), objects, snapshot.metadata()).with_notes(notes);
        match file {
            Some(file) => Ok(file.add_to(answer, collect::after(&snapshot, &found, &options)?)),
            None => Ok(answer),
        }
    }

    fn report(&self, found: &Collection, uncut: Option<&Collection>, objects: &Objects, metadata: &Metadata) -> Answer {
        let rows = self.limit.rows(self.json);
        let text = match self.json {
            true => json::pretty(&json::collection(found, uncut, objects, rows)),
            false => table::collection(found, uncut, rows, self.sizes.style()),
        };
        let failed = self.fail_on.is_some_and(|FailOn::Garbage| found.returns() > 0);
        let notes = undercounted(found).into_iter().chain(incremental(metadata, self.generation));
        Answer::text(text).failing(failed).with_notes(notes)
    }

    fn options(&self) -> collect::Options {
        collect::Options { generation: Generation(self.generation), ..collect::Options::default() }
    }

    /// The references to cut, and how many each text means.
    fn references(&self, snapshot: &Snapshot) -> Result<(Vec<ReferenceId>, Vec<String>)> {
        let (mut cut, mut notes) = (Vec::new(), Vec::new());
        for text in &self.cut {
            let found = select::references(snapshot, text).map_err(|error| error.at("--cut"))?;
            notes.push(format!("cut {text}: {}", counted(found.len() as u64, "reference")));
            cut.extend(found);
        }
        cut.sort_unstable();
        cut.dedup();
        Ok((cut, notes))
    }
}

/// The file for the snapshot as it would be afterwards.
struct After {
    path: PathBuf,
    format: Format,
    to: Destination,
}

impl After {
    fn start(path: &Path, stop: &Stop) -> Result<Self> {
        if path.as_os_str() == "-" {
            return Err(
                Error::invalid("-o -: standard output has the report; expected a file").with_hint("-o after.parquet")
            );
        }
        Ok(After { path: path.to_owned(), format: format_of(path)?, to: Destination::start(path, stop)? })
    }

    fn add_to(self, answer: Answer, later: Snapshot) -> Answer {
        let left = counted(later.objects().real_ids().len() as u64, "object");
        let wrote = format!("wrote {}: the {left} left", self.path.display());
        answer.with_snapshot(later, self.format, self.to).with_notes([wrote])
    }
}

/// That the snapshot is wrong where more references were found than the refcount says.
pub(super) fn undercounted(found: &Collection) -> Option<String> {
    let count = found.undercounted;
    let objects = counted(count, "object");
    (count > 0)
        .then(|| format!("warning: more references found than the refcount says, and taken as that many: of {objects}"))
}

/// From 3.14.0 to 3.14.4 young objects were collected in increments, which depends on more than the heap.
fn incremental(metadata: &Metadata, generation: u8) -> Option<String> {
    let patch: u32 = metadata.python.as_deref()?.strip_prefix("3.14.")?.parse().ok()?;
    (patch < 5 && generation < 2)
        .then(|| format!("Python 3.14.{patch} collects in increments: only generation 2 is like this"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::parse;

    #[test]
    fn arguments_become_options() {
        let line = |words: &str| parse::<Collect>(&format!("app.parquet {words}"));
        assert_eq!(line("").unwrap().options().generation, Generation(2));
        assert_eq!(line("--generation 0").unwrap().options().generation, Generation(0));
        assert!(line("--generation 3").is_err() && line("--fail-on leaks").is_err());
        assert_eq!(line("--cut a.b --cut c[]").unwrap().cut, ["a.b", "c[]"]);
    }

    #[test]
    fn the_first_releases_of_3_14_have_another_collector() {
        let note = |python: &str, generation| {
            incremental(&Metadata { python: Some(python.to_owned()), ..Metadata::default() }, generation)
        };
        assert!(note("3.14.0", 1).is_some());
        assert!(note("3.14.0", 2).is_none() && note("3.14.10", 0).is_none() && note("3.13.2", 0).is_none());
    }
}
