//! `heapgraph.cycles/1`.

use super::Addresses;
use crate::analysis::cycles::{Cycles, Holder, Link, Shape, Sum};
use crate::render::advice::advice;
use crate::snapshot::{ObjectId, Objects, Snapshot};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// `heapgraph.cycles/1`. With `members` each shape lists the addresses of all its cycles.
pub fn cycles<'a>(snapshot: &'a Snapshot, report: &'a Cycles, members: bool) -> impl Serialize + 'a {
    let sums = json!({
        "schema": "heapgraph.cycles/1",
        "cycles": report.all.cycles,
        "objects": report.all.objects,
        "bytes": report.all.bytes,
        "garbage": sum(&report.garbage),
        "own": sum(&report.own),
        "more_shapes": report.more_shapes,
    });
    Fields { sums, shapes: Shapes { objects: snapshot.objects(), shapes: &report.shapes, members } }
}

#[derive(Serialize)]
struct Fields<'a> {
    #[serde(flatten)]
    sums: Value,
    shapes: Shapes<'a>,
}

/// Written one by one, with addresses that may be all of the heap.
struct Shapes<'a> {
    objects: &'a Objects,
    shapes: &'a [Shape],
    members: bool,
}

impl Serialize for Shapes<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.shapes.iter().map(|one| ShapeFields {
            sums: shape(one),
            example: Addresses { objects: self.objects, ids: &one.example },
            members: self.members.then_some(Members { objects: self.objects, cycles: &one.members }),
        }))
    }
}

#[derive(Serialize)]
struct ShapeFields<'a> {
    #[serde(flatten)]
    sums: Value,
    example: Addresses<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Members<'a>>,
}

/// The addresses of each cycle.
struct Members<'a> {
    objects: &'a Objects,
    cycles: &'a [Vec<ObjectId>],
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.cycles.iter().map(|ids| Addresses { objects: self.objects, ids }))
    }
}

fn sum(sum: &Sum) -> Value {
    json!({"cycles": sum.cycles, "objects": sum.objects, "bytes": sum.bytes})
}

/// All but the addresses.
fn shape(shape: &Shape) -> Value {
    let names: Vec<&str> = shape.cut.names.iter().map(|name| name.text.as_str()).collect();
    json!({
        "shape": shape.text,
        "count": shape.sum.cycles,
        "objects": shape.sum.objects,
        "bytes": shape.sum.bytes,
        "garbage": shape.garbage,
        "cut": names,
        "smallest": shape.cut.smallest,
        "minimal": shape.cut.minimal,
        "advice": shape.cut.names.iter().map(advice).collect::<Vec<_>>(),
        "example_length": shape.example_length,
        "references": shape.references.iter().map(link).collect::<Vec<_>>(),
        "more_references": shape.more_references,
        "holders": shape.holders.iter().map(holder).collect::<Vec<_>>(),
        "more_holders": shape.more_holders,
        "finalizers": shape.finalizers,
        "legacy_finalizers": shape.legacy_finalizers,
    })
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
