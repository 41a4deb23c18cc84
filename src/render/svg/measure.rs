//! How large texts make boxes and names.

use crate::render::font::{Fonts, Weight};
use crate::render::layout::Extent;
use crate::render::scene::{BoxRole, EdgeRole, Line, LineRole, Look, SceneBox, SceneEdge};
use crate::render::style;

/// From one baseline to the next, by text size.
const LEADING: f64 = 1.36;
/// Between a box's upper border and its first line of text.
const ABOVE: f64 = 7.0;

/// Size and weight of a line in a box.
pub(super) fn line_set(one: &SceneBox, role: LineRole, look: Look) -> (f64, Weight) {
    match (look, one.role) {
        (Look::Objgraph, BoxRole::Graded { pseudo: true, .. }) => (style::OBJGRAPH_TINY, Weight::Regular),
        (Look::Objgraph, _) => (style::OBJGRAPH_SIZE, Weight::Regular),
        (Look::Ours, _) if role == LineRole::Title => (style::line_size(role), Weight::Bold),
        (Look::Ours, _) => (style::line_size(role), Weight::Regular),
    }
}

/// Height of the rule above what a box says of cycles, with the room around it.
pub(super) const RULED: f64 = 7.0;

/// From a line's upper edge to that of the next.
fn step(one: &SceneBox, line: &Line, look: Look) -> f64 {
    let text = line_set(one, line.role, look).0 * LEADING;
    match line.role {
        // Discs are taller than text.
        LineRole::Cycles => RULED + (2.0 * style::DISC + 4.0).max(text),
        _ => text,
    }
}

/// How wide a line is with its bar, sign or discs.
fn width(one: &SceneBox, line: &Line, look: Look, fonts: &Fonts) -> f64 {
    let (size, weight) = line_set(one, line.role, look);
    let text = fonts.width(&line.text, size, weight);
    match line.role {
        LineRole::Keeps(_) => text + style::BEFORE_BAR + style::BAR.0,
        LineRole::Mark(_) => style::SIGN + style::AFTER_SIGN + text,
        LineRole::Cycles => text + style::BEFORE_BAR + style::DISC_STEP * discs(one) as f64,
        LineRole::Title if !one.signs.is_empty() => text + style::BEFORE_BAR + SIGN_STEP * one.signs.len() as f64,
        _ => text,
    }
}

/// From one sign behind a name to the next.
pub(super) const SIGN_STEP: f64 = style::SIGN + 4.0;

/// How many numbered discs a box shows.
pub(super) fn discs(one: &SceneBox) -> usize {
    if one.cycles.len() > style::MOST_DISCS { 0 } else { one.cycles.len() }
}

/// How large a box has to be for its text.
pub(super) fn box_extent(one: &SceneBox, look: Look, fonts: &Fonts) -> Extent {
    let widest = one.lines.iter().map(|line| width(one, line, look, fonts)).fold(0.0, f64::max);
    let height: f64 = one.lines.iter().map(|line| step(one, line, look)).sum();
    let side = if one.role == BoxRole::Root { style::PADDING + 3.0 } else { style::PADDING };
    Extent { width: (widest + 2.0 * side).ceil().max(40.0), height: (height + 2.0 * ABOVE).ceil().max(24.0) }
}

/// The baselines of a box's lines, from its upper border.
pub(super) fn baselines(one: &SceneBox, look: Look, height: f64) -> Vec<f64> {
    let steps: Vec<f64> = one.lines.iter().map(|line| step(one, line, look)).collect();
    let mut top = (height - steps.iter().sum::<f64>()) / 2.0;
    let baseline = |(step, line): (&f64, &Line)| {
        let text = line_set(one, line.role, look).0 * LEADING;
        // Where a line is taller than its text, the text stands in the middle of what is below the rule.
        let above = if line.role == LineRole::Cycles { RULED + (step - RULED - text) / 2.0 } else { 0.0 };
        let here = top + above + text * 0.76;
        top += step;
        here
    };
    steps.iter().zip(&one.lines).map(baseline).collect()
}

/// Weight of the names on a line.
pub(super) fn label_set(edge: &SceneEdge, look: Look) -> (f64, Weight) {
    match (look, edge.role) {
        (Look::Objgraph, _) => (style::OBJGRAPH_SIZE, Weight::Regular),
        (Look::Ours, EdgeRole::Path) => (style::LABEL_SIZE, Weight::Bold),
        (Look::Ours, _) => (style::LABEL_SIZE, Weight::Regular),
    }
}

/// Height of one line of a name.
pub(super) fn label_step(edge: &SceneEdge, look: Look) -> f64 {
    (label_set(edge, look).0 * 1.22).round()
}

/// How much room the names on a line take.
pub(super) fn label_extent(edge: &SceneEdge, look: Look, fonts: &Fonts) -> Option<Extent> {
    if edge.label.is_empty() {
        return None;
    }
    let (size, weight) = label_set(edge, look);
    let width = edge.label.iter().map(|name| fonts.width(name, size, weight)).fold(0.0, f64::max);
    let height = label_step(edge, look) * edge.label.len() as f64;
    Some(Extent { width: width.ceil().max(1.0), height })
}
