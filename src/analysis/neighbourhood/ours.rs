//! Our own rules: everything named and folded, noise hidden, what is too much on a counted card, roots shown.
//!
//! First the objects of the picture are chosen, breadth first; then every line between two of them is drawn, also
//! between two at the last depth. What remains is counted.

use super::near::{Level, Neighbours};
use super::pick::{self, Candidate, Found, MOST_ASKED};
use super::rooted::{RootWays, Way};
use super::{
    Boxes, Content, Direction, Edge, LeftOut, Link, More, Neighbourhood, Node, Options, Steps, View, card, close, edge,
    facts, runs,
};
use crate::cpython::fold::Folded;
use crate::cpython::label::{Positions, is_class, is_module};
use crate::cpython::path;
use crate::snapshot::{ObjectId, ReferenceKind, Referrers, Snapshot};
use foldhash::{HashMap, HashSet};
use std::ops::Range;

/// Steps written at either end of a folded way.
const STEPS_TOLD: usize = 6;

pub(super) fn walk(
    snapshot: &Snapshot,
    referrers: &Referrers,
    asked: Vec<ObjectId>,
    direction: Direction,
    options: &Options<'_>,
) -> Neighbourhood {
    let whole: HashSet<ObjectId> = asked.iter().copied().collect();
    let neighbours = Neighbours::new(snapshot, referrers, direction, |id| whole.contains(&id));
    let mut walk = Walk {
        snapshot,
        options,
        roots: match direction {
            Direction::Backrefs => RootWays::to(snapshot, referrers, &asked, &whole, options),
            Direction::Refs => RootWays::default(),
        },
        closing: facts::on_the_other_side(snapshot, referrers, &asked, direction),
        neighbours,
        boxes: Boxes::new(snapshot, &[], options),
        asked: &whole,
        left_out: LeftOut::default(),
    };
    let shown = walk.choose(&asked);
    walk.roots.keep(snapshot, &asked[..shown], options.max_depth);
    walk.add_root_ways();
    let mut picture = walk.draw(&asked, shown);
    walk.draw_root_ways(&mut picture);
    if options.group {
        runs::fold(snapshot, &mut picture);
    }
    facts::mark(snapshot, referrers, &mut picture, options, walk.roots.reached.as_ref());
    close::number(snapshot, &mut picture);
    let to_first = |way: &Way| way.end(snapshot) == asked.first().copied();
    let root_way = walk.roots.ways.into_iter().next().filter(to_first);
    picture.root_way = root_way.map(|way| way.references).unwrap_or_default();
    picture.asked = asked;
    picture
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
    values: u64,
}

/// The neighbours of one object that are not in the picture.
#[derive(Default)]
struct Rest<'s> {
    others: Vec<ObjectId>,
    shape: Option<Shape<'s>>,
}

/// How the references to them read.
enum Shape<'s> {
    /// One only, or all by the same name.
    Named(Folded<'s>),
    /// Places of a container.
    Places(ReferenceKind),
    Mixed,
}

impl<'s> Rest<'s> {
    fn push(&mut self, shown: Shown<'s>) {
        use ReferenceKind::{DictKey, Item, Key};
        let (link, kind) = (shown.link, shown.link.kind());
        self.others.push(shown.other);
        self.shape = Some(match self.shape.take() {
            None => Shape::Named(link),
            Some(Shape::Named(first)) if first.kind() == kind && matches!(kind, Item | Key | DictKey) => {
                Shape::Places(kind)
            }
            Some(Shape::Named(first)) if first.kind() == kind && first.last.name == link.last.name => {
                Shape::Named(first)
            }
            Some(Shape::Places(first)) if first == kind => Shape::Places(kind),
            Some(_) => Shape::Mixed,
        });
    }
}

impl Shape<'_> {
    fn text(&self, snapshot: &Snapshot) -> Option<String> {
        match self {
            Shape::Named(link) => link.label(snapshot),
            Shape::Places(_) => Some("[…]".to_owned()),
            Shape::Mixed => None,
        }
    }
}

struct Walk<'s, 'w, F> {
    snapshot: &'s Snapshot,
    options: &'w Options<'w>,
    neighbours: Neighbours<'s, F>,
    roots: RootWays,
    /// What closes a cycle with an object asked for.
    closing: HashSet<ObjectId>,
    boxes: Boxes,
    asked: &'w HashSet<ObjectId>,
    left_out: LeftOut,
}

impl<'s, F: Fn(ObjectId) -> bool> Walk<'s, '_, F> {
    /// Breadth first, then thinned out. How many of the objects asked for are shown.
    fn choose(&mut self, asked: &[ObjectId]) -> usize {
        // More are not shown for themselves: what is around thousands of them need not be known.
        let most = if self.options.group { MOST_ASKED } else { usize::MAX };
        let mut queue: Vec<(ObjectId, u32)> = asked.iter().take(most).map(|id| (*id, 0)).collect();
        let mut known: HashSet<ObjectId> = queue.iter().map(|(id, _)| *id).collect();
        let mut found = Found::default();
        let mut next = 0;
        while let Some(&(id, depth)) = queue.get(next) {
            next += 1;
            if depth >= self.options.max_depth {
                continue;
            }
            let (candidates, more) = self.candidates(id, depth, &known);
            let new = candidates.iter().map(|candidate| candidate.other).filter(|other| known.insert(*other));
            queue.extend(new.map(|other| (other, depth + 1)));
            found.around.insert(id, (candidates, more));
        }
        let (objects, shown) = found.thinned(asked, self.options.max_depth, self.options.group);
        for (id, depth) in objects {
            let node = self.boxes.add(self.snapshot, id, depth, self.options);
            self.boxes.nodes[node].asked = self.asked.contains(&id);
        }
        shown
    }

    /// The best neighbours of an object, at most `too_many`, and whether there are more.
    fn candidates(&self, id: ObjectId, depth: u32, known: &HashSet<ObjectId>) -> (Vec<Candidate>, bool) {
        let bytes = |id| self.options.retained.and_then(|retained| retained.bytes(id)).unwrap_or(0);
        let joins = |other: &ObjectId| [known, self.asked, &self.closing].iter().any(|set| set.contains(other));
        let weight = |other: ObjectId| (joins(&other), bytes(other));
        let sight = self.look(id, depth);
        let candidate = |shown: &Shown<'_>| {
            Candidate::new(self.snapshot, shown.other, &shown.link, shown.on_root_path, weight(shown.other))
        };
        let all = pick::distinct(sight.shown.iter().map(candidate));
        let most = if self.options.group { self.options.too_many } else { usize::MAX };
        let more = all.len() > most;
        (pick::best(all, most), more)
    }

    /// Puts the objects of the root ways into the picture that are not there: those beyond the last depth.
    fn add_root_ways(&mut self) {
        for at in 0..self.roots.ways.len() {
            let folded = self.folded(at);
            for step in (0..self.roots.ways[at].steps()).filter(|step| !folded.contains(step)) {
                let way = &self.roots.ways[at];
                let (id, depth) = (way.step(self.snapshot, step).first.holder, (way.steps() - step) as u32);
                self.boxes.add(self.snapshot, id, depth, self.options);
            }
        }
    }

    /// Which steps of a root way a card stands for.
    fn folded(&self, way: usize) -> Range<usize> {
        self.roots.ways[way].folded(self.options.max_depth, self.options.group).unwrap_or(0..0)
    }

    /// Every line between two objects of the picture; cards and counts for what is not in it.
    fn draw(&mut self, asked: &[ObjectId], shown: usize) -> Neighbourhood {
        let (mut edges, mut cards) = (Vec::new(), Vec::new());
        let mut nodes = std::mem::take(&mut self.boxes.nodes);
        for (at, node) in nodes.iter_mut().enumerate() {
            let Content::Object(id) = node.content else { continue };
            let sight = self.look(id, node.depth);
            node.values = sight.values;
            self.left_out.values += sight.values;
            let rest = self.draw_from(at, sight.shown, &mut edges);
            if node.depth >= self.options.max_depth {
                node.not_followed = rest.others.len() as u64;
                self.left_out.not_followed += node.not_followed;
                continue;
            }
            self.left_out.hidden += sight.hidden;
            self.left_out.filtered += sight.filtered;
            if !rest.others.is_empty() {
                cards.push((at, node.depth + 1, rest));
            }
        }
        for (of, depth, rest) in cards {
            edges.push(edge(self.neighbours.direction, of, nodes.len(), Vec::new(), false));
            let shape = rest.shape.and_then(|shape| shape.text(self.snapshot));
            nodes.push(self.card(depth, More { shape, ..card(self.snapshot, of, &rest.others) }, &rest.others));
        }
        if shown < asked.len() {
            let others = &asked[shown..];
            nodes.push(self.card(0, More { fellows: true, ..card(self.snapshot, 0, others) }, others));
        }
        let (view, max_depth, direction) = (View::Ours, self.options.max_depth, self.neighbours.direction);
        let heap_bytes = self.options.retained.map(|retained| retained.total().1);
        let (root_way, cycles, asked, left_out) = (Vec::new(), Vec::new(), Vec::new(), self.left_out);
        Neighbourhood { direction, view, max_depth, asked, nodes, edges, left_out, root_way, cycles, heap_bytes }
    }

    fn card(&mut self, depth: u32, more: More, others: &[ObjectId]) -> Node {
        self.left_out.collapsed += others.len() as u64;
        let retained = self.options.retained.map(|retained| retained.together(others));
        Node { retained, ..Node::new(Content::More(more), depth) }
    }

    /// The lines between one object and others of the picture, parallel links on one line. Gives the
    /// neighbours that are not in the picture.
    fn draw_from(&self, at: usize, shown: Vec<Shown<'s>>, edges: &mut Vec<Edge>) -> Rest<'s> {
        let mut lines: HashMap<usize, usize> = HashMap::default();
        let (mut rest, mut seen) = (Rest::default(), HashSet::default());
        let mut positions = Positions::default();
        for shown in shown {
            let Some(&far) = self.boxes.index.get(&shown.other) else {
                if seen.insert(shown.other) {
                    rest.push(shown);
                }
                continue;
            };
            let line = *lines.entry(far).or_insert(edges.len());
            if line == edges.len() {
                edges.push(edge(self.neighbours.direction, at, far, Vec::new(), false));
            }
            edges[line].references.push(link(self.snapshot, &shown.link, &mut positions));
            edges[line].on_root_path |= shown.on_root_path;
        }
        rest
    }

    /// Stresses the root ways, with cards for their middles.
    fn draw_root_ways(&self, picture: &mut Neighbourhood) {
        let lines = picture.edges.iter().enumerate().map(|(at, edge)| ((edge.from, edge.to), at));
        let mut lines: HashMap<(usize, usize), usize> = lines.collect();
        // By their ends, which a card is known by: several ways may share their middle.
        let mut cards: HashMap<[ObjectId; 2], usize> = HashMap::default();
        for (at, way) in self.roots.ways.iter().enumerate() {
            let folded = self.folded(at);
            let card = (!folded.is_empty()).then(|| self.middle(way, &folded, &mut cards, picture));
            for step in (0..way.steps()).filter(|step| !folded.contains(step) || step + 1 == folded.end) {
                let folds = way.step(self.snapshot, step);
                let in_card = card.filter(|_| folded.contains(&step));
                let to_card = card.filter(|_| step + 1 == folded.start);
                let from = in_card.unwrap_or_else(|| self.boxes.index[&folds.first.holder]);
                let to = to_card.unwrap_or_else(|| self.boxes.index[&folds.last.target]);
                self.stress((from, to), &folds, &mut lines, picture);
            }
        }
    }

    /// The card for the middle of a way. One that another way shares stands as near as the nearer of them has it.
    fn middle(
        &self,
        way: &Way,
        folded: &Range<usize>,
        cards: &mut HashMap<[ObjectId; 2], usize>,
        picture: &mut Neighbourhood,
    ) -> usize {
        let ends = [folded.start, folded.end - 1].map(|step| way.step(self.snapshot, step).first.holder);
        let depth = (way.steps() - folded.start) as u32;
        let card = *cards.entry(ends).or_insert_with(|| {
            let steps = way.references_of(folded.start - 1..folded.end);
            let way = path::short_arrows(self.snapshot, steps, STEPS_TOLD);
            let content = Content::Steps(Steps { count: folded.len() as u64, ends, way });
            picture.nodes.push(Node::new(content, depth));
            picture.nodes.len() - 1
        });
        let node = &mut picture.nodes[card];
        node.depth = node.depth.min(depth);
        card
    }

    /// Marks a step of a root way and the two boxes that it joins. The line is added where there is none.
    fn stress(
        &self,
        (from, to): (usize, usize),
        step: &Folded<'_>,
        lines: &mut HashMap<(usize, usize), usize>,
        picture: &mut Neighbourhood,
    ) {
        [from, to].into_iter().for_each(|node| picture.nodes[node].on_root_path = true);
        let line = *lines.entry((from, to)).or_insert(picture.edges.len());
        if line == picture.edges.len() {
            picture.edges.push(edge(Direction::Refs, from, to, Vec::new(), true));
        }
        let line = &mut picture.edges[line];
        line.on_root_path = true;
        let known = |known: &Link| (known.first, known.last) == (step.first.id, step.last.id);
        if !line.references.iter().any(known) {
            line.references.push(link(self.snapshot, step, &mut Positions::default()));
        }
    }

    /// What is seen from `id`: its neighbours without noise and without what the filters keep out.
    fn look(&self, id: ObjectId, depth: u32) -> Sight<'s> {
        let ends = self.ends_here(id, depth);
        let mut sight = Sight::default();
        let mut values = HashSet::default();
        let mut near = self.neighbours.of(id);
        near.iter_mut().filter(|near| self.roots.contains(&near.link)).for_each(|near| near.level = Level::Plain);
        let lowest = near.iter().map(|near| near.level).min().unwrap_or(Level::Plain);
        for near in near {
            let on_root_path = self.roots.contains(&near.link);
            let root_row = self.snapshot.objects().is_synthetic(near.other);
            if ends && (!on_root_path || root_row) {
                continue;
            }
            if !self.shows(near.level, lowest) {
                sight.hidden += 1;
                continue;
            }
            if !on_root_path && !self.passes(near.other) {
                sight.filtered += 1;
                continue;
            }
            if self.is_told_inside(near.other) {
                values.insert(near.other);
                continue;
            }
            sight.shown.push(Shown { other: near.other, link: near.link, on_root_path });
        }
        sight.values = values.len() as u64;
        sight
    }

    /// Whether an object is a plain value, which stands in the boxes of those that refer to it.
    fn is_told_inside(&self, id: ObjectId) -> bool {
        self.neighbours.direction == Direction::Refs
            && !self.options.values
            && !self.asked.contains(&id)
            && self.neighbours.plain.has(self.snapshot, id)
            && !self.options.highlight.picks(self.snapshot, id)
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

fn link(snapshot: &Snapshot, link: &Folded<'_>, positions: &mut Positions) -> Link {
    let label = link.label_among(snapshot, positions);
    Link { first: link.first.id, last: link.last.id, kind: link.kind(), label }
}
