//! What several objects retain together, exactly.

use super::Retained;
use crate::graph::{Csr, Marks};
use crate::snapshot::{ObjectId, Objects, ReferenceTag, References};

/// What would be freed if a set of objects went away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SetRetained {
    /// How many objects the set has.
    pub objects: u64,
    /// How many would be freed, those of the set among them.
    pub freed: u64,
    /// Their bytes.
    pub retained: u64,
}

/// What would be freed if all of these went away at once: what no way leads to any more that avoids them. That is at
/// least what each retains alone, and also what only they share. What is not in the tree counts for nothing.
///
/// Marks what is still reached when ways end at the set's members. Linear.
pub fn of_set(objects: &Objects, references: &References, retained: &Retained, ids: &[ObjectId]) -> SetRetained {
    let columns = references.columns();
    let graph = Csr::new(&columns.offsets, &columns.targets);
    let holds = ReferenceTag::table(ReferenceTag::holds);
    let tree = retained.tree();
    let mut left = Marks::none(objects.len());
    let members = ids.iter().filter(|id| left.insert(id.get())).count();
    left.reach(graph, retained.sources.iter().copied(), |edge| {
        holds[columns.tags[edge as usize] as usize] && tree.reaches(graph.target(edge))
    });
    ids.iter().for_each(|id| left.remove(id.get()));
    let mut set = SetRetained { objects: members as u64, freed: 0, retained: 0 };
    for row in tree.preorder().iter().filter(|row| !left.contains(**row)) {
        let id = ObjectId::new(*row);
        set.freed += u64::from(!objects.is_synthetic(id));
        set.retained = set.retained.saturating_add(objects.size(id));
    }
    set
}
