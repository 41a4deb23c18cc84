//! `heapgraph.object/1`.

use super::address;
use crate::analysis::object::{HeldBy, Holder, Holders, ObjectReport};
use serde_json::{Value, json};

/// `heapgraph.object/1`: one report for every object that was asked for.
pub fn objects(reports: &[ObjectReport]) -> Value {
    let objects: Vec<Value> = reports.iter().map(object_fields).collect();
    json!({"schema": "heapgraph.object/1", "objects": objects})
}

fn object_fields(report: &ObjectReport) -> Value {
    let generation = report.generation.is_tracked().then_some(report.generation.0);
    json!({
        "address": address(report.address),
        "type": report.type_name,
        "title": report.title,
        "detail": report.detail,
        "size": report.size,
        "length": report.length,
        "text": report.text,
        "generation": generation,
        "tracked": report.generation.is_tracked(),
        "flags": report.flags.words().collect::<Vec<_>>(),
        "refcount": report.refcount,
        "counted": report.counted,
        "held_outside": report.held_outside,
        "holders": holders(&report.holders),
        "labels": holders(&report.labels),
        "uncounted": holders(&report.uncounted),
        "references": report.references,
        "referents": report.referents,
    })
}

fn holders(holders: &Holders) -> Value {
    json!({
        "listed": holders.listed.iter().map(holder).collect::<Vec<_>>(),
        "more_holders": holders.more_holders,
        "more_references": holders.more_references,
    })
}

fn holder(holder: &Holder) -> Value {
    json!({
        "address": address(holder.address),
        "type": holder.type_name,
        "title": holder.title,
        "count": holder.count,
        "references": holder.references.iter().map(held_by).collect::<Vec<_>>(),
    })
}

fn held_by(held: &HeldBy) -> Value {
    json!({"kind": held.kind.word(), "label": held.label, "marks": held.marks})
}
