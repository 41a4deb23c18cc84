//! The layout on plans made here, for comparing one change with the last.
//!
//! How good what it draws is, and the figures beside Graphviz, are those of `layout/bar.py`.

use criterion::{Criterion, criterion_group, criterion_main};
use heapgraph::render::Layout;
use heapgraph::render::layout::{Extent, Layered, Plan, PlanLine};

const BOX: Extent = Extent { width: 120.0, height: 46.0 };
const NAME: Extent = Extent { width: 50.0, height: 13.0 };

fn line(from: usize, to: usize) -> PlanLine {
    PlanLine { from, to, label: to.is_multiple_of(2).then_some(NAME), width: 1.3, ..PlanLine::default() }
}

fn plan(count: usize, lines: Vec<PlanLine>) -> Plan {
    Plan { boxes: vec![BOX; count], lines, top_down: false }
}

/// A tree with half as many shared and returning lines besides, and one box that forty hold.
fn heap_like(count: usize) -> Plan {
    let mut state = count as u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let mut lines: Vec<PlanLine> = (1..count).map(|nth| line((nth - 1) / 3, nth)).collect();
    for _ in 0..count / 2 {
        let (one, other) = (below(count), below(count));
        // One in four runs back.
        let back = below(4) == 0;
        let (from, to) = if back { (one.max(other), one.min(other)) } else { (one.min(other), one.max(other)) };
        lines.push(PlanLine { back, ..line(from, to) });
    }
    lines.extend((0..40).map(|_| line(below(count / 3), count / 3)));
    plan(count, lines)
}

fn pictures(criterion: &mut Criterion) {
    let hub = plan(501, (1..501).map(|nth| line(0, nth)).collect());
    let all = plan(60, (0..60).flat_map(|from| (from + 1..60).map(move |to| line(from, to))).collect());
    let plans = [("50 boxes", heap_like(50)), ("300 boxes", heap_like(300)), ("hub of 500", hub), ("all of 60", all)];
    let mut group = criterion.benchmark_group("pictures");
    group.sample_size(10);
    for (name, plan) in plans {
        group.bench_function(name, |bencher| bencher.iter(|| Layered::default().arrange(&plan)));
    }
    group.finish();
}

criterion_group!(benches, pictures);
criterion_main!(benches);
