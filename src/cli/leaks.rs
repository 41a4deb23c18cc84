//! `leaks`: what to look at first.

use super::chart::Sheet;
use super::collect::undercounted;
use super::input::{self, Input, Sizes};
use super::output::Answer;
use super::picture::Theme;
use super::stop::Stop;
use clap::Args;
use heapgraph::Result;
use heapgraph::analysis::leaks::{self, Options};
use heapgraph::render::picture::{Picture, PictureFormat};
use heapgraph::render::{json, report, table};
use heapgraph::snapshot::Snapshot;
use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;

/// What looks like a leak? Who holds most, what is garbage, what holds itself, what grew: in plain words
#[derive(Args, Debug)]
pub(crate) struct Leaks {
    #[command(flatten)]
    input: Input,
    /// An earlier snapshot of the process: tell what grew since
    #[arg(long, value_name = "OLD")]
    since: Option<OsString>,
    /// Exit with 1 if there is any of this: garbage, uncollectable, suspects, growth=10%. Repeatable
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    fail_on: Vec<FailOn>,
    /// At most N holders that grew; 0 is all [default: 3, with --json 20]
    #[arg(short = 'n', long = "limit", value_name = "N")]
    rows: Option<usize>,
    /// Write everything with its pictures on one page that stands alone: .html
    #[arg(short, long, value_name = "REPORT", conflicts_with = "json")]
    output: Option<PathBuf>,
    /// Which colours the page has; auto is what its reader's system prefers
    #[arg(long, value_enum, default_value_t)]
    theme: Theme,
    #[command(flatten)]
    sizes: Sizes,
    /// Print JSON: heapgraph.leaks/1
    #[arg(long)]
    json: bool,
}

/// What `--fail-on` looks for.
#[derive(Clone, Copy, PartialEq, Debug)]
enum FailOn {
    /// What the collector would free.
    Garbage,
    /// What it never will.
    Uncollectable,
    /// An object that holds a tenth of the heap.
    Suspects,
    /// A heap that grew by this part of what it was.
    Growth(f64),
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let part = |percent: &str| {
            percent.strip_suffix('%')?.parse::<f64>().ok().filter(|part| part.is_finite() && *part > 0.0)
        };
        match text {
            "garbage" => Ok(FailOn::Garbage),
            "uncollectable" => Ok(FailOn::Uncollectable),
            "suspects" => Ok(FailOn::Suspects),
            _ => match text.strip_prefix("growth=").and_then(part) {
                Some(percent) => Ok(FailOn::Growth(percent / 100.0)),
                None => Err("expected garbage, uncollectable, suspects or growth=10%, more than 0".to_owned()),
            },
        }
    }
}

impl Leaks {
    pub(crate) fn answer(&self, stop: &Stop) -> Result<Answer> {
        let grows = |what: &FailOn| matches!(what, FailOn::Growth(_));
        if self.since.is_none() && self.fail_on.iter().any(grows) {
            return Err(heapgraph::Error::invalid("--fail-on growth needs an earlier snapshot, found none")
                .with_hint("`heapgraph leaks FILE --since OLD --fail-on growth=10%`"));
        }
        let start = |path| Sheet::start(path, &[PictureFormat::Html], stop);
        let sheet = self.output.as_deref().map(start).transpose()?;
        let since = self.since.as_ref().map(input::read).transpose()?;
        let snapshot = self.input.snapshot()?;
        if let Some(sheet) = sheet {
            let everything = leaks::everything(&snapshot, since.as_ref(), &self.options());
            let page = self.page(&snapshot, &everything)?;
            let picture = Picture { bytes: page.into_bytes(), size: None, notices: Vec::new() };
            return Ok(self.told(sheet.answer(picture, "a report"), &everything.leaks));
        }
        let report = leaks::find(&snapshot, since.as_ref(), &self.options());
        let text = match self.json {
            true => json::pretty(&json::leaks(&snapshot, &report)),
            false => table::leaks(&snapshot, &report, &self.input.words(), &self.earlier(), self.sizes.style()),
        };
        Ok(self.told(Answer::text(text), &report))
    }

    /// The answer with what is to be known beside it.
    fn told(&self, answer: Answer, report: &leaks::Leaks) -> Answer {
        let warnings = report.growth.as_ref().map(|diff| diff.warnings.clone()).unwrap_or_default();
        answer.failing(self.fails(report)).with_notes(warnings).with_notes(undercounted(&report.collection))
    }

    /// Everything on one page.
    fn page(&self, snapshot: &Snapshot, everything: &leaks::Everything) -> Result<String> {
        let options = report::Options {
            file: &self.input.words(),
            since: &self.earlier(),
            sizes: self.sizes.style(),
            theme: self.theme.into(),
        };
        report::report(snapshot, everything, &options)
    }

    /// The earlier snapshot's name; empty without one.
    fn earlier(&self) -> String {
        self.since.as_ref().map(|file| file.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn options(&self) -> Options {
        let rows = self.rows.unwrap_or(if self.json { 20 } else { Options::default().rows });
        let rows = if rows == 0 { usize::MAX } else { rows };
        Options { rows, ..Options::default() }
    }

    fn fails(&self, report: &leaks::Leaks) -> bool {
        self.fail_on.iter().any(|what| match what {
            FailOn::Garbage => !report.collection.collected.is_empty(),
            FailOn::Uncollectable => !report.collection.uncollectable.is_empty(),
            FailOn::Suspects => report.has_suspects(),
            FailOn::Growth(part) => report.growth().is_some_and(|growth| growth >= *part),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::parse;

    fn line(words: &str) -> std::result::Result<Leaks, clap::Error> {
        parse::<Leaks>(&format!("app.parquet {words}"))
    }

    #[test]
    fn arguments_become_options() {
        assert_eq!((line("").unwrap().options().rows, line("--json").unwrap().options().rows), (3, 20));
        assert_eq!(line("-n 7").unwrap().options().rows, 7);
        let fail_on = line("--fail-on garbage,suspects --fail-on growth=12.5%").unwrap().fail_on;
        assert_eq!(fail_on, [FailOn::Garbage, FailOn::Suspects, FailOn::Growth(0.125)]);
        for wrong in ["leaks", "growth", "growth=10", "growth=x%", "growth=0%", "growth=-5%", "growth=NaN%"] {
            assert!(line(&format!("--fail-on {wrong}")).is_err(), "{wrong}");
        }
        assert_eq!(line("-n 0").unwrap().options().rows, usize::MAX);
        assert!(line("--fail-on growth=10%").unwrap().answer(&Stop::default()).is_err());
    }
}
