//! objgraph's own rules: what `gc.get_referents` and `gc.get_referrers` report, in their order, cut as objgraph cuts.

use super::{Boxes, Content, Direction, LeftOut, Link, Neighbourhood, Node, Options, View, card, edge};
use crate::cpython::label::builtin_type_of;
use crate::cpython::objgraph::{LineLabels, is_proper_module};
use crate::cpython::path::modules;
use crate::cpython::visit::{is_visited, visited};
use crate::snapshot::{Generation, ObjectId, Reference, Referrers, Snapshot};

pub(super) fn walk(
    snapshot: &Snapshot,
    referrers: &Referrers,
    asked: Vec<ObjectId>,
    direction: Direction,
    options: &Options<'_>,
) -> Neighbourhood {
    let (modules, mut labels) = (modules(snapshot), LineLabels::new(snapshot));
    let mut boxes = Boxes::new(snapshot, &asked, options);
    let (mut edges, mut cards, mut left_out) = (Vec::new(), Vec::new(), LeftOut::default());
    let mut next = 0;
    while let Some(id) = boxes.object(next) {
        let (at, depth) = (next, boxes.nodes[next].depth);
        next += 1;
        let culled = direction == Direction::Backrefs && is_proper_module(snapshot, &modules, id);
        if culled || depth >= options.max_depth {
            continue;
        }
        let (mut drawn, mut skipped) = (0, Vec::new());
        for (reference, other) in neighbours(snapshot, referrers, id, direction) {
            if options.ignore.is_empty() && is_empty_tuple(snapshot, other) {
                continue;
            }
            if options.ignore.picks(snapshot, other) || !options.filter.passes(snapshot, other) {
                left_out.filtered += 1;
            } else if drawn >= options.too_many {
                skipped.push(other);
            } else {
                drawn += 1;
                let far = boxes.add(snapshot, other, depth + 1, options);
                edges.push(edge(direction, at, far, vec![link(&mut labels, reference)], false));
            }
        }
        if !skipped.is_empty() {
            left_out.collapsed += skipped.len() as u64;
            cards.push((at, Node::new(Content::More(card(snapshot, at, &skipped)), depth + 1)));
        }
    }
    let mut nodes = boxes.nodes;
    for (of, card) in cards {
        edges.push(edge(direction, of, nodes.len(), Vec::new(), false));
        nodes.push(card);
    }
    let (view, max_depth) = (View::Objgraph, options.max_depth);
    let (root_way, cycles, heap_bytes) = (Vec::new(), Vec::new(), None);
    Neighbourhood { direction, view, max_depth, asked, nodes, edges, left_out, root_way, cycles, heap_bytes }
}

/// objgraph leaves out what its argument `extra_ignore` lists, and the argument itself: by default the one empty tuple.
fn is_empty_tuple(snapshot: &Snapshot, id: ObjectId) -> bool {
    builtin_type_of(snapshot, id) == Some("tuple") && snapshot.texts().length(id) == Some(0)
}

fn link(labels: &mut LineLabels<'_>, reference: Reference<'_>) -> Link {
    Link {
        first: reference.id,
        last: reference.id,
        kind: reference.kind(),
        label: labels.of(reference.holder, reference.target),
    }
}

fn neighbours<'s>(
    snapshot: &'s Snapshot,
    referrers: &'s Referrers,
    id: ObjectId,
    direction: Direction,
) -> Vec<(Reference<'s>, ObjectId)> {
    match direction {
        Direction::Refs => visited(snapshot, id).into_iter().map(|reference| (reference, reference.target)).collect(),
        Direction::Backrefs => {
            // A holder comes once, however often it refers; the collector's lists hold neither roots nor frozen objects.
            let mut last = None;
            let listed =
                |reference: &Reference<'_>| snapshot.objects().generation(reference.holder) < Generation::FROZEN;
            let found =
                referrers.of(snapshot.references(), id).filter(|found| is_visited(snapshot, found)).filter(listed);
            let once = found.filter(|reference| last.replace(reference.holder) != Some(reference.holder));
            once.map(|reference| (reference, reference.holder)).collect()
        }
    }
}
