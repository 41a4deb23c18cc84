//! The largest shapes as pictures: the example of each, who holds it, and what to cut.

use super::{Cycles, Shape};
use crate::analysis::neighbourhood::{self, Content, Direction, Edge, Link, Neighbourhood, Options, RootPath, cut_at};
use crate::analysis::paths::{self, Chain};
use crate::cpython::attribute::own_dict;
use crate::cpython::fold::{Folded, leads_to_own_dict};
use crate::snapshot::{ObjectId, Referrers, Snapshot};
use foldhash::HashSet;

/// A longer cycle is drawn by its beginning and its end, so many objects of each.
const LONG: usize = 14;
const HEAD: usize = 8;
const TAIL: usize = 4;

/// The example of a shape, ready to be drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Drawn {
    /// The shape, as an index into the report's.
    pub shape: usize,
    /// The members of the example, and how a root leads to the first of them.
    pub part: Neighbourhood,
    /// Members of a long cycle that are not in the picture.
    pub gap: Option<Gap>,
}

/// Members of a cycle between two that are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gap {
    /// The one before them.
    pub after: ObjectId,
    /// The one behind them.
    pub before: ObjectId,
    /// How many.
    pub count: u64,
}

/// The examples of the first `most` shapes of a report. Two passes over the heap, and one more for each shape.
pub fn draw(snapshot: &Snapshot, referrers: &Referrers, report: &Cycles, most: usize) -> Vec<Drawn> {
    let shapes = || report.shapes.iter().take(most);
    let entries: Vec<ObjectId> = shapes().filter_map(|shape| shape.example.first().copied()).collect();
    let chains = paths::chains(snapshot, &entries, &paths::Options::default()).chains;
    let drawn = shapes().enumerate().map(|(place, shape)| {
        let entry = |chain: &&Chain| shape.example.first() == Some(&chain.object());
        let chain: Vec<Chain> = chains.iter().find(entry).cloned().into_iter().collect();
        let (members, gap) = members(snapshot, shape);
        let options =
            Options { max_depth: 0, too_many: usize::MAX, root_path: RootPath::Given(&chain), ..Options::default() };
        let mut part = neighbourhood::walk(snapshot, referrers, &members, Direction::Backrefs, &options);
        close(snapshot, &mut part, &members, gap);
        let names: Vec<&str> = shape.cut.names.iter().map(|name| name.text.as_str()).collect();
        cut_at(snapshot, &mut part, &names);
        Drawn { shape: place, part, gap }
    });
    drawn.collect()
}

/// The members to draw, own dicts folded into their owners, and what of a long cycle is not among them.
fn members(snapshot: &Snapshot, shape: &Shape) -> (Vec<ObjectId>, Option<Gap>) {
    let dicts: HashSet<ObjectId> = shape.example.iter().filter_map(|id| own_dict(snapshot, *id)).collect();
    let members: Vec<ObjectId> = shape.example.iter().copied().filter(|id| !dicts.contains(id)).collect();
    let unlisted = shape.example_length.saturating_sub(shape.example.len() as u64);
    if members.len() <= LONG && unlisted == 0 {
        return (members, None);
    }
    let (head, rest) = members.split_at(HEAD.min(members.len()));
    // Of a cycle that is not listed to its end the end is not known.
    let tail = if unlisted == 0 { &rest[rest.len() - TAIL..] } else { &[] };
    let count = unlisted + (rest.len() - tail.len()) as u64;
    let gap = Gap { after: head[head.len() - 1], before: tail.first().copied().unwrap_or(head[0]), count };
    ([head, tail].concat(), Some(gap))
}

/// Adds the references around the cycle that the picture lacks: one to a class or from one is noise everywhere else.
fn close(snapshot: &Snapshot, part: &mut Neighbourhood, members: &[ObjectId], gap: Option<Gap>) {
    let next = members.iter().cycle().skip(1);
    for (&holder, &target) in members.iter().zip(next) {
        let folded_away = gap.is_some_and(|gap| gap.after == holder || gap.before == target);
        let node = |id| part.nodes.iter().position(|node| node.content == Content::Object(id));
        let (Some(from), Some(to)) = (node(holder), node(target)) else { continue };
        if folded_away {
            continue;
        }
        let known = part.edges.iter().position(|edge| (edge.from, edge.to) == (from, to));
        let at = known.unwrap_or(part.edges.len());
        if known.is_none() {
            let Some(link) = link(snapshot, holder, target) else { continue };
            let (on_root_path, on_cycle, closes) = (false, true, None);
            part.edges.push(Edge { from, to, references: vec![link], on_root_path, on_cycle, closes });
        }
        part.edges[at].on_cycle = true;
    }
}

/// The first reference from one object to another, through its own dict if not directly.
fn link(snapshot: &Snapshot, holder: ObjectId, target: ObjectId) -> Option<Link> {
    let references = |of: ObjectId| snapshot.references().of(of).filter(|reference| reference.tag.holds());
    let direct = || references(holder).find(|found| found.target == target).map(Folded::single);
    let to_dict = references(holder).find(leads_to_own_dict);
    let in_dict = || {
        let first = to_dict?;
        let last = references(first.target).find(|found| found.target == target)?;
        Some(Folded { first, last })
    };
    let step = direct().or_else(in_dict)?;
    Some(Link { first: step.first.id, last: step.last.id, kind: step.kind(), label: step.label(snapshot) })
}
