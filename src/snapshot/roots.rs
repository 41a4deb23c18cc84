//! The synthetic rows: why something is alive without a Python holder, as a small tree in front of the objects.

use super::builder::NewRoot;
use super::id::Address;
use super::kind::{ReferenceKind, ReferenceTag, RootKind};
use super::references::{NO_NAME, ReferenceColumns};
use crate::error::Result;
use foldhash::HashMap;

/// Rows under each other; a frame has two, its thread and itself. A path is written with every entry, so that a deeper tree
/// would be written in its length squared.
pub(super) const DEEPEST_PATH: usize = 64;

/// A reference from a synthetic row to an object. `T` is an address before the rows are numbered, a row afterwards.
#[derive(Clone, Copy, Debug)]
pub(super) struct RootEntry<T> {
    pub(super) target: T,
    pub(super) tag: ReferenceTag,
    name: u32,
}

impl<T> RootEntry<T> {
    /// An entry that explains no count and has no name.
    pub(super) fn label(target: T) -> Self {
        RootEntry { target, tag: ReferenceTag::plain(ReferenceKind::Root), name: NO_NAME }
    }
}

struct Row<T> {
    kind: Option<RootKind>,
    text: String,
    parent: usize,
    entries: Vec<RootEntry<T>>,
}

/// The synthetic rows and what hangs under them. Row 0 is `<root>`.
pub(super) struct RootRows<T = Address> {
    rows: Vec<Row<T>>,
    by_text: HashMap<(usize, RootKind, String), usize>,
}

impl<T> Default for RootRows<T> {
    fn default() -> Self {
        let root = Row { kind: None, text: "<root>".into(), parent: 0, entries: Vec::new() };
        RootRows { rows: vec![root], by_text: HashMap::default() }
    }
}

impl RootRows<Address> {
    /// Takes a root entry; `name` is its name in the table of reference names.
    pub(super) fn add(&mut self, root: &NewRoot<'_>, name: Option<u32>) {
        let row = if root.path.is_empty() { self.row_of(root.kind) } else { self.row_at(root.kind, root.path) };
        let plain = ReferenceTag::plain(root.reference);
        // A root reference is a label unless marked as held; any other kind is held unless marked as borrowed.
        let tag = match (root.reference, root.counted) {
            (ReferenceKind::Root, true) => plain.untraversed(),
            (ReferenceKind::Root, false) | (_, true) => plain,
            (_, false) => plain.borrowed(),
        };
        self.rows[row].entries.push(RootEntry { target: root.target, tag, name: name.unwrap_or(NO_NAME) });
    }

    /// The same with rows in place of addresses.
    pub(super) fn resolve(self, row_at: impl Fn(Address) -> Result<u32>) -> Result<RootRows<u32>> {
        let mut rows = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            let mut entries = Vec::with_capacity(row.entries.len());
            for entry in row.entries {
                entries.push(RootEntry { target: row_at(entry.target)?, tag: entry.tag, name: entry.name });
            }
            rows.push(Row { kind: row.kind, text: row.text, parent: row.parent, entries });
        }
        Ok(RootRows { rows, by_text: self.by_text })
    }
}

impl<T> RootRows<T> {
    fn row_of(&mut self, kind: RootKind) -> usize {
        self.child(0, kind, kind.row_type())
    }

    fn row_at(&mut self, kind: RootKind, path: &[&str]) -> usize {
        let mut parent = 0;
        for (depth, step) in path.iter().enumerate() {
            // Above a frame stands its thread; every other step is of the entry's own kind.
            let above_frame = kind == RootKind::Frame && depth + 1 < path.len();
            let step_kind = if above_frame { RootKind::Thread } else { kind };
            parent = self.child(parent, step_kind, &format!("<{step}>"));
        }
        parent
    }

    fn child(&mut self, parent: usize, kind: RootKind, text: &str) -> usize {
        let new = self.rows.len();
        let row = *self.by_text.entry((parent, kind, text.to_owned())).or_insert(new);
        if row == new {
            self.rows.push(Row { kind: Some(kind), text: text.to_owned(), parent, entries: Vec::new() });
        }
        row
    }

    /// Adds an entry directly under the row of `kind`.
    pub(super) fn push(&mut self, kind: RootKind, entry: RootEntry<T>) {
        let row = self.row_of(kind);
        self.rows[row].entries.push(entry);
    }

    /// Puts the rows in one order whoever named them first: by kind of the outermost row, else as they came.
    pub(super) fn sort(&mut self) {
        // A row comes after the one that it hangs under, whose outermost row is known then.
        let mut ranks: Vec<Option<RootKind>> = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            ranks.push(if row.parent == 0 { row.kind } else { ranks[row.parent] });
        }
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by_key(|&row| ranks[row]);
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
        self.by_text.clear();
        let mut old: Vec<Option<Row<T>>> = std::mem::take(&mut self.rows).into_iter().map(Some).collect();
        self.rows = order.iter().filter_map(|&row| old[row].take()).collect();
        self.rows.iter_mut().for_each(|row| row.parent = place[row.parent]);
    }

    /// Every entry under every row.
    pub(super) fn entries(&self) -> impl Iterator<Item = &RootEntry<T>> {
        self.rows.iter().flat_map(|row| &row.entries)
    }

    /// The entries under rows of one kind.
    pub(super) fn entries_of(&self, kind: RootKind) -> impl Iterator<Item = &RootEntry<T>> {
        self.rows.iter().filter(move |row| row.kind == Some(kind)).flat_map(|row| &row.entries)
    }

    /// Type name and text of each row. A heap without any root entry has no synthetic row at all.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&str, &str)> {
        let shown = if self.rows.len() == 1 { 0 } else { self.rows.len() };
        self.rows[..shown].iter().map(|row| (row.kind.map_or("<root>", RootKind::row_type), row.text.as_str()))
    }
}

impl RootRows<u32> {
    /// The references of the synthetic rows; `place` gives the row of each object.
    pub(super) fn references(&self, place: &[u32]) -> ReferenceColumns {
        let synthetic = self.rows().count();
        let mut graph = ReferenceColumns { offsets: vec![0], ..Default::default() };
        let mut children = vec![Vec::new(); synthetic];
        (1..synthetic).for_each(|child| children[self.rows[child].parent].push(child));
        for (row, children) in self.rows.iter().zip(children) {
            for child in children {
                graph.targets.push(child as u32);
                graph.tags.push(ReferenceTag::plain(ReferenceKind::Root).byte());
                graph.names.push(NO_NAME);
            }
            for entry in &row.entries {
                graph.targets.push(place[entry.target as usize]);
                graph.tags.push(entry.tag.byte());
                graph.names.push(entry.name);
            }
            graph.offsets.push(graph.targets.len() as u32);
        }
        graph
    }
}
