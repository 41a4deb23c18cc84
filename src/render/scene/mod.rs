//! What a picture shows, before anything has a place: boxes and lines with their texts and roles.
//!
//! Made from a neighbourhood by [`ours`] in the default style and by [`objgraph`] in objgraph's. Everything after it
//! (layouts, DOT, SVG, PNG, JSON) reads only this.

mod attributes;
mod cycles;
mod groups;
mod growth;
mod legend;
mod objgraph;
mod ours;
mod parts;
mod sentences;
mod words;

pub use cycles::cycles;
pub use growth::growth;
pub use legend::LegendEntry;
pub use parts::{BoxRole, EdgeRole, Line, LineRole, SceneBox, SceneEdge};

pub(crate) use groups::plural;
pub(crate) use objgraph::ObjgraphNode;
pub use objgraph::objgraph;
pub(crate) use ours::kind_of_type;
pub use ours::ours;
pub(crate) use words::origin;

use crate::analysis::neighbourhood::{Direction, Edge, Neighbourhood};
use crate::render::text::{clean, cut};

/// Whether a line runs against the order of reading, which goes by distance from the objects asked for.
fn runs_back(neighbourhood: &Neighbourhood, edge: &Edge) -> bool {
    let (from, to) = (neighbourhood.nodes[edge.from].depth, neighbourhood.nodes[edge.to].depth);
    match neighbourhood.direction {
        Direction::Refs => from > to,
        Direction::Backrefs => from < to,
    }
}

/// What a picture is drawn in, and what is asked of its texts.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct PictureOptions<'a> {
    /// `app.Session` instead of `Session`.
    pub long_names: bool,
    /// The true count behind every type name: `Session [2]`.
    pub refcounts: bool,
    /// A further line per box.
    pub extra_info: Option<ExtraInfo>,
    /// Where the snapshot comes from, for the foot line: the file's name as the user wrote it.
    pub source: Option<&'a str>,
}

/// What a further line of every box tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExtraInfo {
    /// The bytes that would be freed without the object, in every box; in our style large ones say so anyway.
    Retained,
    /// Bytes of the object itself.
    Size,
    /// Where it lived.
    Address,
}

/// Boxes, lines and the words around them.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Scene {
    /// The question. None in objgraph's style.
    pub title: Option<String>,
    /// The answer, under the question: lines of pieces, some of them stressed.
    pub answer: Vec<Vec<Piece>>,
    /// In order of first discovery; a card stands behind the box it belongs to.
    pub boxes: Vec<SceneBox>,
    /// In the order in which the neighbourhood has them.
    pub edges: Vec<SceneEdge>,
    /// Only what occurs.
    pub legend: Vec<LegendEntry>,
    /// How complete the picture is and where it comes from; empty for none.
    pub foot: String,
    /// From the top down rather than from the left to the right.
    pub top_down: bool,
    /// How the whole is drawn.
    pub look: Look,
    /// DOT text to be written as it is: objgraph's own, in its style.
    pub dot: Option<String>,
}

/// Most characters of a line that is drawn, and of a tooltip.
const DRAWN_LIMIT: usize = 200;
const TOOLTIP_LIMIT: usize = 10_000;

impl Scene {
    /// The same scene with texts that can be drawn: without control characters and of bounded length. What
    /// [`ours`] and [`objgraph`] make is so already; the picture JSON of any scene keeps its texts whole.
    #[must_use]
    pub(crate) fn drawable(&self) -> Scene {
        let mut scene = self.clone();
        let fit = |text: &mut String| *text = cut(text, DRAWN_LIMIT);
        let fit_tooltip = |text: &mut String| {
            let end = text.char_indices().nth(TOOLTIP_LIMIT).map_or(text.len(), |(at, _)| at);
            *text = text[..end].split('\n').map(clean).collect::<Vec<_>>().join("\n");
        };
        scene.title.iter_mut().for_each(fit);
        scene.answer.iter_mut().flatten().for_each(|piece| fit(&mut piece.text));
        for one in &mut scene.boxes {
            one.lines.iter_mut().for_each(|line| fit(&mut line.text));
            fit(&mut one.id);
            fit_tooltip(&mut one.tooltip);
        }
        for edge in &mut scene.edges {
            edge.label.iter_mut().for_each(fit);
            fit_tooltip(&mut edge.tooltip);
        }
        fit(&mut scene.foot);
        scene
    }
}

/// The two ways to draw.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum Look {
    /// Rounded boxes, names on lines, a legend.
    #[default]
    Ours,
    /// As objgraph lets `dot` draw.
    Objgraph,
}

/// A piece of a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Bold, in the colour of the root path.
    pub stressed: bool,
}
