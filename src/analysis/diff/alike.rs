//! Holders in like places: those whose paths differ only in keys or positions, taken as one.

use super::holders::{Candidate, Comparison, Growth};
use crate::analysis::members::Members;
use crate::analysis::place;
use crate::graph::ShortestPaths;
use crate::snapshot::{NO_NAME, ObjectId, ReferenceKind, ReferenceTag, Snapshot};
use foldhash::HashMap;
use std::cmp::Reverse;

/// In place of a shape where there is none yet, and above the shapes that have nothing above them.
const NONE: u32 = u32::MAX;

/// One holder that grew, or several of one type in like places.
#[derive(Clone, PartialEq, Debug)]
pub struct Alike {
    /// How many holders.
    pub holders: u64,
    /// The one that grew most.
    pub most: Growth,
    /// The path of all, as an expression with `[…]` for what differs; of a single holder its own. `None` for garbage.
    pub expression: Option<String>,
    /// How many references they had.
    pub old: u64,
    /// How many they have.
    pub new: u64,
    /// To which types they have more references than before, and how many more; most first, at most five.
    pub added: Vec<(String, u64)>,
    /// What appeared below all of them, as objects and bytes.
    pub below: Option<(u64, u64)>,
    /// What they retained and retain, where that was asked for: none of them hangs below another.
    pub retained: Option<[u64; 2]>,
}

impl Alike {
    /// By how many references they grew.
    pub fn references(&self) -> u64 {
        self.new - self.old
    }
}

/// Candidates in like places, most growth first, and what they add up to.
#[derive(Default)]
struct Group {
    members: Vec<usize>,
    growth: u64,
    below: (u64, u64),
}

/// Takes together what stands in like places: most growth first, then bytes below, then by row; and how many there are,
/// listed or not. `found` is sorted. A holder that has more than half of what its like grew by stands alone.
pub(super) fn alike(
    comparison: &Comparison<'_>,
    before: &Members<'_>,
    after: &Members<'_>,
    found: &[Candidate],
    limit: usize,
) -> (Vec<Alike>, u64) {
    let mut shapes = Shapes::new(comparison.new, comparison.tree, after);
    let mut numbers: HashMap<(u32, u32), usize> = HashMap::default();
    let mut like: Vec<Vec<usize>> = Vec::new();
    for (place, one) in found.iter().enumerate() {
        let of_type = comparison.new.objects().columns().types[one.row as usize];
        let number = *numbers.entry((shapes.of(one.row), of_type)).or_insert(like.len());
        if number == like.len() {
            like.push(Vec::new());
        }
        like[number].push(place);
    }
    let mut groups: Vec<Group> = like.into_iter().flat_map(|members| split(found, members)).collect();
    groups.sort_by_key(|group| (Reverse(group.growth), Reverse(group.below.1), group.members[0]));
    let all = groups.len() as u64;
    groups.truncate(limit);
    (groups.iter().map(|group| comparison.take_together(before, after, found, group)).collect(), all)
}

/// Takes out, from the first on, who has more than half of what is left; the rest stays together.
fn split(found: &[Candidate], members: Vec<usize>) -> Vec<Group> {
    let group = |members: &[usize]| {
        let sum = |below: (u64, u64), more: (u64, u64)| (below.0 + more.0, below.1.saturating_add(more.1));
        Group {
            members: members.to_vec(),
            growth: members.iter().map(|place| found[*place].growth).sum(),
            below: members.iter().map(|place| found[*place].below).fold((0, 0), sum),
        }
    };
    let mut left: u64 = members.iter().map(|place| found[*place].growth).sum();
    let (mut groups, mut from) = (Vec::new(), 0);
    while from < members.len() && found[members[from]].growth > left - found[members[from]].growth {
        left -= found[members[from]].growth;
        groups.push(group(&members[from..=from]));
        from += 1;
    }
    if from < members.len() {
        groups.push(group(&members[from..]));
    }
    groups
}

impl Comparison<'_> {
    fn take_together(&self, before: &Members<'_>, after: &Members<'_>, found: &[Candidate], group: &Group) -> Alike {
        let most = self.describe(before, after, &found[group.members[0]]);
        let rows = || group.members.iter().map(|place| found[*place].row);
        let new: u64 = rows().map(|row| after.count(row)).sum();
        let pattern = || place::pattern(self.new, self.tree, most.object);
        let sum = |bytes: &mut dyn Iterator<Item = Option<u64>>| bytes.flatten().fold(0, u64::saturating_add);
        Alike {
            holders: group.members.len() as u64,
            expression: if group.members.len() == 1 { most.expression.clone() } else { pattern() },
            old: new - group.growth,
            new,
            added: self.added(before, after, rows()),
            below: self.below.map(|_| group.below),
            retained: self.retained.map(|[then, now]| {
                let old = &mut rows().map(|row| then.bytes(self.partner(row)?));
                [sum(old), sum(&mut rows().map(|row| now.bytes(ObjectId::new(row))))]
            }),
            most,
        }
    }
}

/// Numbers for paths from the roots, equal where paths differ only in keys and positions.
struct Shapes<'s> {
    snapshot: &'s Snapshot,
    tree: &'s ShortestPaths,
    members: &'s Members<'s>,
    /// The shape of each row that was met, or [`NONE`].
    known: Vec<u32>,
    /// By the shape above, the kind and name of the last reference, and the type it leads to where nothing names it.
    numbers: HashMap<(u32, u8, u32, u32), u32>,
}

impl<'s> Shapes<'s> {
    fn new(snapshot: &'s Snapshot, tree: &'s ShortestPaths, members: &'s Members<'s>) -> Self {
        let known = vec![NONE; snapshot.objects().len()];
        Shapes { snapshot, tree, members, known, numbers: HashMap::default() }
    }

    /// The shape of the path to a row. Each row on a path is looked at once, whoever asks; all garbage has one shape.
    fn of(&mut self, row: u32) -> u32 {
        let (mut way, mut at) = (Vec::new(), row);
        while self.known[at as usize] == NONE {
            let Some(step) = self.tree.arrival(at) else {
                let start = if self.tree.reaches(at) { at } else { NONE };
                self.known[at as usize] = self.number((NONE, 0, start, 0));
                break;
            };
            way.push((at, step));
            at = step.from;
        }
        for (row, step) in way.into_iter().rev() {
            let key = self.key(row, step.from, step.edge);
            self.known[row as usize] = self.number(key);
        }
        self.known[row as usize]
    }

    fn key(&self, row: u32, from: u32, edge: u32) -> (u32, u8, u32, u32) {
        let columns = self.snapshot.references().columns();
        let kind = ReferenceTag::from_byte(columns.tags[edge as usize]).map_or(ReferenceKind::Item, ReferenceTag::kind);
        let name = match kind {
            ReferenceKind::Item | ReferenceKind::DictKey => NO_NAME,
            ReferenceKind::Key if !self.members.is_folded(from) => NO_NAME,
            _ => columns.names[edge as usize],
        };
        let unnamed_root = kind == ReferenceKind::Root && name == NO_NAME;
        let of_type = if unnamed_root { self.snapshot.objects().columns().types[row as usize] } else { 0 };
        (self.known[from as usize], kind as u8, name, of_type)
    }

    fn number(&mut self, key: (u32, u8, u32, u32)) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(key).or_insert(next)
    }
}
