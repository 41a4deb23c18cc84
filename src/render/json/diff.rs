//! `heapgraph.diff/1` and `heapgraph.diff3/1`.

use super::address;
use crate::analysis::diff::{Alike, Diff, Growth, Kept, KeptUnder, Side};
use serde_json::{Value, json};

/// `heapgraph.diff/1`. `limit` cuts the types, never the totals; 0 is all.
pub fn diff(diff: &Diff, limit: usize) -> Value {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let types = diff.types.iter().take(limit).map(|one| {
        json!({
            "type": one.type_name,
            "old": one.old,
            "new": one.new,
            "appeared": one.appeared,
            "gone": one.gone,
            "bytes": one.bytes,
            "retained": one.retained,
        })
    });
    json!({
        "schema": "heapgraph.diff/1",
        "types": types.collect::<Vec<_>>(),
        "distinct": diff.types.len(),
        "holders": diff.holders.iter().map(growth).collect::<Vec<_>>(),
        "grown": diff.grown,
        "alike": diff.alike.iter().map(alike).collect::<Vec<_>>(),
        "alike_distinct": diff.alike_distinct,
        "same_process": diff.same_process,
        "warnings": diff.warnings,
        "appeared": diff.appeared,
        "gone": diff.gone,
        "reused": diff.reused,
        "old": side(&diff.old),
        "new": side(&diff.new),
    })
}

fn growth(one: &Growth) -> Value {
    json!({
        "address": address(one.address),
        "type": one.type_name,
        "title": one.title,
        "expression": one.expression,
        "change": one.change.word(),
        "old": one.old,
        "new": one.new,
        "references": one.references(),
        "old_length": one.old_length,
        "new_length": one.new_length,
        "added": added(&one.added),
        "below": one.below.map(|(objects, bytes)| json!({"objects": objects, "bytes": bytes})),
        "retained": one.retained.map(|[old, new]| json!({"old": old, "new": new})),
    })
}

fn alike(one: &Alike) -> Value {
    json!({
        "expression": one.expression,
        "type": one.most.type_name,
        "holders": one.holders,
        "old": one.old,
        "new": one.new,
        "references": one.references(),
        "added": added(&one.added),
        "below": one.below.map(|(objects, bytes)| json!({"objects": objects, "bytes": bytes})),
        "retained": one.retained.map(|[old, new]| json!({"old": old, "new": new})),
        "most": {"address": address(one.most.address), "expression": one.most.expression},
    })
}

fn added(added: &[(String, u64)]) -> Vec<Value> {
    added.iter().map(|(type_name, count)| json!({"type": type_name, "references": count})).collect()
}

fn side(side: &Side) -> Value {
    json!({
        "objects": side.objects,
        "references": side.references,
        "bytes": side.bytes,
        "pid": side.pid,
        "python": side.python,
        "captured_at": side.captured_at,
    })
}

/// `heapgraph.diff3/1`. `limit` cuts the types, never the totals; 0 is all.
pub fn kept(kept: &Kept, limit: usize) -> Value {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let types = kept
        .types
        .iter()
        .take(limit)
        .map(|one| json!({"type": one.type_name, "appeared": one.appeared, "kept": one.kept, "bytes": one.bytes}));
    json!({
        "schema": "heapgraph.diff3/1",
        "types": types.collect::<Vec<_>>(),
        "distinct": kept.types.len(),
        "under": kept.under.iter().map(under).collect::<Vec<_>>(),
        "places": kept.places,
        "warnings": kept.warnings,
        "appeared": kept.appeared,
        "kept": kept.kept,
        "bytes": kept.bytes,
        "garbage": {"objects": kept.garbage.0, "bytes": kept.garbage.1},
        "snapshots": kept.snapshots.iter().map(side).collect::<Vec<_>>(),
    })
}

fn under(one: &KeptUnder) -> Value {
    json!({
        "address": address(one.address),
        "type": one.type_name,
        "title": one.title,
        "expression": one.expression,
        "objects": one.objects,
        "bytes": one.bytes,
    })
}
