//! The outermost cells of a living heap: modules with their namespaces, the other roots, and what these share.
//!
//! A module's namespace is as a rule held by its functions too, and functions by others: in the dominator tree neither
//! hangs under the module. A reader takes them for one thing all the same, and so do these cells: a module, its
//! namespace, and what hangs under either.

use super::super::Retained;
use super::CellContent;
use crate::cpython::attribute::own_dict;
use crate::cpython::label::is_module_type;
use crate::snapshot::{ObjectId, Snapshot};
use foldhash::HashMap;

/// Some subtrees, and what is around them with its own bytes alone.
pub(super) struct Bag {
    pub(super) content: CellContent,
    /// Rows of whose own bytes alone the cell has.
    pub(super) own: Vec<u32>,
    /// Rows with all that hangs below them.
    pub(super) rows: Vec<u32>,
}

/// What the roots hold, each object in one bag: modules in order of their rows, then other roots, then what they share.
pub(super) fn bags(snapshot: &Snapshot, retained: &Retained) -> Vec<Bag> {
    let (objects, tree) = (snapshot.objects(), retained.tree());
    let modules = modules(snapshot);
    // Of each module, root row or nothing: whose bag.
    let mut bags: HashMap<Option<u32>, Bag> = HashMap::default();
    let mut bag = |owner: Option<u32>, row: u32, opened: bool| {
        let content = || content(snapshot, owner.map(ObjectId::new));
        let bag = bags.entry(owner).or_insert_with(|| Bag { content: content(), own: Vec::new(), rows: Vec::new() });
        if opened { bag.own.push(row) } else { bag.rows.push(row) }
    };
    let mut open: Vec<(u32, Option<u32>)> = tree.tops().map(|row| (row, None)).collect();
    while let Some((row, owner)) = open.pop() {
        let module = modules.get(&row).copied();
        let opened = module.is_some() || objects.is_synthetic(ObjectId::new(row));
        let owner = if opened { module.or(Some(row).filter(|row| *row > 0)) } else { owner };
        bag(owner, row, opened);
        if opened {
            open.extend(tree.children(row).map(|child| (child, owner)));
        }
    }
    let mut found: Vec<(Option<u32>, Bag)> = bags.into_iter().collect();
    found.sort_by_key(|(owner, _)| (owner.is_none(), owner.is_some_and(|row| !modules.contains_key(&row)), *owner));
    let worth =
        |(owner, bag): &(Option<u32>, Bag)| !bag.rows.is_empty() || owner.is_some_and(|row| modules.contains_key(&row));
    found
        .into_iter()
        .filter(worth)
        .map(|(_, mut bag)| {
            bag.rows.sort_unstable();
            bag
        })
        .collect()
}

/// Rows of modules and of their namespaces, each with the module. A namespace of two is the first one's.
fn modules(snapshot: &Snapshot) -> HashMap<u32, u32> {
    let objects = snapshot.objects();
    let of_modules: Vec<bool> = objects.type_names().iter().map(is_module_type).collect();
    let mut modules = HashMap::default();
    for id in objects.real_ids().filter(|id| of_modules[objects.type_id(*id).index()]) {
        modules.insert(id.get(), id.get());
        if let Some(dict) = own_dict(snapshot, id) {
            modules.entry(dict.get()).or_insert(id.get());
        }
    }
    modules
}

fn content(snapshot: &Snapshot, owner: Option<ObjectId>) -> CellContent {
    match owner {
        None => CellContent::Shared,
        Some(row) if snapshot.objects().is_synthetic(row) => CellContent::Root(row),
        Some(id) => CellContent::Module { id, name: name(snapshot, id) },
    }
}

/// As the module table has it, else as the module has it of itself.
fn name(snapshot: &Snapshot, module: ObjectId) -> String {
    snapshot.texts().text(module).unwrap_or("module").to_owned()
}

/// Modules whose names have the same first part together, if they are several; and all other bags.
pub(super) fn by_package(bags: Vec<Bag>) -> (Vec<(String, Vec<Bag>)>, Vec<Bag>) {
    let mut packages: Vec<(String, Vec<Bag>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::default();
    let mut others = Vec::new();
    for bag in bags {
        let CellContent::Module { name, .. } = &bag.content else {
            others.push(bag);
            continue;
        };
        let first = name.split('.').next().unwrap_or(name).to_owned();
        let place = *places.entry(first.clone()).or_insert(packages.len());
        if place == packages.len() {
            packages.push((first, Vec::new()));
        }
        packages[place].1.push(bag);
    }
    let (several, alone): (Vec<_>, Vec<_>) = packages.into_iter().partition(|(_, bags)| bags.len() > 1);
    others.extend(alone.into_iter().flat_map(|(_, bags)| bags));
    (several, others)
}
