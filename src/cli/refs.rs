//! `refs`: what objects refer to, as a tree or a picture.

use super::input::{Limit, Question, Target};
use super::output::Answer;
use super::picture::{Drawing, Walk};
use clap::Args;
use heapgraph::Result;
use heapgraph::analysis::neighbourhood::{self, Direction, View};

/// What does an object refer to? A tree, or with -o a picture
#[derive(Args, Debug)]
pub(crate) struct Refs {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    walk: Walk,
    #[command(flatten)]
    limit: Limit,
}

impl Refs {
    pub(crate) fn answer(&self, question: &Question) -> Result<Answer> {
        let snapshot = &question.snapshot;
        // What a picture of ours does not show it counts; a tree and objgraph's show each.
        let counts_rest = self.drawing.is_picture() && self.drawing.view() == View::Ours;
        let asked = question.select(self.limit.rows(counts_rest))?;
        // Two passes over the heap that need nothing of each other.
        let (referrers, retained) = std::thread::scope(|scope| {
            let retained = scope.spawn(|| self.drawing.retained(snapshot));
            (snapshot.referrers(), retained.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let options = self.walk.options(&self.drawing, snapshot, retained.as_ref())?;
        let part = neighbourhood::walk(snapshot, &referrers, &asked.ids, Direction::Refs, &options);
        Ok(self.drawing.draw(snapshot, question.source.as_deref(), &part)?.with_notes(asked.notes))
    }
}
