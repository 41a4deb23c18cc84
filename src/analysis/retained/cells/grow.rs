//! Cells from the outermost one inwards, the largest first, as many as a picture takes.

use super::super::Retained;
use super::super::set::SetRetained;
use super::below::{Below, Part};
use super::tops::{self, Bag};
use super::{Bounds, Cell, CellContent};
use crate::snapshot::{ObjectId, Snapshot};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Cells in the making.
pub(super) struct Growing<'a> {
    below: Below<'a>,
    retained: &'a Retained,
    bounds: Bounds,
    cells: Vec<Cell>,
    /// What is in each cell before that has cells of its own.
    parts: Vec<Option<Part>>,
    /// Cells that may be opened, the largest first, of equal ones the first.
    open: BinaryHeap<(u64, Reverse<usize>)>,
}

impl<'a> Growing<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, retained: &'a Retained, bounds: Bounds) -> Self {
        let below = Below { snapshot, retained, siblings: bounds.siblings.max(1), floor: 1 };
        Growing { below, retained, bounds, cells: Vec::new(), parts: Vec::new(), open: BinaryHeap::new() }
    }

    /// All that a root reaches: modules by package, other roots, and what several of them share.
    pub(super) fn start_with_roots(&mut self, all: (u64, u64)) {
        let Some(top) = self.whole(CellContent::Whole { asked: None }, all) else { return };
        let bags = tops::bags(self.below.snapshot, self.retained);
        let (packages, others) = tops::by_package(bags);
        let mut parts: Vec<Part> = others.into_iter().map(|bag| self.bag(bag)).collect();
        parts.extend(packages.into_iter().map(|(name, bags)| {
            let modules: Vec<Part> = bags.into_iter().map(|bag| self.bag(bag)).collect();
            Part::package(name, modules)
        }));
        let parts = self.below.few(parts);
        self.place(top, parts);
    }

    /// All of the garbage.
    pub(super) fn start_with_tops(&mut self, all: (u64, u64)) {
        let Some(top) = self.whole(CellContent::Whole { asked: None }, all) else { return };
        let rows = self.retained.tree().tops().collect();
        let parts = self.below.arrange(rows, |_| Vec::new());
        self.place(top, parts);
    }

    /// What some objects retain together: one alone is the outermost cell itself.
    pub(super) fn start_with(&mut self, asked: &[ObjectId], set: SetRetained) {
        let all = (set.freed, set.retained);
        if let [only] = asked {
            self.below.floor = (all.1 / self.bounds.share.max(1)).max(1);
            let part = self.below.object(*only, None);
            self.push(None, part);
            return;
        }
        let whole = CellContent::Whole { asked: Some(set.objects) };
        let Some(top) = self.whole(whole, all) else { return };
        let rows = self.retained.tree().outermost(asked.iter().map(|id| id.get()));
        let mut parts = self.below.arrange(rows, |_| Vec::new());
        let alone = parts
            .iter()
            .fold((0u64, 0u64), |(objects, bytes), part| (objects + part.objects, bytes.saturating_add(part.retained)));
        let shared = (set.freed.saturating_sub(alone.0), set.retained.saturating_sub(alone.1));
        if shared.0 > 0 {
            parts.push(Part::leaf(CellContent::SharedByAsked, shared));
        }
        self.place(top, parts);
    }

    /// The outermost cell, where it has anything in it.
    fn whole(&mut self, content: CellContent, (objects, bytes): (u64, u64)) -> Option<usize> {
        self.below.floor = (bytes / self.bounds.share.max(1)).max(1);
        (objects > 0).then(|| self.push(None, Part::leaf(content, (objects, bytes))))
    }

    fn bag(&self, bag: Bag) -> Part {
        self.below.held(bag.content, bag.own, bag.rows)
    }

    fn push(&mut self, parent: Option<usize>, part: Part) -> usize {
        let (index, level) = (self.cells.len(), parent.map_or(0, |parent| self.cells[parent].level + 1));
        let (retained, objects) = (part.retained, part.objects);
        self.cells.push(Cell { content: part.content.clone(), parent, level, retained, objects, children: Vec::new() });
        if part.can_open() && level < self.bounds.levels && retained >= self.below.floor {
            self.open.push((retained, Reverse(index)));
        }
        self.parts.push(Some(part));
        index
    }

    fn place(&mut self, parent: usize, mut parts: Vec<Part>) {
        // Own bytes are the last of equal ones: they say least.
        parts.sort_by_key(|part| Reverse(part.retained));
        for part in parts {
            let index = self.push(Some(parent), part);
            self.cells[parent].children.push(index);
        }
    }

    /// Opens the largest cell that is not open yet, until there are enough.
    pub(super) fn grow(&mut self) {
        while self.cells.len() < self.bounds.cells {
            let Some((_, Reverse(largest))) = self.open.pop() else { break };
            let Some(part) = self.parts[largest].take() else { continue };
            let parts = self.below.open(part);
            self.place(largest, parts);
        }
    }

    /// The cells, in order of their levels.
    pub(super) fn finish(self) -> Vec<Cell> {
        let mut next: VecDeque<(usize, Option<usize>)> =
            (!self.cells.is_empty()).then_some((0, None)).into_iter().collect();
        let mut taken: Vec<Option<Cell>> = self.cells.into_iter().map(Some).collect();
        let mut cells: Vec<Cell> = Vec::with_capacity(taken.len());
        while let Some((old, parent)) = next.pop_front() {
            let Some(mut cell) = taken[old].take() else { continue };
            let index = cells.len();
            if let Some(parent) = parent {
                cells[parent].children.push(index);
            }
            next.extend(std::mem::take(&mut cell.children).into_iter().map(|child| (child, Some(index))));
            cells.push(Cell { parent, ..cell });
        }
        cells
    }
}
