//! What stands in the box of an object below its name: its plain attributes, or what else tells it from its like.

use super::BoxRole;
use crate::analysis::neighbourhood::{Direction, Node};
use crate::cpython::label::{builtin_type_of, counted, grouped, object_detail};
use crate::cpython::plain::{PlainTypes, plain_attributes, plain_items};
use crate::snapshot::{ObjectId, Snapshot};

/// Plain attributes in the box of an object asked for, and in any other.
const ASKED: usize = 4;
const OTHERS: usize = 2;
/// Characters of a container's plain items on one line.
const ITEMS_WIDTH: usize = 34;
/// Entries of a dict, and items looked at for a line.
const ENTRIES: usize = 3;
const ITEMS: usize = 8;

/// The lines, not cut yet.
pub(super) fn details(
    snapshot: &Snapshot,
    types: &PlainTypes,
    node: &Node,
    id: ObjectId,
    role: BoxRole,
    direction: Direction,
) -> Vec<String> {
    match role {
        // A pill is its name: a second line would make it a box.
        BoxRole::Root => Vec::new(),
        BoxRole::Instance if builtin_type_of(snapshot, id).is_none() => instance(snapshot, types, id, node.asked),
        BoxRole::Container => {
            let inside = node.values > 0 && (node.asked || direction == Direction::Refs);
            let items = if inside { items(snapshot, types, id) } else { Vec::new() };
            object_detail(snapshot, id).into_iter().chain(items).collect()
        }
        _ => object_detail(snapshot, id).into_iter().collect(),
    }
}

fn instance(snapshot: &Snapshot, types: &PlainTypes, id: ObjectId, asked: bool) -> Vec<String> {
    let most = if asked { ASKED } else { OTHERS };
    let found = plain_attributes(snapshot, types, id, most);
    if found.lines.is_empty() {
        return object_detail(snapshot, id).into_iter().collect();
    }
    // A container or an exception of the program's own says how long it is too.
    let length = snapshot.texts().length(id).map(|length| counted(length, "item"));
    let more = (found.more > 0).then(|| format!("+{} more", grouped(found.more)));
    length.into_iter().chain(found.lines).chain(more).collect()
}

/// Plain items: of a dict an entry a line, of all else as many as one line takes.
fn items(snapshot: &Snapshot, types: &PlainTypes, id: ObjectId) -> Vec<String> {
    let is_dict = builtin_type_of(snapshot, id) == Some("dict");
    let found = plain_items(snapshot, types, id, if is_dict { ENTRIES } else { ITEMS });
    if is_dict || found.is_empty() {
        return found;
    }
    let length = snapshot.texts().length(id).unwrap_or(found.len() as u64);
    let (mut line, mut told) = (String::new(), 0);
    for item in &found {
        let joint = if line.is_empty() { "" } else { ", " };
        if told > 0 && line.chars().count() + joint.len() + item.chars().count() > ITEMS_WIDTH {
            break;
        }
        line.push_str(joint);
        line.push_str(item);
        told += 1;
    }
    line.push_str(if told < length { ", …" } else { "" });
    vec![line]
}
