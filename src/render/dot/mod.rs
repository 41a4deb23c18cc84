//! A scene as text in Graphviz's language, for other programs to lay out: graphviz-rust's types and printer, our own
//! quoting, because the printer takes texts as they are.

pub(crate) mod objgraph;
mod quote;

pub use quote::quote;

use graphviz_rust::dot_structures::{Attribute, Edge, EdgeTy, Graph, GraphAttributes, Id, Node, NodeId, Stmt, Vertex};
use graphviz_rust::printer::{DotPrinter, PrinterContext};

use super::scene::{BoxRole, EdgeRole, Scene, SceneBox, SceneEdge};
use super::style::LIGHT;

/// The scene as DOT. In objgraph's style, objgraph's own text.
pub fn write(scene: &Scene) -> String {
    if let Some(dot) = &scene.dot {
        return dot.clone();
    }
    let nodes = scene.boxes.iter().map(node);
    let lines = scene.edges.iter().map(|edge| line(scene, edge));
    print(defaults(scene).into_iter().chain(nodes).chain(lines))
}

/// Statement by statement: a hundred thousand boxes as one graph would be millions of small texts at once.
fn print(statements: impl Iterator<Item = Stmt>) -> String {
    let mut context = PrinterContext::default();
    // Short attribute lists would otherwise be set on one line and long ones on several.
    context.with_semi().with_inline_size(0);
    let empty = Graph::DiGraph { id: Id::Plain("heapgraph".to_owned()), strict: false, stmts: Vec::new() };
    // Printing it sets the context to a digraph and its indent; it has an empty line where its statements would stand.
    let frame = empty.print(&mut context);
    let (head, end) = frame.split_once("\n\n").unwrap_or((&frame, "}"));
    let mut out = format!("{head}\n");
    for statement in statements {
        out.push_str(&statement.print(&mut context));
        out.push('\n');
    }
    out + end + "\n"
}

fn defaults(scene: &Scene) -> Vec<Stmt> {
    let mut graph = vec![plain("rankdir", if scene.top_down { "TB" } else { "LR" })];
    graph.extend(scene.title.as_ref().map(|title| text("label", title)));
    graph.extend(scene.title.is_some().then(|| plain("labelloc", "t")));
    let node = vec![plain("shape", "box"), text("style", "rounded,filled"), text("fontname", "DejaVu Sans")];
    let edge = vec![text("fontname", "DejaVu Sans")];
    vec![
        Stmt::GAttribute(GraphAttributes::Graph(graph)),
        Stmt::GAttribute(GraphAttributes::Node(node)),
        Stmt::GAttribute(GraphAttributes::Edge(edge)),
    ]
}

fn node(one: &SceneBox) -> Stmt {
    let paint = LIGHT.paint_of(one);
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
    if one.highlighted {
        attributes.push(plain("peripheries", "2"));
    }
    Stmt::Node(Node { id: node_id(&one.id), attributes })
}

fn line(scene: &Scene, edge: &SceneEdge) -> Stmt {
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
    let end = |at: usize| Vertex::N(node_id(&scene.boxes[at].id));
    Stmt::Edge(Edge { ty: EdgeTy::Pair(end(edge.from), end(edge.to)), attributes })
}

fn node_id(id: &str) -> NodeId {
    NodeId(Id::Escaped(quote(id)), None)
}

fn text(name: &str, value: &str) -> Attribute {
    Attribute(Id::Plain(name.to_owned()), Id::Escaped(quote(value)))
}

/// For words and numbers that are ours.
fn plain(name: &str, value: &str) -> Attribute {
    Attribute(Id::Plain(name.to_owned()), Id::Plain(value.to_owned()))
}
