//! `waste`: what the heap spends on nothing.

use super::input::{Input, Limit, Sizes};
use super::output::Answer;
use clap::Args;
use heapgraph::Result;
use heapgraph::analysis::waste;
use heapgraph::render::{json, table};
use heapgraph::snapshot::Snapshot;

/// As many kinds of places as JSON lists for each thing that is held.
const JSON_PLACES: usize = 50;

/// What could be saved? Equal strings, empty containers, copied lists; suspended calls, open files
#[derive(Args, Debug)]
pub(crate) struct Waste {
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    sizes: Sizes,
    /// Print JSON: heapgraph.waste/1
    #[arg(long)]
    json: bool,
}

impl Waste {
    pub(crate) fn answer(&self, snapshot: &Snapshot) -> Result<Answer> {
        let report = waste::find(snapshot, &self.options());
        let text = match self.json {
            true => json::pretty(&json::waste(&report)),
            false => table::waste(&report, self.sizes.style()),
        };
        Ok(Answer::text(text))
    }

    fn options(&self) -> waste::Options {
        let places = if self.json { JSON_PLACES } else { waste::Options::default().places };
        waste::Options { rows: self.limit.rows(self.json), places }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::parse;

    #[test]
    fn arguments_become_options() {
        let rows = |words: &str| parse::<Waste>(&format!("app.parquet {words}")).unwrap().options().rows;
        assert_eq!((rows(""), rows("-n 3"), rows("--json")), (20, 3, usize::MAX));
    }
}
