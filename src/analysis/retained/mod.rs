//! What would be freed if an object went away: the bytes it retains, by the dominator tree.
//!
//! An object retains what every way from a root leads through it, itself included: its subtree in the dominator tree.
//! References that hold are followed, weak ones are not. What two modules share belongs to neither, and hangs under
//! what dominates both: as a rule a root. Garbage is no part of it, and has a tree of its own.

mod cells;
mod names;
mod outline;
mod report;
mod set;

pub use cells::{Bounds, Cell, CellContent, Cells, Of, cells, cells_of};
pub use outline::{Content, Line, Outline, Owners};
pub use report::{Options, Report, report};
pub use set::{SetRetained, of_set};

use super::paths;
use crate::graph::{Csr, Dominators, entries};
use crate::snapshot::{ObjectId, Objects, ReferenceTag, References};
use std::cmp::Reverse;

/// The dominator tree of a heap with the bytes that each object retains. Takes 24 bytes per object.
#[derive(Clone, Debug)]
pub struct Retained {
    /// Where the tree starts: row 0, or the entries of the garbage.
    sources: Vec<u32>,
    tree: Dominators,
    /// By place in preorder.
    bytes: Vec<u64>,
    synthetic: usize,
}

/// What one object retains.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Owned {
    /// The object.
    pub object: ObjectId,
    /// The bytes that would be freed if it went away; its own are among them.
    pub retained: u64,
    /// How many objects these are.
    pub objects: u64,
    /// The last object that everything reaches it through; `None` where that is a root.
    pub dominator: Option<ObjectId>,
}

impl Retained {
    /// Of everything that a root reaches. Practically linear.
    ///
    /// ```
    /// use heapgraph::analysis::retained::Retained;
    /// use heapgraph::testkit::{id, sketch};
    /// let heap = sketch("<modules> > a, b; a#1 > own, both; b#2 > both; own#10; both#100 > more; more#1000");
    /// let retained = Retained::of_living(heap.objects(), heap.references());
    /// assert_eq!(retained.bytes(id(&heap, "a")), Some(11));
    /// assert_eq!(retained.bytes(id(&heap, "both")), Some(1100));
    /// assert_eq!(retained.dominator(id(&heap, "own")), Some(id(&heap, "a")));
    /// assert_eq!(retained.dominator(id(&heap, "both")), None);
    /// ```
    pub fn of_living(objects: &Objects, references: &References) -> Self {
        let columns = references.columns();
        let graph = Csr::new(&columns.offsets, &columns.targets);
        let holds = ReferenceTag::table(ReferenceTag::holds);
        let sources = root_row(objects).into_iter().collect();
        Self::new(objects, graph, sources, |edge| holds[columns.tags[edge as usize] as usize])
    }

    /// Of the garbage: what no root reaches, and nothing else. What garbage refers to and a root reaches is left out.
    ///
    /// There is no root to start from, so the tree starts at the objects that no other garbage leads to. Of a cycle that
    /// nothing leads to it starts at the member with the first row, which then stands for all of it.
    pub fn of_garbage(objects: &Objects, references: &References) -> Self {
        let columns = references.columns();
        let graph = Csr::new(&columns.offsets, &columns.targets);
        let holds = ReferenceTag::table(ReferenceTag::holds);
        let living = paths::living(objects, references);
        let within = |edge: u32| holds[columns.tags[edge as usize] as usize] && !living.contains(graph.target(edge));
        let garbage = objects.real_ids().map(ObjectId::get).filter(|row| !living.contains(*row));
        Self::new(objects, graph, entries(graph, garbage, within), within)
    }

    fn new(objects: &Objects, graph: Csr<'_>, sources: Vec<u32>, keep: impl Fn(u32) -> bool) -> Self {
        let tree = Dominators::new(graph, sources.iter().copied(), keep);
        let sizes = &objects.columns().sizes;
        let bytes = tree.sums(|row| sizes[row as usize]);
        Retained { sources, tree, bytes, synthetic: objects.synthetic() }
    }

    /// The dominator tree, in rows.
    pub fn tree(&self) -> &Dominators {
        &self.tree
    }

    /// Whether the object is in the tree: whether a root reaches it, or for the garbage's tree whether none does.
    pub fn contains(&self, id: ObjectId) -> bool {
        self.tree.reaches(id.get())
    }

    /// The bytes that would be freed if the object went away. `None` where it is not in the tree. Sums saturate.
    pub fn bytes(&self, id: ObjectId) -> Option<u64> {
        self.tree.place(id.get()).map(|place| self.bytes[place])
    }

    /// The immediate dominator, where that is an object; `None` below a root and where the object is not in the tree.
    pub fn dominator(&self, id: ObjectId) -> Option<ObjectId> {
        self.tree.parent(id.get()).map(ObjectId::new).filter(|above| self.is_real(*above))
    }

    /// All there is to say of one object; `None` where it is not in the tree.
    pub fn owned(&self, id: ObjectId) -> Option<Owned> {
        let (retained, below) = (self.bytes(id)?, self.tree.below(id.get()));
        // Rows of roots are few, and an object dominates none.
        let roots = if self.is_real(id) { 0 } else { self.roots_among(below) };
        let objects = below.len() as u64 - roots;
        Some(Owned { object: id, retained, objects, dominator: self.dominator(id) })
    }

    /// The objects, without rows of roots, by the bytes they retain: at most `limit`, most first, then by row.
    pub fn largest(&self, limit: usize) -> Vec<ObjectId> {
        let keys =
            self.bytes.iter().zip(self.tree.preorder()).map(|(bytes, row)| (Reverse(*bytes), ObjectId::new(*row)));
        least(keys.filter(|(_, id)| self.is_real(*id)), limit).into_iter().map(|(_, id)| id).collect()
    }

    /// The objects that hang directly under this one, most bytes first, then by row. They may be many.
    pub fn children(&self, id: ObjectId) -> Vec<ObjectId> {
        self.by_size(self.tree.children(id.get()).map(ObjectId::new), usize::MAX)
    }

    /// The bytes that these objects retain one by one, what lies below another one of them counted once. Without all of
    /// them together more may be freed: what only several of them share is not in it. Sums saturate.
    pub fn together(&self, ids: &[ObjectId]) -> u64 {
        let outermost = self.tree.outermost(ids.iter().map(|id| id.get()));
        outermost.into_iter().filter_map(|row| self.bytes(ObjectId::new(row))).fold(0, u64::saturating_add)
    }

    /// Objects and bytes of the whole tree.
    pub fn total(&self) -> (u64, u64) {
        let all = self.tree.preorder();
        let bytes = self.tree.tops().filter_map(|row| self.bytes(ObjectId::new(row)));
        (all.len() as u64 - self.roots_among(all), bytes.fold(0, u64::saturating_add))
    }

    /// What the objects of each type retain, by type id, over those that `counts` lets pass.
    ///
    /// An object below another one of its type adds nothing: it is in that one's bytes. What several of a type share,
    /// while each alone does not retain it, is in none: so the exact number, that of [`of_set`] for all of them, may be
    /// larger. Linear, for all types together.
    pub fn by_type(&self, objects: &Objects, counts: impl Fn(ObjectId) -> bool) -> Vec<u64> {
        let types = &objects.columns().types;
        let mut sums = vec![0u64; objects.type_names().len()];
        // Where the slice of the last object of each type ends that counted.
        let mut ends = vec![0; sums.len()];
        for (place, &row) in self.tree.preorder().iter().enumerate() {
            let of_type = types[row as usize] as usize;
            if place >= ends[of_type] && self.is_real(ObjectId::new(row)) && counts(ObjectId::new(row)) {
                sums[of_type] = sums[of_type].saturating_add(self.bytes[place]);
                ends[of_type] = place + self.tree.below(row).len();
            }
        }
        sums
    }

    /// The largest `limit` of these by the bytes they retain, most first, then by row.
    fn by_size(&self, ids: impl IntoIterator<Item = ObjectId>, limit: usize) -> Vec<ObjectId> {
        let keys = ids.into_iter().map(|id| (Reverse(self.bytes(id)), id));
        least(keys, limit).into_iter().map(|(_, id)| id).collect()
    }

    fn roots_among(&self, rows: &[u32]) -> u64 {
        rows.iter().filter(|row| (**row as usize) < self.synthetic).count() as u64
    }

    fn is_real(&self, id: ObjectId) -> bool {
        id.index() >= self.synthetic
    }
}

/// The least `limit` of these keys, ascending. Linear, and keeps no more than a few times as many.
fn least<K: Ord + Copy>(keys: impl Iterator<Item = K>, limit: usize) -> Vec<K> {
    let (mut kept, mut bar) = (Vec::new(), None);
    for key in keys {
        if bar.is_some_and(|bar| key > bar) {
            continue;
        }
        kept.push(key);
        if kept.len() >= limit.saturating_mul(2).max(1 << 10) {
            let last = limit.min(kept.len() - 1);
            kept.select_nth_unstable(last);
            kept.truncate(limit);
            bar = kept.iter().max().copied();
        }
    }
    kept.sort_unstable();
    kept.truncate(limit);
    kept
}

/// Row 0, under which every root hangs, where there are roots.
fn root_row(objects: &Objects) -> Option<u32> {
    (objects.synthetic() > 0).then_some(0)
}
