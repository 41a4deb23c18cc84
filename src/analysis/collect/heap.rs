//! The columns that a collection looks at, and what each reference means to it.

use crate::graph::{Csr, Marks};
use crate::snapshot::{
    Flags, ObjectColumns, ObjectId, Objects, ReferenceColumns, ReferenceId, ReferenceKind, ReferenceTag, References,
    RootKind,
};
use std::borrow::Cow;
use std::ops::Range;

/// A refcount that stands for "this many, or more" never falls to zero.
const SATURATED: u32 = u32::MAX;

/// Objects and references as flat arrays.
pub(super) struct Heap<'h> {
    pub(super) objects: &'h ObjectColumns,
    pub(super) references: &'h ReferenceColumns,
    pub(super) graph: Csr<'h>,
    /// Objects that never die, whatever goes: immortal ones, those with a saturated count, and those that a root holds.
    ///
    /// In a capture what a root names has a count that says so as well; in a heap written by hand a name may be all.
    pub(super) pinned: Marks,
    /// So many of the rows, the first ones, stand for roots.
    synthetic: u32,
    tags: Cow<'h, [u8]>,
    counted: [bool; 256],
    untraversed: [bool; 256],
    followed: [bool; 256],
    guessed: [bool; 256],
}

impl<'h> Heap<'h> {
    pub(super) fn new(objects: &'h Objects, references: &'h References) -> Self {
        let columns = references.columns();
        let mut heap = Heap {
            objects: objects.columns(),
            references: columns,
            graph: Csr::new(&columns.offsets, &columns.targets),
            pinned: Marks::none(objects.len()),
            synthetic: objects.synthetic() as u32,
            tags: Cow::Borrowed(&columns.tags),
            counted: ReferenceTag::table(ReferenceTag::counted),
            untraversed: ReferenceTag::table(|tag| tag.counted() && !tag.subtracted()),
            followed: ReferenceTag::table(|tag| tag.holds() && !tag.is_untraversed() && !tag.is_guessed()),
            guessed: ReferenceTag::table(|tag| {
                tag.holds() && tag.is_guessed() && !tag.is_untraversed() && !tag.is_borrowed()
            }),
        };
        heap.pin(objects);
        heap
    }

    fn pin(&mut self, objects: &Objects) {
        let counts = self.objects.refcounts.iter().zip(&self.objects.flags);
        for (row, (&count, &flags)) in counts.enumerate() {
            if count == SATURATED || flags & Flags::IMMORTAL.bits() != 0 {
                self.pinned.insert(row as u32);
            }
        }
        self.pinned.extend(self.roots());
        for root in self.roots() {
            // "Held outside Python" only repeats what the count says, which may be a guessed reference after all.
            let repeats = objects.root_kind(ObjectId::new(root)) == Some(RootKind::Held);
            for edge in self.graph.edges(root) {
                if self.is_counted(edge) || self.is_followed(edge) && !repeats {
                    self.pinned.insert(self.graph.target(edge));
                }
            }
        }
    }

    /// The target of each of these that counts.
    pub(super) fn counted_targets(&self, references: &[ReferenceId]) -> Vec<u32> {
        let counted = references.iter().map(|id| id.get()).filter(|edge| self.is_counted(*edge));
        counted.map(|edge| self.graph.target(edge)).collect()
    }

    /// The same heap once these references are taken away: none of the questions below has a yes for them.
    pub(super) fn without(mut self, cut: &[ReferenceId]) -> Self {
        let void = ReferenceTag::plain(ReferenceKind::Weak).byte();
        let tags = self.tags.to_mut();
        cut.iter().for_each(|id| tags[id.index()] = void);
        self
    }

    /// The rows that stand for roots.
    pub(super) fn roots(&self) -> Range<u32> {
        0..self.synthetic
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> u32 {
        self.objects.addresses.len() as u32
    }

    /// Whether it explains one of its target's references.
    pub(super) fn is_counted(&self, edge: u32) -> bool {
        self.counted[usize::from(self.tags[edge as usize])]
    }

    /// Counted, and not reported by `tp_traverse`: the collector does not subtract it.
    pub(super) fn is_untraversed(&self, edge: u32) -> bool {
        self.untraversed[usize::from(self.tags[edge as usize])]
    }

    /// Reported by `tp_traverse`: what the collector follows from what is alive.
    ///
    /// A guessed reference is not followed. If it is real, its target has a count that nothing else explains, and is
    /// alive by that; if it is not, following it would be wrong.
    pub(super) fn is_followed(&self, edge: u32) -> bool {
        self.followed[usize::from(self.tags[edge as usize])]
    }

    /// Found by a scan, and for all we know reported by `tp_traverse`.
    pub(super) fn is_guessed(&self, edge: u32) -> bool {
        self.guessed[usize::from(self.tags[edge as usize])]
    }

    /// Whether the object has this flag.
    pub(super) fn has(&self, row: u32, flag: Flags) -> bool {
        self.objects.flags[row as usize] & flag.bits() != 0
    }
}
