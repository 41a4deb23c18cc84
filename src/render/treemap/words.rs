//! What stands in a cell, and around the picture.

use super::{Options, Piece};
use crate::analysis::retained::{Cell, CellContent, Cells, Owners};
use crate::cpython::label::{builtin_type, counted, object_detail, object_title, root_words, short_type};
use crate::render::scene::{origin, plural};
use crate::render::text::{bytes, clean, cut, grouped};
use crate::snapshot::{ObjectId, Snapshot};

/// Most characters of a name, and of a path.
const NAME: usize = 60;
const PATH: usize = 200;
/// Types that a tooltip names.
const TYPES: usize = 12;

/// What a cell is called.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Label {
    /// How the program names it: `.entries`, `module app`, `40,011 more Sessions`.
    pub name: String,
    /// What that is: `dict`, `Session`; empty where the name says it.
    pub what: String,
    /// What tells it from its like: `40,012 items`.
    pub detail: String,
    /// The name where there is no room for it: `Sessions`; a number that is cut would be another number.
    pub short: Option<String>,
}

impl Label {
    /// What stands behind the name.
    pub fn more(&self) -> String {
        let words = [self.what.as_str(), self.detail.as_str()].into_iter().filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("  ")
    }
}

/// What a cell is called, without control characters, and cut.
pub fn label(snapshot: &Snapshot, cells: &Cells, cell: &Cell) -> Label {
    let plain = |name: String| Label { name: cut(&name, NAME), ..Label::default() };
    match &cell.content {
        CellContent::Whole { asked: Some(asked), .. } => plain(format!("{} asked for", counted(*asked, "object"))),
        CellContent::Whole { .. } if cells.garbage => plain("all garbage".into()),
        CellContent::Whole { .. } => plain("all that a root reaches".into()),
        CellContent::Package { name, modules } => {
            Label { what: "package".into(), detail: counted(*modules, "module"), ..plain(name.clone()) }
        }
        CellContent::Module { name, .. } => Label { what: "module".into(), ..plain(within(cells, cell, name)) },
        CellContent::Root(row) => plain(root_words(snapshot, *row).to_owned()),
        CellContent::Shared => {
            Label { detail: "shared by modules, calls, …".into(), ..plain("held by several".into()) }
        }
        CellContent::SharedByAsked => plain("shared by several of them".into()),
        CellContent::Own => Label { short: Some("itself".into()), ..plain(around(snapshot, cells, cell)) },
        CellContent::Group { type_name, count, more } => {
            Label { short: Some(kind(type_name, *count)), ..plain(group(type_name, *count, *more)) }
        }
        CellContent::Rest { count, .. } => {
            Label { short: Some("small".into()), ..plain(counted(*count, "small object")) }
        }
        CellContent::Object { id, name, path } => object(snapshot, *id, name.as_ref().or(path.as_ref())),
    }
}

/// Within its package a module goes by the rest of its name: `.models`.
fn within(cells: &Cells, cell: &Cell, module: &str) -> String {
    match cell.parent.map(|parent| &cells.cells[parent].content) {
        Some(CellContent::Package { name, .. }) => match module.strip_prefix(name.as_str()) {
            Some(rest) if !rest.is_empty() => rest.to_owned(),
            _ => module.to_owned(),
        },
        _ => module.to_owned(),
    }
}

/// Named as the program names it: by what is around it, else from a root. Functions and classes have names of their own.
fn object(snapshot: &Snapshot, id: ObjectId, name: Option<&String>) -> Label {
    let title = cut(&object_title(snapshot, id), NAME);
    let detail = object_detail(snapshot, id).map(|detail| cut(&detail, NAME)).unwrap_or_default();
    match (title.split_once(' '), name) {
        (Some((what @ ("class" | "function" | "module"), own)), _) => {
            Label { name: own.replace("<locals>.", ""), what: what.to_owned(), detail, short: None }
        }
        (_, Some(name)) => Label { name: cut(name, NAME), what: title, detail, short: None },
        (_, None) => Label { name: title, detail, ..Label::default() },
    }
}

/// `40,011 more Sessions`, `214 more modules`.
fn group(type_name: &str, count: u64, more: bool) -> String {
    format!("{} {}{}", grouped(count), if more { "more " } else { "" }, kind(type_name, count))
}

/// `Sessions`, `classes`, `modules`.
fn kind(type_name: &str, count: u64) -> String {
    match builtin_type(type_name) {
        Some("type") if count > 1 => "classes".to_owned(),
        Some("type") => "class".to_owned(),
        _ if type_name.starts_with('<') => plural("root", count),
        _ => plural(&cut(short_type(type_name), NAME), count),
    }
}

/// The bytes of what is around a cell alone: `dict itself`, `40 Sessions themselves`.
fn around(snapshot: &Snapshot, cells: &Cells, cell: &Cell) -> String {
    match cell.parent.map(|parent| &cells.cells[parent].content) {
        Some(CellContent::Object { id, .. }) => format!("{} itself", cut(&object_title(snapshot, *id), NAME)),
        Some(CellContent::Group { type_name, count, .. }) => format!("{} themselves", group(type_name, *count, false)),
        Some(CellContent::Module { .. }) => "module itself".into(),
        _ => "itself".into(),
    }
}

/// Of the whole heap, to a tenth of a percent below ten.
pub fn share(part: u64, whole: u64) -> String {
    let percent = 100.0 * part as f64 / whole.max(1) as f64;
    match percent {
        _ if part == 0 => "0 %".into(),
        ..0.05 => "< 0.1 %".into(),
        ..9.95 => format!("{percent:.1} %"),
        _ => format!("{percent:.0} %"),
    }
}

/// All there is to say of a cell, a line each.
pub fn tooltip(snapshot: &Snapshot, cells: &Cells, cell: &Cell) -> String {
    let label = label(snapshot, cells, cell);
    let mut lines = Vec::new();
    if let CellContent::Object { path: Some(path), .. } = &cell.content {
        lines.push(cut(path, PATH));
    }
    match &cell.content {
        CellContent::Module { name, .. } => lines.push(cut(&format!("module {name}"), PATH)),
        _ => lines.push(format!("{}  {}", label.name, label.more()).trim_end().to_owned()),
    }
    if let CellContent::Object { id, .. } = &cell.content {
        let objects = snapshot.objects();
        let address = objects.address(*id).map(|address| format!(" at {address}")).unwrap_or_default();
        lines.push(format!("{}{address}", clean(objects.type_name(*id))));
    }
    if let CellContent::Group { type_name, .. } = &cell.content {
        lines.push(clean(type_name));
    }
    lines.push(format!(
        "{} ({}), {} of {}",
        bytes(cell.retained),
        counted(cell.retained, "byte"),
        share(cell.retained, cells.bytes),
        all(cells)
    ));
    lines.push(counted(cell.objects, "object"));
    if let CellContent::Rest { types, .. } = &cell.content {
        lines.extend(types.iter().take(TYPES).map(of_rest));
        lines.extend((types.len() > TYPES).then(|| counted((types.len() - TYPES) as u64, "more type")));
    }
    lines.join("\n")
}

fn of_rest(of: &Owners) -> String {
    let name = plural(&clean(short_type(&of.type_name)), of.count);
    format!("{} {name}: {}", grouped(of.count), bytes(of.retained))
}

/// The question.
pub fn title(snapshot: &Snapshot, cells: &Cells) -> String {
    let Some(first) = cells.cells.first() else { return "Nothing is there".into() };
    match &first.content {
        CellContent::Whole { asked: Some(asked), .. } => format!("What do these {} keep?", counted(*asked, "object")),
        CellContent::Whole { .. } if cells.garbage => "What is in the garbage?".into(),
        CellContent::Whole { .. } => "What keeps the heap's memory?".into(),
        CellContent::Object { id, path, .. } => {
            let name = path.clone().unwrap_or_else(|| object_title(snapshot, *id));
            format!("What does {} keep?", cut(&name, NAME))
        }
        _ => "What is kept?".into(),
    }
}

/// Under the question: how much there is, and who has most of it.
pub(super) fn answer(snapshot: &Snapshot, cells: &Cells) -> Vec<Piece> {
    let plain = |text: String| Piece { text, stressed: false };
    let Some(first) = cells.cells.first() else { return Vec::new() };
    let mut sum = format!("{} in {}", bytes(first.retained), counted(first.objects, "object"));
    if first.retained != cells.bytes {
        sum += &format!(", {} of {}", share(first.retained, cells.bytes), all(cells));
    }
    let largest = largest(cells).filter(|cell| cell.level > 0);
    let Some(largest) = largest else { return vec![plain(sum + ".")] };
    let label = label(snapshot, cells, largest);
    let name = match &largest.content {
        CellContent::Object { path: Some(path), .. } => cut(path, NAME),
        _ => label.name,
    };
    let keeps = if matches!(largest.content, CellContent::Group { .. }) { "keep" } else { "keeps" };
    let (size, part) = (bytes(largest.retained), share(largest.retained, cells.bytes));
    let size = format!(" {keeps} {size}, {part} of {}.", all(cells));
    vec![plain(sum + "; "), Piece { text: name, stressed: true }, plain(size)]
}

/// What shares are of.
fn all(cells: &Cells) -> &'static str {
    if cells.garbage { "the garbage" } else { "the heap" }
}

/// The object that keeps most, of those that no other object's cell is around. Garbage has no names, and as a rule many
/// alike: there it may be a group.
fn largest(cells: &Cells) -> Option<&Cell> {
    let is_one = |cell: &Cell| match cell.content {
        CellContent::Object { .. } => true,
        CellContent::Group { .. } => cells.garbage,
        _ => false,
    };
    let outer =
        |cell: &&Cell| is_one(cell) && cell.parent.is_none_or(|parent| parent == 0 || !is_one(&cells.cells[parent]));
    cells.cells.iter().filter(outer).max_by_key(|cell| (cell.retained, std::cmp::Reverse(cell.level)))
}

/// How complete the picture is and where it comes from.
pub(super) fn foot(snapshot: &Snapshot, cells: &Cells, options: &Options<'_>) -> String {
    let mut parts = vec![counted(cells.cells.len() as u64, "cell")];
    parts.extend(origin(snapshot, options.source));
    parts.join(" · ")
}
