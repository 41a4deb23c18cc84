//! `heapgraph.cells/1`.

use super::address;
use crate::analysis::retained::{Cell, CellContent, Cells, Owners};
use crate::render::treemap::label;
use crate::snapshot::Snapshot;
use serde_json::{Value, json};

/// `heapgraph.cells/1`: what a treemap or a flame graph shows, each cell before those in it.
pub fn cells(snapshot: &Snapshot, cells: &Cells) -> Value {
    let all: Vec<Value> = cells.cells.iter().map(|cell| one(snapshot, cells, cell)).collect();
    json!({
        "schema": "heapgraph.cells/1",
        "cells": all,
        "reached": {"objects": cells.reached, "bytes": cells.bytes},
    })
}

fn one(snapshot: &Snapshot, cells: &Cells, cell: &Cell) -> Value {
    let label = label(snapshot, cells, cell);
    let words = [&label.name, &label.what, &label.detail].map(String::as_str);
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let mut fields = json!({
        "kind": kind(&cell.content),
        "parent": cell.parent,
        "level": cell.level,
        "label": words,
        "retained": cell.retained,
        "objects": cell.objects,
    });
    match &cell.content {
        CellContent::Object { id, name, path } => {
            fields["address"] = json!(address(snapshot.objects().address(*id)));
            fields["type"] = json!(snapshot.objects().type_name(*id));
            fields["name"] = json!(name);
            fields["path"] = json!(path);
        }
        CellContent::Module { id, name } => {
            fields["address"] = json!(address(snapshot.objects().address(*id)));
            fields["name"] = json!(name);
        }
        CellContent::Package { name, modules } => {
            fields["name"] = json!(name);
            fields["count"] = json!(modules);
        }
        CellContent::Group { type_name, count, .. } => {
            fields["type"] = json!(type_name);
            fields["count"] = json!(count);
        }
        CellContent::Rest { count, types } => {
            let of = |of: &Owners| json!({"type": of.type_name, "count": of.count, "retained": of.retained});
            fields["count"] = json!(count);
            fields["types"] = types.iter().map(of).collect();
        }
        CellContent::Whole { .. }
        | CellContent::Root(_)
        | CellContent::Shared
        | CellContent::SharedByAsked
        | CellContent::Own => {}
    }
    fields
}

fn kind(content: &CellContent) -> &'static str {
    match content {
        CellContent::Whole { .. } => "whole",
        CellContent::Package { .. } => "package",
        CellContent::Module { .. } => "module",
        CellContent::Root(_) => "root",
        CellContent::Shared | CellContent::SharedByAsked => "shared",
        CellContent::Object { .. } => "object",
        CellContent::Group { .. } => "group",
        CellContent::Rest { .. } => "rest",
        CellContent::Own => "own",
    }
}
