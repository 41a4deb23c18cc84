//! The legend: what occurs in a picture, each in the words beside its sign.

use super::{BoxRole, EdgeRole, LineRole, SceneBox, SceneEdge};
use crate::analysis::neighbourhood::Mark;

/// An entry of the legend: its sign is drawn in the style of what it explains.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum LegendEntry {
    /// The green pill.
    Root,
    /// The blue box.
    Asked,
    /// The box with a bar at its side.
    Highlighted,
    /// The thick blue line.
    Path,
    /// The amber line.
    Cycle,
    /// The numbered disc.
    Disc,
    /// The dashed thin line.
    Weak,
    /// The dashed card.
    Collapsed,
    /// The dashed pill.
    Steps,
    /// The bar.
    Retained,
    /// The sign of a mark.
    Mark(Mark),
}

impl LegendEntry {
    /// The words beside the sign.
    pub fn words(self) -> &'static str {
        match self {
            LegendEntry::Root => "root",
            LegendEntry::Asked => "asked for",
            LegendEntry::Highlighted => "highlighted",
            LegendEntry::Path => "shortest path from a root",
            LegendEntry::Cycle => "cycle",
            LegendEntry::Disc => "cut here to break it",
            LegendEntry::Weak => "weak reference",
            LegendEntry::Collapsed => "collapsed",
            LegendEntry::Steps => "steps in a row",
            LegendEntry::Retained => "retained share of the heap",
            LegendEntry::Mark(Mark::Garbage) => "no root reaches it",
            LegendEntry::Mark(Mark::HeldOutside) => "held only outside Python",
            LegendEntry::Mark(Mark::Finalizer) => "has a finalizer",
            LegendEntry::Mark(Mark::Frozen) => "set aside by gc.freeze()",
        }
    }
}

/// The word in the box of a marked object.
pub(super) fn mark_word(mark: Mark) -> &'static str {
    match mark {
        Mark::Garbage => "garbage",
        Mark::HeldOutside => "held outside Python",
        Mark::Finalizer => "finalizer",
        Mark::Frozen => "frozen",
    }
}

/// What occurs, in the order of the entries.
pub(super) fn legend(boxes: &[SceneBox], edges: &[SceneEdge]) -> Vec<LegendEntry> {
    let has_box = |role: BoxRole| boxes.iter().any(|one| one.role == role && !one.asked);
    let has_edge = |role: EdgeRole| edges.iter().any(|edge| edge.role == role);
    let has_bar = boxes.iter().flat_map(|one| &one.lines).any(|line| matches!(line.role, LineRole::Keeps(_)));
    let has_mark = |mark: Mark| boxes.iter().any(|one| one.marks.contains(&mark));
    let entries = [
        (LegendEntry::Root, has_box(BoxRole::Root)),
        (LegendEntry::Asked, boxes.iter().any(|one| one.asked)),
        (LegendEntry::Highlighted, boxes.iter().any(|one| one.highlighted)),
        (LegendEntry::Path, has_edge(EdgeRole::Path)),
        (LegendEntry::Cycle, has_edge(EdgeRole::Cycle)),
        (LegendEntry::Disc, edges.iter().any(|edge| edge.closes.is_some())),
        (LegendEntry::Weak, has_edge(EdgeRole::Weak)),
        (LegendEntry::Collapsed, has_box(BoxRole::Card)),
        (LegendEntry::Steps, has_box(BoxRole::Steps)),
        (LegendEntry::Retained, has_bar),
    ];
    let marks = [Mark::Garbage, Mark::HeldOutside, Mark::Finalizer, Mark::Frozen];
    let marks = marks.into_iter().map(|mark| (LegendEntry::Mark(mark), has_mark(mark)));
    entries.into_iter().chain(marks).filter(|(_, occurs)| *occurs).map(|(entry, _)| entry).collect()
}
