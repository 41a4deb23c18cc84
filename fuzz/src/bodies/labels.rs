//! Labels of any text: through our printer of Graphviz's language, and back through a parser that is not ours.

use graphviz_rust::dot_structures::{Attribute, Graph, Id, Stmt};
use heapgraph::render::dot::quote;
use heapgraph::render::scene::{Line, LineRole, SceneBox, SceneEdge};
use heapgraph::render::{DrawOptions, PictureFormat, Scene, draw};

/// Longer texts are cut by design.
const LONGEST: usize = 1_000;

/// Draws a box and a line with this text, parses the picture, and reads the labels as Graphviz would.
pub fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]);
    let scene = scene(&text);
    for format in [PictureFormat::Svg, PictureFormat::Json, PictureFormat::Mermaid, PictureFormat::Html] {
        draw(&scene, format, &DrawOptions::default()).expect("a box and a line are drawn");
    }
    let dot = draw(&scene, PictureFormat::Dot, &DrawOptions::default()).expect("a box and a line are drawn").bytes;
    let dot = String::from_utf8(dot).expect("a picture in DOT is text");
    let Ok(Graph::DiGraph { stmts, .. }) = graphviz_rust::parse(&dot) else { panic!("not a digraph: {dot}") };
    let labels: Vec<&Attribute> = stmts.iter().flat_map(attributes).filter(|one| is_label(one)).collect();
    assert_eq!(labels.len(), 2, "{dot}");
    for label in labels {
        let Id::Escaped(written) = &label.1 else { panic!("a label without quotes: {dot}") };
        assert_eq!(read_back(written), seen(&text), "{dot}");
    }
    assert_eq!(read_back(&quote(&text)), seen(&text));
}

fn scene(text: &str) -> Scene {
    let title = Line { text: text.to_owned(), role: LineRole::Title };
    let one = SceneBox { id: "0x10".into(), lines: vec![title], tooltip: text.to_owned(), ..SceneBox::default() };
    let line = SceneEdge { label: vec![text.to_owned()], tooltip: text.to_owned(), ..SceneEdge::default() };
    Scene { boxes: vec![one], edges: vec![line], ..Scene::default() }
}

fn attributes(stmt: &Stmt) -> &[Attribute] {
    match stmt {
        Stmt::Node(node) => &node.attributes,
        Stmt::Edge(edge) => &edge.attributes,
        _ => &[],
    }
}

fn is_label(attribute: &Attribute) -> bool {
    matches!(&attribute.0, Id::Plain(name) if name == "label")
}

/// What a quoted string shows, by the rules of Graphviz: its scanner takes `\"` for a quote, its labels take `\n` for a
/// line break and another escaped letter for itself, and then it expands entities.
fn read_back(quoted: &str) -> String {
    let inner = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).expect("quotes around it");
    let (mut out, mut letters) = (String::new(), inner.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => out.push(match letters.next().expect("no escape at the end") {
                'n' => '\n',
                letter @ ('\\' | '"') => letter,
                letter => panic!("\\{letter} would not stand for itself"),
            }),
            '"' => panic!("a quote ends the text early"),
            letter => out.push(letter),
        }
    }
    assert_eq!(out.matches('&').count(), out.matches("&amp;").count(), "an ampersand that begins an entity");
    out.replace("&amp;", "&")
}

/// What a viewer is to see: control characters and what XML forbids as visible escapes.
fn seen(text: &str) -> String {
    text.split('\n').map(heapgraph::render::text::clean).collect::<Vec<_>>().join("\n")
}
