//! What is around some objects: the part of the heap that a picture of references or of holders shows.

mod close;
mod facts;
mod near;
mod objgraph;
mod options;
mod ours;
mod pick;
mod rooted;
mod runs;
mod types;

pub(super) use close::cut_at;
pub use options::{Direction, Options, RootPath, View};
pub use types::{Closing, Content, Edge, LeftOut, Link, Mark, More, Neighbourhood, Node, Steps};

use crate::snapshot::{ObjectId, Referrers, Snapshot, TypeId};
use foldhash::HashMap;
use std::cmp::Reverse;

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
    options: &Options<'_>,
) -> Neighbourhood {
    let mut seen = foldhash::HashSet::default();
    let asked: Vec<ObjectId> = asked.iter().copied().filter(|id| seen.insert(*id)).collect();
    match options.view {
        View::Ours => ours::walk(snapshot, referrers, asked, direction, options),
        View::Objgraph => objgraph::walk(snapshot, referrers, asked, direction, options),
    }
}

/// The objects of a picture in the making: a list in order of discovery, and where each stands in it.
struct Boxes {
    nodes: Vec<Node>,
    index: HashMap<ObjectId, usize>,
}

impl Boxes {
    fn new(snapshot: &Snapshot, asked: &[ObjectId], options: &Options<'_>) -> Self {
        let mut boxes = Boxes { nodes: Vec::new(), index: HashMap::default() };
        for &id in asked {
            let index = boxes.add(snapshot, id, 0, options);
            boxes.nodes[index].asked = true;
        }
        boxes
    }

    /// The node of an object, at this depth if it is new.
    fn add(&mut self, snapshot: &Snapshot, id: ObjectId, depth: u32, options: &Options<'_>) -> usize {
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
            Content::More(_) | Content::Steps(_) => None,
        }
    }
}

impl Node {
    fn new(content: Content, depth: u32) -> Self {
        Node {
            content,
            depth,
            asked: false,
            highlighted: false,
            on_root_path: false,
            not_followed: 0,
            values: 0,
            retained: None,
            marks: Vec::new(),
            cycles: Vec::new(),
        }
    }
}

/// What a card says: how many objects, and how many of each type.
fn card(snapshot: &Snapshot, of: usize, hidden: &[ObjectId]) -> More {
    let mut counts: HashMap<TypeId, u64> = HashMap::default();
    hidden.iter().for_each(|id| *counts.entry(snapshot.objects().type_id(*id)).or_default() += 1);
    let named = counts.into_iter().map(|(id, count)| (snapshot.objects().name_of_type(id).to_owned(), count));
    let mut types: Vec<(String, u64)> = named.collect();
    types.sort_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
    More { of, count: hidden.len() as u64, types, shape: None, fellows: false }
}

/// An edge in the direction of the references, whichever way it was found.
fn edge(direction: Direction, near: usize, far: usize, references: Vec<Link>, on_root_path: bool) -> Edge {
    let (from, to) = match direction {
        Direction::Refs => (near, far),
        Direction::Backrefs => (far, near),
    };
    Edge { from, to, references, on_root_path, on_cycle: false, closes: None }
}
