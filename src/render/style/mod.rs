//! Colours and sizes of a picture, all of them.
//!
//! A [`Theme`] has the colours; sizes are the same in all. Every text has a contrast of at least 4.5 : 1 on what it
//! stands on, and roles differ by width, dash or shape too, so that a grey print can be read.

#[cfg(test)]
mod tests;
mod theme;

pub use theme::{BoxPaint, DARK, LIGHT, LinePaint, Theme, rgb};

use super::scene::LineRole;

/// Space around the drawing.
pub const MARGIN: f64 = 32.0;
/// Space between a box's border and its text.
pub const PADDING: f64 = 12.0;
/// Corner radius of boxes.
pub const CORNER: f64 = 6.0;
/// Largest corner radius of pills: a root with many lines is tall, and its lines must meet its border.
pub const PILL: f64 = 18.0;
/// Corner radius of lines.
pub const BEND: f64 = 12.0;
/// From a line up to the baseline of the name on it.
pub const LABEL_LIFT: f64 = 6.0;
/// The size of names on lines.
pub const LABEL_SIZE: f64 = 11.5;
/// Length and half width of an arrow's head.
pub const ARROW: (f64, f64) = (9.0, 4.5);
/// How far each sheet of a card's stack stands out.
pub const CARD_SHEET: f64 = 4.0;
/// Most characters in a box's line; the tooltip has the rest.
pub const LINE_LIMIT: usize = 34;
/// Most characters of a name on a line.
pub const LABEL_LIMIT: usize = 28;
/// Names stacked on one line before "+9 more".
pub const STACK_LIMIT: usize = 3;
/// The size of the question.
pub const TITLE_SIZE: f64 = 20.0;
/// The size of the answer.
pub const ANSWER_SIZE: f64 = 13.0;
/// The size of legend and foot line.
pub const FOOT_SIZE: f64 = 11.0;
/// The size of all text in objgraph's style: Graphviz's default.
pub const OBJGRAPH_SIZE: f64 = 14.0;
/// The size of pseudo-nodes in objgraph's style.
pub const OBJGRAPH_TINY: f64 = 6.0;

/// Text size of a line in a box.
pub fn line_size(role: LineRole) -> f64 {
    match role {
        LineRole::Title => 12.5,
        LineRole::Detail => 11.0,
        LineRole::Extra | LineRole::Keeps(_) | LineRole::Mark(_) | LineRole::Cycles => 10.5,
    }
}

/// How far inside a box the bar of what is highlighted stands, and how thick it is.
pub const HIGHLIGHT: (f64, f64) = (6.0, 3.0);
/// Length and height of the bar that shows a share of the heap.
pub const BAR: (f64, f64) = (50.0, 5.0);
/// From a text to the bar behind it.
pub const BEFORE_BAR: f64 = 12.0;
/// Radius of the numbered disc of a cycle, and from one disc's centre to the next.
pub const DISC: f64 = 8.5;
/// From one disc's centre to the next in a box.
pub const DISC_STEP: f64 = 21.0;
/// Discs in a box; more are told by their number alone.
pub const MOST_DISCS: usize = 5;
/// `stroke-dasharray` of the border of garbage.
pub const DOTTED: &str = "1.5 3";
/// Side of a mark's sign, and the room up to its word.
pub const SIGN: f64 = 10.0;
/// From a mark's sign to its word.
pub const AFTER_SIGN: f64 = 5.0;
/// Title and answer are at least given this width before they go on on a further line.
pub const TEXT_WIDTH: f64 = 640.0;
