//! petgraph's visit traits, so that every algorithm of petgraph runs on a snapshot.
//!
//! `&Snapshot` walks outgoing references; [`Snapshot::with_referrers`] both directions. Parallel references are
//! parallel edges. Neighbours come in the holder's own order, which petgraph does not ask for and tests like.

use super::{ObjectId, Objects, Reference, ReferenceId, References, Referrers, Snapshot};
use petgraph::Direction;
use petgraph::visit::{
    Data, EdgeCount, EdgeIndexable, EdgeRef, GraphBase, GraphProp, GraphRef, IntoEdgeReferences, IntoEdges,
    IntoEdgesDirected, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, IntoNodeReferences,
    NodeCompactIndexable, NodeCount, NodeIndexable, Visitable,
};
use petgraph::{Directed, visit::VisitMap};

/// Which objects a walk has seen: one bit each.
#[derive(Clone, Default, Debug)]
pub struct Seen(Vec<u64>);

impl Seen {
    fn new(rows: usize) -> Self {
        Seen(vec![0; rows.div_ceil(64)])
    }
}

impl VisitMap<ObjectId> for Seen {
    fn visit(&mut self, id: ObjectId) -> bool {
        let new = !self.is_visited(&id);
        self.0[id.index() / 64] |= 1 << (id.index() % 64);
        new
    }

    fn is_visited(&self, id: &ObjectId) -> bool {
        self.0[id.index() / 64] >> (id.index() % 64) & 1 == 1
    }

    fn unvisit(&mut self, id: ObjectId) -> bool {
        let seen = self.is_visited(&id);
        self.0[id.index() / 64] &= !(1 << (id.index() % 64));
        seen
    }
}

impl<'s> EdgeRef for Reference<'s> {
    type NodeId = ObjectId;
    type EdgeId = ReferenceId;
    type Weight = super::ReferenceTag;

    fn source(&self) -> ObjectId {
        self.holder
    }

    fn target(&self) -> ObjectId {
        self.target
    }

    fn weight(&self) -> &Self::Weight {
        &self.tag
    }

    fn id(&self) -> ReferenceId {
        self.id
    }
}

/// A snapshot together with its reverse adjacency, for algorithms that walk both ways.
#[derive(Clone, Copy)]
pub struct WithReferrers<'s> {
    snapshot: &'s Snapshot,
    referrers: &'s Referrers,
}

impl Snapshot {
    /// A view for petgraph's algorithms that need incoming references too.
    pub fn with_referrers<'s>(&'s self, referrers: &'s Referrers) -> WithReferrers<'s> {
        WithReferrers { snapshot: self, referrers }
    }
}

fn all_references<'s>(objects: &Objects, references: &'s References) -> impl Iterator<Item = Reference<'s>> + use<'s> {
    objects.ids().flat_map(move |holder| references.of(holder))
}

/// The traits that are the same for a snapshot and for its two-way view.
macro_rules! visit_traits {
    ($graph:ty, [$($lifetime:tt)*], |$this:ident| $snapshot:expr) => {
        impl $($lifetime)* GraphBase for $graph {
            type NodeId = ObjectId;
            type EdgeId = ReferenceId;
        }

        impl $($lifetime)* Data for $graph {
            type NodeWeight = ();
            type EdgeWeight = super::ReferenceTag;
        }

        impl $($lifetime)* GraphProp for $graph {
            type EdgeType = Directed;
        }

        impl $($lifetime)* NodeCount for $graph {
            fn node_count(&self) -> usize {
                let $this = self;
                $snapshot.objects.len()
            }
        }

        impl $($lifetime)* EdgeCount for $graph {
            fn edge_count(&self) -> usize {
                let $this = self;
                $snapshot.references.len()
            }
        }

        impl $($lifetime)* NodeIndexable for $graph {
            fn node_bound(&self) -> usize {
                self.node_count()
            }

            fn to_index(&self, id: ObjectId) -> usize {
                id.index()
            }

            fn from_index(&self, index: usize) -> ObjectId {
                ObjectId::new(index as u32)
            }
        }

        impl $($lifetime)* NodeCompactIndexable for $graph {}

        impl $($lifetime)* EdgeIndexable for $graph {
            fn edge_bound(&self) -> usize {
                self.edge_count()
            }

            fn to_index(&self, id: ReferenceId) -> usize {
                id.index()
            }

            fn from_index(&self, index: usize) -> ReferenceId {
                ReferenceId::new(index as u32)
            }
        }

        impl $($lifetime)* Visitable for $graph {
            type Map = Seen;

            fn visit_map(&self) -> Seen {
                Seen::new(self.node_count())
            }

            fn reset_map(&self, map: &mut Seen) {
                *map = self.visit_map();
            }
        }
    };
}

visit_traits!(Snapshot, [], |this| this);
visit_traits!(WithReferrers<'_>, [], |this| this.snapshot);

impl GraphRef for WithReferrers<'_> {}

/// The traits that hand out borrowed iterators, for a `Copy` handle whose data live for `'s`.
macro_rules! walk_traits {
    ($graph:ty) => {
        impl<'s> IntoNeighbors for $graph {
            type Neighbors = Box<dyn Iterator<Item = ObjectId> + 's>;

            fn neighbors(self, id: ObjectId) -> Self::Neighbors {
                Box::new(self.edges(id).map(|reference| reference.target))
            }
        }

        impl<'s> IntoEdgeReferences for $graph {
            type EdgeRef = Reference<'s>;
            type EdgeReferences = Box<dyn Iterator<Item = Reference<'s>> + 's>;

            fn edge_references(self) -> Self::EdgeReferences {
                let snapshot = self.borrowed();
                Box::new(all_references(&snapshot.objects, &snapshot.references))
            }
        }

        impl<'s> IntoEdges for $graph {
            type Edges = Box<dyn Iterator<Item = Reference<'s>> + 's>;

            fn edges(self, id: ObjectId) -> Self::Edges {
                Box::new(self.borrowed().references.of(id))
            }
        }

        impl<'s> IntoNodeIdentifiers for $graph {
            type NodeIdentifiers = Box<dyn Iterator<Item = ObjectId> + 's>;

            fn node_identifiers(self) -> Self::NodeIdentifiers {
                Box::new(self.borrowed().objects.ids())
            }
        }

        impl<'s> IntoNodeReferences for $graph {
            type NodeRef = (ObjectId, &'s ());
            type NodeReferences = Box<dyn Iterator<Item = (ObjectId, &'s ())> + 's>;

            fn node_references(self) -> Self::NodeReferences {
                Box::new(self.borrowed().objects.ids().map(|id| (id, &())))
            }
        }
    };
}

/// Lets the walking traits reach the data with the handle's own lifetime.
trait Borrowed<'s>: Copy {
    fn borrowed(self) -> &'s Snapshot;
}

impl<'s> Borrowed<'s> for &'s Snapshot {
    fn borrowed(self) -> &'s Snapshot {
        self
    }
}

impl<'s> Borrowed<'s> for WithReferrers<'s> {
    fn borrowed(self) -> &'s Snapshot {
        self.snapshot
    }
}

walk_traits!(&'s Snapshot);
walk_traits!(WithReferrers<'s>);

impl<'s> IntoNeighborsDirected for WithReferrers<'s> {
    type NeighborsDirected = Box<dyn Iterator<Item = ObjectId> + 's>;

    fn neighbors_directed(self, id: ObjectId, direction: Direction) -> Self::NeighborsDirected {
        match direction {
            Direction::Outgoing => self.neighbors(id),
            Direction::Incoming => {
                Box::new(self.referrers.of(&self.snapshot.references, id).map(|reference| reference.holder))
            }
        }
    }
}

impl<'s> IntoEdgesDirected for WithReferrers<'s> {
    type EdgesDirected = Box<dyn Iterator<Item = Reference<'s>> + 's>;

    fn edges_directed(self, id: ObjectId, direction: Direction) -> Self::EdgesDirected {
        match direction {
            Direction::Outgoing => self.edges(id),
            Direction::Incoming => Box::new(self.referrers.of(&self.snapshot.references, id)),
        }
    }
}
