//! The default style: every reference named, roots as pills, the root path stressed, rests counted, a sentence on top.

use foldhash::{HashMap, HashSet};

use super::attributes::details;
use super::groups::{box_id, make_card, make_steps};
use super::legend::{legend, mark_word};
use super::{
    BoxRole, EdgeRole, ExtraInfo, Line, LineRole, Look, PictureOptions, Scene, SceneBox, SceneEdge, runs_back,
    sentences, words,
};
use crate::analysis::neighbourhood::{Content, Edge, Mark, Neighbourhood, Node};
use crate::cpython::label::{builtin_type, is_class, object_detail, object_title, short_type};
use crate::cpython::plain::PlainTypes;
use crate::render::style;
use crate::render::text::{bytes, clean, cut, grouped};
use crate::snapshot::{ObjectId, RootKind, Snapshot};

/// Levels up to which a picture reads from the left to the right.
const WIDE: usize = 6;
/// Boxes with one mark up to which each says so in a word; else the legend does.
const MANY_MARKS: usize = 6;
/// Objects that keep less say so only where they are asked for or lie on a path from a root.
const WORTH_TELLING: u64 = 1000;

/// Makes the scene of a neighbourhood in our style. Linear in what it shows, and in the module table.
pub fn ours(snapshot: &Snapshot, neighbourhood: &Neighbourhood, options: &PictureOptions<'_>) -> Scene {
    let maker = Maker {
        snapshot,
        neighbourhood,
        options,
        modules: modules(snapshot),
        alike: same_names(snapshot, neighbourhood),
        plain: PlainTypes::of(snapshot),
        told: told_cycles(neighbourhood),
        common: common_marks(neighbourhood),
    };
    let mut boxes: Vec<SceneBox> =
        neighbourhood.nodes.iter().enumerate().map(|(at, node)| maker.make_box(at, node)).collect();
    tell_apart(&mut boxes);
    let edges: Vec<SceneEdge> = neighbourhood.edges.iter().map(|edge| maker.make_edge(edge)).collect();
    let roots = boxes.iter().map(|one| one.role == BoxRole::Root).collect::<Vec<_>>();
    Scene {
        title: Some(words::question(snapshot, &maker.plain, neighbourhood)),
        answer: sentences::answer(snapshot, neighbourhood, &roots),
        legend: legend(&boxes, &edges),
        foot: words::foot(snapshot, neighbourhood, options),
        top_down: levels(neighbourhood) > WIDE,
        look: Look::Ours,
        dot: None,
        boxes,
        edges,
    }
}

/// How many levels of boxes there are around those asked for: a folded run is one.
fn levels(neighbourhood: &Neighbourhood) -> usize {
    let mut near: Vec<Vec<usize>> = vec![Vec::new(); neighbourhood.nodes.len()];
    for edge in &neighbourhood.edges {
        near[edge.from].push(edge.to);
        near[edge.to].push(edge.from);
    }
    let mut level: Vec<Option<usize>> = neighbourhood.nodes.iter().map(|node| node.asked.then_some(0)).collect();
    let mut queue: Vec<usize> = (0..level.len()).filter(|node| level[*node].is_some()).collect();
    let (mut next, mut last) = (0, 0);
    while let Some(&node) = queue.get(next) {
        next += 1;
        last = level[node].unwrap_or(last);
        for &other in &near[node] {
            if level[other].is_none() {
                level[other] = Some(last + 1);
                queue.push(other);
            }
        }
    }
    last
}

/// The boxes that say on which cycles they are: of each cycle one member, an object that was asked for or else the one
/// whose reference closes it. To say it in every member would hide the rest.
fn told_cycles(neighbourhood: &Neighbourhood) -> HashMap<usize, Vec<u32>> {
    let mut told: HashMap<usize, Vec<u32>> = HashMap::default();
    for closing in &neighbourhood.cycles {
        let member = |node: &usize| neighbourhood.nodes[*node].cycles.contains(&closing.number);
        let asked = (0..neighbourhood.nodes.len()).take_while(|node| neighbourhood.nodes[*node].asked).find(member);
        let node = asked.unwrap_or(neighbourhood.edges[closing.edge].from);
        told.entry(node).or_default().push(closing.number);
    }
    told
}

fn common_marks(neighbourhood: &Neighbourhood) -> Vec<Mark> {
    let mut marks: Vec<Mark> = neighbourhood.nodes.iter().flat_map(|node| node.marks.iter().copied()).collect();
    marks.sort_unstable();
    marks.chunk_by(|one, other| one == other).filter(|alike| alike.len() > MANY_MARKS).map(|alike| alike[0]).collect()
}

struct Maker<'a> {
    snapshot: &'a Snapshot,
    neighbourhood: &'a Neighbourhood,
    options: &'a PictureOptions<'a>,
    /// Objects in the module table.
    modules: HashSet<ObjectId>,
    /// Short names that two types of the picture share.
    alike: HashSet<&'a str>,
    plain: PlainTypes,
    /// By node, the cycles that its box tells of.
    told: HashMap<usize, Vec<u32>>,
    /// Marks that so many boxes have that their words would be all one reads.
    common: Vec<Mark>,
}

fn modules(snapshot: &Snapshot) -> HashSet<ObjectId> {
    let objects = snapshot.objects();
    let tables = objects.ids().take(objects.synthetic()).filter(|id| objects.root_kind(*id) == Some(RootKind::Module));
    tables.flat_map(|table| snapshot.references().of(table)).map(|entry| entry.target).collect()
}

fn same_names<'a>(snapshot: &'a Snapshot, neighbourhood: &Neighbourhood) -> HashSet<&'a str> {
    let mut first: HashMap<&str, &str> = HashMap::default();
    let mut alike = HashSet::default();
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
    fn make_box(&self, at: usize, node: &Node) -> SceneBox {
        match &node.content {
            Content::Object(id) => self.make_object(at, node, *id),
            Content::More(more) => make_card(self.snapshot, self.neighbourhood, node, more),
            Content::Steps(steps) => make_steps(self.snapshot, node, steps),
        }
    }

    fn make_object(&self, at: usize, node: &Node, id: ObjectId) -> SceneBox {
        let objects = self.snapshot.objects();
        let role = self.role(id);
        let title = self.title(id);
        // Where a function was made says little and takes a third of the line; the tooltip has it.
        let short = title.replace(".<locals>", "");
        let mut lines = vec![Line { text: cut(&short, style::LINE_LIMIT), role: LineRole::Title }];
        let details = details(self.snapshot, &self.plain, node, id, role, self.neighbourhood.direction);
        let detail = |text: &String| Line { text: cut(text, style::LINE_LIMIT), role: LineRole::Detail };
        lines.extend(details.iter().map(detail));
        let extra = self.options.extra_info.filter(|_| !objects.is_synthetic(id)).and_then(|extra| match extra {
            ExtraInfo::Retained => None,
            ExtraInfo::Size => Some(format!("{} of its own", bytes(objects.size(id)))),
            ExtraInfo::Address => objects.address(id).map(|address| address.to_string()),
        });
        lines.extend(extra.map(|text| Line { text, role: LineRole::Extra }));
        if role != BoxRole::Root {
            lines.extend(self.keeps(node));
            let rare = node.marks.iter().filter(|mark| !self.common.contains(mark));
            lines.extend(rare.map(|mark| Line { text: mark_word(*mark).to_owned(), role: LineRole::Mark(*mark) }));
        }
        let told = self.told.get(&at).cloned().unwrap_or_default();
        lines.extend((!told.is_empty()).then(|| Line { text: in_cycles(told.len()), role: LineRole::Cycles }));
        SceneBox {
            id: box_id(self.snapshot, id),
            address: objects.address(id),
            depth: node.depth,
            lines,
            role,
            asked: node.asked,
            highlighted: node.highlighted,
            tooltip: self.tooltip(node, id, &title, &details),
            retained: node.retained,
            marks: if role == BoxRole::Root { Vec::new() } else { node.marks.clone() },
            signs: node
                .marks
                .iter()
                .copied()
                .filter(|mark| self.common.contains(mark) && role != BoxRole::Root)
                .collect(),
            cycles: told,
            count: 1,
        }
    }

    /// `keeps 38.2 MB` with its share of the heap, where it is known and worth a line.
    fn keeps(&self, node: &Node) -> Option<Line> {
        let (kept, all) = (node.retained?, self.neighbourhood.heap_bytes?.max(1));
        let always = self.options.extra_info == Some(ExtraInfo::Retained);
        let telling = always || node.asked || node.on_root_path || kept >= WORTH_TELLING;
        let share = (kept as f64 / all as f64 * 1000.0).round().min(1000.0) as u16;
        telling.then(|| Line { text: format!("keeps {}", bytes(kept)), role: LineRole::Keeps(share) })
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

    fn tooltip(&self, node: &Node, id: ObjectId, title: &str, details: &[String]) -> String {
        let objects = self.snapshot.objects();
        let mut parts = vec![clean(title)];
        parts.extend(details.iter().map(|detail| clean(detail)));
        // The thread of a frame, and what else a pill has no room for.
        let detail = object_detail(self.snapshot, id).map(|detail| clean(&detail));
        parts.extend(detail.filter(|detail| details.is_empty() && !parts.contains(detail)));
        let text = self.snapshot.texts().text(id).map(clean);
        parts.extend(text.filter(|text| !parts.iter().any(|part| part.contains(text.as_str()))));
        if let Some(address) = objects.address(id) {
            parts.push(format!("{} at {address}", clean(objects.type_name(id))));
            let own = bytes(objects.size(id));
            parts.push(format!("{own} of its own, refcount {}", grouped(objects.refcount(id).into())));
        }
        if let (Some(kept), Some(all)) = (node.retained, self.neighbourhood.heap_bytes) {
            parts.push(format!("keeps {}, {} of the heap", bytes(kept), sentences::share(kept, all)));
        }
        parts.extend(node.marks.iter().map(|mark| super::LegendEntry::Mark(*mark).words().to_owned()));
        if node.not_followed > 0 {
            parts.push(format!("{} of its neighbours are not followed", grouped(node.not_followed)));
        }
        parts.join("\n")
    }

    fn make_edge(&self, edge: &Edge) -> SceneEdge {
        let card = [edge.from, edge.to].into_iter().find_map(|node| match &self.neighbourhood.nodes[node].content {
            Content::More(more) => Some(more),
            _ => None,
        });
        let role = match edge {
            _ if card.is_some() => EdgeRole::Collapsed,
            edge if edge.on_root_path => EdgeRole::Path,
            edge if edge.on_cycle => EdgeRole::Cycle,
            edge if edge.is_weak() => EdgeRole::Weak,
            _ => EdgeRole::Plain,
        };
        let shape = card.and_then(|more| more.shape.as_deref());
        let names: Vec<&str> = edge.references.iter().filter_map(|link| link.label.as_deref()).chain(shape).collect();
        let mut label: Vec<String> =
            names.iter().take(style::STACK_LIMIT).map(|name| cut(name, style::LABEL_LIMIT)).collect();
        let rest = edge.references.len().saturating_sub(label.len());
        if rest > 0 && !label.is_empty() {
            label.push(format!("+{} more", grouped(rest as u64)));
        }
        let mut tooltip = names.iter().take(100).map(|name| clean(name)).collect::<Vec<_>>().join("\n");
        let cut = edge.closes.and_then(|number| self.neighbourhood.closing(number)).map(|closing| clean(&closing.cut));
        if let Some(cut) = &cut {
            tooltip.push_str(&format!("\ncloses a cycle: cut {cut}"));
        }
        SceneEdge {
            from: edge.from,
            to: edge.to,
            label,
            role,
            back: runs_back(self.neighbourhood, edge),
            tooltip,
            on_cycle: edge.on_cycle,
            closes: edge.closes,
            cut,
        }
    }
}

fn in_cycles(count: usize) -> String {
    if count == 1 { "in a cycle".to_owned() } else { format!("in {count} cycles") }
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

/// Adds the address to boxes that read alike.
fn tell_apart(boxes: &mut [SceneBox]) {
    let mut readings: HashMap<Vec<&str>, usize> = HashMap::default();
    let mut alike = vec![false; boxes.len()];
    for (at, one) in boxes.iter().enumerate() {
        let first = *readings.entry(one.lines.iter().map(|line| line.text.as_str()).collect()).or_insert(at);
        if first != at {
            [first, at].into_iter().for_each(|at| alike[at] = true);
        }
    }
    for (one, alike) in boxes.iter_mut().zip(alike) {
        if let Some(address) = one.address.filter(|_| alike && one.role != BoxRole::Root) {
            let details = |line: &Line| matches!(line.role, LineRole::Title | LineRole::Detail);
            let place = one.lines.iter().take_while(|line| details(line)).count();
            one.lines.insert(place, Line { text: address.to_string(), role: LineRole::Extra });
        }
    }
}
