//! Cells of a heap against what is freed when references are taken away, and their places against each other.

use crate::heaps::{knots, odd, on_heaps, pythonic};
use heapgraph::Snapshot;
use heapgraph::analysis::retained::{Bounds, Cell, CellContent, Cells, Of, Retained, cells};
use heapgraph::render::treemap::place::{Place, place};
use heapgraph::render::treemap::squarify::{Rect, squarify};
use heapgraph::snapshot::ObjectId;
use heapgraph::testkit::random::Random;
use heapgraph::testkit::{bytes_freed_without, freed_without};

fn every_kind_of_heap(count: u64, check: impl Fn(&Snapshot)) {
    on_heaps(count, odd, &check);
    on_heaps(count, pythonic, &check);
    on_heaps(count, knots, &check);
}

/// From one cell to all there is to see.
fn bounds(random: &mut Random) -> Bounds {
    Bounds {
        cells: random.pick(&[1, 5, 30, 100_000]),
        levels: random.pick(&[0, 1, 3, 100]),
        siblings: random.pick(&[1, 2, 24]),
        share: random.pick(&[1, 4, 1_000_000_000]),
    }
}

fn sum(values: impl Iterator<Item = u64>) -> u64 {
    values.fold(0, u64::saturating_add)
}

fn adds_up(found: &Cells) {
    for (at, cell) in found.cells.iter().enumerate() {
        assert!(cell.parent.is_none_or(|parent| parent < at && found.cells[parent].level + 1 == cell.level));
        assert_eq!(cell.parent.is_none(), at == 0);
        if cell.children.is_empty() {
            continue;
        }
        let children = || cell.children.iter().map(|child| &found.cells[*child]);
        assert!(children().all(|child| child.parent == Some(at)), "{cell:?}");
        assert_eq!(sum(children().map(|child| child.retained)), cell.retained, "{cell:?}");
        assert_eq!(sum(children().map(|child| child.objects)), cell.objects, "{cell:?}");
        assert!(children().is_sorted_by(|one, other| one.retained >= other.retained), "{cell:?}");
    }
    let as_child = found.cells.iter().flat_map(|cell| &cell.children).count();
    assert_eq!(as_child + usize::from(!found.cells.is_empty()), found.cells.len());
}

#[test]
fn the_cells_in_a_cell_add_up_to_it() {
    every_kind_of_heap(200, |heap| {
        let mut random = Random::new(heap.references().len() as u64);
        let asked: Vec<ObjectId> = heap.objects().real_ids().filter(|_| random.chance(1, 3)).collect();
        for of in [Of::Living, Of::Garbage, Of::Objects(&asked), Of::GarbageObjects(&asked)] {
            let bounds = bounds(&mut random);
            let found = cells(heap, of, &bounds);
            adds_up(&found);
            assert!(found.cells.iter().all(|cell| cell.level <= bounds.levels.max(1)), "{bounds:?}");
            let shown = |cell: &&Cell| matches!(cell.content, CellContent::Object { .. });
            let mut ids: Vec<_> = found.cells.iter().filter(shown).map(id_of).collect();
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), all, "an object has one cell");
        }
    });
}

fn id_of(cell: &Cell) -> Option<ObjectId> {
    match cell.content {
        CellContent::Object { id, .. } => Some(id),
        _ => None,
    }
}

#[test]
fn a_cell_is_what_is_freed_without_what_it_stands_for() {
    every_kind_of_heap(200, |heap| {
        let all = Retained::of_living(heap.objects(), heap.references()).total();
        let found = cells(heap, Of::Living, &Bounds { levels: 50, share: 1_000_000_000, ..Bounds::default() });
        assert_eq!((found.reached, found.bytes), all);
        if let Some(first) = found.cells.first() {
            assert_eq!((first.objects, first.retained), all);
        }
        for (cell, id) in found.cells.iter().filter_map(|cell| Some((cell, id_of(cell)?))) {
            assert_eq!(cell.retained, bytes_freed_without(heap, &[id]), "{cell:?}");
            assert_eq!(cell.objects, freed_without(heap, &[id]).len() as u64, "{cell:?}");
        }
    });
}

#[test]
fn what_objects_keep_together_is_what_is_freed_without_all_of_them() {
    every_kind_of_heap(200, |heap| {
        let mut random = Random::new(heap.objects().len() as u64);
        let asked: Vec<ObjectId> = heap.objects().real_ids().filter(|_| random.chance(1, 3)).collect();
        let found = cells(heap, Of::Objects(&asked), &bounds(&mut random));
        let freed = freed_without(heap, &asked);
        match found.cells.first() {
            Some(first) => {
                assert_eq!((first.objects, first.retained), (freed.len() as u64, bytes_freed_without(heap, &asked)));
            }
            None => assert!(freed.is_empty()),
        }
        assert_eq!(found.without.iter().filter(|id| freed.contains(id)).count(), 0);
    });
}

const WHOLE: Rect = Rect { x: 0.0, y: 0.0, width: 1216.0, height: 720.0 };

fn within(inner: &Rect, outer: &Rect) -> bool {
    let slack = 1e-6;
    inner.x >= outer.x - slack
        && inner.y >= outer.y - slack
        && inner.x + inner.width <= outer.x + outer.width + slack
        && inner.y + inner.height <= outer.y + outer.height + slack
}

fn overlap(one: &Rect, other: &Rect) -> f64 {
    let width = (one.x + one.width).min(other.x + other.width) - one.x.max(other.x);
    let height = (one.y + one.height).min(other.y + other.height) - one.y.max(other.y);
    width.max(0.0) * height.max(0.0)
}

/// Inside the rectangle, beside each other, and each as large as its weight.
fn fills(parts: &[Rect], weights: &[f64], whole: &Rect) {
    let total: f64 = weights.iter().sum();
    let scale = if total > 0.0 { whole.area() / total } else { 0.0 };
    for (nth, (part, weight)) in parts.iter().zip(weights).enumerate() {
        assert!(within(part, whole), "{part:?} in {whole:?}");
        let wanted = weight * scale;
        assert!((part.area() - wanted).abs() <= 1e-6 * whole.area().max(1.0), "{part:?} for {wanted}");
        for other in &parts[..nth] {
            assert!(overlap(part, other) <= 1e-6 * whole.area().max(1.0), "{part:?} {other:?}");
        }
    }
}

#[test]
fn rectangles_fill_what_they_divide() {
    let mut random = Random::new(7);
    for round in 0..2000 {
        let count = random.below(60) as usize;
        let size = |random: &mut Random| match random.below(4) {
            0 => 0.0,
            1 => 1.0 + random.below(5) as f64,
            2 => random.below(1000) as f64,
            _ => random.below(u64::MAX) as f64,
        };
        let mut weights: Vec<f64> = (0..count).map(|_| size(&mut random)).collect();
        weights.sort_by(|one, other| other.total_cmp(one));
        let side = |random: &mut Random| random.pick(&[0.0, 0.5, 30.0, 720.0, 5000.0]);
        let whole = Rect { x: 10.0, y: -3.0, width: side(&mut random), height: side(&mut random) };
        let parts = squarify(&weights, whole);
        assert_eq!(parts.len(), count, "round {round}");
        fills(&parts, &weights, &whole);
        // Squarer than slices, where there is room to choose.
        let even = vec![1.0; 16];
        let square = squarify(&even, Rect { x: 0.0, y: 0.0, width: 400.0, height: 400.0 });
        assert!(square.iter().all(|part| (part.width / part.height - 1.0).abs() < 1e-9));
    }
}

#[test]
fn cells_stand_inside_the_one_around_them_beside_each_other_and_as_large_as_their_bytes() {
    every_kind_of_heap(150, |heap| {
        let found = cells(heap, Of::Living, &Bounds { levels: 50, share: 1_000_000_000, ..Bounds::default() });
        let places = place(&found, WHOLE);
        for around in places.iter().filter(|place| place.inside.is_some()) {
            let inside = around.inside.unwrap();
            assert!(within(&inside, &around.rect));
            let cell = &found.cells[around.cell];
            let parts: Vec<&Place> = places.iter().filter(|place| cell.children.contains(&place.cell)).collect();
            assert_eq!(parts.len(), cell.children.len(), "all or none");
            let rects: Vec<Rect> = parts.iter().map(|place| place.rect).collect();
            let weights: Vec<f64> = parts.iter().map(|place| found.cells[place.cell].retained as f64).collect();
            fills(&rects, &weights, &inside);
        }
    });
}
