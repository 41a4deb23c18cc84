//! The collector against the slow one of `testkit`.

use heapgraph::analysis::collect::{Collection, Options, collect};
use heapgraph::snapshot::{Generation, ObjectId, ReferenceId};
use heapgraph::testkit::collector::{Collected, collector};
use heapgraph::testkit::random::{self, Random};

/// Collects a small heap, with some references cut, and compares who dies of what.
pub fn run(bytes: &[u8]) {
    let mut random = Random::from_bytes(bytes);
    let generation = random.below(3) as u8;
    let every = 1 + random.below(8);
    let heap = random::heap(&mut random, &random::Options { objects: 9, ..random::Options::default() });
    let objects = heap.objects().real_ids();
    let all = objects.flat_map(|id| heap.references().of(id)).map(|reference| reference.id);
    let cut: Vec<ReferenceId> =
        all.enumerate().filter(|(at, _)| every > 2 && (*at as u64).is_multiple_of(every)).map(|(_, id)| id).collect();

    let expected = collector(&heap, generation, &cut, &|_| false);
    let options = Options { generation: Generation(generation), cut };
    assert_eq!(sets(&collect(heap.objects(), heap.references(), &options)), expected);
}

fn sets(found: &Collection) -> Collected {
    let set = |ids: &[ObjectId]| ids.iter().copied().collect();
    Collected {
        by_cut: set(&found.by_cut),
        collected: set(&found.collected),
        along: set(&found.along),
        uncollectable: set(&found.uncollectable),
    }
}
