//! From the synthetic rows back to the entries they were made of.

use super::roots::DEEPEST_PATH;
use super::{Flags, ObjectId, Reference, ReferenceKind, ReferenceTag, RootKind, Snapshot};
use foldhash::HashMap;

/// One root entry of a snapshot: what a [`NewRoot`](super::NewRoot) was, with the target as a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RootEntry<'s> {
    /// Which kind of root.
    pub kind: RootKind,
    /// The rows it hangs under, outermost first, without angle brackets; empty for the one row of its kind.
    pub path: Vec<&'s str>,
    /// Kind of the reference from the last of these rows to the target.
    pub reference: ReferenceKind,
    /// How the holder names it.
    pub name: Option<&'s str>,
    /// The object that is alive by it.
    pub target: ObjectId,
    /// Whether this entry explains one of the target's references.
    pub counted: bool,
}

impl Snapshot {
    /// The entries from which a builder makes the same synthetic rows again, in order of these rows.
    ///
    /// Left out are those that it adds by itself: the last ones under `<held outside Python>`, as far as they only say
    /// that an object has more references than are found. Linear in objects and references.
    pub fn root_entries(&self) -> Vec<RootEntry<'_>> {
        let objects = self.objects();
        let synthetic = || objects.ids().take(objects.synthetic());
        let mut parent = vec![None; objects.synthetic()];
        for row in synthetic() {
            let children = self.references().of(row).filter(|child| objects.is_synthetic(child.target));
            // A damaged tree may name a row its own ancestor: only earlier rows are taken for parents.
            children.filter(|child| child.target > row).for_each(|child| parent[child.target.index()] = Some(row));
        }
        let explained = self.explained();
        let held = self.times_held();
        let mut entries = Vec::new();
        for row in synthetic() {
            let Some(kind) = objects.root_kind(row) else { continue };
            let mut own: Vec<Reference<'_>> =
                self.references().of(row).filter(|entry| !objects.is_synthetic(entry.target)).collect();
            if own.is_empty() {
                continue;
            }
            let path = self.path_of(row, kind, &parent);
            if kind == RootKind::Held && path.is_empty() {
                own.truncate(own.len() - self.remade(&own, &explained, &held));
            }
            entries.extend(own.into_iter().map(|entry| RootEntry {
                kind,
                path: path.clone(),
                reference: entry.kind(),
                name: entry.name,
                target: entry.target,
                counted: explains_one(entry.tag),
            }));
        }
        entries
    }

    /// How many references of each row the heap and its roots account for; the rest is held outside Python.
    pub fn explained(&self) -> Vec<u32> {
        let columns = self.references().columns();
        let mut explained = vec![0u32; self.objects().len()];
        for (&target, &byte) in columns.targets.iter().zip(&columns.tags) {
            let counted = ReferenceTag::from_byte(byte).is_some_and(ReferenceTag::counted);
            explained[target as usize] = explained[target as usize].saturating_add(u32::from(counted));
        }
        explained
    }

    fn path_of(&self, row: ObjectId, kind: RootKind, parent: &[Option<ObjectId>]) -> Vec<&str> {
        let text = |row| self.texts().text(row).unwrap_or("<>");
        let mut path = Vec::new();
        let mut step = Some(row).filter(|row| row.index() != 0);
        while let Some(row) = step.filter(|_| path.len() < DEEPEST_PATH) {
            path.push(text(row));
            step = parent[row.index()].filter(|row| row.index() != 0);
        }
        path.reverse();
        if path == [kind.row_type()] {
            return Vec::new();
        }
        path.into_iter().map(without_brackets).collect()
    }

    /// How often an entry under `<held outside Python>` says of an object that it has more references than are found.
    fn times_held(&self) -> HashMap<ObjectId, u32> {
        let objects = self.objects();
        let rows = objects.ids().take(objects.synthetic());
        let mut times = HashMap::default();
        for row in rows.filter(|row| objects.root_kind(*row) == Some(RootKind::Held)) {
            let labels =
                self.references().of(row).filter(|entry| entry.tag == ReferenceTag::plain(ReferenceKind::Root));
            labels.for_each(|entry| *times.entry(entry.target).or_default() += 1);
        }
        times
    }

    /// How many of the last entries `<held outside Python>` gets by itself: plain labels, in order of rows.
    fn remade(&self, entries: &[Reference<'_>], explained: &[u32], held: &HashMap<ObjectId, u32>) -> usize {
        let objects = self.objects();
        let mut next = None;
        let is_remade = |entry: &&Reference<'_>| {
            let target = entry.target;
            let label = entry.tag == ReferenceTag::plain(ReferenceKind::Root) && entry.name.is_none();
            let in_order = next.is_none_or(|next| target < next);
            let unexplained = objects.refcount(target) > explained[target.index()];
            next = Some(target);
            let once = held.get(&target) == Some(&1);
            label && in_order && once && unexplained && !objects.flags(target).contains(Flags::IMMORTAL)
        };
        entries.iter().rev().take_while(is_remade).count()
    }
}

fn without_brackets(text: &str) -> &str {
    text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text)
}

/// The inverse of how a builder marks an entry.
fn explains_one(tag: ReferenceTag) -> bool {
    if tag.kind() == ReferenceKind::Root { tag.is_untraversed() } else { !tag.is_borrowed() }
}
