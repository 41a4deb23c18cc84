//! Cards: what stands for objects that are not drawn one by one, counted and named by their types.

use super::{BoxRole, Line, LineRole, SceneBox};
use crate::analysis::neighbourhood::{Content, Direction, More, Neighbourhood, Node, Steps};
use crate::cpython::label::short_type;
use crate::render::style;
use crate::render::text::{bytes, clean, cut, grouped};
use crate::snapshot::{ObjectId, Snapshot};

/// Types named on a card, and in its tooltip.
const ON_CARD: usize = 3;
const IN_TOOLTIP: usize = 40;

/// Stable from run to run: the address, or the row of what has none.
pub(super) fn box_id(snapshot: &Snapshot, id: ObjectId) -> String {
    let address = snapshot.objects().address(id);
    address.map_or_else(|| format!("root-{}", id.get()), |address| address.to_string())
}

/// `40,011 more Sessions`, or `30 more holders` and below it `28 Session, 2 list`.
pub(super) fn make_card(snapshot: &Snapshot, neighbourhood: &Neighbourhood, node: &Node, more: &More) -> SceneBox {
    let of = match &neighbourhood.nodes[more.of].content {
        Content::Object(id) => box_id(snapshot, *id),
        Content::More(_) | Content::Steps(_) => String::new(),
    };
    let count = grouped(more.count);
    let what = match (more.fellows, neighbourhood.direction) {
        (true, _) => "asked for",
        (false, Direction::Refs) => "objects",
        (false, Direction::Backrefs) => "holders",
    };
    let mut lines = Vec::new();
    match more.types.as_slice() {
        [(only, _)] => lines.push((format!("{count} more {}", plural(short_type(only), more.count)), LineRole::Title)),
        types => {
            lines.push((format!("{count} more {what}"), LineRole::Title));
            lines.extend((!types.is_empty()).then(|| (listed(more, ON_CARD), LineRole::Detail)));
        }
    }
    lines.extend(more.fellows.then(|| ("asked for too".to_owned(), LineRole::Detail)));
    let kept = node.retained.filter(|kept| *kept > 0).map(|kept| format!("keep {}", bytes(kept)));
    lines.extend(kept.map(|text| (text, LineRole::Extra)));
    let lines = lines.into_iter().map(|(text, role)| Line { text: cut(&text, style::LINE_LIMIT), role }).collect();
    let way = if more.fellows { "--no-group" } else { "A larger --too-many or --no-group" };
    SceneBox {
        id: format!("{}-{of}", if more.fellows { "asked" } else { "more" }),
        depth: node.depth,
        lines,
        role: BoxRole::Card,
        tooltip: clean(&format!("{count} more: {}. {way} shows them.", listed(more, IN_TOOLTIP))),
        retained: node.retained,
        count: more.count,
        ..SceneBox::default()
    }
}

fn listed(more: &More, limit: usize) -> String {
    let part = |(name, count): &(String, u64)| format!("{} {}", grouped(*count), short_type(name));
    let parts: Vec<String> = more.types.iter().take(limit).map(part).collect();
    let rest = if more.types.len() > limit { ", …" } else { "" };
    parts.join(", ") + rest
}

/// `… 7 more steps`.
pub(super) fn make_steps(snapshot: &Snapshot, node: &Node, steps: &Steps) -> SceneBox {
    let count = grouped(steps.count);
    let ends = steps.ends.map(|end| box_id(snapshot, end));
    SceneBox {
        id: format!("steps-{}-{}", ends[0], ends[1]),
        depth: node.depth,
        lines: vec![Line { text: format!("… {count} more steps"), role: LineRole::Title }],
        role: BoxRole::Steps,
        tooltip: clean(&format!("{count} objects in a row: {}. --no-group shows them.", steps.way)),
        cycles: node.cycles.clone(),
        count: steps.count,
        ..SceneBox::default()
    }
}

/// `Sessions`, `dicts`; what ends in s stays.
pub(crate) fn plural(name: &str, count: u64) -> String {
    if count == 1 || name.ends_with('s') { name.to_owned() } else { format!("{name}s") }
}
