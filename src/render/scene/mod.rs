//! What a picture shows, before anything has a place: boxes and lines with their texts and roles.
//!
//! Made from a neighbourhood by [`ours`] in the default style and by [`objgraph`] in objgraph's. Everything after it
//! (layouts, DOT, SVG, PNG, JSON) reads only this.

mod objgraph;
mod ours;
mod words;

pub(crate) use objgraph::ObjgraphNode;
pub use objgraph::objgraph;
pub use ours::ours;
pub(crate) use ours::{kind_of_type, plural};

use crate::analysis::neighbourhood::{Direction, Edge, Neighbourhood};
use crate::render::text::{clean, cut};
use crate::snapshot::Address;

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

/// One box.
#[derive(Clone, PartialEq, Debug)]
pub struct SceneBox {
    /// Stable: the object's address in hex, or a word for a synthetic row or card. Unique in the scene.
    pub id: String,
    /// Where the object lived; `None` for roots and cards.
    pub address: Option<Address>,
    /// References from an object that was asked for.
    pub depth: u32,
    /// What stands in it, top down.
    pub lines: Vec<Line>,
    /// How it is drawn.
    pub role: BoxRole,
    /// One of the objects that were asked for.
    pub asked: bool,
    /// The whole text, for the tooltip.
    pub tooltip: String,
}

/// One line of text in a box.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Already cut to what a box can hold.
    pub text: String,
    /// How it is set.
    pub role: LineRole,
}

/// How a line of text is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineRole {
    /// The type, bold.
    Title,
    /// What tells the object from its like.
    Detail,
    /// Sizes and counts, smallest.
    Extra,
}

/// What a box stands for, which is how it is drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum BoxRole {
    /// An instance of a class.
    Instance,
    /// A dict, list, tuple, set or the like.
    Container,
    /// A function, cell, class, module: code rather than data.
    Code,
    /// A root: a pill, with its name.
    Root,
    /// The counted rest past `--too-many`: a dashed stack.
    Card,
    /// In objgraph's style: filled with a colour of its own.
    Graded {
        /// Hue, saturation, value, each 0 to 1.
        fill: [f64; 3],
        /// Text in white, and where the object was asked for in red.
        white_text: bool,
        /// Red dotted pseudo-nodes, in tiny letters.
        pseudo: bool,
    },
}

/// One line between boxes: all parallel references in our style, one of them in objgraph's.
#[derive(Clone, PartialEq, Debug)]
pub struct SceneEdge {
    /// Index of the holder's box.
    pub from: usize,
    /// Index of the held one's box.
    pub to: usize,
    /// The names, stacked; empty for none.
    pub label: Vec<String>,
    /// How it is drawn.
    pub role: EdgeRole,
    /// Against the order in which the boxes are read: towards the objects asked for in a picture of references, away
    /// from them in one of holders.
    pub back: bool,
    /// All names in full, for the tooltip.
    pub tooltip: String,
}

impl SceneEdge {
    /// The names as one text, or none.
    pub fn label_text(&self) -> Option<String> {
        (!self.label.is_empty()).then(|| self.label.join("\n"))
    }
}

/// What a line tells, which is how it is drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum EdgeRole {
    /// On the shortest path from a root.
    Path,
    /// Any other reference.
    Plain,
    /// Keeps nothing alive.
    Weak,
    /// To or from a counted rest.
    Collapsed,
    /// In objgraph's style: towards a pseudo-node.
    Pseudo,
}

/// An entry of the legend: its sign is drawn in the style of what it explains.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LegendEntry {
    /// The green pill.
    Root,
    /// The blue box.
    Asked,
    /// The thick blue line.
    Path,
    /// The dashed thin line.
    Weak,
    /// The dashed card.
    Collapsed,
}

impl LegendEntry {
    /// The words beside the sign.
    pub fn words(self) -> &'static str {
        match self {
            LegendEntry::Root => "root",
            LegendEntry::Asked => "asked for",
            LegendEntry::Path => "shortest path from a root",
            LegendEntry::Weak => "weak reference",
            LegendEntry::Collapsed => "collapsed",
        }
    }
}
