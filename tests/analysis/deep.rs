//! Chains and leaks on a chain whose members share a class, and on a wide object, with the stack of a thread.

use crate::retained::{at, in_a_small_thread, large};
use heapgraph::analysis::leaks;
use heapgraph::analysis::paths::{Options, chains, merged};
use heapgraph::analysis::select::{left_out, references};
use heapgraph::render::table;
use heapgraph::snapshot::{ObjectId, ReferenceKind, ReferenceTag};
use heapgraph::testkit::sketch;

/// Every question about ways on both heaps. The last object of the chain is no link: it is as a class to all.
fn deep_and_wide(many: u64) {
    let item = ReferenceTag::plain(ReferenceKind::Item);
    let chain = large(many, |builder, number| {
        builder.reference(at(many - 1), ReferenceTag::plain(ReferenceKind::Type), None);
        if number + 2 < many {
            builder.reference(at(number + 1), item, None);
        }
    });
    let star = large(many, |builder, number| {
        if number == 0 {
            (1..many).for_each(|other| builder.reference(at(other), item, None));
        }
    });
    for (heap, longest) in [(chain, many as usize - 1), (star, 2)] {
        let everything: Vec<ObjectId> = heap.objects().real_ids().collect();
        let far = everything[everything.len() - 2];
        let found = chains(&heap, &[far], &Options::default());
        assert_eq!(found.chains[0].references().len(), longest);
        assert!(table::chains(&heap, &found).len() < 2000);
        let several = chains(&heap, &[far, everything[0]], &Options { most: 3, ..Options::default() });
        assert_eq!((several.chains.len(), several.counts.len()), (2, 2));
        let tree = merged(&heap, &everything, &Options::default());
        assert_eq!(tree.steps[0].objects, many);
        assert!(tree.steps.len() < 10, "{}", tree.steps.len());
        let report = leaks::find(&heap, None, &leaks::Options::default());
        assert_eq!(report.suspects[0].bytes, 16 * many);
    }
}

#[test]
fn a_million_objects_deep_or_wide() {
    in_a_small_thread(|| deep_and_wide(1_000_000));
}

#[test]
#[ignore = "takes a minute and several gigabytes"]
fn ten_million_objects_deep_or_wide() {
    in_a_small_thread(|| deep_and_wide(10_000_000));
}

/// The Borg pattern: all instances have the same namespace.
#[test]
fn a_namespace_that_all_share_is_looked_through_once() {
    let many = 20_000;
    let mut text = String::from("<modules> > app; app:module > a0.first; x:app.X; ns:dict > x['k0']");
    (1..many).for_each(|n| text += &format!(", x['k{n}']"));
    (0..many).for_each(|n| text += &format!("; a{n}:app.Borg > ns.__dict__"));
    let heap = sketch(&text);
    assert_eq!(left_out(&heap, &[".k7"]).unwrap().count(), 1);
    assert_eq!(references(&heap, "Borg.k7").unwrap().len(), 1);
}
