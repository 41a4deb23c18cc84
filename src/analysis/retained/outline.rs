//! The dominator tree from the top down, as far as one reads it: who owns the heap's bytes, and who of whom.

use super::Retained;
use crate::cpython::attribute::own_dict;
use crate::cpython::fold::{Folded, leads_to_own_dict};
use crate::cpython::label::{is_module, is_module_type};
use crate::graph::Marks;
use crate::snapshot::{ObjectId, Snapshot, TypeId};
use foldhash::HashMap;
use std::cmp::Reverse;

/// Below a line this many others get lines of their own at most, and none that retains less than one in so many
/// bytes of the outermost line. The rest is one line.
const SIBLINGS: usize = 8;
const SHARE: u64 = 100;

/// Some objects, below each what it owns, outermost first.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Outline {
    /// In the order of reading: each before what hangs below it.
    pub lines: Vec<Line>,
}

/// One line of an outline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// How far below the outermost lines, which have 0.
    pub level: usize,
    /// What it shows.
    pub content: Content,
    /// The bytes that this retains.
    pub retained: u64,
    /// How many objects these are.
    pub objects: u64,
}

/// What a line of an outline shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// An object, its own `__dict__` folded into it where it owns that.
    Object {
        /// The object.
        id: ObjectId,
        /// Outermost a way from a root (`app.CACHE`); below how the owner's own reference names it (`.entries`). `None`
        /// where no root leads, or where the owner does not hold it directly.
        name: Option<String>,
    },
    /// What the owner owns besides, too small for lines of their own.
    Rest {
        /// How many hang directly under it.
        count: u64,
        /// These by type, most retained bytes first, then by name.
        types: Vec<Owners>,
    },
}

/// Objects of one type that hang under one other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Owners {
    /// The long name of their type.
    pub type_name: String,
    /// How many they are.
    pub count: u64,
    /// The bytes they retain.
    pub retained: u64,
}

/// What programs call by a name of their own: the objects that hang under a root, a module or a module's namespace,
/// most bytes first, then by row. At most `limit`, and how many there are.
///
/// Modules and their namespaces are looked through: one is as a rule held by the functions of others as well, and then
/// retains nothing but its own name.
pub(super) fn owners(snapshot: &Snapshot, retained: &Retained, limit: usize) -> (Vec<ObjectId>, u64) {
    let through = namespaces(snapshot);
    let mut open: Vec<u32> = retained.tree().tops().collect();
    let mut found = Vec::new();
    while let Some(row) = open.pop() {
        if through.contains(row) {
            open.extend(retained.tree().children(row));
        } else {
            found.push(ObjectId::new(row));
        }
    }
    let count = found.len() as u64;
    (retained.by_size(found, limit), count)
}

/// Rows of roots, modules and their own dicts.
fn namespaces(snapshot: &Snapshot) -> Marks {
    let objects = snapshot.objects();
    let modules: Vec<bool> = objects.type_names().iter().map(is_module_type).collect();
    let mut marks = Marks::none(objects.len());
    for id in objects.ids() {
        if objects.is_synthetic(id) {
            marks.insert(id.get());
        } else if modules[objects.type_id(id).index()] {
            marks.insert(id.get());
            own_dict(snapshot, id).map(|dict| marks.insert(dict.get()));
        }
    }
    marks
}

/// The outline of these objects, which go by these names, and of `levels` levels below them.
pub(super) fn outline(
    snapshot: &Snapshot,
    retained: &Retained,
    outermost: &[ObjectId],
    names: Vec<Option<String>>,
    levels: usize,
) -> Outline {
    let mut outline = Outline::default();
    for (&id, name) in outermost.iter().zip(names) {
        let least = retained.bytes(id).unwrap_or_default() / SHARE;
        // A stack of lines still to be written: an outline may be as deep as the heap.
        let mut open: Vec<Line> = line(retained, 0, id, name).into_iter().collect();
        while let Some(next) = open.pop() {
            if let (Content::Object { id, .. }, true) = (&next.content, next.level < levels) {
                let below = below(snapshot, retained, *id, next.level + 1, least);
                open.extend(below.into_iter().rev());
            }
            outline.lines.push(next);
        }
    }
    outline
}

fn line(retained: &Retained, level: usize, id: ObjectId, name: Option<String>) -> Option<Line> {
    let owned = retained.owned(id)?;
    Some(Line { level, content: Content::Object { id, name }, retained: owned.retained, objects: owned.objects })
}

/// What an object owns, its own dict's things with its own: lines for the largest, and one for the rest.
fn below(snapshot: &Snapshot, retained: &Retained, id: ObjectId, level: usize, least: u64) -> Vec<Line> {
    let mut rows: Vec<ObjectId> = retained.tree().children(id.get()).map(ObjectId::new).collect();
    let dict = own_dict(snapshot, id).filter(|dict| retained.dominator(*dict) == Some(id));
    if let Some(dict) = dict {
        rows.retain(|row| *row != dict);
        rows.extend(retained.tree().children(dict.get()).map(ObjectId::new));
    }
    let count = rows.len();
    let mut largest = retained.by_size(rows.iter().copied(), SIBLINGS);
    largest.retain(|row| retained.bytes(*row).is_some_and(|bytes| bytes >= least.max(1)));
    // A rest of one takes a line too, and says less.
    if largest.len() + 1 == count {
        largest = retained.by_size(rows.iter().copied(), count);
    }
    let names = names(snapshot, id, dict, &largest);
    let mut lines: Vec<Line> =
        largest.iter().zip(names).filter_map(|(row, name)| line(retained, level, *row, name)).collect();
    lines.extend(rest(snapshot, retained, &rows, &largest, level));
    lines
}

/// How the owner's references, or those of its own dict, name each of these: the first of each.
pub(super) fn names(
    snapshot: &Snapshot,
    owner: ObjectId,
    dict: Option<ObjectId>,
    of: &[ObjectId],
) -> Vec<Option<String>> {
    let mut names: HashMap<ObjectId, Option<String>> = of.iter().map(|id| (*id, None)).collect();
    let own = snapshot.references().of(owner);
    let to_dict = snapshot.references().of(owner).find(leads_to_own_dict);
    let entries = dict.into_iter().flat_map(|dict| snapshot.references().of(dict));
    let direct = own.map(Folded::single);
    let folded = entries.map(|last| Folded { first: to_dict.unwrap_or(last), last });
    for step in direct.chain(folded) {
        if let Some(name @ None) = names.get_mut(&step.last.target) {
            *name = step.label(snapshot);
        }
    }
    of.iter().map(|id| names.remove(id).flatten()).collect()
}

fn rest(snapshot: &Snapshot, retained: &Retained, rows: &[ObjectId], shown: &[ObjectId], level: usize) -> Option<Line> {
    let rest = || rows.iter().filter(|row| !shown.contains(row)).filter_map(|row| retained.owned(*row));
    let mut types: HashMap<TypeId, (u64, u64)> = HashMap::default();
    for one in rest() {
        let (count, bytes) = types.entry(snapshot.objects().type_id(one.object)).or_default();
        *count += 1;
        *bytes = bytes.saturating_add(one.retained);
    }
    let name = |of: TypeId| snapshot.objects().name_of_type(of).to_owned();
    let owners = |(of, (count, retained))| Owners { type_name: name(of), count, retained };
    let mut types: Vec<Owners> = types.into_iter().map(owners).collect();
    types.sort_by(|a, b| (Reverse(a.retained), &a.type_name).cmp(&(Reverse(b.retained), &b.type_name)));
    let count = types.iter().map(|of| of.count).sum();
    (count > 0).then(|| Line {
        level,
        retained: types.iter().fold(0, |sum, of| sum.saturating_add(of.retained)),
        objects: rest().map(|one| one.objects).sum(),
        content: Content::Rest { count, types },
    })
}

/// Of these objects those whose own `__dict__` is held by others too, so that they do not retain it.
pub(super) fn without_their_dict(snapshot: &Snapshot, retained: &Retained, ids: &[ObjectId]) -> Vec<ObjectId> {
    let shares = |id: &ObjectId| own_dict(snapshot, *id).is_some_and(|dict| retained.dominator(dict) != Some(*id));
    ids.iter().copied().filter(|id| is_module(snapshot, *id) && shares(id)).collect()
}
