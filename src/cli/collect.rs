//! `collect`: what the collector would free.

use super::input::{Input, Limit, Sizes};
use super::output::Answer;
use clap::Args;
use heapgraph::Result;
use heapgraph::analysis::collect::{self, Collection};
use heapgraph::render::text::grouped;
use heapgraph::render::{json, table};
use heapgraph::snapshot::{Generation, Snapshot};

/// What would gc.collect() free? CPython's collector, simulated on the snapshot
#[derive(Args, Debug)]
pub(crate) struct Collect {
    #[command(flatten)]
    pub(crate) input: Input,
    /// The oldest generation to look at, as in gc.collect(N)
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=2))]
    generation: u8,
    /// Exit with 1 if there is garbage: anything unreachable, collectable or not
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
    pub(crate) fn answer(&self, snapshot: &Snapshot) -> Result<Answer> {
        let found = collect::collect(snapshot.objects(), snapshot.references(), &self.options());
        let rows = self.limit.rows(self.json);
        let text = match self.json {
            true => json::pretty(&json::collection(&found, snapshot.objects(), rows)),
            false => table::collection(&found, rows, self.sizes.style()),
        };
        let failed = self.fail_on.is_some_and(|FailOn::Garbage| found.returns() > 0);
        Ok(Answer::text(text).with_notes(undercounted(&found)).failing(failed))
    }

    fn options(&self) -> collect::Options {
        collect::Options { generation: Generation(self.generation), cut: Vec::new() }
    }
}

fn undercounted(found: &Collection) -> Option<String> {
    let count = found.undercounted;
    (count > 0)
        .then(|| format!("refcounts lower than the references found, and taken as high as these: {}", grouped(count)))
}
