//! petgraph's own algorithms run on a snapshot, and say what a matrix of who reaches whom says.

use heapgraph::ObjectId;
use heapgraph::snapshot::{References, Snapshot};
use heapgraph::testkit::random::{self, Random};
use heapgraph::testkit::{id, print, sketch};
use petgraph::algo::{dijkstra, has_path_connecting, kosaraju_scc, toposort};
use petgraph::visit::{
    Bfs, EdgeCount, EdgeIndexable, EdgeRef, IntoEdgeReferences, IntoEdges, IntoEdgesDirected, IntoNeighbors,
    IntoNeighborsDirected, IntoNodeIdentifiers, NodeCount, NodeIndexable, Reversed, Walker,
};
use petgraph::{Direction, Graph};
use std::collections::{BTreeMap, BTreeSet};

const FAR: usize = usize::MAX / 4;

/// How many references lie between any two rows: Floyd and Warshall, straight from the columns.
fn distances(references: &References) -> Vec<Vec<usize>> {
    let (columns, count) = (references.columns(), references.objects());
    let mut far = vec![vec![FAR; count]; count];
    for (row, far) in far.iter_mut().enumerate() {
        let range = columns.offsets[row] as usize..columns.offsets[row + 1] as usize;
        columns.targets[range].iter().for_each(|target| far[*target as usize] = 1);
        far[row] = 0;
    }
    for through in 0..count {
        for from in 0..count {
            for to in 0..count {
                far[from][to] = far[from][to].min(far[from][through] + far[through][to]);
            }
        }
    }
    far
}

fn heaps() -> impl Iterator<Item = Snapshot> {
    let heaps = (0..300).map(|seed| {
        let options = random::Options { objects: 14, references: seed % 4, ..random::Options::default() };
        random::heap(&mut Random::new(seed), &options)
    });
    heaps.chain([sketch("a > a"), sketch("")])
}

fn sorted(components: Vec<Vec<ObjectId>>) -> BTreeSet<BTreeSet<ObjectId>> {
    components.into_iter().map(|component| component.into_iter().collect()).collect()
}

#[test]
fn components_are_rows_that_reach_each_other() {
    for heap in heaps() {
        let far = distances(heap.references());
        let mutual = |row: usize| {
            let both = |other: &ObjectId| far[row][other.index()] < FAR && far[other.index()][row] < FAR;
            heap.objects().ids().filter(both).collect::<BTreeSet<_>>()
        };
        let expected: BTreeSet<_> = (0..heap.objects().len()).map(mutual).collect();
        let referrers = heap.referrers();
        assert_eq!(sorted(kosaraju_scc(heap.with_referrers(&referrers))), expected, "{}", print(&heap));
        assert_eq!(sorted(kosaraju_scc(Reversed(heap.with_referrers(&referrers)))), expected, "{}", print(&heap));
    }
}

#[test]
fn shortest_paths_are_as_short_as_the_matrix_says() {
    for heap in heaps() {
        let (far, referrers) = (distances(heap.references()), heap.referrers());
        for start in heap.objects().ids() {
            let reached = |far: &dyn Fn(usize) -> usize| -> BTreeMap<ObjectId, usize> {
                let near = heap.objects().ids().map(|row| (row, far(row.index())));
                near.filter(|(_, far)| *far < FAR).collect()
            };
            let forward: BTreeMap<_, _> = dijkstra(&heap, start, None, |_| 1).into_iter().collect();
            assert_eq!(forward, reached(&|row| far[start.index()][row]), "{}", print(&heap));
            let two_way = heap.with_referrers(&referrers);
            let backward: BTreeMap<_, _> = dijkstra(Reversed(two_way), start, None, |_| 1).into_iter().collect();
            assert_eq!(backward, reached(&|row| far[row][start.index()]), "{}", print(&heap));
        }
    }
}

#[test]
fn breadth_first_search_reaches_what_can_be_reached_nearest_first() {
    for heap in heaps() {
        let far = distances(heap.references());
        for start in heap.objects().ids() {
            let seen: Vec<ObjectId> = Bfs::new(&heap, start).iter(&heap).collect();
            let depths: Vec<usize> = seen.iter().map(|row| far[start.index()][row.index()]).collect();
            assert!(depths.is_sorted() && depths.iter().all(|depth| *depth < FAR), "{}", print(&heap));
            assert_eq!(seen.len(), far[start.index()].iter().filter(|far| **far < FAR).count(), "{}", print(&heap));
            let connected = |to: ObjectId| has_path_connecting(&heap, start, to, None);
            assert!(heap.objects().ids().all(|to| connected(to) == (far[start.index()][to.index()] < FAR)));
        }
    }
}

/// The same heap as petgraph's own graph: every trait says the same of both.
#[test]
fn a_snapshot_is_the_graph_that_its_columns_describe() {
    for heap in heaps() {
        let referrers = heap.referrers();
        let two_way = heap.with_referrers(&referrers);
        let mut graph = Graph::<(), ()>::new();
        let nodes: Vec<_> = heap.objects().ids().map(|_| graph.add_node(())).collect();
        for edge in (&heap).edge_references() {
            graph.add_edge(nodes[edge.source().index()], nodes[edge.target().index()], ());
        }
        assert_eq!((heap.node_count(), heap.edge_count()), (graph.node_count(), graph.edge_count()));
        assert_eq!(heap.edge_count(), heap.references().columns().targets.len());
        assert_eq!((heap.node_bound(), heap.edge_bound()), (graph.node_count(), graph.edge_count()));
        for row in (&heap).node_identifiers() {
            let out: Vec<usize> = (&heap).neighbors(row).map(|row| row.index()).collect();
            // petgraph's own graph gives the neighbour added last first.
            let expected: Vec<usize> = graph.neighbors(nodes[row.index()]).map(|node| node.index()).collect();
            assert!(out.iter().eq(expected.iter().rev()), "{}", print(&heap));
            for direction in [Direction::Outgoing, Direction::Incoming] {
                let mut ours: Vec<usize> = two_way.neighbors_directed(row, direction).map(ObjectId::index).collect();
                let theirs = graph.neighbors_directed(nodes[row.index()], direction);
                let mut theirs: Vec<usize> = theirs.map(|node| node.index()).collect();
                ours.sort();
                theirs.sort();
                assert_eq!(ours, theirs, "{}", print(&heap));
                let edges: Vec<_> = two_way.edges_directed(row, direction).collect();
                assert!(edges.iter().all(|edge| heap.references().get(edge.id()) == *edge));
            }
        }
    }
}

#[test]
fn parallel_references_are_parallel_edges() {
    let heap = sketch("a > b, b, b.x, a");
    let (a, b) = (id(&heap, "a"), id(&heap, "b"));
    let edges: Vec<_> = (&heap).edges(a).map(|edge| (edge.target(), format!("{:?}", edge.weight()))).collect();
    assert_eq!(edges, [(b, "item".into()), (b, "item".into()), (b, "attribute".into()), (a, "item".into())]);
    let referrers = heap.referrers();
    let incoming: Vec<_> = heap.with_referrers(&referrers).neighbors_directed(b, Direction::Incoming).collect();
    assert_eq!((incoming, referrers.count(b)), (vec![a, a, a], 3));
}

#[test]
fn what_has_an_order_can_be_sorted() {
    let heap = sketch("a > b, c; b > d; c > d");
    let referrers = heap.referrers();
    let sorted = toposort(heap.with_referrers(&referrers), None).expect("no cycle");
    assert_eq!((sorted[0], sorted[3]), (id(&heap, "a"), id(&heap, "d")));
    let knot = sketch("a > b; b > a");
    assert!(toposort(knot.with_referrers(&knot.referrers()), None).is_err());
}
