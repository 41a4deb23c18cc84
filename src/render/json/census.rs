//! `heapgraph.types/1`.

use crate::analysis::census::{Census, TypeCount};
use serde_json::{Value, json};

/// `heapgraph.types/1`. `limit` cuts the list, never the totals; 0 is all.
pub fn census(census: &Census, limit: usize) -> Value {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let types: Vec<Value> = census.types.iter().take(limit).map(type_fields).collect();
    json!({
        "schema": "heapgraph.types/1",
        "types": types,
        "objects": census.objects,
        "bytes": census.bytes,
        "distinct": census.types.len(),
    })
}

fn type_fields(one: &TypeCount) -> Value {
    let mut fields = json!({"type": one.type_name, "count": one.count, "bytes": one.bytes});
    if let Some(retained) = one.retained {
        fields["retained"] = json!(retained);
    }
    fields
}
