//! Why an object is alive: the shortest chain of references from a root.

use super::select::select;
use crate::cpython::{label, path};
use crate::graph::{Csr, ShortestPaths};
use crate::snapshot::{Address, ObjectId, ReferenceId, ReferenceKind, RootKind, Snapshot};

/// Which references a chain may use.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// References of these names are left out, written as in the snapshot: `cache`, `'key'`.
    pub without_names: Vec<String>,
}

/// One step of a chain: an object and the reference that leads to it. Eight bytes; [`Chain::steps`] tells the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hop {
    /// The object.
    pub object: ObjectId,
    /// The reference from the step before; the first step has none.
    pub reference: Option<ReferenceId>,
}

/// A chain from a root down to an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chain {
    /// The root first: a row such as `<modules>` or `<thread …>`, never `<root>` itself. The object asked for last.
    pub hops: Vec<Hop>,
}

/// All there is to say of one step.
#[derive(Clone, PartialEq, Debug)]
pub struct Step<'s> {
    /// The object.
    pub object: ObjectId,
    /// `None` for a row that stands for a root.
    pub address: Option<Address>,
    /// The long name of its type.
    pub type_name: &'s str,
    /// The kind of the reference that leads to it.
    pub kind: Option<ReferenceKind>,
    /// The name of that reference.
    pub name: Option<&'s str>,
    /// The position, where that reference is an item.
    pub index: Option<u64>,
    /// The text of a row that stands for a root: `<frame app.py:42 handle>`.
    pub text: Option<&'s str>,
}

impl Chain {
    /// The object at its end.
    pub fn object(&self) -> ObjectId {
        self.hops.last().expect("a chain has at least its root").object
    }

    /// The references it goes along.
    pub fn references(&self) -> Vec<ReferenceId> {
        self.hops.iter().filter_map(|hop| hop.reference).collect()
    }

    /// Each step with all there is to say of it, nothing folded.
    pub fn steps<'s>(&'s self, snapshot: &'s Snapshot) -> impl Iterator<Item = Step<'s>> + 's {
        self.hops.iter().map(move |hop| {
            let objects = snapshot.objects();
            let reference = hop.reference.map(|id| snapshot.references().get(id));
            Step {
                object: hop.object,
                address: objects.address(hop.object),
                type_name: objects.type_name(hop.object),
                kind: reference.map(|reference| reference.kind()),
                name: reference.and_then(|reference| reference.name),
                index: reference.and_then(|reference| label::position(snapshot, reference)),
                text: snapshot.texts().text(hop.object).filter(|_| objects.is_synthetic(hop.object)),
            }
        })
    }

    /// The chain folded: `module app → cache → 'k' → [3] → .owner`.
    pub fn arrows(&self, snapshot: &Snapshot) -> String {
        path::arrows(snapshot, &self.references())
    }

    /// The chain as an expression: `app.cache['k'][3].owner`.
    pub fn expression(&self, snapshot: &Snapshot) -> String {
        path::expression(snapshot, &self.references())
    }
}

impl Chain {
    /// The chain as an OBJECT for the command line, where there is one that leads to its object and to no other.
    ///
    /// It says `path:` in front where a type has that very name.
    pub fn selector(&self, snapshot: &Snapshot) -> Option<String> {
        let text = path::selector(snapshot, &self.references())?;
        let leads_back = |text: &String| select(snapshot, text).is_ok_and(|selection| selection.ids == [self.object()]);
        let forced = format!("path:{text}");
        [text, forced].into_iter().find(leads_back)
    }
}

/// The answer of `chain`.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Chains {
    /// One for each object that a root reaches, in the order asked for.
    pub chains: Vec<Chain>,
    /// The others: garbage.
    pub without: Vec<ObjectId>,
}

/// One shortest chain for each of the objects. Weak references are not followed.
///
/// Named roots win over `<held outside Python>`, however long their chains. Of equally short chains the one found first
/// wins: by the order of the roots, then of each holder's references. Linear in the heap, whatever the number of
/// objects asked for.
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
    let mut answer = Chains::default();
    for &id in ids {
        match chain_in(&tree, id, snapshot) {
            Some(chain) => answer.chains.push(chain),
            None => answer.without.push(id),
        }
    }
    answer
}

/// The chain to one object in the tree of [`from_roots`].
pub fn chain_in(tree: &ShortestPaths, id: ObjectId, snapshot: &Snapshot) -> Option<Chain> {
    let root = Hop { object: id, reference: None };
    if snapshot.root() == Some(id) {
        return Some(Chain { hops: vec![root] });
    }
    let steps = tree.path(id.get())?;
    let start = steps.first().map_or(id, |step| ObjectId::new(step.from));
    let mut hops = vec![Hop { object: start, ..root }];
    hops.extend(steps.iter().map(|step| {
        let object = ObjectId::new(snapshot.references().columns().targets[step.edge as usize]);
        Hop { object, reference: Some(ReferenceId::new(step.edge)) }
    }));
    Some(Chain { hops })
}

/// The tree of shortest paths from all roots, for questions that need more than a few chains of it. Linear.
pub fn from_roots(snapshot: &Snapshot, options: &Options) -> ShortestPaths {
    let columns = snapshot.references().columns();
    let graph = Csr::new(&columns.offsets, &columns.targets);
    let left_out: Vec<bool> =
        columns.name_table.iter().map(|name| options.without_names.iter().any(|unwanted| unwanted == name)).collect();
    let keep = |edge: u32| {
        let weak = columns.tags[edge as usize] & 0b1_1111 == ReferenceKind::Weak as u8;
        !weak && !left_out.get(columns.names[edge as usize] as usize).is_some_and(|left_out| *left_out)
    };
    let rows = || snapshot.root().into_iter().flat_map(|root| snapshot.references().of(root));
    let held = |row: ObjectId| snapshot.objects().root_kind(row) == Some(RootKind::Held);
    let sources =
        |wanted: bool| rows().map(|row| row.target).filter(move |row| held(*row) == wanted).map(ObjectId::get);
    let mut tree = ShortestPaths::new(snapshot.objects().len());
    tree.grow(graph, sources(false), keep);
    tree.grow(graph, sources(true), keep);
    tree
}
