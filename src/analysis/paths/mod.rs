//! Why an object is alive: chains of references from a root, or from any object to any other.

mod chain;
mod disjoint;
mod merged;

pub use chain::{Chain, Hop, Step};
pub use merged::{Merged, MergedStep, merged};

use crate::graph::{Csr, Marks, ShortestPaths};
use crate::snapshot::{ObjectId, Objects, ReferenceTag, References, RootKind, Snapshot};

/// Where chains start, what they may use, and how many there are to be.
#[derive(Clone, Debug)]
pub struct Options {
    /// References to leave out, by [`ReferenceId`](crate::snapshot::ReferenceId):
    /// [`select::left_out`](super::select::left_out) has them by name. Weak ones are always left out.
    pub left_out: Option<Marks>,
    /// Chains start at any of these objects; at the roots, if there is none.
    pub from: Vec<ObjectId>,
    /// So many chains for each object, if there are as many that share no object on their way.
    pub most: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { left_out: None, from: Vec::new(), most: 1 }
    }
}

impl Options {
    /// Whether a chain may use a reference.
    fn keep<'o>(&'o self, snapshot: &'o Snapshot) -> impl Fn(u32) -> bool + Copy + 'o {
        let tags = &snapshot.references().columns().tags;
        let holds = ReferenceTag::table(ReferenceTag::holds);
        move |edge| {
            holds[tags[edge as usize] as usize] && self.left_out.as_ref().is_none_or(|marks| !marks.contains(edge))
        }
    }
}

/// The answer of `chain`.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Chains {
    /// For each object that a root reaches, in the order asked for: one, or several that share no object on their way,
    /// shortest first, from `<held outside Python>` last.
    pub chains: Vec<Chain>,
    /// The others: garbage, or not to be reached from where chains start.
    pub without: Vec<ObjectId>,
    /// Where more than one chain was asked for: how many there are for each object that has any.
    pub counts: Vec<Count>,
}

/// How many chains lead to an object that share nothing but their roots and the object itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Count {
    /// The object.
    pub object: ObjectId,
    /// How many of the chains are its.
    pub chains: usize,
    /// Where there are fewer than were asked for: whatever leads to the object goes through one of these, as near to it
    /// as can be, or comes straight from a root. As many objects as there are chains that do not come straight.
    /// Each is given by its own shortest chain.
    pub through: Option<Vec<Chain>>,
}

/// Shortest chains for each of the objects. Weak references are not followed.
///
/// Named roots win over `<held outside Python>`, however long their chains. Of equally short chains the one found first
/// wins: by the order of the roots, then of each holder's references. Linear in the heap, whatever the number of
/// objects asked for; with several chains an object linear for each chain at worst.
///
/// Several chains of one object share none but the rows of roots, and there is no larger number of such chains (where the
/// shortest one stands in the way of two others it gives way). `<held outside Python>` begins one where named roots have
/// too few.
///
/// ```
/// use heapgraph::analysis::paths::{Options, chains};
/// use heapgraph::testkit::{id, sketch};
/// let heap = sketch("<modules> > app; app:module > ns.__dict__; ns:dict > c['cache']; c:dict > s['k']; s:app.Session");
/// let found = chains(&heap, &[id(&heap, "s")], &Options::default());
/// assert_eq!(found.chains[0].arrows(&heap), "module app → cache → 'k'");
/// assert_eq!(found.chains[0].expression(&heap), "app.cache['k']");
/// ```
pub fn chains(snapshot: &Snapshot, ids: &[ObjectId], options: &Options) -> Chains {
    let tree = from_roots(snapshot, options);
    if options.most > 1 {
        return disjoint::chains(snapshot, &tree, ids, options);
    }
    let mut answer = Chains::default();
    for &id in ids {
        match chain_in(&tree, id, snapshot) {
            Some(chain) => answer.chains.push(chain),
            None => answer.without.push(id),
        }
    }
    answer
}

/// How many steps one shortest chain for each of the objects has, together: what [`chains`] would keep at least. Saturates;
/// linear in the heap, whatever the number of objects asked for.
///
/// ```
/// use heapgraph::analysis::paths::{Options, steps};
/// use heapgraph::testkit::{id, sketch};
/// let heap = sketch("<modules> > app; app:module > a.a; a:app.A > b.b; b:app.B; c:app.C");
/// let ids = ["a", "b", "c"].map(|name| id(&heap, name));
/// assert_eq!(steps(&heap, &ids, &Options::default()), 3 + 4, "c has no chain");
/// ```
pub fn steps(snapshot: &Snapshot, ids: &[ObjectId], options: &Options) -> u64 {
    let tree = from_roots(snapshot, options);
    let mut steps = vec![0u32; tree.nodes()];
    for &row in tree.order() {
        steps[row as usize] = 1 + tree.arrival(row).map_or(0, |arrival| steps[arrival.from as usize]);
    }
    ids.iter().fold(0, |sum: u64, id| sum.saturating_add(u64::from(steps[id.index()])))
}

/// The chain to one object in the tree of [`from_roots`].
pub fn chain_in(tree: &ShortestPaths, id: ObjectId, snapshot: &Snapshot) -> Option<Chain> {
    tree.path(id.get()).map(|steps| Chain::along(snapshot, &steps, id))
}

/// What a root reaches: all else but the rows of roots is garbage. Linear, and takes a bit per row.
pub fn living(objects: &Objects, references: &References) -> Marks {
    let columns = references.columns();
    let holds = ReferenceTag::table(ReferenceTag::holds);
    let mut living = Marks::none(objects.len());
    let root = (objects.synthetic() > 0).then_some(0);
    let graph = Csr::new(&columns.offsets, &columns.targets);
    living.reach(graph, root, |edge| holds[usize::from(columns.tags[edge as usize])]);
    living
}

/// The tree of shortest paths from all roots, or from where chains are to start, for questions that need more than a few
/// chains of it. Linear.
pub fn from_roots(snapshot: &Snapshot, options: &Options) -> ShortestPaths {
    let columns = snapshot.references().columns();
    let graph = Csr::new(&columns.offsets, &columns.targets);
    let keep = options.keep(snapshot);
    let mut tree = ShortestPaths::new(snapshot.objects().len());
    if !options.from.is_empty() {
        tree.grow(graph, options.from.iter().map(|id| id.get()), keep);
        return tree;
    }
    let rows = || snapshot.root().into_iter().flat_map(|root| snapshot.references().of(root));
    let held = |row: ObjectId| snapshot.objects().root_kind(row) == Some(RootKind::Held);
    let sources =
        |wanted: bool| rows().map(|row| row.target).filter(move |row| held(*row) == wanted).map(ObjectId::get);
    tree.grow(graph, sources(false), keep);
    tree.grow(graph, sources(true), keep);
    // No chain starts at `<root>`, but it has one, of itself alone.
    tree.grow(graph, snapshot.root().map(ObjectId::get), |_| false);
    tree
}
