//! Chains, how they are written, and back.

use crate::heaps::{odd, on_heaps, pythonic};
use heapgraph::Snapshot;
use heapgraph::analysis::paths::{Chain, Options, chains, merged};
use heapgraph::analysis::select::{left_out, select};
use heapgraph::snapshot::{ObjectId, ReferenceKind, RootKind};
use petgraph::Graph;
use petgraph::algo::{dijkstra, ford_fulkerson};
use petgraph::visit::EdgeFiltered;
use std::collections::HashMap;

fn all(heap: &Snapshot) -> Vec<ObjectId> {
    heap.objects().ids().collect()
}

/// Steps from `<root>` to each row over references that are not weak, by petgraph.
fn distances(heap: &Snapshot, held_too: bool) -> HashMap<ObjectId, usize> {
    let Some(root) = heap.root() else { return HashMap::new() };
    let kept = EdgeFiltered::from_fn(heap, |reference| {
        let held = heap.objects().root_kind(reference.target) == Some(RootKind::Held);
        reference.kind() != ReferenceKind::Weak && (held_too || !held)
    });
    dijkstra(&kept, root, None, |_| 1).into_iter().collect()
}

#[test]
fn a_chain_is_as_short_as_petgraph_says_and_each_step_is_a_reference() {
    let check = |heap: &Snapshot| {
        let (named, any) = (distances(heap, false), distances(heap, true));
        let found = chains(heap, &all(heap), &Options::default());
        assert_eq!(found.chains.len() + found.without.len(), heap.objects().len());
        assert!(found.without.iter().all(|id| !any.contains_key(id)));
        for chain in &found.chains {
            let object = chain.object();
            if let Some(distance) = named.get(&object).filter(|distance| **distance > 0) {
                assert_eq!(chain.hops.len(), *distance, "{}", chain.arrows(heap));
            }
            assert!(any.contains_key(&object));
            for pair in chain.hops.windows(2) {
                let reference = heap.references().get(pair[1].reference.expect("only the first step has none"));
                assert_eq!((reference.holder, reference.target), (pair[0].object, pair[1].object));
            }
            let held = heap.objects().root_kind(chain.hops[0].object) == Some(RootKind::Held);
            assert!(!held || !named.contains_key(&object) || chain.hops.len() == 1, "{}", chain.arrows(heap));
        }
    };
    on_heaps(300, odd, check);
    on_heaps(300, pythonic, check);
}

#[test]
fn what_is_printed_selects_the_object_it_was_printed_for() {
    let check = |heap: &Snapshot| {
        for chain in chains(heap, &all(heap), &Options::default()).chains {
            if let Some(text) = chain.selector(heap) {
                let selected = select(heap, &text).map(|selection| selection.ids);
                assert_eq!(selected.ok(), Some(vec![chain.object()]), "{text}");
            }
        }
    };
    on_heaps(300, odd, check);
    on_heaps(600, pythonic, check);
}

/// Whether a chain starts at a module and takes only steps that Python can write.
fn is_writable(heap: &Snapshot, chain: &Chain) -> bool {
    let steps: Vec<_> = chain.steps(heap).collect();
    let from_module = heap.objects().root_kind(chain.hops[0].object) == Some(RootKind::Module);
    // A cell that a call has as its variable is not a value of the program, and has no expression.
    let ends_in_cell =
        steps.last().is_some_and(|last| last.type_name == "cell" && last.kind == Some(ReferenceKind::Local));
    from_module && steps.len() > 1 && !ends_in_cell
}

#[test]
fn whatever_hangs_on_a_module_in_a_pythonic_heap_has_an_expression() {
    let mut printed = 0;
    let counter = std::cell::RefCell::new(&mut printed);
    on_heaps(600, pythonic, |heap| {
        let found = chains(heap, &all(heap), &Options::default());
        for chain in found.chains.iter().filter(|chain| is_writable(heap, chain)) {
            let selector = chain.selector(heap);
            assert!(selector.is_some(), "{} has no selector: {}", chain.arrows(heap), chain.expression(heap));
            **counter.borrow_mut() += 1;
        }
    });
    assert!(printed > 3000, "only {printed} objects had a path");
}

/// How many chains to `target` there can be that share nothing but root rows, by petgraph's maximum flow: every other
/// row is two nodes with one unit between them.
fn most_chains(heap: &Snapshot, target: ObjectId, left_out: &[ObjectId]) -> usize {
    let objects = heap.objects();
    let mut graph = Graph::<(), u32>::new();
    let start = graph.add_node(());
    let both: Vec<_> = objects.ids().map(|_| (graph.add_node(()), graph.add_node(()))).collect();
    for id in objects.ids().filter(|id| !left_out.contains(id)) {
        let (arriving, leaving) = both[id.index()];
        if objects.root_kind(id).is_some() {
            graph.add_edge(start, leaving, 1000);
        } else if id != target {
            graph.add_edge(arriving, leaving, 1);
        }
        for reference in heap.references().of(id).filter(|reference| reference.kind() != ReferenceKind::Weak) {
            if !objects.is_synthetic(reference.target) && Some(id) != heap.root() {
                graph.add_edge(leaving, both[reference.target.index()].0, 1);
            }
        }
    }
    ford_fulkerson(&graph, start, both[target.index()].0).0 as usize
}

#[test]
fn of_chains_that_share_no_object_there_are_as_many_as_petgraph_says() {
    let check = |heap: &Snapshot| {
        let ids: Vec<ObjectId> = heap.objects().real_ids().collect();
        for most in [2, 3, 50] {
            let found = chains(heap, &ids, &Options { most, ..Options::default() });
            let shortest = chains(heap, &ids, &Options::default());
            assert_eq!((found.counts.len(), &found.without), (shortest.chains.len(), &shortest.without));
            let mut rest = found.chains.as_slice();
            for count in &found.counts {
                let (own, others) = rest.split_at(count.chains);
                rest = others;
                let possible = most_chains(heap, count.object, &[]);
                assert_eq!((count.chains, count.through.is_some()), (possible.min(most), possible < most));
                let mut inner: Vec<ObjectId> =
                    own.iter().flat_map(|chain| between(heap, chain, count.object)).collect();
                inner.sort();
                assert!(inner.windows(2).all(|pair| pair[0] != pair[1]), "two chains share an object");
                if let Some(through) = &count.through {
                    let through: Vec<ObjectId> = through.iter().map(Chain::object).collect();
                    let straight = own.iter().filter(|chain| between(heap, chain, count.object).is_empty()).count();
                    assert_eq!(through.len() + straight, count.chains);
                    assert_eq!(most_chains(heap, count.object, &through), straight, "nothing leads around");
                }
            }
            assert!(rest.is_empty());
        }
    };
    on_heaps(150, odd, check);
    on_heaps(100, pythonic, check);
}

/// The objects of a chain between its roots and its end; checks on the way that each step is a reference.
fn between(heap: &Snapshot, chain: &Chain, object: ObjectId) -> Vec<ObjectId> {
    assert_eq!(chain.object(), object);
    for pair in chain.hops.windows(2) {
        let reference = heap.references().get(pair[1].reference.expect("only the first step has none"));
        assert_eq!((reference.holder, reference.target), (pair[0].object, pair[1].object));
        assert_ne!(reference.kind(), ReferenceKind::Weak);
    }
    let hops = chain.hops[..chain.hops.len() - 1].iter().map(|hop| hop.object);
    hops.filter(|id| !heap.objects().is_synthetic(*id)).collect()
}

#[test]
fn a_chain_between_two_objects_is_as_short_as_petgraph_says() {
    let check = |heap: &Snapshot| {
        let kept = EdgeFiltered::from_fn(heap, |reference| reference.kind() != ReferenceKind::Weak);
        for from in heap.objects().real_ids().take(5) {
            let distances: HashMap<ObjectId, usize> = dijkstra(&kept, from, None, |_| 1).into_iter().collect();
            let found = chains(heap, &all(heap), &Options { from: vec![from], ..Options::default() });
            assert_eq!(found.chains.len(), distances.len());
            for chain in &found.chains {
                assert_eq!(chain.hops[0].object, from);
                assert_eq!(distances.get(&chain.object()), Some(&(chain.hops.len() - 1)));
            }
        }
    };
    on_heaps(200, odd, check);
    on_heaps(200, pythonic, check);
}

#[test]
fn what_is_left_out_is_on_no_chain_and_nothing_else_is_missed() {
    let check = |heap: &Snapshot| {
        for name in [".x", "['a b']", "[]", "cache", "list", "app.*", "[1]"] {
            let Ok(marks) = left_out(heap, &[name]) else { continue };
            let left_out = |id: heapgraph::snapshot::ReferenceId| marks.contains(id.get());
            let kept = EdgeFiltered::from_fn(heap, |reference| {
                reference.kind() != ReferenceKind::Weak && !left_out(reference.id)
            });
            let reached = heap.root().map(|root| dijkstra(&kept, root, None, |_| 1usize)).unwrap_or_default();
            let found = chains(heap, &all(heap), &Options { left_out: Some(marks.clone()), ..Options::default() });
            assert_eq!(found.chains.len(), reached.len(), "{name}");
            assert!(found.chains.iter().flat_map(Chain::references).all(|id| !left_out(id)), "{name}");
        }
    };
    on_heaps(200, odd, check);
    on_heaps(200, pythonic, check);
}

#[test]
fn the_numbers_of_a_merged_tree_add_up() {
    let check = |heap: &Snapshot| {
        for step in 1..4 {
            let asked: Vec<ObjectId> = heap.objects().real_ids().step_by(step).collect();
            let tree = merged(heap, &asked, &Options::default());
            let listed = chains(heap, &asked, &Options::default());
            assert_eq!(tree.without, listed.without);
            let total = |of: Option<usize>| -> u64 {
                tree.steps.iter().filter(|step| step.parent == of).map(|step| step.objects).sum()
            };
            assert_eq!(total(None), listed.chains.len() as u64);
            for (at, step) in tree.steps.iter().enumerate() {
                assert!(step.parent.is_none_or(|parent| parent < at));
                assert_eq!(step.objects, step.ends + total(Some(at)));
                assert_eq!(heap.objects().type_id(step.example), step.type_id);
            }
            // What is merged is every object on a chain, once.
            let mut on_chains: Vec<ObjectId> =
                listed.chains.iter().flat_map(|chain| &chain.hops).map(|hop| hop.object).collect();
            on_chains.sort();
            on_chains.dedup();
            assert_eq!(tree.steps.iter().map(|step| step.merged).sum::<u64>(), on_chains.len() as u64);
            let shown = heapgraph::render::table::merged(heap, &tree, usize::MAX);
            assert_eq!(shown.is_empty(), listed.chains.is_empty());
        }
    };
    on_heaps(300, odd, check);
    on_heaps(300, pythonic, check);
}
