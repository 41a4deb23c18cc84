//! `chain`: the shortest way from a root to each object.

use super::input::{Limit, Question, Target};
use super::output::Answer;
use super::picture::Drawing;
use clap::Args;
use heapgraph::Result;
use heapgraph::analysis::neighbourhood::{self, Direction, Neighbourhood, View};
use heapgraph::analysis::paths::{self, Chains};
use heapgraph::analysis::pattern::ObjectFilter;
use heapgraph::render::text::grouped;
use heapgraph::render::{json, table};
use heapgraph::snapshot::{ObjectId, Snapshot};

/// Why is this object alive? The shortest chain of references from a root
#[derive(Args, Debug)]
pub(crate) struct Chain {
    #[command(flatten)]
    pub(crate) target: Target,
    /// Leave out references of this name, as it stands in the snapshot: cache, 'key'. Repeatable
    #[arg(long, value_name = "NAME")]
    without: Vec<String>,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    drawing: Drawing,
}

impl Chain {
    pub(crate) fn answer(&self, question: &Question) -> Result<Answer> {
        let snapshot = &question.snapshot;
        let asked = question.select(self.limit.rows(self.drawing.is_json()))?;
        let found = paths::chains(snapshot, &asked.ids, &self.options());
        let garbage = found.without.len() as u64;
        let alone =
            (garbage > 0).then(|| format!("garbage, which no root reaches: {} of the objects", grouped(garbage)));
        let answer = if self.drawing.is_json() {
            Answer::text(json::pretty(&json::chains(snapshot, &found)))
        } else if self.drawing.is_picture() {
            let part = drawn(snapshot, &found, self.drawing.view())?;
            self.drawing.draw(snapshot, question.source.as_deref(), &part)?
        } else {
            Answer::text(table::chains(snapshot, &found))
        };
        Ok(answer.with_notes(asked.notes).with_notes(alone))
    }

    fn options(&self) -> paths::Options {
        paths::Options { without_names: self.without.clone() }
    }
}

/// The chains as a part of the heap, by objgraph's rule: what leads to their ends, as far as it lies on one of them.
fn drawn(snapshot: &Snapshot, found: &Chains, view: View) -> Result<Neighbourhood> {
    let ends: Vec<ObjectId> = found.chains.iter().map(paths::Chain::object).collect();
    let hops = found.chains.iter().flat_map(|chain| &chain.hops);
    let on_chains: Vec<String> =
        hops.filter_map(|hop| snapshot.objects().address(hop.object)).map(|address| address.to_string()).collect();
    let longest = found.chains.iter().map(|chain| chain.hops.len()).max().unwrap_or(1);
    let options = neighbourhood::Options {
        max_depth: u32::try_from(longest).unwrap_or(u32::MAX) - 1,
        filter: ObjectFilter::new(snapshot, &on_chains)?,
        view,
        ..neighbourhood::Options::default()
    };
    Ok(neighbourhood::walk(snapshot, &snapshot.referrers(), &ends, Direction::Backrefs, &options))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        chain: Chain,
    }

    #[test]
    fn arguments_become_options() {
        let line =
            Line::try_parse_from(["heapgraph", "app.parquet", "x", "--without", "a", "--without", "'b'"]).unwrap();
        assert_eq!(line.chain.options().without_names, ["a", "'b'"]);
    }
}
