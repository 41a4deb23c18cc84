//! `heapgraph.chain/1`.

use super::address;
use crate::analysis::paths::{Chains, Count, Merged, MergedStep, Step};
use crate::snapshot::{ObjectId, Snapshot};
use serde_json::{Value, json};

/// `heapgraph.chain/1`: root first, nothing folded. With more than one chain an object also how many each has, and with
/// `merged` the tree of them all.
pub fn chains(snapshot: &Snapshot, chains: &Chains, merged: Option<&Merged>) -> Value {
    let all: Vec<Value> =
        chains.chains.iter().map(|chain| Value::Array(chain.steps(snapshot).map(|one| step(&one)).collect())).collect();
    let garbage: Vec<Option<String>> = chains.without.iter().map(|id| address_of(snapshot, *id)).collect();
    let mut report = json!({"schema": "heapgraph.chain/1", "chains": all, "without": garbage});
    if !chains.counts.is_empty() {
        report["counts"] = chains.counts.iter().map(|one| count(snapshot, one)).collect();
    }
    if let Some(merged) = merged {
        report["merged"] = merged.steps.iter().map(|step| merged_step(snapshot, step)).collect();
    }
    report
}

fn address_of(snapshot: &Snapshot, id: ObjectId) -> Option<String> {
    address(snapshot.objects().address(id))
}

fn step(step: &Step<'_>) -> Value {
    let mut fields = json!({
        "address": address(step.address),
        "type": step.type_name,
        "name": step.name,
        "kind": step.kind.map(|kind| kind.word()),
    });
    if let Some(index) = step.index {
        fields["index"] = json!(index);
    }
    if step.address.is_none() {
        fields["text"] = json!(step.text);
    }
    fields
}

fn count(snapshot: &Snapshot, count: &Count) -> Value {
    let through: Option<Vec<Option<String>>> =
        count.through.as_ref().map(|chains| chains.iter().map(|chain| address_of(snapshot, chain.object())).collect());
    json!({"address": address_of(snapshot, count.object), "chains": count.chains, "through": through})
}

fn merged_step(snapshot: &Snapshot, step: &MergedStep) -> Value {
    json!({
        "parent": step.parent,
        "type": snapshot.objects().name_of_type(step.type_id),
        "kind": step.kind.map(|kind| kind.word()),
        "name": step.name,
        "text": step.text,
        "objects": step.objects,
        "ends": step.ends,
        "merged": step.merged,
        "example": address_of(snapshot, step.example),
    })
}
