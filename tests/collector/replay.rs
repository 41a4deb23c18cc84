//! A part of a heap as one line of text, and what only the graph tells of it.

use super::victim::Addresses;
use heapgraph::snapshot::{Metadata, NewObject, ObjectId, Snapshot, SnapshotBuilder};
use heapgraph::testkit;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use petgraph::unionfind::UnionFind;
use std::collections::{BTreeMap, BTreeSet};

/// A line with more objects than this helps nobody.
const LINE: usize = 400;

/// The rows of these addresses.
fn rows(snapshot: &Snapshot, addresses: &Addresses) -> Vec<ObjectId> {
    let objects = snapshot.objects();
    let listed = |id: &ObjectId| objects.address(*id).is_some_and(|address| addresses.contains(&address.0));
    objects.real_ids().filter(listed).collect()
}

/// What differs, with all that is dead and hangs together with it, for `testkit::sketch`: who holds it from elsewhere
/// shows in the refcounts.
pub(crate) fn part(snapshot: &Snapshot, differing: &Addresses, dead: &Addresses) -> String {
    let members = rows(snapshot, &differing.union(dead).copied().collect());
    let position: BTreeMap<ObjectId, usize> = members.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut joined = UnionFind::<usize>::new(members.len());
    for (at, id) in members.iter().enumerate() {
        for other in snapshot.references().of(*id).filter_map(|reference| position.get(&reference.target)) {
            joined.union(at, *other);
        }
    }
    let places: BTreeSet<usize> = rows(snapshot, differing).iter().map(|id| joined.find(position[id])).collect();
    let kept: Vec<ObjectId> =
        members.iter().enumerate().filter(|(at, _)| places.contains(&joined.find(*at))).map(|(_, id)| *id).collect();
    if kept.len() > LINE {
        return format!("{} objects hang together", kept.len());
    }
    cut_out(snapshot, &kept).map_or_else(|error| error.to_string(), |heap| testkit::print(&heap))
}

/// These rows and the references between them, with their counts.
fn cut_out(snapshot: &Snapshot, kept: &[ObjectId]) -> heapgraph::Result<Snapshot> {
    let objects = snapshot.objects();
    let mut builder = SnapshotBuilder::new();
    for id in kept {
        let type_name = builder.type_name(objects.type_name(*id))?;
        builder.object(NewObject {
            address: objects.address(*id).expect("real rows have addresses"),
            type_name,
            size: 0,
            refcount: Some(objects.refcount(*id)),
            generation: objects.generation(*id),
            flags: objects.flags(*id),
            length: None,
            text: None,
        })?;
        for reference in snapshot.references().of(*id).filter(|reference| kept.contains(&reference.target)) {
            let target = objects.address(reference.target).expect("kept rows are real");
            let name = reference.name.map(|name| builder.name(name)).transpose()?;
            builder.reference(target, reference.tag, name);
        }
    }
    builder.finish(Metadata::default())
}

/// Whether some cycle among the dead has members of different generations.
pub(crate) fn has_cycle_across_generations(snapshot: &Snapshot, dead: &Addresses) -> bool {
    let members = rows(snapshot, dead);
    let mut graph = DiGraph::<ObjectId, ()>::new();
    let nodes: BTreeMap<ObjectId, _> = members.iter().map(|id| (*id, graph.add_node(*id))).collect();
    for id in &members {
        for reference in snapshot.references().of(*id).filter(|reference| reference.tag.subtracted()) {
            if let Some(target) = nodes.get(&reference.target) {
                graph.add_edge(nodes[id], *target, ());
            }
        }
    }
    let generation = |node| snapshot.objects().generation(graph[node]);
    kosaraju_scc(&graph).iter().any(|cycle| cycle.iter().any(|node| generation(*node) != generation(cycle[0])))
}
