//! The questions on a heap of a million objects and three million references, for comparing one change with the last.
//!
//! The figures beside other programs are those of `questions.py`.

use criterion::{Criterion, criterion_group, criterion_main};
use heapgraph::analysis::{collect, cycles, paths};
use heapgraph::graph::{Csr, Dominators};
use heapgraph::snapshot::{ObjectId, ReferenceTag};
use heapgraph::testkit::process;

fn questions(criterion: &mut Criterion) {
    let heap = process(1, 1_000_000);
    let last = ObjectId::new(heap.objects().len() as u32 - 1);
    let mut group = criterion.benchmark_group("questions");
    group.sample_size(10);
    group.bench_function("collect", |bencher| {
        bencher.iter(|| collect::collect(heap.objects(), heap.references(), &collect::Options::default()))
    });
    group.bench_function("cycles", |bencher| bencher.iter(|| cycles::find(&heap, &cycles::Options::default())));
    group.bench_function("chain", |bencher| bencher.iter(|| paths::chains(&heap, &[last], &paths::Options::default())));
    let columns = heap.references().columns();
    let holds = ReferenceTag::table(ReferenceTag::holds);
    group.bench_function("dominators", |bencher| {
        let graph = Csr::new(&columns.offsets, &columns.targets);
        bencher.iter(|| Dominators::new(graph, [0], |edge| holds[usize::from(columns.tags[edge as usize])]))
    });
    group.finish();
}

criterion_group!(benches, questions);
criterion_main!(benches);
