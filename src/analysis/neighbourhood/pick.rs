//! Which objects a picture shows: breadth first, the best neighbours of each, and fewer of a kind the more there would be.

use crate::cpython::fold::Folded;
use crate::snapshot::{NameId, ObjectId, ReferenceKind, Snapshot, TypeId};
use foldhash::{HashMap, HashSet};
use std::cmp::Reverse;

/// A picture with more boxes than this is drawn with fewer of each kind.
pub(super) const MOST_BOXES: usize = 64;

/// Of many objects asked for so many are shown at most.
pub(super) const MOST_ASKED: usize = 24;

/// How few of a kind each object shows: neighbours of one type by one way of reference. The further down the table, the
/// fewer; the first row that gives few enough boxes is taken, else the last.
const LEVELS: [Level; 10] = [
    Level::new(usize::MAX, usize::MAX, usize::MAX, MOST_ASKED),
    Level::new(3, usize::MAX, usize::MAX, MOST_ASKED),
    Level::new(2, usize::MAX, 12, MOST_ASKED),
    Level::new(1, 6, 8, 16),
    Level::new(1, 4, 6, 12),
    Level::new(1, 3, 5, 12),
    Level::new(1, 2, 4, 8),
    Level::new(1, 2, 3, 8),
    Level::new(1, 1, 2, 8),
    Level::new(1, 1, 1, 8),
];

/// Around an object that was not asked for and has too many neighbours so few of a kind are shown.
const FEW_OF_MANY: usize = 2;

#[derive(Clone, Copy)]
pub(super) struct Level {
    /// Of a kind, around objects that were not asked for.
    far: usize,
    /// Of a kind, around those that were.
    near: usize,
    /// Of all kinds, around objects that were not asked for.
    all: usize,
    /// Objects asked for.
    pub(super) asked: usize,
}

impl Level {
    const fn new(far: usize, near: usize, all: usize, asked: usize) -> Self {
        Level { far, near, all, asked }
    }

    /// The places of the new candidates that it lets pass around an object at this distance. Where there are more than
    /// these anyway, few of a kind stand for all.
    fn choose(&self, candidates: &[Candidate], more: bool, depth: u32, known: &HashSet<ObjectId>) -> Vec<usize> {
        let far = if more { self.far.min(FEW_OF_MANY) } else { self.far };
        let (of_a_kind, mut room) = if depth == 0 { (self.near, usize::MAX) } else { (far, self.all) };
        let mut alike: HashMap<Likeness, usize> = HashMap::default();
        let new = |place: &usize| !known.contains(&candidates[*place].other);
        let passes = |place: &usize| {
            let candidate = candidates[*place];
            let count = alike.entry(candidate.likeness).or_default();
            let passes = candidate.on_root_path || (*count < of_a_kind && room > 0);
            if passes {
                *count += 1;
                room = room.saturating_sub(1);
            }
            passes
        };
        by_rank(candidates).into_iter().filter(new).filter(passes).collect()
    }
}

/// What is alike about neighbours: their type, and how the reference to them or from them reads.
type Likeness = (TypeId, ReferenceKind, Option<NameId>);

/// A neighbour that may be shown.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub(super) other: ObjectId,
    likeness: Likeness,
    on_root_path: bool,
    /// The larger, the sooner it is shown, among those that are not on the path from a root: one that joins or closes
    /// something, then what retains most.
    weight: (bool, u64),
}

impl Candidate {
    pub(super) fn new(
        snapshot: &Snapshot,
        other: ObjectId,
        link: &Folded<'_>,
        on_root_path: bool,
        weight: (bool, u64),
    ) -> Self {
        let kind = link.kind();
        // Keys and positions of one container are alike, attributes are by their names.
        let name = match kind {
            ReferenceKind::Key | ReferenceKind::Item | ReferenceKind::DictKey => None,
            _ => snapshot.references().name_id(link.last.id),
        };
        let likeness = (snapshot.objects().type_id(other), kind, name);
        Candidate { other, likeness, on_root_path, weight }
    }
}

/// Each neighbour once, by its first link; on the root path if any of its links is.
pub(super) fn distinct(candidates: impl Iterator<Item = Candidate>) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut places: HashMap<ObjectId, usize> = HashMap::default();
    for candidate in candidates {
        let place = *places.entry(candidate.other).or_insert(found.len());
        if place == found.len() {
            found.push(candidate);
        } else {
            found[place].on_root_path |= candidate.on_root_path;
        }
    }
    found
}

/// The best of these: what lies on the path from a root, then what weighs most, then as they come. In the order in which
/// they were found.
pub(super) fn best(candidates: Vec<Candidate>, most: usize) -> Vec<Candidate> {
    if candidates.len() <= most {
        return candidates;
    }
    let mut places: Vec<usize> = (0..candidates.len()).collect();
    if most > 0 {
        // No sort: a hub may have a million neighbours.
        places.select_nth_unstable_by_key(most - 1, |place| (rank(&candidates[*place]), *place));
    }
    places.truncate(most);
    places.sort_unstable();
    places.into_iter().map(|place| candidates[place]).collect()
}

/// Their places, the best first.
fn by_rank(candidates: &[Candidate]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..candidates.len()).collect();
    places.sort_by_key(|place| rank(&candidates[*place]));
    places
}

/// The smaller, the sooner it is shown.
fn rank(candidate: &Candidate) -> (bool, Reverse<(bool, u64)>) {
    (!candidate.on_root_path, Reverse(candidate.weight))
}

/// What was found around the objects of a picture without regard to its size, to be thinned out.
#[derive(Default)]
pub(super) struct Found {
    /// By object the candidates in the order in which they were found, and whether there are more than these.
    pub(super) around: HashMap<ObjectId, (Vec<Candidate>, bool)>,
}

impl Found {
    /// The objects of a picture with few enough boxes, each with its distance, in order of discovery; and how many of
    /// those asked for are among them.
    pub(super) fn thinned(&self, asked: &[ObjectId], max_depth: u32, group: bool) -> (Vec<(ObjectId, u32)>, usize) {
        const ALL: [Level; 1] = [Level::new(usize::MAX, usize::MAX, usize::MAX, usize::MAX)];
        let levels = if group { &LEVELS[..] } else { &ALL[..] };
        let mut last = (Vec::new(), asked.len());
        for level in levels {
            let shown = level.asked.min(asked.len());
            let (objects, cards) = self.at(level, &asked[..shown], max_depth);
            let few = objects.len() + cards <= MOST_BOXES;
            last = (objects, shown);
            if few {
                break;
            }
        }
        last
    }

    /// The objects at one level of thinning, and how many cards there will be.
    fn at(&self, level: &Level, asked: &[ObjectId], max_depth: u32) -> (Vec<(ObjectId, u32)>, usize) {
        let mut known: HashSet<ObjectId> = asked.iter().copied().collect();
        let mut objects: Vec<(ObjectId, u32)> = asked.iter().map(|id| (*id, 0)).collect();
        let mut next = 0;
        while let Some(&(id, depth)) = objects.get(next) {
            next += 1;
            let Some((candidates, more)) = self.around.get(&id).filter(|_| depth < max_depth) else { continue };
            let mut chosen = level.choose(candidates, *more, depth, &known);
            chosen.sort_unstable();
            for other in chosen.into_iter().map(|place| candidates[place].other) {
                known.insert(other);
                objects.push((other, depth + 1));
            }
        }
        let rest = |(id, depth): &&(ObjectId, u32)| {
            let around = self.around.get(id).filter(|_| *depth < max_depth);
            around.is_some_and(|(candidates, more)| *more || candidates.iter().any(|one| !known.contains(&one.other)))
        };
        let cards = objects.iter().filter(rest).count();
        (objects, cards)
    }
}
