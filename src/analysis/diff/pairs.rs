//! The same place in two snapshots: objects that are one, and those that took the place of another.
//!
//! A cache that is rebuilt (`app.CACHE = dict(…)`) is another object under the same name. Whoever has a partner in
//! the other snapshot pairs what it holds by the same name, if that is of one type: so a path from a module leads to
//! the same place in both, even in snapshots of two processes.

use super::identity::{Identity, NONE, old_types, translate};
use crate::snapshot::{NO_NAME, ReferenceKind, ReferenceTag, Snapshot};
use foldhash::HashMap;
use std::collections::VecDeque;

/// For each row of the new snapshot its partner in the old one.
pub(super) struct Pairs {
    /// The old row in the same place, or [`NONE`].
    pub(super) old_of: Vec<u32>,
}

/// Pairs places, beginning with objects that are one (`identity`, where addresses mean anything) and with the rows of
/// roots by their texts. Linear: each new row is paired once, and each holder's references are looked through once.
pub(super) fn pair(old: &Snapshot, new: &Snapshot, identity: Option<&Identity>) -> Pairs {
    let mut pairing = Pairing::new(old, new, identity);
    let mut open: VecDeque<u32> = (0..pairing.old_of.len() as u32).filter(|row| pairing.has_partner(*row)).collect();
    while let Some(holder) = open.pop_front() {
        pairing.pair_targets(holder, &mut open);
    }
    Pairs { old_of: pairing.old_of }
}

struct Pairing<'s> {
    old: &'s Snapshot,
    new: &'s Snapshot,
    old_of: Vec<u32>,
    types: Vec<u32>,
    names: Vec<u32>,
    /// Which references say by their name where they lead, whichever object that is.
    places: [bool; 256],
    wanted: HashMap<(u8, u32), u32>,
}

impl<'s> Pairing<'s> {
    fn new(old: &'s Snapshot, new: &'s Snapshot, identity: Option<&Identity>) -> Self {
        let mut old_of = identity.map_or_else(|| vec![NONE; new.objects().len()], |found| found.old_of.clone());
        let text = |snapshot: &'s Snapshot, row| snapshot.texts().text(row).unwrap_or_default();
        let rows = |snapshot: &Snapshot| snapshot.objects().ids().take(snapshot.objects().synthetic());
        let mut roots: HashMap<&str, u32> = HashMap::default();
        for row in rows(old) {
            roots.entry(text(old, row)).or_insert(row.get());
        }
        for row in rows(new) {
            if let Some(before) = roots.remove(text(new, row)) {
                old_of[row.index()] = before;
            }
        }
        let table = |snapshot: &'s Snapshot| snapshot.references().columns().name_table.iter();
        Pairing {
            old,
            new,
            old_of,
            types: old_types(old, new),
            names: translate(table(old), table(new)),
            places: ReferenceTag::table(|tag| tag.kind() != ReferenceKind::Weak && !tag.is_guessed()),
            wanted: HashMap::default(),
        }
    }

    fn has_partner(&self, row: u32) -> bool {
        self.old_of[row as usize] != NONE
    }

    /// Pairs what a holder and its partner hold by one name.
    fn pair_targets(&mut self, holder: u32, open: &mut VecDeque<u32>) {
        let (after, before) = (self.new.references().columns(), self.old.references().columns());
        let partner = self.old_of[holder as usize] as usize;
        self.wanted.clear();
        for edge in after.offsets[holder as usize] as usize..after.offsets[holder as usize + 1] as usize {
            let (target, name, tag) = (after.targets[edge], after.names[edge], after.tags[edge]);
            if name != NO_NAME && self.places[tag as usize] && !self.has_partner(target) {
                self.wanted.entry((tag, self.names[name as usize])).or_insert(target);
            }
        }
        if self.wanted.is_empty() {
            return;
        }
        for edge in before.offsets[partner] as usize..before.offsets[partner + 1] as usize {
            let (place, name) = (before.targets[edge], before.names[edge]);
            let found = if name == NO_NAME { None } else { self.wanted.get(&(before.tags[edge], name)) };
            let Some(&target) = found.filter(|target| self.may_pair(place, **target)) else { continue };
            self.old_of[target as usize] = place;
            open.push_back(target);
        }
    }

    fn may_pair(&self, old: u32, new: u32) -> bool {
        let type_of = |snapshot: &Snapshot, row: u32| snapshot.objects().columns().types[row as usize];
        let real = |snapshot: &Snapshot, row: u32| row as usize >= snapshot.objects().synthetic();
        real(self.old, old)
            && real(self.new, new)
            && !self.has_partner(new)
            && self.types[type_of(self.new, new) as usize] == type_of(self.old, old)
    }
}
