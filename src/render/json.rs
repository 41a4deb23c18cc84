//! Reports and pictures as JSON: schemas with a name and a version, addresses as hex strings.
//!
//! Other programs rely on these: fields are added, never changed. docs/json.md lists them.

use serde_json::{Value, json};

use super::scene::{BoxRole, EdgeRole, Scene, SceneBox, SceneEdge};
use crate::analysis::census::Census;
use crate::analysis::object::{HeldBy, Holder, Holders, ObjectReport};
use crate::analysis::paths::{Chains, Step};
use crate::analysis::summary::Summary;
use crate::snapshot::{Address, Snapshot};

/// A value as indented text with a line break at its end.
pub fn pretty(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).expect("values with text keys have a text");
    text + "\n"
}

/// `heapgraph.info/1`.
pub fn summary(summary: &Summary) -> Value {
    let metadata = &summary.metadata;
    json!({
        "schema": "heapgraph.info/1",
        "python": metadata.python,
        "build": metadata.build,
        "pid": metadata.pid,
        "namespace_pid": metadata.namespace_pid,
        "command": metadata.command,
        "executable": metadata.executable,
        "source": metadata.source,
        "captured_at": metadata.captured_at,
        "format": metadata.format,
        "objects": summary.objects,
        "references": summary.references,
        "bytes": summary.bytes,
        "types": summary.types,
        "tracked": summary.tracked,
        "generations": summary.generations,
        "frozen": summary.frozen,
        "pause_ms": metadata.pause_ms,
        "attempts": metadata.attempts,
        "capture_ms": metadata.capture_ms,
        "collector": metadata.collector,
        "threads": metadata.threads,
        "memory": metadata.memory,
        "values": metadata.values,
        "warnings": metadata.warnings,
    })
}

/// `heapgraph.types/1`. `limit` cuts the list, never the totals; 0 is all.
pub fn census(census: &Census, limit: usize) -> Value {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let types: Vec<Value> = census
        .types
        .iter()
        .take(limit)
        .map(|one| json!({"type": one.type_name, "count": one.count, "bytes": one.bytes}))
        .collect();
    json!({
        "schema": "heapgraph.types/1",
        "types": types,
        "objects": census.objects,
        "bytes": census.bytes,
        "distinct": census.types.len(),
    })
}

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

/// `heapgraph.picture/1`.
pub fn picture(scene: &Scene) -> Value {
    let nodes: Vec<Value> = scene.boxes.iter().map(node).collect();
    let edges: Vec<Value> = scene.edges.iter().map(|edge| line(scene, edge)).collect();
    json!({
        "schema": "heapgraph.picture/1",
        "title": scene.title,
        "nodes": nodes,
        "edges": edges,
    })
}

fn node(one: &SceneBox) -> Value {
    let kind = match one.role {
        BoxRole::Instance => "instance",
        BoxRole::Container => "container",
        BoxRole::Code => "code",
        BoxRole::Root => "root",
        BoxRole::Card => "more",
        BoxRole::Graded { pseudo: true, .. } => "pseudo",
        BoxRole::Graded { .. } => "object",
    };
    let label: Vec<&str> = one.lines.iter().map(|line| line.text.as_str()).collect();
    json!({
        "id": one.id,
        "address": address(one.address),
        "depth": one.depth,
        "label": label,
        "kind": kind,
        "asked": one.asked,
    })
}

fn line(scene: &Scene, edge: &SceneEdge) -> Value {
    let kind = match edge.role {
        EdgeRole::Path => "path",
        EdgeRole::Plain => "reference",
        EdgeRole::Weak => "weak",
        EdgeRole::Collapsed => "more",
        EdgeRole::Pseudo => "pseudo",
    };
    json!({
        "from": scene.boxes[edge.from].id,
        "to": scene.boxes[edge.to].id,
        "label": edge.label_text(),
        "kind": kind,
    })
}

fn address(address: Option<Address>) -> Value {
    address.map_or(Value::Null, |address| Value::String(address.to_string()))
}
