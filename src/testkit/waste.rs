//! Waste, found the slow and obvious way: everything is compared with everything.

use crate::snapshot::{Flags, ObjectId, ReferenceKind, Snapshot};
use std::collections::{BTreeMap, BTreeSet};

/// Texts that several objects of one of these types have, with their rows. Quadratic.
pub fn equal_texts(snapshot: &Snapshot, types: &[&str]) -> Vec<Vec<ObjectId>> {
    let (objects, texts) = (snapshot.objects(), snapshot.texts());
    let mut groups: Vec<Vec<ObjectId>> = Vec::new();
    for id in objects.real_ids().filter(|id| types.contains(&objects.type_name(*id))) {
        if texts.text(id).is_none() || texts.length(id).is_none() {
            continue;
        }
        let same = |other: &ObjectId| {
            objects.type_name(*other) == objects.type_name(id)
                && texts.length(*other) == texts.length(id)
                && texts.text(*other) == texts.text(id)
        };
        match groups.iter_mut().find(|group| same(&group[0])) {
            Some(group) => group.push(id),
            None => groups.push(vec![id]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Lists of at least `least` items that are a part of another such list; of equal ones all but the first. Lists that
/// begin with `least` times one item are left out. Cubic.
pub fn slices(snapshot: &Snapshot, list: &str, least: usize) -> BTreeSet<ObjectId> {
    let items = |id| -> Vec<ObjectId> { snapshot.references().of(id).map(|one| one.target).collect() };
    let lists: Vec<(ObjectId, Vec<ObjectId>)> = snapshot
        .objects()
        .real_ids()
        .filter(|id| snapshot.objects().type_name(*id) == list)
        .filter(|id| snapshot.references().of(*id).all(|one| one.kind() == ReferenceKind::Item))
        .map(|id| (id, items(id)))
        .filter(|(_, items)| items.len() >= least && items[..least].iter().any(|item| *item != items[0]))
        .collect();
    let contains = |(of, all): &(ObjectId, Vec<ObjectId>), (id, part): &(ObjectId, Vec<ObjectId>)| {
        let earlier = all.len() > part.len() || all.len() == part.len() && of < id;
        earlier && all.windows(part.len()).any(|window| window == part)
    };
    let found = lists.iter().filter(|part| lists.iter().any(|all| contains(all, part)));
    found.map(|(id, _)| *id).collect()
}

/// Of each object that is alive by suspended calls alone, the calls that lead to it without passing another one.
pub fn kept_by_calls(snapshot: &Snapshot) -> BTreeMap<ObjectId, BTreeSet<ObjectId>> {
    let waits = |id: ObjectId| snapshot.objects().flags(id).contains(Flags::SUSPENDED);
    let reach = |start: ObjectId| -> BTreeSet<ObjectId> {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start]);
        while let Some(id) = open.pop() {
            let held = snapshot.references().of(id).filter(|one| one.kind() != ReferenceKind::Weak);
            for target in held.map(|one| one.target).filter(|target| !waits(*target)) {
                if seen.insert(target) {
                    open.push(target);
                }
            }
        }
        seen
    };
    let mut free = snapshot.root().map(reach).unwrap_or_default();
    free.extend(snapshot.root());
    let mut alive = free.clone();
    let mut open: Vec<ObjectId> = alive.iter().copied().collect();
    while let Some(id) = open.pop() {
        let held = snapshot.references().of(id).filter(|one| one.kind() != ReferenceKind::Weak);
        open.extend(held.map(|one| one.target).filter(|target| alive.insert(*target)));
    }
    let mut kept: BTreeMap<ObjectId, BTreeSet<ObjectId>> = BTreeMap::new();
    for call in alive.iter().copied().filter(|id| waits(*id)) {
        for id in reach(call).difference(&free) {
            kept.entry(*id).or_default().insert(call);
        }
    }
    kept
}
