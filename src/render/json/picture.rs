//! `heapgraph.picture/1`.

use super::address;
use crate::render::scene::{BoxRole, EdgeRole, Piece, Scene, SceneBox, SceneEdge};
use serde_json::{Value, json};

/// `heapgraph.picture/1`.
pub fn picture(scene: &Scene) -> Value {
    let nodes: Vec<Value> = scene.boxes.iter().map(node).collect();
    let edges: Vec<Value> = scene.edges.iter().map(|edge| line(scene, edge)).collect();
    let sentence = |line: &Vec<Piece>| line.iter().map(|piece| piece.text.as_str()).collect::<String>();
    json!({
        "schema": "heapgraph.picture/1",
        "title": scene.title,
        "answer": scene.answer.iter().map(sentence).collect::<Vec<_>>(),
        "foot": scene.foot,
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
        BoxRole::Steps => "steps",
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
        "highlighted": one.highlighted,
        "count": one.count,
        "retained": one.retained,
        "marks": one.marks.iter().map(|mark| mark.word()).collect::<Vec<_>>(),
        "cycles": one.cycles,
    })
}

fn line(scene: &Scene, edge: &SceneEdge) -> Value {
    let kind = match edge.role {
        EdgeRole::Path => "path",
        EdgeRole::Cycle => "cycle",
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
        "on_cycle": edge.on_cycle,
        "closes": edge.closes,
        "cut": edge.cut,
    })
}
