//! `cycles`: what holds itself in cycles, and what to cut.

use super::chart::{Chart, Sheet};
use super::input::{Input, Limit, Sizes};
use super::output::Answer;
use super::stop::Stop;
use clap::{Args, ValueEnum};
use heapgraph::Result;
use heapgraph::analysis::cycles::{self, Options};
use heapgraph::cpython::label::counted;
use heapgraph::render::picture::PictureFormat;
use heapgraph::render::scene::{self, PictureOptions};
use heapgraph::render::{self, json, table};
use heapgraph::snapshot::Snapshot;

/// Shapes that a picture shows, unless asked for more or fewer.
const DRAWN: usize = 6;

/// Which objects hold each other in cycles, and which reference breaks them?
#[derive(Args, Debug)]
pub(crate) struct Cycles {
    #[command(flatten)]
    input: Input,
    /// List the addresses of the members of every cycle
    #[arg(long)]
    members: bool,
    /// Follow references to classes, bases and globals too, which make most of a living heap one knot
    #[arg(long)]
    all_references: bool,
    /// Exit with 1 if there is any of this: cycles that no root reaches
    #[arg(long, value_name = "WHAT")]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    chart: Chart,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    sizes: Sizes,
    /// Print JSON: heapgraph.cycles/1
    #[arg(long)]
    json: bool,
}

/// What `--fail-on` takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum FailOn {
    Garbage,
}

impl Cycles {
    pub(crate) fn answer(&self, stop: &Stop) -> Result<Answer> {
        let sheet = self.chart.start(&PictureFormat::ALL.map(|(format, _)| format), stop)?;
        let snapshot = &self.input.snapshot()?;
        let report = cycles::find(snapshot, &self.options());
        let failed = self.fail_on == Some(FailOn::Garbage) && report.garbage.cycles > 0;
        if let Some(sheet) = sheet {
            return Ok(self.draw(snapshot, &report, sheet)?.failing(failed));
        }
        let text = match self.json {
            true => json::pretty(&json::cycles(snapshot, &report, self.members)),
            false => table::cycles(snapshot, &report, self.sizes.style()),
        };
        Ok(Answer::text(text).failing(failed))
    }

    /// The picture of the largest shapes.
    fn draw(&self, snapshot: &Snapshot, report: &cycles::Cycles, sheet: Sheet) -> Result<Answer> {
        let drawn = cycles::draw(snapshot, &snapshot.referrers(), report, report.shapes.len());
        let source = self.input.words();
        let options = PictureOptions { source: Some(&source), ..PictureOptions::default() };
        let scene = scene::cycles(snapshot, report, &drawn, &options);
        let picture = render::draw(&scene, sheet.format, &self.chart.options())?;
        Ok(sheet.answer(picture, &counted(drawn.len() as u64, "shape")))
    }

    fn options(&self) -> Options {
        Options {
            all_references: self.all_references,
            members: self.members,
            // A table is cut, and what leaks is what most look for.
            garbage_first: !self.json,
            shapes: match self.chart.is_asked() {
                true => self.limit.given().unwrap_or(DRAWN),
                false => self.limit.rows(self.json),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::parse;

    #[test]
    fn arguments_become_options() {
        let options = |words: &str| parse::<Cycles>(&format!("app.parquet {words}")).unwrap().options();
        let none = options("");
        assert!(!none.all_references && !none.members && none.garbage_first && none.shapes == 20);
        let some = options("--all-references --members --json");
        assert!(some.all_references && some.members && !some.garbage_first && some.shapes == usize::MAX);
        assert_eq!(options("--limit 3 --json").shapes, 3);
    }
}
