//! A neighbourhood as an indented tree for the terminal: names on the branches, repeats marked, rests counted.

use std::fmt::Write;
use std::rc::Rc;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::text::{clean, cut, grouped};
use crate::analysis::neighbourhood::{Content, Direction, Edge, More, Neighbourhood, Node};
use crate::cpython::label::{is_module, object_detail, object_title, short_type};
use crate::snapshot::{ObjectId, Snapshot};

/// Most characters of a title, a detail and a name.
const LIMIT: usize = 60;
/// Most names on one branch.
const NAMES: usize = 3;
/// Levels up to which a line is indented. Further down it says its level: the indents of a long linked list would take
/// its length squared.
const INDENTED: usize = 200;

/// How a tree is written.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Options {
    /// With ANSI codes that stress names, roots and the root path.
    pub colour: bool,
    /// Lines are cut with `…` at so many columns of the terminal; `None` leaves them whole.
    pub width: Option<usize>,
}

/// Writes the tree, one object a line, each ending in a line break.
///
/// The objects that were asked for stand at the left; below each, what it refers to or who refers to it. An object that
/// was written before is marked `↑` and not opened again; a root is marked in words, what is highlighted by `▌`.
/// What is left out is counted: cards in their places, the rest in the last line.
pub fn write(snapshot: &Snapshot, neighbourhood: &Neighbourhood, options: Options) -> String {
    let branches = branches(neighbourhood);
    let mut tree = Tree { snapshot, neighbourhood, options, branches, line: Vec::new(), out: String::new() };
    let asked: Vec<usize> = (0..neighbourhood.nodes.len()).filter(|&node| neighbourhood.nodes[node].asked).collect();
    tree.compose(&asked);
    tree.foot();
    tree.out
}

struct Tree<'a> {
    snapshot: &'a Snapshot,
    neighbourhood: &'a Neighbourhood,
    options: Options,
    /// For every node its edges away from the objects asked for.
    branches: Vec<Vec<usize>>,
    /// The pieces of the line that is being written.
    line: Vec<(Shade, String)>,
    out: String,
}

/// A line still to be written.
struct Pending {
    node: usize,
    edge: Option<usize>,
    /// References from what was asked for.
    level: usize,
    /// The branches to the left of it, shared with its siblings.
    stem: Rc<str>,
    /// The last of its siblings.
    last: bool,
}

impl Pending {
    /// Its own sign on the branch, and what stands in its place left of all that hangs below it.
    fn signs(&self) -> [&'static str; 2] {
        match (self.level, self.last) {
            (0, _) => ["", ""],
            (_, true) => ["└─ ", "   "],
            (_, false) => ["├─ ", "│  "],
        }
    }
}

#[derive(Clone, Copy)]
enum Shade {
    Bold,
    Faint,
    Name,
    Root,
    Path,
    Highlight,
}

/// Every edge at the node from which it was found.
fn branches(neighbourhood: &Neighbourhood) -> Vec<Vec<usize>> {
    let mut branches = vec![Vec::new(); neighbourhood.nodes.len()];
    for (at, edge) in neighbourhood.edges.iter().enumerate() {
        let node = match neighbourhood.direction {
            Direction::Refs => edge.from,
            Direction::Backrefs => edge.to,
        };
        branches[node].push(at);
    }
    branches
}

impl Tree<'_> {
    /// Depth first with a stack of its own: a deep heap must not exhaust the program's.
    fn compose(&mut self, asked: &[usize]) {
        let mut written = vec![false; self.neighbourhood.nodes.len()];
        let top = |&node: &usize| Pending { node, edge: None, level: 0, stem: "".into(), last: true };
        let mut stack: Vec<Pending> = asked.iter().rev().map(top).collect();
        while let Some(one) = stack.pop() {
            let again = std::mem::replace(&mut written[one.node], true);
            self.write_line(&one, again);
            if again {
                continue;
            }
            let children = &self.branches[one.node];
            let stem: Rc<str> =
                if one.level < INDENTED { (one.stem.to_string() + one.signs()[1]).into() } else { one.stem.clone() };
            let last = children.len().saturating_sub(1);
            let below = children.iter().enumerate().map(|(nth, &edge)| Pending {
                node: self.far_end(edge),
                edge: Some(edge),
                level: one.level + 1,
                stem: stem.clone(),
                last: nth == last,
            });
            stack.extend(below.rev());
        }
    }

    fn far_end(&self, edge: usize) -> usize {
        let edge = &self.neighbourhood.edges[edge];
        match self.neighbourhood.direction {
            Direction::Refs => edge.to,
            Direction::Backrefs => edge.from,
        }
    }

    fn write_line(&mut self, one: &Pending, again: bool) {
        self.push(Shade::Faint, &one.stem);
        self.push(Shade::Faint, one.signs()[0]);
        if one.level > INDENTED {
            self.push(Shade::Faint, &format!("({}) ", grouped(one.level as u64)));
        }
        if let Some(edge) = one.edge.map(|edge| &self.neighbourhood.edges[edge]) {
            let names = names(edge);
            let shade = if edge.on_root_path { Shade::Path } else { Shade::Name };
            if !names.is_empty() {
                self.push(shade, &names);
                let arrow = match self.neighbourhood.direction {
                    Direction::Refs => " → ",
                    Direction::Backrefs => " ← ",
                };
                self.push(Shade::Faint, arrow);
            }
        }
        let node = &self.neighbourhood.nodes[one.node];
        match &node.content {
            Content::Object(id) => self.write_object(node, *id, again),
            Content::More(more) => self.write_more(more),
            Content::Steps(steps) => {
                self.push(Shade::Faint, &format!("… {} more steps: {}", grouped(steps.count), cut(&steps.way, LIMIT)));
            }
        }
        self.end_line();
    }

    fn write_object(&mut self, node: &Node, id: ObjectId, again: bool) {
        let root = self.snapshot.objects().is_synthetic(id) || is_module(self.snapshot, id);
        let title = cut(&object_title(self.snapshot, id), LIMIT);
        match (node.highlighted, root) {
            // The bar that a box has, so that it shows without colours too.
            (true, _) => self.push(Shade::Highlight, &format!("▌{title}")),
            (false, true) => self.push(Shade::Root, &title),
            (false, false) => self.push(Shade::Bold, &title),
        }
        if let Some(detail) = object_detail(self.snapshot, id) {
            self.push(Shade::Faint, &format!("  {}", cut(&detail, LIMIT)));
        }
        if let Some(address) = self.snapshot.objects().address(id) {
            self.push(Shade::Faint, &format!("  {address}"));
        }
        if again {
            self.push(Shade::Faint, "  ↑");
        } else if node.not_followed > 0 {
            let more = grouped(node.not_followed);
            self.push(Shade::Faint, &format!("  … {more} not followed"));
        }
    }

    fn write_more(&mut self, more: &More) {
        let types: Vec<String> = more
            .types
            .iter()
            .take(3)
            .map(|(name, count)| format!("{} {}", grouped(*count), short_type(name)))
            .collect();
        let rest = if more.types.len() > 3 { ", …" } else { "" };
        let listed =
            if types.is_empty() { String::new() } else { format!(": {}{rest}", cut(&types.join(", "), LIMIT)) };
        self.push(Shade::Faint, &format!("{} more{listed}", grouped(more.count)));
    }

    /// What is missing, in a line of its own; nothing where nothing is.
    fn foot(&mut self) {
        let left_out = self.neighbourhood.left_out;
        let (depth, mut parts) = (self.neighbourhood.max_depth, Vec::new());
        let mut count = |number: u64, what: &str| {
            if number > 0 {
                parts.push(format!("{} {what}", grouped(number)));
            }
        };
        count(left_out.not_followed, &format!("not followed beyond depth {depth} (--max-depth)"));
        count(left_out.collapsed, "collapsed (--too-many)");
        count(left_out.filtered, "filtered out");
        if !parts.is_empty() {
            let line = parts.join(", ");
            self.push(Shade::Faint, &line);
            self.end_line();
        }
    }

    fn push(&mut self, shade: Shade, text: &str) {
        self.line.push((shade, text.to_owned()));
    }

    fn end_line(&mut self) {
        let columns: usize = self.line.iter().map(|(_, text)| text.width()).sum();
        // The last column is for the sign that something was cut.
        let cut_at = self.options.width.filter(|width| columns > *width).map(|width| width.saturating_sub(1));
        let mut room = cut_at.unwrap_or(usize::MAX);
        for (shade, mut text) in std::mem::take(&mut self.line) {
            let end = within(&text, &mut room);
            text.truncate(end);
            self.put(shade, &text);
        }
        self.put(Shade::Faint, if cut_at.is_some() { "…" } else { "" });
        self.out.push('\n');
    }

    fn put(&mut self, shade: Shade, text: &str) {
        if !self.options.colour || text.is_empty() {
            self.out.push_str(text);
            return;
        }
        let code = match shade {
            Shade::Bold => "1",
            Shade::Faint => "2",
            Shade::Name => "36",
            Shade::Root => "32",
            Shade::Path => "1;34",
            Shade::Highlight => "1;35",
        };
        write!(self.out, "\x1b[{code}m{text}\x1b[0m").expect("writing to a string cannot fail");
    }
}

/// How many bytes of a text fit into so many columns, which become fewer by what the text takes; none once it was cut.
fn within(text: &str, room: &mut usize) -> usize {
    for (at, letter) in text.char_indices() {
        let columns = letter.width().unwrap_or_default();
        if columns > *room {
            *room = 0;
            return at;
        }
        *room -= columns;
    }
    text.len()
}

/// The names of a branch: `.a, .b, +9 more`.
fn names(edge: &Edge) -> String {
    let all: Vec<&str> = edge.references.iter().filter_map(|link| link.label.as_deref()).collect();
    let mut shown: Vec<String> = all.iter().take(NAMES).map(|name| cut(&clean(name), LIMIT)).collect();
    if edge.references.len() > shown.len() && !shown.is_empty() {
        shown.push(format!("+{} more", grouped((edge.references.len() - shown.len()) as u64)));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_columns_not_letters() {
        let cut = |text: &str, mut room: usize| (within(text, &mut room), room);
        assert_eq!(cut("dict", 10), (4, 6));
        assert_eq!(cut("dict", 3), (3, 0));
        assert_eq!(cut("日本", 3), (3, 0), "a wide letter takes two columns");
        assert_eq!(cut("e\u{301}x", 1), (3, 0), "an accent takes none");
    }
}
