//! `heapgraph.chain/1`.

use super::address;
use crate::analysis::paths::{Chains, Step};
use crate::snapshot::Snapshot;
use serde_json::{Value, json};

/// `heapgraph.chain/1`: root first, nothing folded.
pub fn chains(snapshot: &Snapshot, chains: &Chains) -> Value {
    let all: Vec<Value> =
        chains.chains.iter().map(|chain| Value::Array(chain.steps(snapshot).map(|one| step(&one)).collect())).collect();
    let garbage: Vec<Value> = chains.without.iter().map(|id| address(snapshot.objects().address(*id))).collect();
    json!({"schema": "heapgraph.chain/1", "chains": all, "without": garbage})
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
