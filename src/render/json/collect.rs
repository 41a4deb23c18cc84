//! `heapgraph.collect/1`.

use super::Addresses;
use crate::analysis::census::TypeCount;
use crate::analysis::collect::Collection;
use crate::snapshot::{ObjectId, Objects};
use serde::Serialize;
use serde_json::{Value, json};

/// `heapgraph.collect/1`. `limit` cuts the list of types, never addresses or totals; 0 is all.
///
/// `uncut` is the same without the cut, where there was one.
pub fn collection<'a>(
    found: &'a Collection,
    uncut: Option<&Collection>,
    objects: &'a Objects,
    limit: usize,
) -> impl Serialize + use<'a> {
    let addresses = |ids: &'a [ObjectId]| Addresses { objects, ids };
    Fields {
        sums: sums(found, uncut, limit),
        addresses: addresses(&found.collected),
        uncollectable_addresses: addresses(&found.uncollectable),
        garbage_addresses: addresses(&found.garbage),
    }
}

#[derive(Serialize)]
struct Fields<'a> {
    #[serde(flatten)]
    sums: Value,
    addresses: Addresses<'a>,
    uncollectable_addresses: Addresses<'a>,
    garbage_addresses: Addresses<'a>,
}

/// All but the addresses.
fn sums(found: &Collection, uncut: Option<&Collection>, limit: usize) -> Value {
    let limit = if limit == 0 { usize::MAX } else { limit };
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
        "cut": uncut.map(|uncut| cut(found, uncut)),
    })
}

/// What the cut frees at once, and how much more dies in all than without it.
fn cut(found: &Collection, uncut: &Collection) -> Value {
    json!({
        "references": found.references_cut,
        "freed": found.by_cut.len(),
        "more_freed": found.freed().saturating_sub(uncut.freed()),
        "more_freed_bytes": found.freed_bytes.saturating_sub(uncut.freed_bytes),
    })
}

fn types(types: &[TypeCount], limit: usize) -> Vec<Value> {
    let row = |one: &TypeCount| json!({"type": one.type_name, "count": one.count, "bytes": one.bytes});
    types.iter().take(limit).map(row).collect()
}
