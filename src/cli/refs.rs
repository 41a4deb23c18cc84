//! `refs`: what objects refer to, as a tree or a picture.

use super::input::{Limit, Question, Target};
use super::output::Answer;
use super::picture::{Drawing, Walk};
use clap::Args;
use heapgraph::Result;
use heapgraph::analysis::neighbourhood::Direction;

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
        self.walk.answer(question, Direction::Refs, &self.drawing, &self.limit)
    }
}
