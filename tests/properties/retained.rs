//! Retained sizes against what is freed when references are taken away, one object and one set after another.

use crate::heaps::{knots, odd, on_heaps, pythonic};
use heapgraph::Snapshot;
use heapgraph::analysis::census::{self, count_retained};
use heapgraph::analysis::paths::{self, chains};
use heapgraph::analysis::retained::{Content, Options, Retained, of_set, report};
use heapgraph::snapshot::ObjectId;
use heapgraph::testkit::random::Random;
use heapgraph::testkit::{bytes_freed_without, freed_without};
use std::collections::BTreeSet;

fn every_kind_of_heap(count: u64, check: impl Fn(&Snapshot)) {
    on_heaps(count, odd, &check);
    on_heaps(count, pythonic, &check);
    on_heaps(count, knots, &check);
}

fn living(heap: &Snapshot) -> Retained {
    Retained::of_living(heap.objects(), heap.references())
}

fn sum(sizes: impl Iterator<Item = u64>) -> u64 {
    sizes.fold(0, u64::saturating_add)
}

#[test]
fn an_object_retains_what_is_freed_without_it() {
    every_kind_of_heap(300, |heap| {
        let retained = living(heap);
        for id in heap.objects().real_ids() {
            let freed = freed_without(heap, &[id]);
            let owned = retained.owned(id);
            assert_eq!(owned.is_some(), freed.contains(&id), "{id:?}");
            let Some(owned) = owned else { continue };
            assert_eq!(owned.retained, bytes_freed_without(heap, &[id]), "{id:?}");
            assert_eq!(owned.objects, freed.len() as u64, "{id:?}");
            // A set of one object is that object.
            let set = of_set(heap.objects(), heap.references(), &retained, &[id]);
            assert_eq!((set.objects, set.freed, set.retained), (1, owned.objects, owned.retained), "{id:?}");
        }
    });
}

#[test]
fn a_dominator_is_the_last_object_without_which_another_is_freed() {
    every_kind_of_heap(150, |heap| {
        let retained = living(heap);
        let freed: Vec<Vec<ObjectId>> = heap.objects().ids().map(|id| freed_without(heap, &[id])).collect();
        for id in heap.objects().real_ids().filter(|id| retained.contains(*id)) {
            let frees = |above: &ObjectId| *above != id && freed[above.index()].contains(&id);
            let above = heap.objects().real_ids().filter(frees);
            let nearest = above.min_by_key(|above| freed[above.index()].len());
            assert_eq!(retained.dominator(id), nearest, "{id:?}");
        }
    });
}

#[test]
fn a_set_retains_what_is_freed_without_all_of_it() {
    every_kind_of_heap(200, |heap| {
        let (retained, mut random) = (living(heap), Random::new(heap.references().len() as u64));
        for _ in 0..8 {
            let set: Vec<ObjectId> = heap.objects().real_ids().filter(|_| random.chance(1, 3)).collect();
            let found = of_set(heap.objects(), heap.references(), &retained, &set);
            assert_eq!(found.freed, freed_without(heap, &set).len() as u64, "{set:?}");
            assert_eq!(found.retained, bytes_freed_without(heap, &set), "{set:?}");
            let alone = retained.tree().outermost(set.iter().map(|id| id.get()));
            let alone = sum(alone.into_iter().filter_map(|row| retained.bytes(ObjectId::new(row))));
            assert!(found.retained >= alone, "{set:?}");
        }
    });
}

#[test]
fn the_tops_together_are_all_that_is_reached_and_the_garbage_is_the_rest() {
    every_kind_of_heap(300, |heap| {
        let (living, garbage) = (living(heap), Retained::of_garbage(heap.objects(), heap.references()));
        let rows = || heap.objects().real_ids();
        assert!(rows().all(|id| living.contains(id) != garbage.contains(id)));
        for tree in [&living, &garbage] {
            let within = || rows().filter(|id| tree.contains(*id));
            let bytes = sum(within().map(|id| heap.objects().size(id)));
            assert_eq!(tree.total(), (within().count() as u64, bytes));
            let tops = rows().filter(|id| tree.contains(*id) && tree.dominator(*id).is_none());
            assert_eq!(sum(tops.filter_map(|id| tree.bytes(id))), bytes);
        }
    });
}

#[test]
fn garbage_hangs_under_what_leads_to_it() {
    every_kind_of_heap(200, |heap| {
        let garbage = Retained::of_garbage(heap.objects(), heap.references());
        let member = |row: &u32| garbage.contains(ObjectId::new(*row));
        for row in garbage.tree().preorder() {
            let below: BTreeSet<u32> = garbage.tree().below(*row).iter().copied().collect();
            // What hangs below an object is referred to by nothing else in the garbage.
            for holder in heap.objects().real_ids().filter(|id| member(&id.get()) && !below.contains(&id.get())) {
                let mut targets = heap.references().of(holder).filter(|reference| reference.tag.holds());
                let inner = |target: ObjectId| target.get() != *row && below.contains(&target.get());
                assert!(targets.all(|reference| !inner(reference.target)), "{row} {holder:?}");
            }
        }
    });
}

#[test]
fn a_type_retains_its_own_bytes_at_least_and_what_all_of_it_retains_at_most() {
    every_kind_of_heap(200, |heap| {
        let options = census::Options::default();
        let census = count_retained(heap.objects(), heap.references(), &options);
        let plain = census::count(heap.objects(), &options);
        assert_eq!((census.objects, census.bytes, census.types.len()), (plain.objects, plain.bytes, plain.types.len()));
        assert!(census.types.is_sorted_by(|a, b| a.retained >= b.retained));
        let retained = living(heap);
        let garbage = Retained::of_garbage(heap.objects(), heap.references());
        for one in &census.types {
            let of_type = heap.objects().real_ids().filter(|id| heap.objects().type_name(*id) == one.type_name);
            let ids: Vec<ObjectId> = of_type.collect();
            let exact = |tree: &Retained| of_set(heap.objects(), heap.references(), tree, &ids).retained;
            let found = one.retained.unwrap();
            assert!(found >= one.bytes, "{one:?}");
            assert!(found <= exact(&retained).saturating_add(exact(&garbage)), "{one:?}");
        }
    });
}

#[test]
fn an_outline_shows_each_object_once_and_its_lines_add_up() {
    every_kind_of_heap(200, |heap| {
        for garbage in [false, true] {
            let report = report(heap, None, &Options { garbage, levels: Some(100), ..Options::default() });
            let shown: Vec<ObjectId> = report
                .outline
                .lines
                .iter()
                .filter_map(|line| match line.content {
                    Content::Object { id, .. } => Some(id),
                    Content::Rest { .. } => None,
                })
                .collect();
            assert_eq!(shown.iter().collect::<BTreeSet<_>>().len(), shown.len());
            for line in &report.outline.lines {
                if let (Content::Object { id, name: Some(name) }, 0) = (&line.content, line.level) {
                    let chains = chains(heap, &[*id], &paths::Options::default()).chains;
                    assert_eq!(*name, chains[0].expression(heap));
                }
            }
            let outermost = report.outline.lines.iter().filter(|line| line.level == 0);
            assert_eq!(outermost.clone().count() as u64, report.outermost);
            assert!(sum(outermost.map(|line| line.retained)) <= report.bytes);
            let rows: Vec<_> = report.objects.iter().map(|one| one.retained).collect();
            assert!(rows.is_sorted_by(|a, b| a >= b) && rows.len() as u64 == report.reached);
            let lines = &report.outline.lines;
            for (at, line) in lines.iter().enumerate() {
                let below = lines[at + 1..].iter().take_while(|next| next.level > line.level);
                let children = sum(below.filter(|next| next.level == line.level + 1).map(|next| next.retained));
                assert!(children <= line.retained, "{line:?}");
            }
        }
    });
}
