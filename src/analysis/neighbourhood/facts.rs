//! What is known of the objects in a picture: what they retain, and what is special about them.

use super::{Content, Direction, Mark, Neighbourhood, Options};
use crate::analysis::paths;
use crate::cpython::label::{is_class, is_module};
use crate::graph::{Marks, ShortestPaths};
use crate::snapshot::{Flags, Generation, ObjectId, Reference, ReferenceKind, Referrers, RootKind, Snapshot};
use foldhash::HashSet;

/// How far and how many objects are looked at on the other side of what was asked for.
const FAR: u32 = 6;
const MANY: usize = 4000;

/// In a picture of holders what the objects hold, and the other way round, as far as it is near: a neighbour that is
/// among these closes a cycle with them. Through no class, module or root. Looks at a bounded number of objects.
pub(super) fn on_the_other_side(
    snapshot: &Snapshot,
    referrers: &Referrers,
    asked: &[ObjectId],
    direction: Direction,
) -> HashSet<ObjectId> {
    let mut found: HashSet<ObjectId> = HashSet::default();
    let mut queue: Vec<(ObjectId, u32)> = asked.iter().take(MANY).map(|id| (*id, 0)).collect();
    let mut next = 0;
    while let Some(&(id, depth)) = queue.get(next) {
        next += 1;
        if depth >= FAR {
            break;
        }
        let near: Vec<ObjectId> = match direction {
            Direction::Backrefs => {
                let references = snapshot.references().of(id).filter(says_something);
                references.map(|reference| reference.target).take(MANY).collect()
            }
            Direction::Refs => {
                let references = referrers.of(snapshot.references(), id).filter(says_something);
                references.map(|reference| reference.holder).take(MANY).collect()
            }
        };
        for other in near {
            let ends =
                snapshot.objects().is_synthetic(other) || is_class(snapshot, other) || is_module(snapshot, other);
            if !ends && found.len() < MANY && found.insert(other) {
                queue.push((other, depth + 1));
            }
        }
    }
    found
}

fn says_something(reference: &Reference<'_>) -> bool {
    use ReferenceKind::{Base, Global, Type};
    reference.tag.holds() && !matches!(reference.kind(), Type | Base | Global)
}

/// What roots reach: known from elsewhere, or found out here.
enum Living<'a> {
    Paths(&'a ShortestPaths),
    Marks(Marks),
    /// A heap without roots says nothing of who is alive.
    Unknown,
}

impl Living<'_> {
    fn contains(&self, id: ObjectId) -> bool {
        match self {
            Living::Paths(paths) => paths.reaches(id.get()),
            Living::Marks(marks) => marks.contains(id.get()),
            Living::Unknown => true,
        }
    }
}

/// Fills in marks and retained bytes. Where nothing says yet what roots reach, one pass over the heap.
pub(super) fn mark(
    snapshot: &Snapshot,
    referrers: &Referrers,
    picture: &mut Neighbourhood,
    options: &Options<'_>,
    reached: Option<&ShortestPaths>,
) {
    let living = match (snapshot.root(), reached) {
        (None, _) => Living::Unknown,
        (_, Some(paths)) => Living::Paths(paths),
        _ => Living::Marks(paths::living(snapshot.objects(), snapshot.references())),
    };
    for node in &mut picture.nodes {
        let Content::Object(id) = node.content else { continue };
        if snapshot.objects().is_synthetic(id) {
            continue;
        }
        node.retained = options.retained.and_then(|retained| retained.bytes(id));
        node.marks = marks(snapshot, referrers, id, living.contains(id));
    }
}

fn marks(snapshot: &Snapshot, referrers: &Referrers, id: ObjectId, alive: bool) -> Vec<Mark> {
    let objects = snapshot.objects();
    let flags = objects.flags(id);
    let finalizer = flags.contains(Flags::FINALIZER) || flags.contains(Flags::LEGACY_FINALIZER);
    let found = [
        (Mark::Garbage, !alive),
        (Mark::HeldOutside, is_held_outside(snapshot, referrers, id)),
        (Mark::Finalizer, finalizer && !is_class(snapshot, id)),
        (Mark::Frozen, objects.generation(id) == Generation::FROZEN),
    ];
    found.into_iter().filter(|(_, is)| *is).map(|(mark, _)| mark).collect()
}

/// Whether all references that hold it come from outside of Python, and there are any. Their rows come first, so that
/// few references are looked at.
fn is_held_outside(snapshot: &Snapshot, referrers: &Referrers, id: ObjectId) -> bool {
    let holding = referrers.of(snapshot.references(), id).filter(|reference| reference.tag.holds());
    let outside = |reference: Reference<'_>| snapshot.objects().root_kind(reference.holder) == Some(RootKind::Held);
    let mut held = false;
    holding.map(outside).all(|outside| {
        held = true;
        outside
    }) && held
}
