//! Ways from the roots to a few objects.

use super::super::place;
use crate::graph::{Csr, Marks, ShortestPaths};
use crate::snapshot::{ObjectId, ReferenceTag, RootKind, Snapshot};

/// How a root leads to each of these objects, as an expression: `app.CACHE`. `None` where no root leads.
///
/// The shortest chain, named roots first, as `chain` gives it. The search ends with the last of them: what has a name
/// in the program is as a rule near a root.
pub(super) fn expressions(snapshot: &Snapshot, ids: &[ObjectId]) -> Vec<Option<String>> {
    let columns = snapshot.references().columns();
    let graph = Csr::new(&columns.offsets, &columns.targets);
    let holds = ReferenceTag::table(ReferenceTag::holds);
    let keep = |edge: u32| holds[columns.tags[edge as usize] as usize];
    let mut wanted = Marks::none(graph.nodes());
    let mut missing = ids.iter().filter(|id| wanted.insert(id.get())).count();
    let mut enough = |row: u32| {
        missing -= usize::from(wanted.contains(row));
        missing == 0
    };
    let held = |row: u32| snapshot.objects().root_kind(ObjectId::new(row)) == Some(RootKind::Held);
    let roots =
        || snapshot.root().into_iter().flat_map(|root| snapshot.references().of(root)).map(|row| row.target.get());
    let mut tree = ShortestPaths::new(graph.nodes());
    let _ = tree.grow_until(graph, roots().filter(|row| !held(*row)), keep, &mut enough)
        || tree.grow_until(graph, roots().filter(|row| held(*row)), keep, &mut enough);
    let name = |id: &ObjectId| place::expression(snapshot, &tree, *id).filter(|name| !name.is_empty());
    ids.iter().map(name).collect()
}
