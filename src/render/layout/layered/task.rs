//! What one run of the steps works on: boxes that hang together, read from the left to the right.

use crate::render::layout::{Extent, PlanLine};

/// Boxes and the lines between them.
#[derive(Clone, Default, Debug)]
pub(super) struct Task {
    pub(super) nodes: Vec<Node>,
    pub(super) lines: Vec<Line>,
}

/// A box, or a block of boxes that is placed as one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) extent: Extent,
    /// How far below its upper border all lines meet a block.
    pub(super) bus: Option<f64>,
}

/// A line between two of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) plan: PlanLine,
    /// How many lines it stands for.
    pub(super) weight: i64,
}
