//! `retained`: what would be freed if objects went away.

use super::chart::{Chart, Sheet};
use super::input::{Limit, Question, Sizes, Target};
use super::output::Answer;
use super::stop::Stop;
use clap::{Args, ValueEnum};
use heapgraph::Result;
use heapgraph::analysis::retained::{self, Bounds, Of, Options, Report};
use heapgraph::analysis::select::{self, Selection};
use heapgraph::render::picture::PictureFormat;
use heapgraph::render::text::grouped;
use heapgraph::render::{flame, json, table, treemap};
use heapgraph::snapshot::{ObjectId, Snapshot};

/// What would be freed if these objects went away? Without OBJECT, what owns most of the heap
#[derive(Args, Debug)]
pub(crate) struct Retained {
    #[command(flatten)]
    target: Target,
    /// Show below each object what it owns: 3 levels, or LEVELS
    #[arg(long, value_name = "LEVELS", num_args = 0..=1, require_equals = true, default_missing_value = "3")]
    #[arg(value_parser = clap::value_parser!(u8).range(..=100))]
    tree: Option<u8>,
    /// Look at the garbage, which no root reaches, and at nothing else
    #[arg(long)]
    garbage: bool,
    #[command(flatten)]
    chart: Chart,
    /// What -o draws
    #[arg(long = "as", value_enum, value_name = "KIND", default_value_t)]
    kind: Kind,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    sizes: Sizes,
    /// Print JSON: heapgraph.retained/1
    #[arg(long)]
    json: bool,
}

/// What `-o` draws.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, ValueEnum)]
enum Kind {
    /// Nested cells, as large as the bytes they stand for
    #[default]
    Treemap,
    /// A row for each level, as wide as the bytes
    Flame,
}

impl Retained {
    pub(crate) fn answer(&self, stop: &Stop) -> Result<Answer> {
        let sheet = self.chart.start(&treemap::FORMATS, stop)?;
        let question = self.target.read_any()?;
        let snapshot = &question.snapshot;
        let selections = select::select_all(snapshot, &question.objects)?;
        let asked = select::objects(&selections);
        let asked = (!selections.is_empty()).then_some(asked.as_slice());
        let notes = selections.iter().filter_map(Selection::note);
        if let Some(sheet) = sheet {
            return Ok(self.draw(&question, asked, sheet)?.with_notes(notes));
        }
        let report = retained::report(snapshot, asked, &self.options());
        let text = match self.json {
            true => json::pretty(&json::retained(snapshot, &report, self.tree.is_some())),
            false => table::retained(snapshot, &report, self.sizes.style()),
        };
        Ok(Answer::text(text).with_notes(notes).with_notes(self.notes(snapshot, &report)))
    }

    fn draw(&self, question: &Question, asked: Option<&[ObjectId]>, sheet: Sheet) -> Result<Answer> {
        let (snapshot, format) = (&question.snapshot, sheet.format);
        let of = match (asked, self.garbage) {
            (None, false) => Of::Living,
            (None, true) => Of::Garbage,
            (Some(asked), false) => Of::Objects(asked),
            (Some(asked), true) => Of::GarbageObjects(asked),
        };
        let cells = retained::cells(snapshot, of, &self.bounds(format));
        let options = self.chart.options();
        let (picture, what) = match self.kind {
            Kind::Treemap => (treemap::draw(snapshot, &cells, question.source.as_deref(), format, &options)?, "cells"),
            Kind::Flame => (flame::draw(snapshot, &cells, question.source.as_deref(), format, &options)?, "frames"),
        };
        let what = format!("{} {what}", grouped(cells.cells.len() as u64));
        Ok(sheet.answer(picture, &what).with_notes(self.missing(cells.reached, cells.without.len())))
    }

    /// What a picture of this kind can hold.
    fn bounds(&self, format: PictureFormat) -> Bounds {
        let bounds = match (self.kind, format) {
            (Kind::Treemap, PictureFormat::Html) => treemap::html::BOUNDS,
            (Kind::Treemap, _) => Bounds::default(),
            (Kind::Flame, _) => flame::BOUNDS,
        };
        Bounds {
            levels: self.tree.map_or(bounds.levels, usize::from),
            siblings: self.limit.given().unwrap_or(bounds.siblings),
            ..bounds
        }
    }

    fn options(&self) -> Options {
        // JSON has no tree unless asked for: its names take a search of their own.
        let levels = self.tree.or((!self.json).then_some(0)).map(usize::from);
        Options { garbage: self.garbage, rows: self.limit.rows(self.json), levels }
    }

    /// What is missing from the answer, and why.
    fn notes(&self, snapshot: &Snapshot, report: &Report) -> Vec<String> {
        let without = report.without.len() as u64;
        let mut notes = self.missing(report.reached, report.without.len());
        let (asked, listed) = (report.set.map_or(0, |set| set.objects), report.objects.len() as u64);
        if asked > listed + without {
            notes.push(format!("the largest {} of {} objects; --limit 0 takes all", grouped(listed), grouped(asked)));
        }
        for module in &report.without_namespace {
            let name = snapshot.texts().text(*module).unwrap_or("module");
            notes.push(format!(
                "the names of module {name} are held by functions too, so that it does not retain them: ask for \
                 {name}.__dict__"
            ));
        }
        notes
    }

    /// Objects asked for that are not where was looked.
    fn missing(&self, reached: u64, without: usize) -> Vec<String> {
        let mut notes = Vec::new();
        if reached == 0 {
            notes.push(
                if self.garbage { "no garbage: a root reaches everything" } else { "no root reaches anything" }.into(),
            );
        }
        if without > 0 {
            let of_these = format!("{} of the objects", grouped(without as u64));
            notes.push(match self.garbage {
                false => format!("garbage, which no root reaches: {of_these}; --garbage looks at it"),
                true => format!("no garbage: {of_these}; a root reaches them"),
            });
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::parse;

    #[test]
    fn arguments_become_options() {
        let options = |words: &str| parse::<Retained>(&format!("app.parquet {words}")).unwrap().options();
        let none = options("Session");
        assert!(!none.garbage && none.rows == 20 && none.levels == Some(0));
        assert_eq!((options("--tree dict").levels, options("--tree=7").levels), (Some(3), Some(7)));
        let json = options("--json --garbage");
        assert!(json.garbage && json.rows == usize::MAX && json.levels.is_none());
    }
}
