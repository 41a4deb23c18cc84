//! objgraph's own rules: what `gc.get_referents` and `gc.get_referrers` report, in their order, cut as objgraph cuts.

use super::{Boxes, Content, Direction, LeftOut, Link, Neighbourhood, Node, Options, View, card, edge};
use crate::cpython::label::builtin_type_of;
use crate::cpython::objgraph::{is_proper_module, reference_label};
use crate::cpython::path::modules;
use crate::snapshot::{Generation, ObjectId, Reference, ReferenceKind, Referrers, Snapshot};

pub(super) fn walk(
    snapshot: &Snapshot,
    referrers: &Referrers,
    asked: Vec<ObjectId>,
    direction: Direction,
    options: &Options<'_>,
) -> Neighbourhood {
    let modules = modules(snapshot);
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
            if options.ignore.picks(snapshot, other) || !options.filter.passes(snapshot, other) {
                left_out.filtered += 1;
            } else if drawn >= options.too_many {
                skipped.push(other);
            } else {
                drawn += 1;
                let far = boxes.add(snapshot, other, depth + 1, options);
                edges.push(edge(direction, at, far, vec![link(snapshot, reference)], false));
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

fn link(snapshot: &Snapshot, reference: Reference<'_>) -> Link {
    Link {
        first: reference.id,
        last: reference.id,
        kind: reference.kind(),
        label: reference_label(snapshot, reference.holder, reference.target),
    }
}

/// Whether `tp_traverse` reports it. Guessed ones are taken for reported: the types that need guessing are the
/// collector's containers as well.
fn traversed(reference: &Reference<'_>) -> bool {
    let label = matches!(reference.kind(), ReferenceKind::Weak | ReferenceKind::Root);
    !label && !reference.tag.is_untraversed() && !reference.tag.is_borrowed()
}

fn neighbours<'s>(
    snapshot: &'s Snapshot,
    referrers: &'s Referrers,
    id: ObjectId,
    direction: Direction,
) -> Vec<(Reference<'s>, ObjectId)> {
    match direction {
        Direction::Refs => referents(snapshot, id).into_iter().map(|reference| (reference, reference.target)).collect(),
        Direction::Backrefs => {
            // A holder comes once, however often it refers; the collector's lists hold neither roots nor frozen objects.
            let mut last = None;
            let listed =
                |reference: &Reference<'_>| snapshot.objects().generation(reference.holder) < Generation::FROZEN;
            let found = referrers.of(snapshot.references(), id).filter(traversed).filter(listed);
            let once = found.filter(|reference| last.replace(reference.holder) != Some(reference.holder));
            once.map(|reference| (reference, reference.holder)).collect()
        }
    }
}

/// What `tp_traverse` visits, in its order: a list or tuple from its end, a dict by value and key in turns.
fn referents(snapshot: &Snapshot, id: ObjectId) -> Vec<Reference<'_>> {
    let mut found: Vec<Reference<'_>> = snapshot.references().of(id).filter(traversed).collect();
    match builtin_type_of(snapshot, id) {
        Some("list" | "tuple") => found.reverse(),
        Some("dict") if found.first().is_some_and(|first| first.kind() == ReferenceKind::DictKey) => {
            found.chunks_exact_mut(2).for_each(|entry| entry.swap(0, 1));
        }
        _ => {}
    }
    found
}
