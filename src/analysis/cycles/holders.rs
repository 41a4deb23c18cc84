//! Who holds cycles from outside, and so by which of its members each is entered.

use super::Holder;
use super::knots::{Knots, NONE, Rules};
use super::links::{Links, SEVERAL, label};
use super::shapes::Shapes;
use crate::analysis::place;
use crate::cpython::label::{is_module, is_module_type, object_title};
use crate::cpython::path;
use crate::graph::ShortestPaths;
use crate::snapshot::{NO_NAME, ObjectId, ReferenceId, ReferenceKind, Snapshot};
use foldhash::HashMap;
use std::cmp::Reverse;

/// Groups of holders that a report lists for a shape.
const LISTED: usize = 10;
/// A longer way to a holder is told by its end.
const LONGEST: usize = 16;

/// What makes references one group: the place of the shape, the type of the holder (or itself, for modules and rows
/// that stand for roots), kind and name, and whether the holder is folded into its owner.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    place: u32,
    of_type: u32,
    itself: u32,
    name: u32,
    kind: u8,
    folded: bool,
}

struct Group {
    key: Key,
    references: u64,
    holders: u64,
    last: u32,
    // The first of the references, who has it, and for whom it counts.
    reference: u32,
    holder: u32,
    owner: u32,
}

/// What leads into cycles.
pub(super) struct Outside {
    entries: Vec<u32>,
    groups: Vec<Group>,
    // Of each described shape its groups, most references first.
    by_place: Vec<Vec<u32>>,
}

impl Outside {
    /// Looks at every reference of the heap once. Groups are made for the shapes described.
    pub(super) fn new(
        snapshot: &Snapshot,
        knots: &Knots,
        shapes: &Shapes,
        rules: &Rules<'_>,
        links: &Links<'_>,
        described: &[u32],
    ) -> Self {
        let mut outside = Outside { entries: Vec::new(), groups: Vec::new(), by_place: vec![vec![]; described.len()] };
        if knots.len() == 0 {
            return outside;
        }
        let mut places = vec![NONE; shapes.order().len()];
        described.iter().enumerate().for_each(|(place, shape)| places[*shape as usize] = place as u32);
        let mut entries = Entries::new(snapshot, knots);
        let mut grouping = Grouping::new(snapshot, links);
        let columns = snapshot.references().columns();
        for holder in 0..snapshot.objects().len() as u32 {
            let inside = Some(knots.place(holder)).filter(|node| *node != NONE).map(|node| knots.cycle_of(node));
            for edge in columns.offsets[holder as usize]..columns.offsets[holder as usize + 1] {
                let target = columns.targets[edge as usize];
                if !knots.has(target) || !rules.keep(edge) {
                    continue;
                }
                let node = knots.place(target);
                if inside == Some(knots.cycle_of(node)) {
                    continue;
                }
                entries.held(knots, node);
                let place = places[shapes.of(knots.cycle_of(node)) as usize];
                if place != NONE {
                    grouping.add(place, holder, edge);
                }
            }
        }
        outside.entries = entries.finish();
        outside.groups = grouping.groups;
        for (group, found) in outside.groups.iter().enumerate() {
            outside.by_place[found.key.place as usize].push(group as u32);
        }
        let groups = &outside.groups;
        for list in &mut outside.by_place {
            list.sort_by_key(|group| (Reverse(groups[*group as usize].references), *group));
        }
        outside
    }

    /// The member by which a cycle is held: the oldest that somebody outside refers to, else the oldest.
    pub(super) fn entry(&self, cycle: u32) -> u32 {
        self.entries[cycle as usize]
    }

    /// The groups of a shape, and how many there are beyond those.
    pub(super) fn holders(
        &self,
        snapshot: &Snapshot,
        tree: &ShortestPaths,
        links: &Links<'_>,
        place: usize,
    ) -> (Vec<Holder>, u64) {
        let all = &self.by_place[place];
        let describe = |group: &u32| self.groups[*group as usize].describe(snapshot, tree, links);
        (all.iter().take(LISTED).map(describe).collect(), all.len().saturating_sub(LISTED) as u64)
    }
}

/// The entry of each cycle as far as known.
struct Entries<'s> {
    generations: &'s [u8],
    of: Vec<u32>,
    is_held: Vec<bool>,
}

impl<'s> Entries<'s> {
    fn new(snapshot: &'s Snapshot, knots: &Knots) -> Self {
        let generations = &snapshot.objects().columns().generations;
        let mut entries = Entries { generations, of: Vec::new(), is_held: vec![false; knots.len()] };
        let oldest = |cycle| knots.nodes(cycle).filter(|node| !knots.is_folded(*node));
        let of = (0..knots.len() as u32).map(|cycle| {
            let found = oldest(cycle).min_by_key(|node| entries.age(knots, *node));
            found.expect("an own dict is on no cycle without its owner")
        });
        entries.of = of.collect();
        entries
    }

    /// Less is older: the collector's lists from the oldest to the youngest, and objects were made in a list's order.
    fn age(&self, knots: &Knots, node: u32) -> (u8, u32) {
        let row = knots.row(node);
        let generation = self.generations[row as usize];
        (3u8.checked_sub(generation).unwrap_or(u8::MAX), row)
    }

    fn held(&mut self, knots: &Knots, node: u32) {
        let cycle = knots.cycle_of(node) as usize;
        let better = !self.is_held[cycle] || self.age(knots, node) < self.age(knots, self.of[cycle]);
        if better && !knots.is_folded(node) {
            self.of[cycle] = node;
            self.is_held[cycle] = true;
        }
    }

    fn finish(self) -> Vec<u32> {
        self.of
    }
}

/// Groups in the making.
struct Grouping<'s> {
    snapshot: &'s Snapshot,
    // By row, as `Links::own_dicts` has them.
    owners: Vec<u32>,
    modules: Vec<bool>,
    by_key: HashMap<Key, u32>,
    groups: Vec<Group>,
}

impl<'s> Grouping<'s> {
    fn new(snapshot: &'s Snapshot, links: &Links<'_>) -> Self {
        let modules = snapshot.objects().type_names().iter().map(is_module_type).collect();
        let owners = links.own_dicts();
        Grouping { snapshot, owners, modules, by_key: HashMap::default(), groups: Vec::new() }
    }

    fn add(&mut self, place: u32, holder: u32, reference: u32) {
        let objects = self.snapshot.objects();
        let id = ReferenceId::new(reference);
        let kind = self.snapshot.references().tag(id).kind();
        let owner = Some(self.owners[holder as usize]).filter(|owner| *owner < SEVERAL);
        let counts_for = owner.unwrap_or(holder);
        let of_type = objects.columns().types[counts_for as usize];
        let alone = objects.is_synthetic(ObjectId::new(holder)) || self.modules[of_type as usize];
        // The keys of a dict are one group, unless they are attributes.
        let any_key = kind == ReferenceKind::Key && owner.is_none();
        let name = if any_key { NO_NAME } else { self.snapshot.references().columns().names[reference as usize] };
        let itself = if alone { counts_for } else { NONE };
        let key = Key { place, of_type, itself, name, kind: kind as u8, folded: owner.is_some() };
        let groups = &mut self.groups;
        let number = *self.by_key.entry(key).or_insert_with(|| {
            groups.push(Group { key, references: 0, holders: 0, last: NONE, reference, holder, owner: counts_for });
            groups.len() as u32 - 1
        });
        let group = &mut groups[number as usize];
        group.references += 1;
        group.holders += u64::from(group.last != holder);
        group.last = holder;
    }
}

impl Group {
    fn describe(&self, snapshot: &Snapshot, tree: &ShortestPaths, links: &Links<'_>) -> Holder {
        let reference = ReferenceId::new(self.reference);
        Holder {
            name: self.name(snapshot, links),
            references: self.references,
            holders: self.holders,
            example: way_to(snapshot, tree, self.holder, reference),
        }
    }

    fn name(&self, snapshot: &Snapshot, links: &Links<'_>) -> String {
        let owner = ObjectId::new(self.owner);
        let reference = ReferenceId::new(self.reference);
        let (kind, name) = (snapshot.references().tag(reference).kind(), snapshot.references().name(reference));
        if snapshot.objects().is_synthetic(owner) {
            let title = object_title(snapshot, owner);
            return name.map_or(title.clone(), |name| format!("{title} {name}"));
        }
        let of_type = links.type_text(self.key.of_type);
        match kind {
            ReferenceKind::Key if !self.key.folded => format!("{of_type}[…]"),
            _ if is_module(snapshot, owner) => {
                format!("{}{}", object_title(snapshot, owner), label(kind, name, self.key.folded))
            }
            _ => format!("{of_type}{}", label(kind, name, self.key.folded)),
        }
    }
}

/// A reference with the way to its holder from a root, where there is one.
fn way_to(snapshot: &Snapshot, tree: &ShortestPaths, holder: u32, reference: ReferenceId) -> String {
    let (mut way, whole) = place::end(tree, ObjectId::new(holder), LONGEST - 1);
    way.push(reference);
    if whole {
        return path::arrows(snapshot, &way);
    }
    format!("… → {}", path::arrows(snapshot, &way[way.len() - LONGEST / 2..]))
}
