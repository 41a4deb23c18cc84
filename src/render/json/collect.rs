//! `heapgraph.collect/1`.

use super::address;
use crate::analysis::census::TypeCount;
use crate::analysis::collect::Collection;
use crate::snapshot::{ObjectId, Objects};
use serde_json::{Value, json};

/// `heapgraph.collect/1`. `limit` cuts the list of types, never addresses or totals; 0 is all.
pub fn collection(found: &Collection, objects: &Objects, limit: usize) -> Value {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let addresses = |ids: &[ObjectId]| -> Vec<Value> { ids.iter().map(|id| address(objects.address(*id))).collect() };
    json!({
        "schema": "heapgraph.collect/1",
        "generation": found.generation.0,
        "examined": found.examined,
        "collected": found.collected.len(),
        "uncollectable": found.uncollectable.len(),
        "returns": found.returns(),
        "bytes": found.bytes,
        "freed": found.freed(),
        "freed_bytes": found.freed_bytes,
        "types": types(&found.types, limit),
        "finalizers": types(&found.finalizers, usize::MAX),
        "blurred_by": {
            "finalizers": found.blur.finalizers,
            "suspended": found.blur.suspended,
            "callbacks": found.blur.callbacks,
            "guessed": found.blur.guessed,
        },
        "undercounted": found.undercounted,
        "cut": {"references": found.references_cut, "freed": found.by_cut.len()},
        "addresses": addresses(&found.collected),
        "uncollectable_addresses": addresses(&found.uncollectable),
        "garbage_addresses": addresses(&found.garbage),
    })
}

fn types(types: &[TypeCount], limit: usize) -> Vec<Value> {
    let row = |one: &TypeCount| json!({"type": one.type_name, "count": one.count, "bytes": one.bytes});
    types.iter().take(limit).map(row).collect()
}
