//! `heapgraph.leaks/1`.

use super::address;
use crate::analysis::census::TypeCount;
use crate::analysis::cycles::Shape;
use crate::analysis::diff::Diff;
use crate::analysis::leaks::{Leaks, Suspect};
use crate::cpython::label::{object_detail, object_title};
use crate::snapshot::{ObjectId, Snapshot};
use serde_json::{Value, json};

/// `heapgraph.leaks/1`: every part in short.
pub fn leaks(snapshot: &Snapshot, report: &Leaks) -> Value {
    let (collection, cycles, unheld) = (&report.collection, &report.cycles, &report.unheld);
    let address_of = |id: &ObjectId| address(snapshot.objects().address(*id));
    json!({
        "schema": "heapgraph.leaks/1",
        "objects": report.objects,
        "bytes": report.bytes,
        "share": report.share,
        "suspects": report.suspects.iter().map(|one| suspect(snapshot, report, one)).collect::<Vec<_>>(),
        "garbage": {
            "returns": collection.returns(),
            "collected": collection.collected.len(),
            "freed": collection.freed(),
            "freed_bytes": collection.freed_bytes,
            "types": types(&collection.types),
        },
        "uncollectable": {
            "objects": collection.uncollectable.len(),
            "addresses": collection.uncollectable.iter().map(address_of).collect::<Vec<_>>(),
            "garbage": collection.garbage.len(),
        },
        "cycles": {
            "cycles": cycles.all.cycles,
            "objects": cycles.all.objects,
            "bytes": cycles.all.bytes,
            "garbage": cycles.garbage.cycles,
            "shapes": cycles.shapes.iter().map(shape).collect::<Vec<_>>(),
            "more_shapes": cycles.more_shapes,
        },
        "unheld": {
            "objects": unheld.objects.len(),
            "bytes": unheld.bytes(),
            "types": types(&unheld.types),
            "addresses": unheld.objects.iter().map(address_of).collect::<Vec<_>>(),
        },
        "growth": report.growth.as_ref().map(|diff| growth(report, diff)),
    })
}

fn suspect(snapshot: &Snapshot, report: &Leaks, suspect: &Suspect) -> Value {
    let contents = suspect.contents.as_ref();
    json!({
        "address": address(snapshot.objects().address(suspect.holder)),
        "type": snapshot.objects().type_name(suspect.holder),
        "title": object_title(snapshot, suspect.holder),
        "detail": object_detail(snapshot, suspect.holder),
        "expression": suspect.expression,
        "object": suspect.selector,
        "bytes": suspect.bytes,
        "share": suspect.bytes as f64 / report.bytes.max(1) as f64,
        "over": suspect.over,
        "holds": contents.map(|held| json!({"type": held.type_name, "count": held.count, "bytes": held.bytes})),
    })
}

fn types(types: &[TypeCount]) -> Vec<Value> {
    let row = |one: &TypeCount| json!({"type": one.type_name, "count": one.count, "bytes": one.bytes});
    types.iter().map(row).collect()
}

fn shape(shape: &Shape) -> Value {
    let cut: Vec<&str> = shape.cut.names.iter().map(|name| name.text.as_str()).collect();
    json!({
        "shape": shape.text,
        "count": shape.sum.cycles,
        "bytes": shape.sum.bytes,
        "garbage": shape.garbage,
        "cut": cut,
    })
}

fn growth(report: &Leaks, diff: &Diff) -> Value {
    let holders = diff.holders.iter().map(|one| {
        json!({
            "address": address(one.address),
            "title": one.title,
            "expression": one.expression,
            "references": one.references(),
            "change": one.change.word(),
        })
    });
    let types = diff.types.iter().filter(|one| one.new > one.old).take(TYPES);
    json!({
        "old_bytes": diff.old.bytes,
        "new_bytes": diff.new.bytes,
        "growth": report.growth(),
        "same_process": diff.same_process,
        "types": types.map(|one| json!({"type": one.type_name, "old": one.old, "new": one.new, "bytes": one.bytes}))
            .collect::<Vec<_>>(),
        "holders": holders.collect::<Vec<_>>(),
    })
}

/// So many types that grew are listed; `diff` has all.
const TYPES: usize = 20;
