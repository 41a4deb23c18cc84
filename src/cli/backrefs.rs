//! `backrefs`: who refers to objects, as a tree or a picture.

use super::input::{Limit, Question, Target};
use super::output::Answer;
use super::picture::{Drawing, Walk};
use clap::Args;
use heapgraph::Result;
use heapgraph::analysis::neighbourhood::Direction;

/// Who refers to an object, and why is it alive? A tree, or with -o a picture
#[derive(Args, Debug)]
pub(crate) struct Backrefs {
    #[command(flatten)]
    pub(crate) target: Target,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    walk: Walk,
    #[command(flatten)]
    limit: Limit,
}

impl Backrefs {
    pub(crate) fn answer(&self, question: &Question) -> Result<Answer> {
        self.walk.answer(question, Direction::Backrefs, &self.drawing, &self.limit)
    }
}
