//! `cycles`: what holds itself in cycles, and what to cut.

use super::input::{Input, Limit, Sizes};
use super::output::Answer;
use clap::{Args, ValueEnum};
use heapgraph::Result;
use heapgraph::analysis::cycles::{self, Options};
use heapgraph::render::{json, table};
use heapgraph::snapshot::Snapshot;

/// Which objects hold each other in cycles, and which reference breaks them?
#[derive(Args, Debug)]
pub(crate) struct Cycles {
    #[command(flatten)]
    pub(crate) input: Input,
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
    pub(crate) fn answer(&self, snapshot: &Snapshot) -> Result<Answer> {
        let report = cycles::find(snapshot, &self.options());
        let failed = self.fail_on == Some(FailOn::Garbage) && report.garbage.cycles > 0;
        let text = match self.json {
            true => json::pretty(&json::cycles(snapshot, &report, self.members)),
            false => table::cycles(snapshot, &report, self.sizes.style()),
        };
        Ok(Answer::text(text).failing(failed))
    }

    fn options(&self) -> Options {
        Options {
            all_references: self.all_references,
            members: self.members,
            // A table is cut, and what leaks is what most look for.
            garbage_first: !self.json,
            shapes: self.limit.rows(self.json),
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
