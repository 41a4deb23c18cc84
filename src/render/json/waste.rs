//! `heapgraph.waste/1`.

use super::address;
use crate::analysis::waste::{
    ContainerType, Copies, Files, Holding, OpenFile, Repeated, Slice, Slices, Strings, Suspended, SuspendedCode, Waste,
};
use serde_json::{Value, json};

/// `heapgraph.waste/1`: one object for each part, with totals that no limit cuts.
pub fn waste(waste: &Waste) -> Value {
    json!({
        "schema": "heapgraph.waste/1",
        "bytes": waste.bytes(),
        "heap_bytes": waste.heap_bytes,
        "strings": strings(&waste.strings),
        "containers": {
            "bytes": waste.containers.bytes,
            "types": list(&waste.containers.rows, container),
            "held": list(&waste.containers.held, holding),
        },
        "slices": slices(&waste.slices),
        "suspended": suspended(&waste.suspended),
        "files": files(&waste.files),
    })
}

fn list<T>(rows: &[T], one: impl Fn(&T) -> Value) -> Value {
    rows.iter().map(one).collect()
}

fn holding(one: &Holding) -> Value {
    json!({"place": one.place, "objects": one.objects, "bytes": one.bytes})
}

fn strings(strings: &Strings) -> Value {
    json!({
        "certain": copies(strings.certain),
        "probable": copies(strings.probable),
        "unknown": strings.unknown,
        "texts": list(&strings.rows, repeated),
        "held": list(&strings.held, holding),
    })
}

fn copies(copies: Copies) -> Value {
    json!({"texts": copies.texts, "objects": copies.objects, "bytes": copies.bytes})
}

fn repeated(one: &Repeated) -> Value {
    json!({
        "type": one.type_name,
        "text": one.text,
        "length": one.length,
        "certain": one.certain,
        "count": one.count,
        "bytes": one.bytes,
        "held": list(&one.held, holding),
    })
}

fn container(one: &ContainerType) -> Value {
    json!({
        "type": one.type_name,
        "count": one.count,
        "empty": one.empty,
        "empty_bytes": one.empty_bytes,
        "nearly_empty": one.nearly_empty,
        "nearly_empty_slack": one.nearly_empty_slack,
        "slack": one.slack,
        "unknown": one.unknown,
    })
}

fn slices(slices: &Slices) -> Value {
    json!({
        "count": slices.count,
        "bytes": slices.bytes,
        "unfinished": slices.unfinished,
        "lists": list(&slices.rows, slice),
    })
}

fn slice(one: &Slice) -> Value {
    json!({
        "address": address(one.address),
        "expression": one.expression,
        "bytes": one.bytes,
        "of": address(one.of),
        "of_expression": one.of_expression,
        "start": one.start,
        "end": one.end,
    })
}

fn suspended(suspended: &Suspended) -> Value {
    json!({
        "count": suspended.count,
        "bytes": suspended.bytes,
        "keeps": {"objects": suspended.keeps.0, "bytes": suspended.keeps.1},
        "distinct": suspended.codes,
        "codes": list(&suspended.rows, code),
    })
}

fn code(one: &SuspendedCode) -> Value {
    json!({
        "code": one.code,
        "type": one.type_name,
        "count": one.count,
        "bytes": one.bytes,
        "keeps": {"objects": one.keeps.0, "bytes": one.keeps.1},
        "held": list(&one.held, holding),
        "example": one.example,
    })
}

fn files(files: &Files) -> Value {
    json!({
        "open": files.open,
        "closed": files.closed,
        "unknown": files.unknown,
        "files": list(&files.rows, file),
        "held": list(&files.held, holding),
    })
}

fn file(one: &OpenFile) -> Value {
    json!({
        "descriptor": one.descriptor,
        "type": one.type_name,
        "address": address(one.address),
        "name": one.name,
        "expression": one.expression,
    })
}
