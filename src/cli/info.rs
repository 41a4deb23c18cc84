//! `info`: what a snapshot is of.

use super::input::{Columns, Input, Sizes};
use super::output::Answer;
use clap::Args;
use heapgraph::Result;
use heapgraph::analysis::summary;
use heapgraph::render::{json, table};

/// What process is this, and what was its heap like? Counts, collector settings, threads, warnings
#[derive(Args, Debug)]
pub(crate) struct Info {
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    sizes: Sizes,
    /// Print JSON: heapgraph.info/1
    #[arg(long)]
    json: bool,
}

impl Info {
    pub(crate) fn answer(&self, columns: &Columns) -> Result<Answer> {
        let report = summary::summarize(&columns.objects, &columns.metadata, columns.references);
        let text =
            if self.json { json::pretty(&json::summary(&report)) } else { table::summary(&report, self.sizes.style()) };
        Ok(Answer::text(text))
    }
}
