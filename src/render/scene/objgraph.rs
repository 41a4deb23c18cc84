//! objgraph's style: its labels, its colours, its pseudo-nodes, and its DOT text to the letter.

use super::{
    BoxRole, EdgeRole, ExtraInfo, Line, LineRole, Look, PictureOptions, Scene, SceneBox, SceneEdge, runs_back,
};
use crate::analysis::neighbourhood::{Content, Direction, Neighbourhood, Node};
use crate::cpython::label::{is_module, short_type};
use crate::cpython::lineage::module_and_name;
use crate::cpython::objgraph::object_text;
use crate::render::dot;
use crate::render::text::{clean, cut};
use crate::snapshot::{Address, Flags, ObjectId, Snapshot};

/// Characters of a line in a drawn picture; the DOT text keeps what objgraph keeps.
const LIMIT: usize = 60;

/// Makes the scene of a neighbourhood in objgraph's style, with its DOT text. Linear in what it shows.
pub fn objgraph(snapshot: &Snapshot, neighbourhood: &Neighbourhood, options: &PictureOptions<'_>) -> Scene {
    let maker = Maker { snapshot, neighbourhood, options };
    let nodes: Vec<ObjgraphNode> = neighbourhood.nodes.iter().map(|node| maker.node(node)).collect();
    let mut boxes: Vec<SceneBox> = nodes.iter().map(|node| node.to_box()).collect();
    let mut edges: Vec<SceneEdge> = neighbourhood.edges.iter().map(|edge| maker.edge(edge)).collect();
    for (at, node) in nodes.iter().enumerate().filter(|(_, node)| node.has_del) {
        edges.push(SceneEdge { from: at, to: boxes.len(), role: EdgeRole::Pseudo, ..SceneEdge::default() });
        boxes.push(del_box(node));
    }
    let dot = dot::objgraph::write(&nodes, neighbourhood);
    Scene { boxes, edges, top_down: true, look: Look::Objgraph, dot: Some(dot), ..Scene::default() }
}

/// A node as objgraph prints it.
pub(crate) struct ObjgraphNode {
    /// `o` and the address in decimal, or `too_many_` and that of the node it belongs to.
    pub(crate) id: String,
    pub(crate) address: Option<Address>,
    /// Nothing cleaned, nothing quoted.
    pub(crate) label: Vec<String>,
    /// Hue, saturation, value.
    pub(crate) fill: [f64; 3],
    pub(crate) depth: u32,
    pub(crate) asked: bool,
    pub(crate) highlighted: bool,
    pub(crate) has_del: bool,
    /// Stands for what was too many.
    pub(crate) is_rest: bool,
}

impl ObjgraphNode {
    pub(crate) fn white_text(&self) -> bool {
        self.is_rest || self.fill[2] < 0.5
    }

    fn to_box(&self) -> SceneBox {
        let role = BoxRole::Graded { fill: self.fill, white_text: self.white_text(), pseudo: self.is_rest };
        let roles = std::iter::once(LineRole::Title).chain(std::iter::repeat(LineRole::Detail));
        let lines = self.label.iter().zip(roles).map(|(text, role)| Line { text: cut(text, LIMIT), role });
        let tooltip = self.label.iter().map(|line| clean(line)).collect::<Vec<_>>().join("\n");
        SceneBox {
            id: self.id.clone(),
            address: self.address,
            depth: self.depth,
            lines: lines.collect(),
            role,
            asked: self.asked,
            highlighted: self.highlighted,
            tooltip,
            ..SceneBox::default()
        }
    }
}

fn del_box(of: &ObjgraphNode) -> SceneBox {
    SceneBox {
        id: format!("{}_has_a_del", of.id),
        address: None,
        depth: of.depth,
        lines: vec![Line { text: "__del__".to_owned(), role: LineRole::Title }],
        role: BoxRole::Graded { fill: [0.0, 0.5, 1.0], white_text: false, pseudo: true },
        asked: false,
        tooltip: "its class defines __del__".to_owned(),
        ..SceneBox::default()
    }
}

struct Maker<'a> {
    snapshot: &'a Snapshot,
    neighbourhood: &'a Neighbourhood,
    options: &'a PictureOptions<'a>,
}

impl Maker<'_> {
    fn node(&self, node: &Node) -> ObjgraphNode {
        match &node.content {
            Content::Object(id) => self.object(node, *id),
            // objgraph folds none; a neighbourhood in our view may.
            Content::Steps(steps) => self.rest(node, 0, steps.count),
            Content::More(more) => self.rest(node, more.of, more.count),
        }
    }

    /// What stands for objects that are not shown.
    fn rest(&self, node: &Node, of: usize, count: u64) -> ObjgraphNode {
        let what = match self.neighbourhood.direction {
            Direction::Refs => "references",
            Direction::Backrefs => "backreferences",
        };
        let holder = match &self.neighbourhood.nodes[of].content {
            Content::Object(id) => node_id(self.snapshot, *id),
            Content::More(_) | Content::Steps(_) => String::new(),
        };
        // Of the level below, as objgraph has it.
        let depth = self.neighbourhood.nodes[of].depth + 1;
        ObjgraphNode {
            id: format!("too_many_{holder}"),
            address: None,
            label: vec![format!("{count} more {what}")],
            fill: [0.0, 1.0, self.value(depth)],
            depth: node.depth,
            asked: false,
            highlighted: false,
            has_del: false,
            is_rest: true,
        }
    }

    fn object(&self, node: &Node, id: ObjectId) -> ObjgraphNode {
        let objects = self.snapshot.objects();
        let long = objects.type_name(id);
        let mut first =
            if self.options.long_names { module_and_name(self.snapshot, id) } else { short_type(long).to_owned() };
        if self.options.refcounts {
            first.push_str(&format!(" [{}]", objects.refcount(id)));
        }
        let mut label = vec![first, object_text(self.snapshot, id)];
        label.extend(self.options.extra_info.map(|extra| match extra {
            ExtraInfo::Retained => node.retained.map_or_else(String::new, |bytes| bytes.to_string()),
            ExtraInfo::Size => objects.size(id).to_string(),
            ExtraInfo::Address => objects.address(id).map_or_else(String::new, |address| address.to_string()),
        }));
        let value = self.value(node.depth);
        let fill = match (node.highlighted, is_module(self.snapshot, id)) {
            (true, _) => [0.6, 0.6, 0.5 + value * 0.5],
            (false, true) => [0.3, 1.0, value],
            (false, false) => [0.0, 0.0, value],
        };
        ObjgraphNode {
            id: node_id(self.snapshot, id),
            address: objects.address(id),
            label,
            fill,
            depth: node.depth,
            asked: node.asked,
            highlighted: node.highlighted,
            has_del: has_del(self.snapshot, id),
            is_rest: false,
        }
    }

    /// From 1 at the objects asked for down to 0.3 at the last level, in objgraph's own arithmetic.
    fn value(&self, depth: u32) -> f64 {
        if self.neighbourhood.max_depth == 0 {
            return 1.0;
        }
        let share = f64::from(depth) / f64::from(self.neighbourhood.max_depth);
        1.0 * (1.0 - share) + 0.3 * share
    }

    fn edge(&self, edge: &crate::analysis::neighbourhood::Edge) -> SceneEdge {
        let label = edge.references.first().and_then(|link| link.label.as_deref());
        let is_rest = |node: usize| matches!(self.neighbourhood.nodes[node].content, Content::More(_));
        let role = if is_rest(edge.from) || is_rest(edge.to) { EdgeRole::Pseudo } else { EdgeRole::Plain };
        let lines = label.map_or_else(Vec::new, |text| text.split('\n').map(|line| cut(line, LIMIT)).collect());
        let tooltip = label.map(clean).unwrap_or_default();
        SceneEdge {
            from: edge.from,
            to: edge.to,
            label: lines,
            role,
            back: runs_back(self.neighbourhood, edge),
            tooltip,
            ..SceneEdge::default()
        }
    }
}

fn node_id(snapshot: &Snapshot, id: ObjectId) -> String {
    match snapshot.objects().address(id) {
        Some(address) => format!("o{}", address.0),
        // objgraph cannot see roots; should one be asked for, its row stands for its id.
        None => format!("oroot_{}", id.get()),
    }
}

/// Whether `obj.__class__` has a `__del__`: its own, its metaclass's, or that of builtin types that come with one.
fn has_del(snapshot: &Snapshot, id: ObjectId) -> bool {
    const BUILTIN: [&str; 13] = [
        "builtins.generator",
        "builtins.coroutine",
        "builtins.async_generator",
        "_io.FileIO",
        "_io.BytesIO",
        "_io.StringIO",
        "_io.BufferedReader",
        "_io.BufferedWriter",
        "_io.BufferedRandom",
        "_io.BufferedRWPair",
        "_io.TextIOWrapper",
        "_io._IOBase",
        "_io._TextIOBase",
    ];
    let is_flagged = |id: ObjectId| snapshot.objects().flags(id).contains(Flags::FINALIZER);
    let of_class = || snapshot.class_of(id).is_some_and(is_flagged);
    is_flagged(id) || of_class() || BUILTIN.contains(&snapshot.objects().type_name(id))
}
