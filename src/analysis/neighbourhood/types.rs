//! A part of the heap, ready to be drawn.

use super::{Direction, View};
use crate::snapshot::{ObjectId, ReferenceId, ReferenceKind};

/// A part of the heap, ready to be drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Neighbourhood {
    /// Which way it was walked.
    pub direction: Direction,
    /// By whose rules.
    pub view: View,
    /// The limit it was walked with.
    pub max_depth: u32,
    /// The objects asked for. Those that are shown are the first nodes.
    pub asked: Vec<ObjectId>,
    /// Objects in order of discovery, then the cards.
    pub nodes: Vec<Node>,
    /// From holder to target, whichever way it was walked.
    pub edges: Vec<Edge>,
    /// What is not shown.
    pub left_out: LeftOut,
    /// The references of the way from a root to the first object asked for, nothing folded; empty where there is none.
    pub root_way: Vec<ReferenceId>,
    /// What to cut, so that no cycle is left in the picture: a smallest or at least a minimal set of its lines.
    pub cycles: Vec<Closing>,
    /// Bytes of all that a root reaches, where it is known what objects retain.
    pub heap_bytes: Option<u64>,
}

/// A line that closes a cycle of the picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Closing {
    /// From 1 on.
    pub number: u32,
    /// The line, as an index into the edges.
    pub edge: usize,
    /// The reference to cut, in the words of `cycles`: `User.sessions`, `list[]`.
    pub cut: String,
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
    /// How many plain values it refers to that have no box of their own.
    pub values: u64,
    /// The bytes that would be freed without it; for a card those of all it stands for. `None` where it is not known.
    pub retained: Option<u64>,
    /// What is special about it, in order of the marks.
    pub marks: Vec<Mark>,
    /// The numbers of the cycles that it is on, ascending.
    pub cycles: Vec<u32>,
}

/// What is special about an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Mark {
    /// No root reaches it.
    Garbage,
    /// All that holds it is outside of Python.
    HeldOutside,
    /// Its class defines `__del__`, or its type has a finalizer in C.
    Finalizer,
    /// Set aside by `gc.freeze()`: the collector does not look at it.
    Frozen,
}

impl Mark {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Mark::Garbage => "garbage",
            Mark::HeldOutside => "held_outside",
            Mark::Finalizer => "finalizer",
            Mark::Frozen => "frozen",
        }
    }
}

/// What a box stands for.
#[derive(Clone, PartialEq, Debug)]
pub enum Content {
    /// An object, or a row that stands for a root.
    Object(ObjectId),
    /// The neighbours of one node that were too many.
    More(More),
    /// A run of single file, folded.
    Steps(Steps),
}

/// Objects in a row, each of which holds the next.
#[derive(Clone, PartialEq, Debug)]
pub struct Steps {
    /// How many.
    pub count: u64,
    /// The one that holds all others, and the last.
    pub ends: [ObjectId; 2],
    /// The way through them as arrows, of a long one only its ends.
    pub way: String,
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
    /// How the references read that lead to all of them, where they read alike: `.parent`, `[…]`.
    pub shape: Option<String>,
    /// They are no neighbours, but were asked for like the node.
    pub fellows: bool,
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
    /// It lies on a cycle of the picture.
    pub on_cycle: bool,
    /// The number of the cycle that it closes.
    pub closes: Option<u32>,
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
    /// Plain values that stand in the boxes of those that have them; one may count at several nodes.
    pub values: u64,
}

impl Neighbourhood {
    /// The line that closes the cycle of this number: they count from one, in the order of the list.
    pub fn closing(&self, number: u32) -> Option<&Closing> {
        self.cycles.get((number as usize).checked_sub(1)?)
    }

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
