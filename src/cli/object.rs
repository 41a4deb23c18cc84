//! `object`: what an object is, and who holds each of its references.

use super::input::{Limit, Question, Sizes, Target};
use super::output::Answer;
use clap::Args;
use heapgraph::Result;
use heapgraph::analysis::object::{self, ObjectReport};
use heapgraph::render::{json, table};

/// What is this object, and who holds each of its references?
#[derive(Args, Debug)]
pub(crate) struct Object {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    sizes: Sizes,
    /// Print JSON: heapgraph.object/1
    #[arg(long)]
    json: bool,
}

impl Object {
    pub(crate) fn answer(&self, question: &Question) -> Result<Answer> {
        let snapshot = &question.snapshot;
        let asked = question.select(self.limit.rows(self.json))?;
        let referrers = snapshot.referrers();
        let options = object::Options::default();
        let explain = |id: &_| object::explain(snapshot, &referrers, *id, &options);
        let reports: Vec<ObjectReport> = asked.ids.iter().map(explain).collect();
        let table = |report| table::object(report, self.sizes.style());
        let text = match self.json {
            true => json::pretty(&json::objects(&reports)),
            false => reports.iter().map(table).collect::<Vec<_>>().join("\n"),
        };
        Ok(Answer::text(text).with_notes(asked.notes))
    }
}
