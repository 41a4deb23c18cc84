//! What is around some objects: the part of the heap that a picture of references or of holders shows.

mod near;
mod objgraph;
mod ours;

use super::pattern::ObjectFilter;
use crate::snapshot::{ObjectId, ReferenceId, ReferenceKind, Referrers, Snapshot, TypeId};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// Which way to walk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// To what the objects refer to.
    Refs,
    /// To who refers to them.
    Backrefs,
}

/// Whose rules to walk by.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum View {
    /// Every reference named, roots shown, `__dict__` and closures folded, classes and the like hidden.
    #[default]
    Ours,
    /// What objgraph sees from inside the process, in its order.
    Objgraph,
}

/// How far to walk, and what to show.
#[derive(Clone, Debug)]
pub struct Options {
    /// Objects at this distance are shown and not followed.
    pub max_depth: u32,
    /// At most so many neighbours of each object; the rest becomes one counted card.
    pub too_many: usize,
    /// Whose rules.
    pub view: View,
    /// Only neighbours that pass. The objects asked for always do.
    pub filter: ObjectFilter,
    /// Neighbours that pass this are left out, unless it is empty.
    pub ignore: ObjectFilter,
    /// Objects that pass this are marked, unless it is empty.
    pub highlight: ObjectFilter,
    /// Also class, base and globals references, and what else is usually noise. Our view only; objgraph always shows
    /// them.
    pub classes: bool,
    /// Also weak references. Without it they are shown where nothing else holds an object. Our view only.
    pub weak: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            max_depth: 3,
            too_many: 10,
            view: View::Ours,
            filter: ObjectFilter::default(),
            ignore: ObjectFilter::default(),
            highlight: ObjectFilter::default(),
            classes: false,
            weak: false,
        }
    }
}

/// A part of the heap, ready to be drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Neighbourhood {
    /// Which way it was walked.
    pub direction: Direction,
    /// By whose rules.
    pub view: View,
    /// The limit it was walked with.
    pub max_depth: u32,
    /// The objects asked for: the first nodes.
    pub asked: Vec<ObjectId>,
    /// Objects in order of discovery, then the cards.
    pub nodes: Vec<Node>,
    /// From holder to target, whichever way it was walked.
    pub edges: Vec<Edge>,
    /// What is not shown.
    pub left_out: LeftOut,
}

/// A box of the picture.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// What it stands for.
    pub content: Content,
    /// Distance from the nearest object asked for.
    pub depth: u32,
    /// It was asked for.
    pub asked: bool,
    /// It passed the highlight filter.
    pub highlighted: bool,
    /// It lies on the shortest path from a root to an object asked for.
    pub on_root_path: bool,
    /// How many of its neighbours were not followed because it stands at the last depth; these are not in the picture.
    pub not_followed: u64,
}

/// What a box stands for.
#[derive(Clone, PartialEq, Debug)]
pub enum Content {
    /// An object, or a row that stands for a root.
    Object(ObjectId),
    /// The neighbours of one node that were too many.
    More(More),
}

/// A counted card: what `too_many` left out at one node.
#[derive(Clone, PartialEq, Debug)]
pub struct More {
    /// The node whose neighbours these are, as an index into the nodes.
    pub of: usize,
    /// How many: objects in our view, references in objgraph's.
    pub count: u64,
    /// Their long type names, most frequent first, equal numbers by name.
    pub types: Vec<(String, u64)>,
}

/// A line of the picture.
#[derive(Clone, PartialEq, Debug)]
pub struct Edge {
    /// The holder, as an index into the nodes.
    pub from: usize,
    /// The target, as an index into the nodes.
    pub to: usize,
    /// The references it stands for: all parallel ones in our view, one in objgraph's, none at a card.
    pub references: Vec<Link>,
    /// It lies on the shortest path from a root to an object asked for.
    pub on_root_path: bool,
}

impl Edge {
    /// Whether every reference it stands for is a weak one.
    pub fn is_weak(&self) -> bool {
        !self.references.is_empty() && self.references.iter().all(|link| link.kind == ReferenceKind::Weak)
    }
}

/// One reference of a line; a folded one stands for two or three.
#[derive(Clone, PartialEq, Debug)]
pub struct Link {
    /// The reference that leaves the holder.
    pub first: ReferenceId,
    /// The reference that arrives at the target: another one where a `__dict__` or a closure was folded.
    pub last: ReferenceId,
    /// What it is, folded: an attribute for a value in a `__dict__`, a closure for a value in a cell.
    pub kind: ReferenceKind,
    /// As one would write it: `.entries`, `['user-7']`, `[3]`, `closure s`, `local req`; a module's names bare.
    pub label: Option<String>,
}

/// What a picture does not show.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct LeftOut {
    /// Objects on cards.
    pub collapsed: u64,
    /// Objects beyond the last depth, as far as they were seen; one may count at several nodes.
    pub not_followed: u64,
    /// Neighbours that a filter kept out; one may count at several nodes.
    pub filtered: u64,
    /// References hidden because they are usually noise.
    pub hidden: u64,
}

/// Walks breadth first from the objects; one that is asked for twice counts once.
///
/// Takes time in proportion to the references of the objects shown, and for backrefs in our view one pass over the
/// heap for the path from the nearest root.
///
/// ```
/// use heapgraph::analysis::neighbourhood::{Direction, Options, walk};
/// use heapgraph::testkit::{id, sketch};
/// // x = []; y = [x, [x], dict(x=x)]
/// let heap = sketch("x:list; y:list > x, z, d; z:list > x; d:dict > x['x']");
/// let picture = walk(&heap, &heap.referrers(), &[id(&heap, "y")], Direction::Refs, &Options::default());
/// assert_eq!((picture.nodes.len(), picture.edges.len()), (4, 5));
/// ```
pub fn walk(
    snapshot: &Snapshot,
    referrers: &Referrers,
    asked: &[ObjectId],
    direction: Direction,
    options: &Options,
) -> Neighbourhood {
    let mut seen = rustc_hash::FxHashSet::default();
    let asked: Vec<ObjectId> = asked.iter().copied().filter(|id| seen.insert(*id)).collect();
    match options.view {
        View::Ours => ours::walk(snapshot, referrers, asked, direction, options),
        View::Objgraph => objgraph::walk(snapshot, referrers, asked, direction, options),
    }
}

impl Neighbourhood {
    /// The same as a graph of petgraph: nodes and edges have the same indexes.
    pub fn to_graph(&self) -> petgraph::Graph<Node, Edge> {
        let mut graph = petgraph::Graph::with_capacity(self.nodes.len(), self.edges.len());
        let indexes: Vec<_> = self.nodes.iter().map(|node| graph.add_node(node.clone())).collect();
        for edge in &self.edges {
            graph.add_edge(indexes[edge.from], indexes[edge.to], edge.clone());
        }
        graph
    }
}

/// The objects of a picture in the making: a list in order of discovery, and where each stands in it.
struct Boxes {
    nodes: Vec<Node>,
    index: FxHashMap<ObjectId, usize>,
}

impl Boxes {
    fn new(snapshot: &Snapshot, asked: &[ObjectId], options: &Options) -> Self {
        let mut boxes = Boxes { nodes: Vec::new(), index: FxHashMap::default() };
        for &id in asked {
            let index = boxes.add(snapshot, id, 0, options);
            boxes.nodes[index].asked = true;
        }
        boxes
    }

    /// The node of an object, at this depth if it is new.
    fn add(&mut self, snapshot: &Snapshot, id: ObjectId, depth: u32, options: &Options) -> usize {
        let new = self.nodes.len();
        let index = *self.index.entry(id).or_insert(new);
        if index == new {
            let highlighted = options.highlight.picks(snapshot, id);
            self.nodes.push(Node { highlighted, ..Node::new(Content::Object(id), depth) });
        }
        index
    }

    fn object(&self, index: usize) -> Option<ObjectId> {
        match self.nodes.get(index)?.content {
            Content::Object(id) => Some(id),
            Content::More(_) => None,
        }
    }
}

impl Node {
    fn new(content: Content, depth: u32) -> Self {
        Node { content, depth, asked: false, highlighted: false, on_root_path: false, not_followed: 0 }
    }
}

/// What a card says: how many objects, and how many of each type.
fn card(snapshot: &Snapshot, of: usize, hidden: &[ObjectId]) -> More {
    let mut counts: FxHashMap<TypeId, u64> = FxHashMap::default();
    hidden.iter().for_each(|id| *counts.entry(snapshot.objects().type_id(*id)).or_default() += 1);
    let named = counts.into_iter().map(|(id, count)| (snapshot.objects().name_of_type(id).to_owned(), count));
    let mut types: Vec<(String, u64)> = named.collect();
    types.sort_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
    More { of, count: hidden.len() as u64, types }
}

/// An edge in the direction of the references, whichever way it was found.
fn edge(direction: Direction, near: usize, far: usize, references: Vec<Link>, on_root_path: bool) -> Edge {
    let (from, to) = match direction {
        Direction::Refs => (near, far),
        Direction::Backrefs => (far, near),
    };
    Edge { from, to, references, on_root_path }
}
