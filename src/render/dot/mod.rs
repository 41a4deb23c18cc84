//! A scene as text in Graphviz's language, for other programs to lay out. One statement a line, written as it goes:
//! a picture of 100,000 boxes is a matter of its bytes.

pub(crate) mod objgraph;
mod quote;

pub use quote::quote;

use quote::push_quoted;

use super::scene::{BoxRole, EdgeRole, Scene, SceneBox, SceneEdge};
use super::style::LIGHT;

/// The scene as DOT. In objgraph's style, objgraph's own text. Linear in the texts.
pub fn write(scene: &Scene) -> String {
    if let Some(dot) = &scene.dot {
        return dot.clone();
    }
    let mut out = String::from("digraph heapgraph {\n");
    write_defaults(&mut out, scene);
    scene.boxes.iter().for_each(|one| write_node(&mut out, one));
    scene.edges.iter().for_each(|edge| write_line(&mut out, scene, edge));
    out.push_str("}\n");
    out
}

fn write_defaults(out: &mut String, scene: &Scene) {
    let mut graph = Attributes::of(out, "graph");
    graph.word("rankdir", if scene.top_down { "TB" } else { "LR" });
    if let Some(title) = &scene.title {
        graph.text("label", title);
        graph.word("labelloc", "t");
    }
    graph.close();
    let mut node = Attributes::of(out, "node");
    node.word("shape", "box");
    node.text("style", "rounded,filled");
    node.text("fontname", "DejaVu Sans");
    node.close();
    let mut edge = Attributes::of(out, "edge");
    edge.text("fontname", "DejaVu Sans");
    edge.close();
}

fn write_node(out: &mut String, one: &SceneBox) {
    let paint = LIGHT.paint_box(one.role, one.asked);
    let label: Vec<&str> = one.lines.iter().map(|line| line.text.as_str()).collect();
    out.push_str("  ");
    push_quoted(out, &one.id);
    let mut attributes = Attributes { out, empty: true };
    attributes.text("label", &label.join("\n"));
    attributes.text("fillcolor", &paint.fill);
    attributes.text("color", &paint.border);
    attributes.text("fontcolor", &paint.title);
    attributes.text("tooltip", &one.tooltip);
    match one.role {
        BoxRole::Root => attributes.word("shape", "oval"),
        BoxRole::Card => attributes.text("style", "rounded,filled,dashed"),
        _ => {}
    }
    if one.asked {
        attributes.word("penwidth", "2.5");
    }
    attributes.close();
}

fn write_line(out: &mut String, scene: &Scene, edge: &SceneEdge) {
    let paint = LIGHT.paint_line(edge.role, scene.look);
    out.push_str("  ");
    push_quoted(out, &scene.boxes[edge.from].id);
    out.push_str(" -> ");
    push_quoted(out, &scene.boxes[edge.to].id);
    let mut attributes = Attributes { out, empty: true };
    if let Some(label) = edge.label_text() {
        attributes.text("label", &label);
    }
    attributes.text("color", paint.colour);
    attributes.text("fontcolor", paint.text);
    attributes.word("penwidth", &paint.width.to_string());
    if paint.dash.is_some() {
        attributes.word("style", "dashed");
    }
    if edge.role == EdgeRole::Path {
        attributes.word("weight", "8");
    }
    attributes.close();
}

/// The attributes of one statement, in brackets.
struct Attributes<'o> {
    out: &'o mut String,
    empty: bool,
}

impl<'o> Attributes<'o> {
    fn of(out: &'o mut String, keyword: &str) -> Self {
        out.push_str("  ");
        out.push_str(keyword);
        Attributes { out, empty: true }
    }

    fn name(&mut self, name: &str) {
        self.out.push_str(if self.empty { " [" } else { ", " });
        self.empty = false;
        self.out.push_str(name);
        self.out.push('=');
    }

    /// For any text.
    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        push_quoted(self.out, value);
    }

    /// For words and numbers that are ours.
    fn word(&mut self, name: &str, value: &str) {
        self.name(name);
        self.out.push_str(value);
    }

    fn close(self) {
        self.out.push_str(if self.empty { ";\n" } else { "];\n" });
    }
}
