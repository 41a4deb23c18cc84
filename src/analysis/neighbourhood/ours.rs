//! Our own rules: everything named and folded, noise hidden, what is too much on a counted card, roots shown.
//!
//! First the objects of the picture are chosen, breadth first; then every line between two of them is drawn, also
//! between two at the last depth. What remains is counted.

use super::near::{Level, Neighbours};
use super::{Boxes, Content, Direction, Edge, LeftOut, Link, Neighbourhood, Node, Options, View, card, edge};
use crate::analysis::paths;
use crate::cpython::fold::Folded;
use crate::cpython::label::{is_class, is_module};
use crate::snapshot::{ObjectId, ReferenceId, Referrers, Snapshot};
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) fn walk(
    snapshot: &Snapshot,
    referrers: &Referrers,
    asked: Vec<ObjectId>,
    direction: Direction,
    options: &Options,
) -> Neighbourhood {
    let whole: FxHashSet<ObjectId> = asked.iter().copied().collect();
    let neighbours = Neighbours::new(snapshot, referrers, direction, |id| whole.contains(&id));
    let root_path = match direction {
        Direction::Backrefs => RootPath::to(snapshot, &asked, options.max_depth),
        Direction::Refs => RootPath::default(),
    };
    let mut walk = Walk {
        snapshot,
        options,
        neighbours,
        root_path,
        boxes: Boxes::new(snapshot, &asked, options),
        asked: &whole,
        left_out: LeftOut::default(),
    };
    walk.choose();
    let (mut nodes, edges) = walk.draw();
    for node in &mut nodes {
        if let Content::Object(id) = node.content {
            node.on_root_path = walk.root_path.objects.contains(&id);
        }
    }
    let (view, max_depth) = (View::Ours, options.max_depth);
    Neighbourhood { direction, view, max_depth, asked, nodes, edges, left_out: walk.left_out }
}

/// The references and objects on the shortest paths from a root to the objects asked for, as far as a picture of this
/// depth can show them.
#[derive(Default)]
struct RootPath {
    references: FxHashSet<ReferenceId>,
    objects: FxHashSet<ObjectId>,
}

impl RootPath {
    fn to(snapshot: &Snapshot, asked: &[ObjectId], max_depth: u32) -> Self {
        let tree = paths::from_roots(snapshot, &paths::Options::default());
        let mut path = RootPath::default();
        // At most three references are folded into one step of the picture.
        let reach = (max_depth as usize).saturating_add(1).saturating_mul(3);
        for &id in asked {
            let mut at = id;
            for _ in 0..reach {
                path.objects.insert(at);
                let Some(arrival) = tree.arrival(at.get()) else { break };
                path.references.insert(ReferenceId::new(arrival.edge));
                at = ObjectId::new(arrival.from);
            }
        }
        path
    }

    fn contains(&self, link: &Folded<'_>) -> bool {
        self.references.contains(&link.first.id) && self.references.contains(&link.last.id)
    }
}

/// A link that is shown.
struct Shown<'s> {
    other: ObjectId,
    link: Folded<'s>,
    on_root_path: bool,
}

/// What there is to see from one object.
#[derive(Default)]
struct Sight<'s> {
    shown: Vec<Shown<'s>>,
    hidden: u64,
    filtered: u64,
}

struct Walk<'s, 'w, F> {
    snapshot: &'s Snapshot,
    options: &'w Options,
    neighbours: Neighbours<'s, F>,
    root_path: RootPath,
    boxes: Boxes,
    asked: &'w FxHashSet<ObjectId>,
    left_out: LeftOut,
}

impl<'s, F: Fn(ObjectId) -> bool> Walk<'s, '_, F> {
    /// Breadth first; an object is followed once.
    fn choose(&mut self) {
        let mut next = 0;
        while let Some(id) = self.boxes.object(next) {
            let depth = self.boxes.nodes[next].depth;
            next += 1;
            if depth >= self.options.max_depth {
                continue;
            }
            for other in self.pick(&self.look(id, depth).shown) {
                self.boxes.add(self.snapshot, other, depth + 1, self.options);
            }
        }
    }

    /// The neighbours to show, each once, in the order of their first links; at most `too_many`.
    ///
    /// What says most is not cut off: the path from a root, then what joins or closes a cycle with what is there.
    fn pick(&self, shown: &[Shown<'_>]) -> Vec<ObjectId> {
        let on_path: FxHashSet<ObjectId> =
            shown.iter().filter(|shown| shown.on_root_path).map(|shown| shown.other).collect();
        let mut seen = FxHashSet::default();
        let others: Vec<ObjectId> = shown.iter().map(|shown| shown.other).filter(|other| seen.insert(*other)).collect();
        if others.len() <= self.options.too_many {
            return others;
        }
        // Three looks at the list rather than a sort: a hub may have a million neighbours.
        let rank = |other: &ObjectId| match (on_path.contains(other), self.boxes.index.contains_key(other)) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        let best_first = (0..3).flat_map(|wanted| others.iter().filter(move |other| rank(other) == wanted));
        best_first.take(self.options.too_many).copied().collect()
    }

    /// Every line between two objects of the picture; cards and counts for what is not in it.
    fn draw(&mut self) -> (Vec<Node>, Vec<Edge>) {
        let (mut edges, mut cards) = (Vec::new(), Vec::new());
        let mut nodes = std::mem::take(&mut self.boxes.nodes);
        for (at, node) in nodes.iter_mut().enumerate() {
            let Content::Object(id) = node.content else { continue };
            let sight = self.look(id, node.depth);
            let rest = self.draw_from(at, sight.shown, &mut edges);
            if node.depth >= self.options.max_depth {
                node.not_followed = rest.len() as u64;
                self.left_out.not_followed += node.not_followed;
                continue;
            }
            self.left_out.hidden += sight.hidden;
            self.left_out.filtered += sight.filtered;
            if !rest.is_empty() {
                self.left_out.collapsed += rest.len() as u64;
                cards.push((at, Node::new(Content::More(card(self.snapshot, at, &rest)), node.depth + 1)));
            }
        }
        for (of, card) in cards {
            edges.push(edge(self.neighbours.direction, of, nodes.len(), Vec::new(), false));
            nodes.push(card);
        }
        (nodes, edges)
    }

    /// The lines between one object and others of the picture, parallel links on one line. Gives the neighbours that
    /// are not in the picture.
    fn draw_from(&self, at: usize, shown: Vec<Shown<'_>>, edges: &mut Vec<Edge>) -> Vec<ObjectId> {
        let mut lines: FxHashMap<usize, usize> = FxHashMap::default();
        let (mut rest, mut seen) = (Vec::new(), FxHashSet::default());
        for shown in shown {
            let Some(&far) = self.boxes.index.get(&shown.other) else {
                if seen.insert(shown.other) {
                    rest.push(shown.other);
                }
                continue;
            };
            let line = *lines.entry(far).or_insert(edges.len());
            if line == edges.len() {
                edges.push(edge(self.neighbours.direction, at, far, Vec::new(), false));
            }
            edges[line].references.push(self.link(&shown.link));
            edges[line].on_root_path |= shown.on_root_path;
        }
        rest
    }

    fn link(&self, link: &Folded<'_>) -> Link {
        Link { first: link.first.id, last: link.last.id, kind: link.kind(), label: link.label(self.snapshot) }
    }

    /// What is seen from `id`: its neighbours without noise and without what the filters keep out.
    fn look(&self, id: ObjectId, depth: u32) -> Sight<'s> {
        let ends = self.ends_here(id, depth);
        let mut sight = Sight::default();
        let mut near = self.neighbours.of(id);
        near.iter_mut().filter(|near| self.root_path.contains(&near.link)).for_each(|near| near.level = Level::Plain);
        let lowest = near.iter().map(|near| near.level).min().unwrap_or(Level::Plain);
        for near in near {
            let on_root_path = self.root_path.contains(&near.link);
            let root_row = self.snapshot.objects().is_synthetic(near.other);
            if ends && (!on_root_path || root_row) {
                continue;
            }
            if !self.shows(near.level, lowest) {
                sight.hidden += 1;
                continue;
            }
            if !self.passes(near.other) {
                sight.filtered += 1;
                continue;
            }
            sight.shown.push(Shown { other: near.other, link: near.link, on_root_path });
        }
        sight
    }

    /// Roots end a way, and so do classes and modules: everything hangs on them. The objects asked for do not.
    fn ends_here(&self, id: ObjectId, depth: u32) -> bool {
        let snapshot = self.snapshot;
        depth > 0 && (snapshot.objects().is_synthetic(id) || is_class(snapshot, id) || is_module(snapshot, id))
    }

    /// Noise and weak references are shown when asked for, and where nothing better holds the object.
    fn shows(&self, level: Level, lowest: Level) -> bool {
        let asked = match level {
            Level::Plain => true,
            Level::Noise => self.options.classes,
            Level::Weak => self.options.weak,
        };
        asked || (self.neighbours.direction == Direction::Backrefs && level == lowest)
    }

    fn passes(&self, other: ObjectId) -> bool {
        let welcome =
            || self.options.filter.passes(self.snapshot, other) && !self.options.ignore.picks(self.snapshot, other);
        self.asked.contains(&other) || welcome()
    }
}
