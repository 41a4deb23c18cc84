//! `diff`: what changed between two snapshots of a process, and what stayed through three.

use super::chart::{Chart, Sheet};
use super::input::{self, Limit, Sizes};
use super::output::Answer;
use super::stop::Stop;
use clap::Args;
use heapgraph::analysis::diff;
use heapgraph::cpython::label::counted;
use heapgraph::render::picture::PictureFormat;
use heapgraph::render::scene::{self, PictureOptions};
use heapgraph::render::{self, json, table};
use heapgraph::snapshot::Snapshot;
use heapgraph::{Error, Result};
use std::ffi::OsString;

/// Holders that a picture shows, unless asked for more or fewer.
const DRAWN: usize = 8;

/// What grew? Two snapshots of a process by type and by holder; of three, what stayed
///
/// Given three, it tells what appeared in the second and still stood in the third.
#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// The earlier snapshot
    old: OsString,
    /// The later one, or the one in between. With --pid the process itself is the last
    new: Option<OsString>,
    /// The last of three
    newer: Option<OsString>,
    /// Capture this process as the last snapshot
    #[arg(short, long)]
    pid: Option<u32>,
    /// Tell what types and holders retain too: what would be freed if they went away
    #[arg(long)]
    retained: bool,
    #[command(flatten)]
    chart: Chart,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    sizes: Sizes,
    /// Print JSON: heapgraph.diff/1, of three heapgraph.diff3/1
    #[arg(long)]
    json: bool,
}

impl Diff {
    pub(crate) fn answer(&self, stop: &Stop) -> Result<Answer> {
        let sheet = self.chart.start(&PictureFormat::ALL.map(|(format, _)| format), stop)?;
        match &self.snapshots()?[..] {
            [old, new] => self.two(old, new, sheet),
            [_, _, _] if sheet.is_some() => Err(Error::unsupported("expected two snapshots to draw, found three")
                .with_hint("`heapgraph diff OLD NEW -o PICTURE` draws who grew from the one to the other")),
            [first, second, third] => self.three(first, second, third),
            _ => Err(Error::invalid("expected two or three snapshots, found one")
                .with_hint("`heapgraph diff OLD NEW`, or `heapgraph diff OLD --pid PID` for a process as it is now")),
        }
    }

    fn two(&self, old: &Snapshot, new: &Snapshot, sheet: Option<Sheet>) -> Result<Answer> {
        let report = diff::diff(old, new, &self.options());
        if let Some(sheet) = sheet {
            return Ok(self.draw(new, &report, sheet)?.with_notes(report.warnings));
        }
        let rows = self.limit.rows(self.json);
        let text = match self.json {
            true => json::pretty(&json::diff(&report, rows)),
            false => table::diff(&report, rows, self.sizes.style()),
        };
        Ok(Answer::text(text).with_notes(report.warnings))
    }

    /// The picture of who grew.
    fn draw(&self, new: &Snapshot, report: &diff::Diff, sheet: Sheet) -> Result<Answer> {
        let part = diff::draw(new, &new.referrers(), report, report.holders.len());
        let file = self.newer.as_ref().or(self.new.as_ref()).map(|file| file.to_string_lossy());
        let options = PictureOptions { source: file.as_deref(), ..PictureOptions::default() };
        let scene = scene::growth(new, report, &part, Some(&self.old.to_string_lossy()), &options);
        let picture = render::draw(&scene, sheet.format, &self.chart.options())?;
        Ok(sheet.answer(picture, &counted(part.asked.len() as u64, "holder")))
    }

    fn three(&self, first: &Snapshot, second: &Snapshot, third: &Snapshot) -> Result<Answer> {
        let report = diff::kept(first, second, third, &self.options())?;
        let rows = self.limit.rows(self.json);
        let text = match self.json {
            true => json::pretty(&json::kept(&report, rows)),
            false => table::kept(&report, rows, self.sizes.style()),
        };
        Ok(Answer::text(text).with_notes(report.warnings))
    }

    /// The snapshots, earliest first; a process is captured when the files are known to be good.
    fn snapshots(&self) -> Result<Vec<Snapshot>> {
        let files = [Some(&self.old), self.new.as_ref(), self.newer.as_ref()];
        let files: Vec<&OsString> = files.into_iter().flatten().collect();
        if files.len() + usize::from(self.pid.is_some()) > 3 {
            return Err(Error::invalid("expected at most three snapshots, found three and --pid"));
        }
        let mut snapshots = files.into_iter().map(input::read).collect::<Result<Vec<_>>>()?;
        if let Some(pid) = self.pid {
            snapshots.push(input::capture_now(pid)?);
        }
        Ok(snapshots)
    }

    fn options(&self) -> diff::Options {
        let holders = match self.chart.is_asked() {
            true => self.limit.given().unwrap_or(DRAWN),
            false => self.limit.rows(self.json),
        };
        diff::Options { holders, retained: self.retained }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::parse;

    #[test]
    fn arguments_become_options() {
        let holders = |words: &str| parse::<Diff>(&format!("app.parquet {words}")).unwrap().options().holders;
        assert_eq!((holders("b"), holders("b --json"), holders("b -n 3 --json")), (20, usize::MAX, 3));
        assert_eq!(holders("--pid 7 -n 0"), usize::MAX);
    }
}
