//! Cycles the slow and obvious way: by a matrix of who reaches whom, and by trying every set of names.

use crate::snapshot::{Flags, ObjectId, Reference, ReferenceKind, Snapshot};
use std::collections::BTreeSet;

/// A reference between members of one cycle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inner {
    /// Who refers.
    pub from: ObjectId,
    /// To whom.
    pub to: ObjectId,
    /// `Child.parent`, as in a cut; `None` for the reference to an own `__dict__` that is folded into its owner.
    pub name: Option<String>,
    /// Whether a shape counts it: an own dict's borrowed entry that its owner holds inline is the same once more.
    pub counts: bool,
}

/// Who is alive: reached from row 0 by references that are not weak, in a heap that has roots.
pub fn alive(snapshot: &Snapshot) -> Vec<bool> {
    let mut alive = vec![false; snapshot.objects().len()];
    if let Some(root) = snapshot.root() {
        alive[root.index()] = true;
    }
    let mut changed = true;
    while std::mem::take(&mut changed) {
        for holder in snapshot.objects().ids().filter(|id| alive[id.index()]).collect::<Vec<_>>() {
            for reference in snapshot.references().of(holder).filter(|r| r.kind() != ReferenceKind::Weak) {
                changed |= !std::mem::replace(&mut alive[reference.target.index()], true);
            }
        }
    }
    alive
}

/// All cycles: rows that reach each other over references that count, sorted. Cubic.
pub fn cycles(snapshot: &Snapshot, all_references: bool) -> Vec<Vec<ObjectId>> {
    let (alive, count) = (alive(snapshot), snapshot.objects().len());
    let mut reach = vec![vec![false; count]; count];
    for holder in snapshot.objects().real_ids() {
        for reference in snapshot.references().of(holder).filter(|r| counts(snapshot, r, &alive, all_references)) {
            reach[holder.index()][reference.target.index()] = true;
        }
    }
    for through in 0..count {
        for from in 0..count {
            for to in 0..count {
                reach[from][to] |= reach[from][through] && reach[through][to];
            }
        }
    }
    let mutual = |row: usize| (0..count).filter(|other| reach[row][*other] && reach[*other][row]).collect::<Vec<_>>();
    let found: BTreeSet<Vec<usize>> = (0..count).filter(|row| reach[*row][*row]).map(mutual).collect();
    found.into_iter().map(|rows| rows.into_iter().map(|row| ObjectId::new(row as u32)).collect()).collect()
}

fn counts(snapshot: &Snapshot, reference: &Reference<'_>, alive: &[bool], all_references: bool) -> bool {
    use ReferenceKind::{Base, Global, Type, Weak};
    let ties = matches!(reference.kind(), Type | Base | Global) && alive[reference.holder.index()];
    let real = !snapshot.objects().is_synthetic(reference.target);
    real && reference.kind() != Weak && (all_references || !ties)
}

/// Whether a cycle is a class's or a module's own: one of them is on it, and else only what a class statement makes.
pub fn is_own(snapshot: &Snapshot, cycle: &[ObjectId]) -> bool {
    let parts = "tuple dict mappingproxy function builtin_function_or_method cell property classmethod staticmethod \
                 getset_descriptor member_descriptor method_descriptor wrapper_descriptor classmethod_descriptor";
    let bare = |id: &ObjectId| {
        let name = snapshot.objects().type_name(*id);
        name.strip_prefix("builtins.").unwrap_or(name)
    };
    let owner = |id: &ObjectId| snapshot.objects().flags(*id).contains(Flags::CLASS) || bare(id) == "module";
    let part = |id: &ObjectId| parts.split_whitespace().any(|part| part == bare(id));
    alive(snapshot)[cycle[0].index()] && cycle.iter().any(owner) && cycle.iter().all(|id| owner(id) || part(id))
}

/// The references between members of a cycle, with the names that a cut would use.
pub fn inner(snapshot: &Snapshot, cycle: &[ObjectId], all_references: bool) -> Vec<Inner> {
    let alive = alive(snapshot);
    let all: Vec<Reference<'_>> = cycle.iter().flat_map(|id| snapshot.references().of(*id)).collect();
    let inside = |r: &&Reference<'_>| cycle.contains(&r.target) && counts(snapshot, r, &alive, all_references);
    let all: Vec<Reference<'_>> = all.iter().filter(inside).copied().collect();
    let is_dict = |id: ObjectId| matches!(snapshot.objects().type_name(id), "dict" | "builtins.dict");
    let owner = |dict: ObjectId| {
        let into: Vec<&Reference<'_>> = all.iter().filter(|r| r.target == dict).collect();
        let own = |r: &Reference<'_>| r.kind() == ReferenceKind::Attribute && r.name == Some("__dict__");
        let folds = into.len() == 1 && own(into[0]) && is_dict(dict) && !is_dict(into[0].holder);
        folds.then(|| into[0].holder)
    };
    let named = |r: &Reference<'_>| {
        let holder = owner(r.holder);
        let written = || format!("{}{}", type_text(snapshot, holder.unwrap_or(r.holder)), step(r, holder.is_some()));
        let inline = |other: &Reference<'_>| {
            Some(other.holder) == holder
                && other.target == r.target
                && other.kind() == ReferenceKind::Attribute
                && other.name.is_some_and(|name| r.name == Some(&format!("'{name}'")))
                && step(r, true) == format!(".{}", other.name.unwrap_or_default())
        };
        let repeats = r.kind() == ReferenceKind::Key && r.tag.is_borrowed() && all.iter().any(inline);
        let name = if owner(r.target).is_some() { None } else { Some(written()) };
        Inner { from: r.holder, to: r.target, counts: name.is_some() && !repeats, name }
    };
    all.iter().map(named).collect()
}

fn step(reference: &Reference<'_>, folded: bool) -> String {
    let name = reference.name;
    let identifier = |text: &str| {
        let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
        let word = inner.chars().all(|c| c == '_' || c.is_alphanumeric());
        (word && inner.starts_with(|c: char| c == '_' || c.is_alphabetic())).then(|| inner.to_owned())
    };
    let plain = match reference.kind() {
        ReferenceKind::Item | ReferenceKind::DictKey => "[]".to_owned(),
        ReferenceKind::Type => ".__class__".to_owned(),
        ReferenceKind::Base => ".__base__".to_owned(),
        ReferenceKind::Key => format!("[{}]", name.unwrap_or("?")),
        kind => format!(".{}", name.unwrap_or(kind.word())),
    };
    match name.filter(|_| reference.kind() == ReferenceKind::Key).and_then(identifier) {
        Some(name) if folded => format!(".{name}"),
        _ if folded => format!(".__dict__{plain}"),
        _ => plain,
    }
}

fn type_text(snapshot: &Snapshot, id: ObjectId) -> String {
    let last = |name: &str| {
        if name.starts_with('<') { name.to_owned() } else { name.rsplit('.').next().unwrap_or(name).to_owned() }
    };
    let long = snapshot.objects().type_name(id);
    let used: BTreeSet<&str> = snapshot.objects().ids().map(|id| snapshot.objects().type_name(id)).collect();
    let same = used.iter().filter(|name| last(name) == last(long)).count();
    if same > 1 { long.to_owned() } else { last(long) }
}

/// Whether references form a cycle once those of some names are gone: nothing but taking away who refers to nobody.
pub fn is_cyclic(references: &[Inner], without: &[String]) -> bool {
    let mut left: Vec<&Inner> =
        references.iter().filter(|r| r.name.as_ref().is_none_or(|name| !without.contains(name))).collect();
    loop {
        let holders: BTreeSet<ObjectId> = left.iter().map(|r| r.from).collect();
        let before = left.len();
        left.retain(|r| holders.contains(&r.to));
        if left.len() == before {
            return before > 0;
        }
    }
}

/// How many names a smallest cut has, by trying every set. Exponential in the number of names.
pub fn smallest_cut(references: &[Inner]) -> usize {
    let names: BTreeSet<&String> = references.iter().filter_map(|r| r.name.as_ref()).collect();
    let names: Vec<&String> = names.into_iter().collect();
    let chosen = |set: u32| -> Vec<String> {
        let chosen = names.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1);
        chosen.map(|(_, name)| (*name).clone()).collect()
    };
    let cuts = (0..1u32 << names.len()).filter(|set| !is_cyclic(references, &chosen(*set)));
    cuts.map(|set| set.count_ones() as usize).min().unwrap_or(0)
}
