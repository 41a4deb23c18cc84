//! `backrefs`: who refers to objects, as a tree or a picture.

use super::input::{Limit, Target};
use super::output::Answer;
use super::picture::{Drawing, Walk};
use super::stop::Stop;
use clap::Args;
use heapgraph::Result;
use heapgraph::analysis::neighbourhood::Direction;

/// Who refers to an object, and why is it alive? A tree, or with -o a picture
#[derive(Args, Debug)]
pub(crate) struct Backrefs {
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    walk: Walk,
    #[command(flatten)]
    limit: Limit,
}

impl Backrefs {
    pub(crate) fn answer(&self, stop: &Stop) -> Result<Answer> {
        let sheet = self.drawing.start(stop)?;
        self.walk.answer(&self.target.read()?, Direction::Backrefs, &self.drawing, sheet, &self.limit)
    }
}
