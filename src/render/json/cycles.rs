//! `heapgraph.cycles/1`.

use super::address;
use crate::analysis::cycles::{Cycles, Holder, Link, Shape, Sum};
use crate::render::advice::advice;
use crate::snapshot::{ObjectId, Snapshot};
use serde_json::{Value, json};

/// `heapgraph.cycles/1`. With `members` each shape lists the addresses of all its cycles.
pub fn cycles(snapshot: &Snapshot, report: &Cycles, members: bool) -> Value {
    let shapes: Vec<Value> = report.shapes.iter().map(|one| shape(snapshot, one, members)).collect();
    json!({
        "schema": "heapgraph.cycles/1",
        "cycles": report.all.cycles,
        "objects": report.all.objects,
        "bytes": report.all.bytes,
        "garbage": sum(&report.garbage),
        "own": sum(&report.own),
        "shapes": shapes,
        "more_shapes": report.more_shapes,
    })
}

fn sum(sum: &Sum) -> Value {
    json!({"cycles": sum.cycles, "objects": sum.objects, "bytes": sum.bytes})
}

fn shape(snapshot: &Snapshot, shape: &Shape, members: bool) -> Value {
    let addresses =
        |ids: &Vec<ObjectId>| -> Value { ids.iter().map(|id| address(snapshot.objects().address(*id))).collect() };
    let names: Vec<&str> = shape.cut.names.iter().map(|name| name.text.as_str()).collect();
    let mut fields = json!({
        "shape": shape.text,
        "count": shape.sum.cycles,
        "objects": shape.sum.objects,
        "bytes": shape.sum.bytes,
        "garbage": shape.garbage,
        "cut": names,
        "smallest": shape.cut.smallest,
        "minimal": shape.cut.minimal,
        "advice": shape.cut.names.iter().map(advice).collect::<Vec<_>>(),
        "example": addresses(&shape.example),
        "example_length": shape.example_length,
        "references": shape.references.iter().map(link).collect::<Vec<_>>(),
        "more_references": shape.more_references,
        "holders": shape.holders.iter().map(holder).collect::<Vec<_>>(),
        "more_holders": shape.more_holders,
        "finalizers": shape.finalizers,
        "legacy_finalizers": shape.legacy_finalizers,
    });
    if members {
        fields["members"] = shape.members.iter().map(addresses).collect();
    }
    fields
}

fn link(link: &Link) -> Value {
    json!({"name": link.name, "target": link.target, "count": link.count})
}

fn holder(holder: &Holder) -> Value {
    json!({
        "name": holder.name,
        "references": holder.references,
        "holders": holder.holders,
        "example": holder.example,
    })
}
