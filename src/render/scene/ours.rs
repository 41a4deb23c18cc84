//! The default style: every reference named, roots as pills, the root path stressed, rests counted, a sentence on top.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    BoxRole, EdgeRole, ExtraInfo, LegendEntry, Line, LineRole, Look, PictureOptions, Scene, SceneBox, SceneEdge,
};
use super::{runs_back, words};
use crate::analysis::neighbourhood::{Content, Direction, Edge, More, Neighbourhood, Node};
use crate::cpython::label::{builtin_type, is_class, object_detail, object_title, short_type};
use crate::render::style;
use crate::render::text::{bytes, clean, cut, grouped};
use crate::snapshot::{ObjectId, RootKind, Snapshot};

/// Levels up to which a picture reads from the left to the right.
const WIDE: u32 = 6;

/// Makes the scene of a neighbourhood in our style. Linear in what it shows, and in the module table.
pub fn ours(snapshot: &Snapshot, neighbourhood: &Neighbourhood, options: &PictureOptions<'_>) -> Scene {
    let maker = Maker {
        snapshot,
        neighbourhood,
        options,
        modules: modules(snapshot),
        alike: same_names(snapshot, neighbourhood),
    };
    let mut boxes: Vec<SceneBox> = neighbourhood.nodes.iter().map(|node| maker.make_box(node)).collect();
    tell_apart(&mut boxes);
    let edges: Vec<SceneEdge> = neighbourhood.edges.iter().map(|edge| maker.make_edge(edge)).collect();
    let roots = boxes.iter().map(|one| one.role == BoxRole::Root).collect::<Vec<_>>();
    Scene {
        title: Some(words::question(snapshot, neighbourhood)),
        answer: words::answer(snapshot, neighbourhood, &roots),
        legend: legend(&boxes, &edges),
        foot: words::foot(snapshot, neighbourhood, options),
        top_down: neighbourhood.nodes.iter().any(|node| node.depth > WIDE),
        look: Look::Ours,
        dot: None,
        boxes,
        edges,
    }
}

struct Maker<'a> {
    snapshot: &'a Snapshot,
    neighbourhood: &'a Neighbourhood,
    options: &'a PictureOptions<'a>,
    /// Objects in the module table.
    modules: FxHashSet<ObjectId>,
    /// Short names that two types of the picture share.
    alike: FxHashSet<&'a str>,
}

fn modules(snapshot: &Snapshot) -> FxHashSet<ObjectId> {
    let objects = snapshot.objects();
    let tables = objects.ids().take(objects.synthetic()).filter(|id| objects.root_kind(*id) == Some(RootKind::Module));
    tables.flat_map(|table| snapshot.references().of(table)).map(|entry| entry.target).collect()
}

fn same_names<'a>(snapshot: &'a Snapshot, neighbourhood: &Neighbourhood) -> FxHashSet<&'a str> {
    let mut first: FxHashMap<&str, &str> = FxHashMap::default();
    let mut alike = FxHashSet::default();
    for node in &neighbourhood.nodes {
        let Content::Object(id) = node.content else { continue };
        let long = snapshot.objects().type_name(id);
        let short = short_type(long);
        if *first.entry(short).or_insert(long) != long {
            alike.insert(short);
        }
    }
    alike
}

impl Maker<'_> {
    fn make_box(&self, node: &Node) -> SceneBox {
        match &node.content {
            Content::Object(id) => self.make_object(node, *id),
            Content::More(more) => self.make_card(node, more),
        }
    }

    fn make_object(&self, node: &Node, id: ObjectId) -> SceneBox {
        let objects = self.snapshot.objects();
        let role = self.role(id);
        let title = self.title(id);
        // Where a function was made says little and takes a third of the line; the tooltip has it.
        let short = title.replace(".<locals>", "");
        let mut lines = vec![Line { text: cut(&short, style::LINE_LIMIT), role: LineRole::Title }];
        let detail = object_detail(self.snapshot, id);
        // A pill is its name: a second line would make it a box.
        if let Some(detail) = detail.as_ref().filter(|_| role != BoxRole::Root) {
            lines.push(Line { text: cut(detail, style::LINE_LIMIT), role: LineRole::Detail });
        }
        let extra = self.options.extra_info.filter(|_| !objects.is_synthetic(id)).and_then(|extra| match extra {
            ExtraInfo::Size => Some(bytes(objects.size(id))),
            ExtraInfo::Address => objects.address(id).map(|address| address.to_string()),
        });
        lines.extend(extra.map(|text| Line { text, role: LineRole::Extra }));
        SceneBox {
            id: box_id(self.snapshot, id),
            address: objects.address(id),
            depth: node.depth,
            lines,
            role,
            asked: node.asked || node.highlighted,
            tooltip: self.tooltip(id, &title, detail.as_deref()),
        }
    }

    fn title(&self, id: ObjectId) -> String {
        let objects = self.snapshot.objects();
        let (title, long) = (object_title(self.snapshot, id), objects.type_name(id));
        let short = short_type(long);
        let lengthen = title == short && (self.options.long_names || self.alike.contains(short));
        let mut title = if lengthen { long.to_owned() } else { title };
        if self.options.refcounts && !objects.is_synthetic(id) {
            title.push_str(&format!(" [{}]", objects.refcount(id)));
        }
        title
    }

    fn role(&self, id: ObjectId) -> BoxRole {
        let objects = self.snapshot.objects();
        if objects.is_synthetic(id) || self.modules.contains(&id) {
            return BoxRole::Root;
        }
        if is_class(self.snapshot, id) {
            return BoxRole::Code;
        }
        kind_of_type(objects.type_name(id))
    }

    fn tooltip(&self, id: ObjectId, title: &str, detail: Option<&str>) -> String {
        let objects = self.snapshot.objects();
        let mut parts = vec![clean(title)];
        parts.extend(detail.map(clean));
        let text = self.snapshot.texts().text(id).map(clean);
        parts.extend(text.filter(|text| !parts.iter().any(|part| part.contains(text.as_str()))));
        if let Some(address) = objects.address(id) {
            parts.push(format!("{} at {address}", clean(objects.type_name(id))));
            parts.push(format!(
                "{} of its own, refcount {}",
                bytes(objects.size(id)),
                grouped(objects.refcount(id).into())
            ));
        }
        parts.join("\n")
    }

    fn make_card(&self, node: &Node, more: &More) -> SceneBox {
        let of = match &self.neighbourhood.nodes[more.of].content {
            Content::Object(id) => box_id(self.snapshot, *id),
            Content::More(_) => String::new(),
        };
        let count = grouped(more.count);
        let listed = |limit: usize| {
            let parts: Vec<String> = more
                .types
                .iter()
                .take(limit)
                .map(|(name, n)| format!("{} {}", grouped(*n), short_type(name)))
                .collect();
            let rest = if more.types.len() > limit { ", …" } else { "" };
            parts.join(", ") + rest
        };
        let mut lines = Vec::new();
        match more.types.as_slice() {
            [(only, _)] => lines.push(format!("{count} more {}", plural(short_type(only), more.count))),
            types => {
                let what = match self.neighbourhood.direction {
                    Direction::Refs => "objects",
                    Direction::Backrefs => "holders",
                };
                lines.push(format!("{count} more {what}"));
                lines.extend((!types.is_empty()).then(|| listed(3)));
            }
        }
        let roles = [LineRole::Title, LineRole::Detail];
        let lines = lines.iter().zip(roles).map(|(text, role)| Line { text: cut(text, style::LINE_LIMIT), role });
        let tooltip = clean(&format!("{count} more: {}. A larger --too-many shows them.", listed(40)));
        let lines = lines.collect();
        SceneBox {
            id: format!("more-{of}"),
            address: None,
            depth: node.depth,
            lines,
            role: BoxRole::Card,
            asked: false,
            tooltip,
        }
    }

    fn make_edge(&self, edge: &Edge) -> SceneEdge {
        let is_card = |node: usize| matches!(self.neighbourhood.nodes[node].content, Content::More(_));
        let role = match edge {
            edge if is_card(edge.from) || is_card(edge.to) => EdgeRole::Collapsed,
            edge if edge.on_root_path => EdgeRole::Path,
            edge if edge.is_weak() => EdgeRole::Weak,
            _ => EdgeRole::Plain,
        };
        let names: Vec<&str> = edge.references.iter().filter_map(|link| link.label.as_deref()).collect();
        let mut label: Vec<String> =
            names.iter().take(style::STACK_LIMIT).map(|name| cut(name, style::LABEL_LIMIT)).collect();
        let rest = edge.references.len() - label.len();
        if rest > 0 && !label.is_empty() {
            label.push(format!("+{} more", grouped(rest as u64)));
        }
        let shown = names.iter().take(100).map(|name| clean(name)).collect::<Vec<_>>().join("\n");
        let back = runs_back(self.neighbourhood, edge);
        SceneEdge { from: edge.from, to: edge.to, label, role, back, tooltip: shown }
    }
}

/// `Sessions`, `dicts`; what ends in s stays.
pub(crate) fn plural(name: &str, count: u64) -> String {
    if count == 1 || name.ends_with('s') { name.to_owned() } else { format!("{name}s") }
}

pub(crate) fn kind_of_type(long: &str) -> BoxRole {
    const BUILTIN_CONTAINERS: [&str; 6] = ["dict", "list", "tuple", "set", "frozenset", "mappingproxy"];
    const CONTAINERS: [&str; 6] = [
        "array.array",
        "collections.ChainMap",
        "collections.Counter",
        "collections.OrderedDict",
        "collections.defaultdict",
        "collections.deque",
    ];
    const BUILTIN_CODE: [&str; 14] = [
        "async_generator",
        "builtin_function_or_method",
        "cell",
        "classmethod",
        "code",
        "coroutine",
        "frame",
        "function",
        "generator",
        "method",
        "method-wrapper",
        "module",
        "property",
        "staticmethod",
    ];
    match builtin_type(long) {
        Some(builtin) if BUILTIN_CONTAINERS.contains(&builtin) => BoxRole::Container,
        Some(builtin) if BUILTIN_CODE.contains(&builtin) => BoxRole::Code,
        None if CONTAINERS.contains(&long) => BoxRole::Container,
        None if long == "functools.partial" => BoxRole::Code,
        _ => BoxRole::Instance,
    }
}

/// Stable from run to run: the address, or the row of what has none.
fn box_id(snapshot: &Snapshot, id: ObjectId) -> String {
    let address = snapshot.objects().address(id);
    address.map_or_else(|| format!("root-{}", id.get()), |address| address.to_string())
}

/// Adds the address to boxes that read alike.
fn tell_apart(boxes: &mut [SceneBox]) {
    let mut readings: FxHashMap<Vec<String>, u32> = FxHashMap::default();
    let reading = |one: &SceneBox| one.lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>();
    for one in boxes.iter() {
        *readings.entry(reading(one)).or_default() += 1;
    }
    for one in boxes {
        let alike = readings[&reading(one)] > 1 && one.role != BoxRole::Root;
        if let Some(address) = one.address.filter(|_| alike) {
            one.lines.push(Line { text: address.to_string(), role: LineRole::Extra });
        }
    }
}

fn legend(boxes: &[SceneBox], edges: &[SceneEdge]) -> Vec<LegendEntry> {
    let has_box = |role: BoxRole| boxes.iter().any(|one| one.role == role && !one.asked);
    let has_edge = |role: EdgeRole| edges.iter().any(|edge| edge.role == role);
    let entries = [
        (LegendEntry::Root, has_box(BoxRole::Root)),
        (LegendEntry::Asked, boxes.iter().any(|one| one.asked)),
        (LegendEntry::Path, has_edge(EdgeRole::Path)),
        (LegendEntry::Weak, has_edge(EdgeRole::Weak)),
        (LegendEntry::Collapsed, has_box(BoxRole::Card)),
    ];
    entries.into_iter().filter(|(_, occurs)| *occurs).map(|(entry, _)| entry).collect()
}
