//! A neighbourhood as an indented tree for the terminal: names on the branches, repeats marked, rests counted.

use std::fmt::Write;

use super::text::{clean, cut, grouped};
use crate::analysis::neighbourhood::{Content, Direction, Edge, More, Neighbourhood, Node};
use crate::cpython::label::{is_module, object_detail, object_title, short_type};
use crate::snapshot::{ObjectId, Snapshot};

/// Most characters of a title, a detail and a name.
const LIMIT: usize = 60;
/// Most names on one branch.
const NAMES: usize = 3;

/// Writes the tree, one object a line, each ending in a line break.
///
/// The objects that were asked for stand at the left; below each, what it refers to or who refers to it. An object that
/// was written before is marked `↑` and not opened again; a root is marked in words. With `colour`, ANSI codes stress
/// names, roots and the root path.
pub fn write(snapshot: &Snapshot, neighbourhood: &Neighbourhood, colour: bool) -> String {
    let mut tree = Tree { snapshot, neighbourhood, colour, branches: branches(neighbourhood), out: String::new() };
    let asked: Vec<usize> = (0..neighbourhood.nodes.len()).filter(|&node| neighbourhood.nodes[node].asked).collect();
    tree.compose(&asked);
    tree.foot();
    tree.out
}

struct Tree<'a> {
    snapshot: &'a Snapshot,
    neighbourhood: &'a Neighbourhood,
    colour: bool,
    /// For every node its edges away from the objects asked for.
    branches: Vec<Vec<usize>>,
    out: String,
}

/// A line still to be written.
struct Pending {
    node: usize,
    edge: Option<usize>,
    /// The lines to the left of it, for itself and for what hangs below it.
    stem: String,
    below: String,
}

#[derive(Clone, Copy)]
enum Shade {
    Bold,
    Faint,
    Name,
    Root,
    Path,
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
        let top = |&node: &usize| Pending { node, edge: None, stem: String::new(), below: String::new() };
        let mut stack: Vec<Pending> = asked.iter().rev().map(top).collect();
        while let Some(one) = stack.pop() {
            let again = std::mem::replace(&mut written[one.node], true);
            self.write_line(&one, again);
            if again {
                continue;
            }
            let children = &self.branches[one.node];
            let last = children.len().saturating_sub(1);
            for (nth, &edge) in children.iter().enumerate().rev() {
                let (fork, bar) = if nth == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
                stack.push(Pending {
                    node: self.far_end(edge),
                    edge: Some(edge),
                    stem: format!("{}{fork}", one.below),
                    below: format!("{}{bar}", one.below),
                });
            }
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
        self.out.push('\n');
    }

    fn write_object(&mut self, node: &Node, id: ObjectId, again: bool) {
        let root = self.snapshot.objects().is_synthetic(id) || is_module(self.snapshot, id);
        let title = cut(&object_title(self.snapshot, id), LIMIT);
        self.push(if root { Shade::Root } else { Shade::Bold }, &title);
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
            self.out.push('\n');
        }
    }

    fn push(&mut self, shade: Shade, text: &str) {
        if !self.colour || text.is_empty() {
            self.out.push_str(text);
            return;
        }
        let code = match shade {
            Shade::Bold => "1",
            Shade::Faint => "2",
            Shade::Name => "36",
            Shade::Root => "32",
            Shade::Path => "1;34",
        };
        write!(self.out, "\x1b[{code}m{text}\x1b[0m").expect("writing to a string cannot fail");
    }
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
