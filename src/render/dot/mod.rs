//! A scene as text in Graphviz's language, for other programs to lay out.

pub(crate) mod objgraph;
mod quote;

pub use quote::quote;

use super::scene::{BoxRole, EdgeRole, Scene, SceneBox, SceneEdge};
use super::style::LIGHT;

/// The scene as DOT. In objgraph's style, objgraph's own text.
pub fn write(scene: &Scene) -> String {
    if let Some(dot) = &scene.dot {
        return dot.clone();
    }
    let mut out = String::from("digraph heapgraph {\n");
    for line in defaults(scene) {
        push(&mut out, &line);
    }
    for one in &scene.boxes {
        push(&mut out, &node(one));
    }
    for edge in &scene.edges {
        push(&mut out, &line(scene, edge));
    }
    out + "}\n"
}

fn push(out: &mut String, statement: &str) {
    out.push_str("  ");
    out.push_str(statement);
    out.push_str(";\n");
}

fn defaults(scene: &Scene) -> [String; 3] {
    let mut graph = vec![plain("rankdir", if scene.top_down { "TB" } else { "LR" })];
    graph.extend(scene.title.as_ref().map(|title| text("label", title)));
    graph.extend(scene.title.is_some().then(|| plain("labelloc", "t")));
    let node = [plain("shape", "box"), text("style", "rounded,filled"), text("fontname", "DejaVu Sans")];
    let edge = [text("fontname", "DejaVu Sans")];
    [format!("graph[{}]", graph.join(" ")), format!("node[{}]", node.join(" ")), format!("edge[{}]", edge.join(" "))]
}

fn node(one: &SceneBox) -> String {
    let paint = LIGHT.paint_box(one.role, one.asked);
    let label: Vec<&str> = one.lines.iter().map(|line| line.text.as_str()).collect();
    let mut attributes = vec![
        text("label", &label.join("\n")),
        text("fillcolor", &paint.fill),
        text("color", &paint.border),
        text("fontcolor", &paint.title),
        text("tooltip", &one.tooltip),
    ];
    match one.role {
        BoxRole::Root => attributes.push(plain("shape", "oval")),
        BoxRole::Card | BoxRole::Steps => attributes.push(text("style", "rounded,filled,dashed")),
        _ => {}
    }
    if one.asked {
        attributes.push(plain("penwidth", "2.5"));
    }
    format!("{}[{}]", quote(&one.id), attributes.join(" "))
}

fn line(scene: &Scene, edge: &SceneEdge) -> String {
    let paint = LIGHT.paint_line(edge.role, scene.look);
    let mut attributes = Vec::new();
    attributes.extend(edge.label_text().map(|label| text("label", &label)));
    attributes.push(text("color", paint.colour));
    attributes.push(text("fontcolor", paint.text));
    attributes.push(plain("penwidth", &paint.width.to_string()));
    if paint.dash.is_some() {
        attributes.push(plain("style", "dashed"));
    }
    if edge.role == EdgeRole::Path {
        attributes.push(plain("weight", "8"));
    }
    let end = |at: usize| quote(&scene.boxes[at].id);
    format!("{} -> {} [{}]", end(edge.from), end(edge.to), attributes.join(" "))
}

fn text(name: &str, value: &str) -> String {
    format!("{name}={}", quote(value))
}

/// For words and numbers that are ours.
fn plain(name: &str, value: &str) -> String {
    format!("{name}={value}")
}
