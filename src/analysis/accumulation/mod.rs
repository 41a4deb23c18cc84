//! Where objects pile up: which type's instances do, and which one object holds them.
//!
//! Asked of a heap of which nothing is known: no name and no module decides, only how objects hang together. Every
//! object hangs in the tree of shortest paths from modules and frames. A type piles up under the deepest object that
//! has at least four fifths of its instances below it: Eclipse MAT's leak hunter descends the merged shortest paths of
//! a type's instances in the same way. What the interpreter or C code alone holds takes no part.

mod tree;

use super::paths::{Chain, chain_in};
use crate::cpython::fold::leads_to_own_dict;
use crate::cpython::label::is_module;
use crate::graph::{Csr, ShortestPaths};
use crate::snapshot::{ObjectId, ReferenceId, ReferenceKind, RootKind, Snapshot, TypeId};
use std::cmp::Reverse;
use tree::Tree;

/// Fewer instances are no pile.
const FEWEST: usize = 50;
/// A holder has this share of a type's instances below it, in percent.
const SHARE: usize = 80;
/// An object with fewer children in the tree may be a link of a list, or a node of a tree, of its own kind.
const LINK: u32 = 10;

/// A pile: one type's objects under one holder.
#[derive(Clone, PartialEq, Debug)]
pub struct Accumulation {
    /// The type whose objects pile up, long.
    pub type_name: String,
    /// How many of them hang under the holder.
    pub instances: u64,
    /// How many there are in all, garbage included.
    pub of: u64,
    /// Bytes of these instances with all that hangs below them on shortest paths.
    pub bytes: u64,
    /// The object that holds them: a container, or the head of a linked list.
    pub holder: ObjectId,
    /// Bytes of the holder with all that hangs below it on shortest paths.
    pub holder_bytes: u64,
    /// How a root leads to the holder.
    pub path: Chain,
}

/// The piles of a heap, the one that weighs most first; each holder once, with the type that weighs most under it.
///
/// Instances of classes made at run time weigh double: of a pile of tuples with a session in each, the sessions are
/// what the program knows. Equal weights by type name, then by row. Linear in the heap but for the depth of the piles.
pub fn find(snapshot: &Snapshot) -> Vec<Accumulation> {
    let paths = from_named_places(snapshot);
    let tree = Tree::new(snapshot.objects(), &paths);
    let mut piles: Vec<Pile> = (0..snapshot.objects().type_names().len() as u32)
        .filter_map(|id| pile(snapshot, &paths, &tree, TypeId::new(id)))
        .collect();
    let name = |pile: &Pile| snapshot.objects().name_of_type(pile.of_type).to_owned();
    piles.sort_by_cached_key(|pile| (Reverse(pile.weight), name(pile), pile.holder));
    let mut seen = rustc_hash::FxHashSet::default();
    piles.retain(|pile| seen.insert(pile.holder));
    let mut all = vec![0u64; snapshot.objects().type_names().len()];
    snapshot.objects().real_ids().for_each(|id| all[snapshot.objects().type_id(id).index()] += 1);
    let describe = |pile: Pile| {
        Some(Accumulation {
            type_name: name(&pile),
            instances: pile.instances as u64,
            of: all[pile.of_type.index()],
            bytes: pile.bytes,
            holder: pile.holder,
            holder_bytes: tree.bytes(pile.holder.get()),
            path: chain_in(&paths, pile.holder, snapshot)?,
        })
    };
    piles.into_iter().filter_map(describe).collect()
}

/// Shortest paths from what a program names: its modules and the variables of running calls.
fn from_named_places(snapshot: &Snapshot) -> ShortestPaths {
    let columns = snapshot.references().columns();
    let rows = snapshot.root().into_iter().flat_map(|root| snapshot.references().of(root)).map(|row| row.target);
    let named = |row: &ObjectId| {
        let kind = snapshot.objects().root_kind(*row);
        !matches!(kind, Some(RootKind::Held | RootKind::Interpreter))
    };
    let weak = |edge: u32| columns.tags[edge as usize] & 0b1_1111 == ReferenceKind::Weak as u8;
    let mut paths = ShortestPaths::new(snapshot.objects().len());
    let graph = Csr::new(&columns.offsets, &columns.targets);
    paths.grow(graph, rows.filter(named).map(ObjectId::get), |edge| !weak(edge));
    paths
}

struct Pile {
    of_type: TypeId,
    holder: ObjectId,
    instances: usize,
    bytes: u64,
    weight: u64,
}

fn pile(snapshot: &Snapshot, paths: &ShortestPaths, tree: &Tree, of_type: TypeId) -> Option<Pile> {
    let instances = tree.instances(of_type);
    if instances.len() < FEWEST {
        return None;
    }
    let under = |node: u32| tree.below(node, instances).len();
    // Whoever has more than half below it has the middle one below it, or is it.
    let mut node = tree.node_at(instances[instances.len() / 2]);
    while under(node) * 100 < instances.len() * SHARE {
        node = paths.arrival(node)?.from;
    }
    let holder = holder_of(snapshot, paths, tree, of_type, node)?;
    let below = tree.below(holder.get(), instances);
    let bytes = tree.bytes_of_outermost(below);
    let made_at_run_time = snapshot.class_of(ObjectId::new(tree.node_at(instances[0]))).is_some();
    let weight = if made_at_run_time { bytes.saturating_mul(2) } else { bytes };
    Some(Pile { of_type, holder, instances: below.len(), bytes, weight })
}

/// The object that a reader would name as the holder of all below `node`. `None` for roots and for modules: what hangs
/// there has no holder in common but the program.
fn holder_of(
    snapshot: &Snapshot,
    paths: &ShortestPaths,
    tree: &Tree,
    of_type: TypeId,
    mut node: u32,
) -> Option<ObjectId> {
    let leads_to = |node: u32| paths.arrival(node).map(|step| snapshot.references().get(ReferenceId::new(step.edge)));
    let is_own_dict = |node: u32| leads_to(node).is_some_and(|reference| leads_to_own_dict(&reference));
    let type_of = |node: u32| snapshot.objects().type_id(ObjectId::new(node));
    // A linked list is held by whoever holds its head, or by the head itself where that is a plain variable.
    while type_of(node) == of_type && tree.children(node) < LINK {
        match paths.arrival(node) {
            Some(step) if !is_own_dict(step.from) && !snapshot.objects().is_synthetic(ObjectId::new(step.from)) => {
                node = step.from;
            }
            _ => break,
        }
    }
    if is_own_dict(node) {
        node = paths.arrival(node)?.from;
    }
    let holder = ObjectId::new(node);
    let nobody = snapshot.objects().is_synthetic(holder) || is_module(snapshot, holder);
    (!nobody).then_some(holder)
}
