//! Chains, how they are written, and back.

use crate::heaps::{odd, on_heaps, pythonic};
use heapgraph::Snapshot;
use heapgraph::analysis::paths::{Chain, Options, chains};
use heapgraph::analysis::select::select;
use heapgraph::snapshot::{ObjectId, ReferenceKind, RootKind};
use petgraph::algo::dijkstra;
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
