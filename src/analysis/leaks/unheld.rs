//! What the collector knows and no Python object holds: references that C code took and never gave back.

use crate::analysis::census::{TypeCount, by_type};
use crate::graph::Marks;
use crate::snapshot::{ObjectId, Objects, ReferenceTag, References, RootKind};

/// Tracked objects that only something outside Python holds: objgraph's `get_leaking_objects`.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Unheld {
    /// The objects, in row order.
    pub objects: Vec<ObjectId>,
    /// By type, most bytes first.
    pub types: Vec<TypeCount>,
}

impl Unheld {
    /// Their own bytes.
    pub fn bytes(&self) -> u64 {
        self.types.iter().fold(0, |sum, one| one.bytes.saturating_add(sum))
    }
}

/// Finds them: whatever hangs under `<held outside Python>` and that nothing else refers to but weakly. Calls that run,
/// modules and the interpreter hold too. Linear.
pub(super) fn find(objects: &Objects, references: &References) -> Unheld {
    let held_row = |id: &ObjectId| objects.root_kind(*id) == Some(RootKind::Held);
    let rows = || objects.ids().take(objects.synthetic());
    let columns = references.columns();
    let holds = ReferenceTag::table(ReferenceTag::holds);
    let mut held = Marks::none(objects.len());
    let holders = rows().filter(|id| !held_row(id)).chain(objects.real_ids());
    for holder in holders {
        for edge in columns.offsets[holder.index()]..columns.offsets[holder.index() + 1] {
            let target = columns.targets[edge as usize];
            if holds[usize::from(columns.tags[edge as usize])] && target != holder.get() {
                held.insert(target);
            }
        }
    }
    let outside = rows().filter(held_row).flat_map(|row| references.of(row)).map(|reference| reference.target);
    let alone =
        |id: &ObjectId| !held.contains(id.get()) && !objects.is_synthetic(*id) && objects.generation(*id).is_tracked();
    let mut found: Vec<ObjectId> = outside.filter(alone).collect();
    found.sort_unstable();
    found.dedup();
    Unheld { types: by_type(objects, found.iter().copied()), objects: found }
}
