//! Which holder grew: whoever holds more than it did, and new objects that hold many.

use super::Options;
use super::alike::{Alike, alike};
use super::below::Below;
use super::identity::{Identity, NONE};
use super::pairs::Pairs;
use crate::analysis::members::Members;
use crate::analysis::place;
use crate::analysis::retained::Retained;
use crate::cpython::label::object_title;
use crate::graph::ShortestPaths;
use crate::snapshot::{Address, ObjectId, Snapshot};
use foldhash::HashMap;
use std::cmp::Reverse;
use std::iter;

/// A new object with fewer references is no holder worth a line of its own.
pub(super) const MANY: u64 = 50;
/// Of so many types a report says how many references to them a holder got.
const TYPES: usize = 5;

/// How a holder comes to hold more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// It stood in both snapshots.
    Grew,
    /// Another object of its type stands in its place: at the end of the same path.
    Replaced,
    /// It is new.
    Appeared,
}

impl Change {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Change::Grew => "grew",
            Change::Replaced => "replaced",
            Change::Appeared => "appeared",
        }
    }
}

/// A holder that grew.
#[derive(Clone, PartialEq, Debug)]
pub struct Growth {
    /// Its row in the new snapshot.
    pub object: ObjectId,
    /// `id()` in the new snapshot.
    pub address: Option<Address>,
    /// The long name of its type.
    pub type_name: String,
    /// What it is, in a few words.
    pub title: String,
    /// How a root leads to it, as an expression; `None` for garbage.
    pub expression: Option<String>,
    /// How it came to hold more.
    pub change: Change,
    /// How many references it had: items, values of a dict, attributes with those in its own `__dict__`. A dict's keys,
    /// classes and weak references are not counted.
    pub old: u64,
    /// How many it has.
    pub new: u64,
    /// `len()` before, of a sized object.
    pub old_length: Option<u64>,
    /// `len()` now.
    pub new_length: Option<u64>,
    /// To which types it has more references than before, and how many more; most first, at most five.
    pub added: Vec<(String, u64)>,
    /// Objects that appeared below it on shortest paths from the roots, and their bytes: down to where objects begin
    /// again that stood before. `None` where it is not known which objects appeared.
    pub below: Option<(u64, u64)>,
    /// What it retained and what it retains, where that was asked for: `None` on a side where no root reaches it or it
    /// was not there.
    pub retained: Option<[Option<u64>; 2]>,
}

impl Growth {
    /// By how many references it grew.
    pub fn references(&self) -> u64 {
        self.new - self.old
    }
}

/// What is compared, and what is known of it.
pub(super) struct Comparison<'s> {
    pub(super) old: &'s Snapshot,
    pub(super) new: &'s Snapshot,
    /// `None` for snapshots of two processes.
    pub(super) identity: Option<&'s Identity>,
    pub(super) pairs: &'s Pairs,
    /// Of each type of `old`, the same type in `new`, or [`NONE`].
    pub(super) new_types: &'s [u32],
    pub(super) tree: &'s ShortestPaths,
    pub(super) below: Option<&'s Below>,
    pub(super) retained: Option<&'s [Retained; 2]>,
}

/// A holder before anything is said of it.
pub(super) struct Candidate {
    pub(super) row: u32,
    pub(super) growth: u64,
    pub(super) below: (u64, u64),
}

/// Who grew.
pub(super) struct Grown {
    /// By references, then by the bytes that appeared below, then by row.
    pub(super) holders: Vec<Growth>,
    /// How many there are, listed or not.
    pub(super) all: u64,
    /// The same with those in like places taken together, and how many there are so.
    pub(super) alike: (Vec<Alike>, u64),
}

/// The holders that grew. Linear but for sorting them.
pub(super) fn grown(comparison: &Comparison<'_>, options: &Options) -> Grown {
    let (before, after) = (Members::new(comparison.old), Members::new(comparison.new));
    let real = comparison.new.objects().real_ids().map(ObjectId::get);
    let mut found: Vec<Candidate> = real
        .filter(|row| !after.is_folded(*row))
        .filter_map(|row| {
            let old = comparison.pairs.old_of[row as usize];
            let (least, had) = match (old, comparison.identity) {
                (NONE, None) => return None,
                (NONE, Some(_)) => (MANY, 0),
                (old, _) => (1, before.count(old)),
            };
            let growth = after.count(row).checked_sub(had).filter(|growth| *growth >= least)?;
            Some(Candidate { row, growth, below: comparison.below_of(&after, row) })
        })
        .collect();
    found.sort_by_key(|one| (Reverse(one.growth), Reverse(one.below.1), one.row));
    let all = found.len() as u64;
    let alike = alike(comparison, &before, &after, &found, options.holders);
    found.truncate(options.holders);
    let holders = found.iter().map(|one| comparison.describe(&before, &after, one)).collect();
    Grown { holders, all, alike }
}

impl Comparison<'_> {
    fn change(&self, row: u32) -> Change {
        let same = self.identity.is_none_or(|identity| identity.old_of[row as usize] != NONE);
        match (self.pairs.old_of[row as usize], same) {
            (NONE, _) => Change::Appeared,
            (_, true) => Change::Grew,
            (_, false) => Change::Replaced,
        }
    }

    /// What appeared below a holder and its own `__dict__`. An own dict that is new counts below its owner already.
    fn below_of(&self, members: &Members<'_>, row: u32) -> (u64, u64) {
        let (Some(below), Some(identity)) = (self.below, self.identity) else { return (0, 0) };
        let stood = |part: &u32| *part == row || identity.old_of[*part as usize] != NONE;
        let parts = members.parts(row).filter(stood).map(|part| below.of(part));
        parts.fold((0, 0), |(objects, bytes), part| (objects + part.0, bytes.saturating_add(part.1)))
    }

    /// Who stood in a holder's place before.
    pub(super) fn partner(&self, row: u32) -> Option<ObjectId> {
        Some(self.pairs.old_of[row as usize]).filter(|old| *old != NONE).map(ObjectId::new)
    }

    pub(super) fn describe(&self, before: &Members<'_>, after: &Members<'_>, candidate: &Candidate) -> Growth {
        let (id, partner) = (ObjectId::new(candidate.row), self.partner(candidate.row));
        let objects = self.new.objects();
        let new = after.count(id.get());
        Growth {
            object: id,
            address: objects.address(id),
            type_name: objects.type_name(id).to_owned(),
            title: object_title(self.new, id),
            expression: place::expression(self.new, self.tree, id),
            change: self.change(id.get()),
            old: new - candidate.growth,
            new,
            old_length: partner.and_then(|partner| self.old.texts().length(partner)),
            new_length: self.new.texts().length(id),
            added: self.added(before, after, iter::once(candidate.row)),
            below: self.below.map(|_| candidate.below),
            retained: self.retained.map(|[then, now]| [partner.and_then(|old| then.bytes(old)), now.bytes(id)]),
        }
    }

    /// To which types some holders have more references than before, together. Linear in what they hold and held.
    pub(super) fn added(
        &self,
        before: &Members<'_>,
        after: &Members<'_>,
        rows: impl Iterator<Item = u32>,
    ) -> Vec<(String, u64)> {
        let (then, now) = (&self.old.objects().columns().types, &self.new.objects().columns().types);
        let mut counts: HashMap<u32, i64> = HashMap::default();
        for row in rows {
            after.targets(row).for_each(|target| *counts.entry(now[target.index()]).or_default() += 1);
            let old = self.partner(row).into_iter().flat_map(|partner| before.targets(partner.get()));
            old.for_each(|target| *counts.entry(self.new_types[then[target.index()] as usize]).or_default() -= 1);
        }
        let names = self.new.objects().type_names();
        let more = counts.into_iter().filter(|(_, count)| *count > 0);
        let named = more.filter_map(|(of_type, count)| Some((names.get(of_type)?.to_owned(), count.unsigned_abs())));
        let mut named: Vec<(String, u64)> = named.collect();
        named.sort_by(|a, b| (Reverse(a.1), &a.0).cmp(&(Reverse(b.1), &b.0)));
        named.truncate(TYPES);
        named
    }
}
