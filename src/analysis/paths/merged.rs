//! The chains of many objects as one tree: what is alike is one branch, with the number of objects below it.
//!
//! Eclipse MAT's "merge shortest paths to GC roots" groups by class. Here two steps are alike if kind, name and type of
//! object are; positions are all alike, and so are the keys of a dict where there are many. A step that repeats itself
//! (`.next` after `.next`) is one branch too, so that a list of a million links is as short as one of two.

use super::{Options, from_roots};
use crate::cpython::fold::{Folded, leads_out_of_cell, leads_to_closure, leads_to_own_dict};
use crate::cpython::label::{builtin_type_of, object_title, short_type};
use crate::cpython::path;
use crate::graph::{Marks, ShortestPaths};
use crate::snapshot::{NO_NAME, ObjectId, Reference, ReferenceId, ReferenceKind, RootKind, Snapshot, TypeId};
use foldhash::{HashMap, HashSet};

/// Up to so many different keys of a dict, or of dicts that are alike, are told apart.
const NAMED_KEYS: usize = 5;
/// A step that is like the one so many steps before it repeats that one: `.next`, or `.__dict__` and `['next']`.
const PERIOD: usize = 3;
/// In place of a branch.
const NONE: u32 = u32::MAX;

/// One branch: steps that are alike.
#[derive(Clone, PartialEq, Debug)]
pub struct MergedStep {
    /// The branch it leaves, an earlier one. `None` where chains start.
    pub parent: Option<usize>,
    /// The type of the objects that it leads to.
    pub type_id: TypeId,
    /// The kind of the references that lead to them. `None` where chains start.
    pub kind: Option<ReferenceKind>,
    /// The name of these references, where they have one in common.
    pub name: Option<String>,
    /// How it reads among arrows: `.entries`, `[…]`, `.next …`. `None` where it is folded into the branches below it.
    pub text: Option<String>,
    /// How many of the objects asked for are at its end or below. None where it only leads back into a branch above it
    /// that repeats itself.
    pub objects: u64,
    /// How many are at its end.
    pub ends: u64,
    /// How many objects of the heap it stands for.
    pub merged: u64,
    /// The nearest of them.
    pub example: ObjectId,
}

/// The chains of many objects, merged.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Merged {
    /// The branches, each behind the one it leaves.
    pub steps: Vec<MergedStep>,
    /// The objects that no root reaches.
    pub without: Vec<ObjectId>,
}

/// One shortest chain for each object, as [`chains`](super::chains) has it, all merged into a tree.
///
/// The numbers add up: what a branch leads to is what ends there and what its branches lead to; over the branches where
/// chains start it is the number of objects that have a chain. Each object counts once, however often it is named.
/// Linear in the heap.
pub fn merged(snapshot: &Snapshot, ids: &[ObjectId], options: &Options) -> Merged {
    let tree = from_roots(snapshot, options);
    let mut asked = Marks::none(snapshot.objects().len());
    let (reached, without): (Vec<ObjectId>, Vec<ObjectId>) = ids.iter().partition(|id| tree.reaches(id.get()));
    for id in &reached {
        asked.insert(id.get());
    }
    let merging = Merging { snapshot, tree: &tree, way: way_to(&tree, &reached), asked };
    let alike = merging.branches(|_| false);
    let few = merging.with_few_keys(&alike);
    let branches = merging.branches(|holder| few.contains(alike.of[holder as usize]));
    Merged { steps: merging.steps(&branches), without }
}

/// All that lies on a chain to one of the objects.
fn way_to(tree: &ShortestPaths, ids: &[ObjectId]) -> Marks {
    let mut way = Marks::none(tree.nodes());
    for id in ids {
        let mut next = Some(id.get());
        while let Some(node) = next.filter(|node| way.insert(*node)) {
            next = tree.arrival(node).map(|step| step.from);
        }
    }
    way
}

struct Merging<'m> {
    snapshot: &'m Snapshot,
    tree: &'m ShortestPaths,
    way: Marks,
    asked: Marks,
}

/// What makes steps alike, below one branch.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Likeness {
    kind: Option<ReferenceKind>,
    /// The place in the table of names; of a row that stands for a root the row itself.
    name: u32,
    of_type: u32,
}

/// The branch of each row on the way, and what each branch is.
struct Branches {
    of: Vec<u32>,
    list: Vec<Branch>,
}

struct Branch {
    parent: u32,
    alike: Likeness,
    example: ObjectId,
    merged: u64,
    ends: u64,
    repeats: bool,
}

impl Merging<'_> {
    /// The reference that leads to a row on the way.
    fn edge(&self, row: u32) -> Option<ReferenceId> {
        self.tree.arrival(row).map(|arrival| ReferenceId::new(arrival.edge))
    }

    fn reference(&self, row: u32) -> Option<Reference<'_>> {
        self.edge(row).map(|edge| self.snapshot.references().get(edge))
    }

    fn is_own_dict(&self, row: u32) -> bool {
        self.edge(row).is_some_and(|edge| {
            let references = self.snapshot.references();
            references.tag(edge).kind() == ReferenceKind::Attribute && references.name(edge) == Some("__dict__")
        })
    }

    fn is_cell(&self, row: u32) -> bool {
        builtin_type_of(self.snapshot, ObjectId::new(row)) == Some("cell")
    }

    /// What a row is alike by; `named` says whether the keys of this holder are told apart.
    fn likeness(&self, row: u32, named: impl Fn(u32) -> bool) -> Likeness {
        let (objects, references) = (self.snapshot.objects(), self.snapshot.references());
        let kind = self.edge(row).map(|edge| references.tag(edge).kind());
        let name = match self.tree.arrival(row) {
            // Rows that stand for roots are unlike each other.
            _ if objects.is_synthetic(ObjectId::new(row)) => row,
            Some(step) if kind != Some(ReferenceKind::Key) || self.is_own_dict(step.from) || named(step.from) => {
                references.columns().names[step.edge as usize]
            }
            _ => NO_NAME,
        };
        Likeness { kind, name, of_type: objects.columns().types[row as usize] }
    }

    /// Puts each row on the way into a branch; `named` says of which holders the keys are told apart.
    fn branches(&self, named: impl Fn(u32) -> bool) -> Branches {
        let mut branches = Branches { of: vec![NONE; self.snapshot.objects().len()], list: Vec::new() };
        let mut known: HashMap<(u32, Likeness), u32> = HashMap::default();
        for &row in self.tree.order().iter().filter(|row| self.way.contains(**row)) {
            let alike = self.likeness(row, &named);
            let parent = self.tree.arrival(row).map_or(NONE, |step| branches.of[step.from as usize]);
            let new = branches.list.len() as u32;
            // What is folded into the step behind it repeats where that one does.
            let repeated =
                if self.is_own_dict(row) || self.is_cell(row) { None } else { branches.repeated(parent, alike) };
            let found = repeated.unwrap_or_else(|| *known.entry((parent, alike)).or_insert(new));
            if found == new {
                let example = ObjectId::new(row);
                branches.list.push(Branch { parent, alike, example, merged: 0, ends: 0, repeats: false });
            }
            let branch = &mut branches.list[found as usize];
            branch.merged += 1;
            branch.ends += u64::from(self.asked.contains(row));
            branches.of[row as usize] = found;
        }
        branches
    }

    /// The branches whose dicts have few different keys on the way, all together.
    fn with_few_keys(&self, branches: &Branches) -> Marks {
        let names = &self.snapshot.references().columns().names;
        let mut seen: HashSet<(u32, u32)> = HashSet::default();
        let mut counts = vec![0; branches.list.len()];
        for &row in self.tree.order().iter().filter(|row| self.way.contains(**row)) {
            let Some(step) = self.tree.arrival(row) else { continue };
            let holder = branches.of[step.from as usize];
            let count = &mut counts[holder as usize];
            if *count <= NAMED_KEYS && seen.insert((holder, names[step.edge as usize])) {
                *count += 1;
            }
        }
        let mut few = Marks::none(counts.len());
        for (branch, _) in counts.iter().enumerate().filter(|(_, count)| **count <= NAMED_KEYS) {
            few.insert(branch as u32);
        }
        few
    }

    fn steps(&self, branches: &Branches) -> Vec<MergedStep> {
        let list = &branches.list;
        let mut objects: Vec<u64> = list.iter().map(|branch| branch.ends).collect();
        let mut folded: Vec<bool> = list.iter().map(|branch| branch.ends == 0).collect();
        for (at, branch) in list.iter().enumerate().rev().filter(|(_, branch)| branch.parent != NONE) {
            let parent = branch.parent as usize;
            objects[parent] += objects[at];
            folded[parent] &= self.folds_over(&list[parent], branch);
        }
        let names = &self.snapshot.references().columns().name_table;
        let step = |(at, branch): (usize, &Branch)| MergedStep {
            parent: (branch.parent != NONE).then_some(branch.parent as usize),
            type_id: self.snapshot.objects().type_id(branch.example),
            kind: branch.alike.kind,
            name: names.get(branch.alike.name).filter(|_| branch.alike.kind.is_some()).map(str::to_owned),
            text: (!folded[at]).then(|| self.text(branch)),
            objects: objects[at],
            ends: branch.ends,
            merged: branch.merged,
            example: branch.example,
        };
        list.iter().enumerate().map(step).collect()
    }

    /// Whether what leaves `parent` by `branch` says all that there is to say of `parent`.
    fn folds_over(&self, parent: &Branch, branch: &Branch) -> bool {
        let Some(reference) = self.reference(parent.example.get()) else {
            return self.snapshot.objects().root_kind(parent.example) == Some(RootKind::Module);
        };
        match branch.alike.kind {
            Some(ReferenceKind::Key) => leads_to_own_dict(&reference),
            Some(ReferenceKind::Item) => leads_to_closure(&reference),
            Some(ReferenceKind::Closure) => self.folded(branch.example.get()).is_some_and(|step| step.is_folded()),
            _ => false,
        }
    }

    /// The reference that leads to a row, with those before it that read as one with it.
    fn folded(&self, row: u32) -> Option<Folded<'_>> {
        let last = self.reference(row)?;
        let before = |reference: &Reference<'_>| self.reference(reference.holder.get());
        let single = Some(Folded::single(last));
        let Some(first) = before(&last) else { return single };
        if last.kind() == ReferenceKind::Key && leads_to_own_dict(&first) {
            return Some(Folded { first, last });
        }
        if !leads_out_of_cell(self.snapshot, &last) {
            return single;
        }
        match before(&first).filter(|_| first.kind() == ReferenceKind::Item).filter(leads_to_closure) {
            Some(first) => Some(Folded { first, last }),
            None if first.kind() == ReferenceKind::Local => Some(Folded { first, last }),
            None => single,
        }
    }

    fn text(&self, branch: &Branch) -> String {
        let alone = branch.merged == 1;
        let type_name = short_type(self.snapshot.objects().type_name(branch.example));
        let of_many = matches!(branch.alike.kind, Some(ReferenceKind::Key | ReferenceKind::Item));
        let text = match self.folded(branch.example.get()) {
            None if alone => object_title(self.snapshot, branch.example),
            None => type_name.to_owned(),
            Some(_) if of_many && !alone && branch.alike.name == NO_NAME => "[…]".to_owned(),
            Some(step) if !alone && step.arrow(self.snapshot).is_none() => type_name.to_owned(),
            Some(step) => path::arrow(self.snapshot, &step),
        };
        if branch.repeats { text + " …" } else { text }
    }
}

impl Branches {
    /// The branch that a step below `parent` repeats, if it is like one of the last few.
    fn repeated(&mut self, parent: u32, alike: Likeness) -> Option<u32> {
        let above = std::iter::successors(Some(parent), |at| self.list.get(*at as usize).map(|branch| branch.parent));
        let found =
            above.take(PERIOD).take_while(|at| *at != NONE).find(|at| self.list[*at as usize].alike == alike)?;
        self.list[found as usize].repeats = true;
        Some(found)
    }
}
