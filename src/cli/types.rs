//! `types`: what there is, by type.

use super::input::{Graph, Input, Limit, Sizes};
use super::output::Answer;
use clap::Args;
use heapgraph::Result;
use heapgraph::analysis::census;
use heapgraph::analysis::pattern::TypeFilter;
use heapgraph::render::{json, table};

/// What types are there? Count and bytes of each, most objects first
#[derive(Args, Debug)]
pub(crate) struct Types {
    #[command(flatten)]
    input: Input,
    /// Count only what the collector tracks, as objgraph does
    #[arg(long)]
    tracked: bool,
    /// Count only types that fit: a name or a glob (app.*); ! in front negates. Repeatable
    #[arg(long, value_name = "PATTERN")]
    filter: Vec<String>,
    /// Add what the objects of each type retain at least, and list types that retain most first
    #[arg(long)]
    retained: bool,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    sizes: Sizes,
    /// Print JSON: heapgraph.types/1
    #[arg(long)]
    json: bool,
}

impl Types {
    pub(crate) fn answer(&self) -> Result<Answer> {
        // Counting needs a few columns only; what is retained depends on who refers to what.
        let report = match self.retained {
            false => census::count(&self.input.objects()?.objects, &self.options()),
            true => {
                let Graph { objects, references, .. } = self.input.graph()?;
                census::count_retained(&objects, &references, &self.options())
            }
        };
        let rows = self.limit.rows(self.json);
        let text = match self.json {
            true => json::pretty(&json::census(&report, rows)),
            false => table::census(&report, rows, self.sizes.style()),
        };
        Ok(Answer::text(text))
    }

    fn options(&self) -> census::Options {
        census::Options { tracked: self.tracked, types: TypeFilter::new(&self.filter) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing::parse;

    #[test]
    fn arguments_become_options() {
        let options = |words: &str| parse::<Types>(&format!("app.parquet {words}")).unwrap().options();
        let none = options("");
        assert!(!none.tracked && none.types == TypeFilter::default());
        let some = options("--tracked --filter app.* --filter !app.B");
        assert!(some.tracked && some.types.passes("app.A"));
        assert!(!some.types.passes("app.B") && !some.types.passes("other.C"));
    }
}
