//! Who holds objects, as kinds of places: `Session.user`, `dict['status']`, `list[]`.

use crate::analysis::members::Members;
use crate::cpython::label::{identifier_key, is_identifier, root_words, short_type};
use crate::snapshot::{NO_NAME, ObjectId, ReferenceKind, ReferenceTag, Snapshot, TypeId};
use foldhash::HashMap;
use std::cmp::Reverse;

/// In place of a reference where there is none.
const NONE: u32 = u32::MAX;

/// A kind of place, and what stands there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holding {
    /// Type of the holder and name of the reference; an own `__dict__` counts as its owner.
    pub place: String,
    /// How many of the objects in question are held so.
    pub objects: u64,
    /// What they cost.
    pub bytes: u64,
}

/// Knows of each object the one reference that says best where it is.
pub(super) struct Places<'s> {
    snapshot: &'s Snapshot,
    /// Owners of own dicts; other rows stand for themselves.
    owners: Vec<u32>,
    /// The best reference to each row, or [`NONE`].
    best: Vec<u32>,
}

/// Whose place it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Holder {
    /// Objects of this type.
    Type(TypeId),
    /// The row of a root.
    Root(ObjectId),
}

/// A kind of place: the holder, kind and name of the reference, and whether it lies in the holder's own `__dict__`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    holder: Holder,
    kind: ReferenceKind,
    name: u32,
    folded: bool,
}

/// How well a reference says where something is: names first, then positions, then keys, then what hangs in the air.
/// Weak and borrowed references hold nothing.
fn rank(tag: ReferenceTag) -> u8 {
    use ReferenceKind::{Attribute, Base, Closure, DictKey, Global, Internal, Item, Key, Local, Root, Type, Weak};
    match tag.kind() {
        _ if tag.is_borrowed() => u8::MAX,
        Attribute => 0,
        Key => 1,
        Local => 2,
        Closure | Global | Internal => 3,
        Item => 4,
        DictKey => 5,
        Type | Base => 6,
        Root => 7,
        Weak => u8::MAX,
    }
}

impl<'s> Places<'s> {
    /// Looks at every reference once. Of equally good ones the first counts. 8 bytes per row.
    pub(super) fn new(snapshot: &'s Snapshot) -> Self {
        let columns = snapshot.references().columns();
        let ranks: [u8; 256] = std::array::from_fn(|byte| ReferenceTag::from_byte(byte as u8).map_or(u8::MAX, rank));
        let mut best = vec![NONE; snapshot.objects().len()];
        for (edge, (&target, &tag)) in columns.targets.iter().zip(&columns.tags).enumerate() {
            let known = best[target as usize];
            let rank_of = |edge: u32| if edge == NONE { u8::MAX } else { ranks[columns.tags[edge as usize] as usize] };
            if ranks[tag as usize] < rank_of(known) {
                best[target as usize] = edge as u32;
            }
        }
        Places { snapshot, owners: Members::new(snapshot).owners(), best }
    }

    /// The kinds of places of some objects, each with its cost: most bytes first, then objects, then by name; at most
    /// `limit`.
    pub(super) fn of(&self, rows: impl Iterator<Item = (u32, u64)>, limit: usize) -> Vec<Holding> {
        let mut tally: HashMap<Option<Place>, (u64, u64)> = HashMap::default();
        for (row, cost) in rows {
            add(&mut tally, self.place(row), (1, cost));
        }
        // Keys that lead to one object each, a cache's for instance, are told together where there are several.
        let unnamed = |place: Place| Place { name: NO_NAME, ..place };
        let is_single_key =
            |place: &Place, sum: (u64, u64)| place.kind == ReferenceKind::Key && !place.folded && sum.0 == 1;
        let mut singles: HashMap<Place, u64> = HashMap::default();
        for (place, sum) in tally.iter().filter_map(|(place, sum)| Some((place.as_ref()?, sum))) {
            *singles.entry(unnamed(*place)).or_default() += u64::from(is_single_key(place, *sum));
        }
        let mut by_name: HashMap<String, (u64, u64)> = HashMap::default();
        for (place, sum) in tally {
            let one_of_many = |place: &Place| is_single_key(place, sum) && singles[&unnamed(*place)] > 1;
            let place = place.map(|place| if one_of_many(&place) { unnamed(place) } else { place });
            add(&mut by_name, self.words(place), sum);
        }
        let holding = |(place, (objects, bytes))| Holding { place, objects, bytes };
        let mut all: Vec<Holding> = by_name.into_iter().map(holding).collect();
        all.sort_by(|a, b| {
            let key = |one: &Holding| (Reverse(one.bytes), Reverse(one.objects));
            (key(a), &a.place).cmp(&(key(b), &b.place))
        });
        all.truncate(limit);
        all
    }

    fn place(&self, row: u32) -> Option<Place> {
        let edge = self.best[row as usize];
        if edge == NONE {
            return None;
        }
        let columns = self.snapshot.references().columns();
        let holder = columns.offsets.partition_point(|offset| *offset <= edge) as u32 - 1;
        let owner = ObjectId::new(self.owners[holder as usize]);
        let objects = self.snapshot.objects();
        Some(Place {
            holder: if objects.is_synthetic(owner) {
                Holder::Root(owner)
            } else {
                Holder::Type(objects.type_id(owner))
            },
            kind: ReferenceTag::from_byte(columns.tags[edge as usize])?.kind(),
            name: columns.names[edge as usize],
            folded: owner.get() != holder,
        })
    }

    fn words(&self, place: Option<Place>) -> String {
        let Some(Place { holder, kind, name, folded }) = place else { return "nothing in the heap".into() };
        let of = match holder {
            Holder::Root(row) => return root_words(self.snapshot, row).to_owned(),
            Holder::Type(of_type) => short_type(self.snapshot.objects().name_of_type(of_type)),
        };
        let name = self.snapshot.references().columns().name_table.get(name);
        match (kind, name) {
            (ReferenceKind::Key, Some(name)) if folded => match identifier_key(name) {
                Some(name) => format!("{of}.{name}"),
                None => format!("{of}.__dict__[{name}]"),
            },
            (ReferenceKind::Key, Some(name)) => format!("{of}[{name}]"),
            (ReferenceKind::Key, None) => format!("{of}[…]"),
            (ReferenceKind::Item, _) => format!("{of}[]"),
            (ReferenceKind::DictKey, _) => format!("key of {of}"),
            (ReferenceKind::Local, name) => format!("local {} of {of}", name.unwrap_or("…")),
            (ReferenceKind::Root, _) => "roots".into(),
            (_, Some(name)) if is_identifier(name) => format!("{of}.{name}"),
            (kind, name) => format!("{of} {}", name.unwrap_or(kind.word())),
        }
    }
}

fn add<K: std::hash::Hash + Eq>(tally: &mut HashMap<K, (u64, u64)>, key: K, more: (u64, u64)) {
    let sum = tally.entry(key).or_default();
    *sum = (sum.0 + more.0, sum.1.saturating_add(more.1));
}
