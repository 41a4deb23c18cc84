//! A heap made by hand, and an algorithm of petgraph's on it: `cargo run --locked --example build_by_hand`

use heapgraph::snapshot::{
    Flags, Generation, Metadata, NewObject, NewRoot, ReferenceKind, ReferenceTag, RootKind, SnapshotBuilder,
};
use heapgraph::{Address, Result};
use petgraph::algo::kosaraju_scc;
use std::io::Write;

fn main() -> Result<()> {
    // x = []; y = [x, [x], dict(x=x)]; x.append(y)
    let [x, y, inner, dict] = [0x1000, 0x2000, 0x3000, 0x4000].map(Address);
    let objects = [
        (x, "builtins.list", vec![y]),
        (y, "builtins.list", vec![x, inner, dict]),
        (inner, "builtins.list", vec![x]),
        (dict, "builtins.dict", vec![x]),
    ];
    let mut builder = SnapshotBuilder::new();
    let name = builder.name("'x'")?;
    for (address, type_name, targets) in objects {
        let type_name = builder.type_name(type_name)?;
        let (size, generation, flags) = (56, Generation(2), Flags::empty());
        // A refcount that is not given is as many as the heap explains.
        let (refcount, length, text) = (None, Some(targets.len() as u64), None);
        builder.object(NewObject { address, type_name, size, refcount, generation, flags, length, text })?;
        for target in targets {
            let keyed = address == dict;
            let kind = if keyed { ReferenceKind::Key } else { ReferenceKind::Item };
            builder.reference(target, ReferenceTag::plain(kind), keyed.then_some(name));
        }
    }
    let (kind, reference, name) = (RootKind::Module, ReferenceKind::Root, Some("app"));
    builder.root(NewRoot { kind, path: &[], reference, name, target: y, counted: false })?;
    let snapshot = builder.finish(Metadata::default())?;

    // This algorithm walks backwards too, so it is given the referrers.
    let referrers = snapshot.referrers();
    let knots = kosaraju_scc(&snapshot.with_referrers(&referrers)).into_iter().filter(|members| members.len() > 1);
    let sizes: Vec<usize> = knots.map(|members| members.len()).collect();
    let objects = snapshot.objects().real_ids().count();
    writeln!(std::io::stdout(), "{objects} objects, cycles through {sizes:?} of them")
        .map_err(|error| heapgraph::Error::io("write", error))
}
