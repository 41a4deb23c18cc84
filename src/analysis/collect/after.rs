//! The snapshot as it would be once the collector has run.

use super::{Collection, Options};
use crate::error::Result;
use crate::graph::Marks;
use crate::snapshot::{
    Address, Flags, Generation, NameId, NewObject, NewRoot, ObjectId, Reference, ReferenceId, ReferenceKind,
    ReferenceTag, RootKind, Snapshot, SnapshotBuilder, TypeId,
};

/// How the root is called that holds what `gc.garbage` gains.
const GARBAGE: &str = "gc.garbage";

/// The heap after `collect(…, options)` found what it did: the dead are gone, refcounts are lower by their references
/// and by those that were cut, survivors of the generations looked at stand in the next older one, behind those that
/// were there. What `gc.garbage` gains is held by a root of that name.
///
/// Weak references to the dead are cleared, and so are guessed and borrowed ones. No code has run: neither finalizers
/// nor callbacks did anything, and nothing was untracked. A warning in the metadata says so.
///
/// ```
/// use heapgraph::analysis::collect::{Options, after, collect};
/// use heapgraph::testkit::{id, sketch};
/// let heap = sketch("<held> > a; a@0; lost > lost.me, a.name");
/// let options = Options::default();
/// let later = after(&heap, &collect(heap.objects(), heap.references(), &options), &options)?;
/// assert_eq!(later.objects().refcount(id(&later, "a")), heap.objects().refcount(id(&heap, "a")) - 1);
/// assert_eq!(later.objects().generation(id(&later, "a")).0, 2);
/// # Ok::<(), heapgraph::Error>(())
/// ```
///
/// # Errors
/// What the builder refuses: nothing that a snapshot can be.
pub fn after(snapshot: &Snapshot, found: &Collection, options: &Options) -> Result<Snapshot> {
    let later = Later::new(snapshot, found, options);
    let mut builder = SnapshotBuilder::new();
    builder.reserve(snapshot.objects().len(), snapshot.references().len());
    let types = snapshot.objects().type_names().iter().map(|name| builder.type_name(name));
    let types: Vec<TypeId> = types.collect::<Result<_>>()?;
    let names = snapshot.references().columns().name_table.iter().map(|name| builder.name(name));
    let names: Vec<NameId> = names.collect::<Result<_>>()?;
    for id in later.order() {
        builder.object(later.object(id, &types))?;
        for reference in snapshot.references().of(id).filter(|reference| later.stays(reference)) {
            let name = snapshot.references().name_id(reference.id).map(|name| names[name.index()]);
            builder.reference(address(snapshot, reference.target), reference.tag, name);
        }
    }
    for entry in snapshot.root_entries().iter().filter(|entry| !later.dead.contains(entry.target.get())) {
        let (kind, path, reference, name) = (entry.kind, entry.path.as_slice(), entry.reference, entry.name);
        let target = address(snapshot, entry.target);
        builder.root(NewRoot { kind, path, reference, name, target, counted: entry.counted })?;
    }
    for &id in &found.garbage {
        let (kind, reference, name) = (RootKind::Interpreter, ReferenceKind::Root, Some(GARBAGE));
        let target = address(snapshot, id);
        builder.root(NewRoot { kind, path: &[], reference, name, target, counted: true })?;
    }
    let mut metadata = snapshot.metadata().clone();
    metadata.warnings.push(format!(
        "simulated: the heap as gc.collect({}) would leave it, {} objects of it freed; no finalizer and no callback ran",
        found.generation.0,
        found.freed()
    ));
    builder.finish(metadata)
}

fn address(snapshot: &Snapshot, id: ObjectId) -> Address {
    snapshot.objects().address(id).expect("only rows of roots have no address, and no other row refers to them here")
}

/// What becomes of each object and reference.
struct Later<'s> {
    snapshot: &'s Snapshot,
    generation: Generation,
    dead: Marks,
    cut: Marks,
    /// The refcounts afterwards.
    refcounts: Vec<u32>,
}

impl<'s> Later<'s> {
    fn new(snapshot: &'s Snapshot, found: &Collection, options: &Options) -> Self {
        let (objects, references) = (snapshot.objects(), snapshot.references());
        let mut dead = Marks::none(objects.len());
        dead.extend(found.dead().map(ObjectId::get));
        let mut cut = Marks::none(references.len());
        cut.extend(options.cut.iter().map(|id| id.get()));
        // As in the collection, a count is never lower than the references found.
        let mut refcounts = snapshot.explained();
        refcounts.iter_mut().zip(&objects.columns().refcounts).for_each(|(found, stored)| *found = *stored.max(found));
        let mut drop_one = |target: ObjectId, tag: ReferenceTag| {
            let count = &mut refcounts[target.index()];
            *count = count.saturating_sub(u32::from(tag.counted()));
        };
        for edge in cut.iter() {
            let target = ObjectId::new(references.columns().targets[edge as usize]);
            drop_one(target, references.tag(ReferenceId::new(edge)));
        }
        let of_dead = found.dead().flat_map(|id| references.of(id));
        of_dead.filter(|lost| !cut.contains(lost.id.get())).for_each(|lost| drop_one(lost.target, lost.tag));
        found.garbage.iter().for_each(|id| refcounts[id.index()] = refcounts[id.index()].saturating_add(1));
        Later { snapshot, generation: found.generation, dead, cut, refcounts }
    }

    /// The survivors in the order of the collector's lists: it puts younger generations behind the one it looks at,
    /// and what survives behind the next older one (`gc_list_merge`).
    fn order(&self) -> Vec<ObjectId> {
        let objects = self.snapshot.objects();
        let mut order: Vec<ObjectId> = objects.real_ids().filter(|id| !self.dead.contains(id.get())).collect();
        order.sort_by_key(|id| match objects.generation(*id) {
            of if of > self.generation => 0,
            of if of == self.generation => 1,
            Generation(younger) => 2 + younger,
        });
        order
    }

    fn object(&self, id: ObjectId, types: &[TypeId]) -> NewObject<'s> {
        let (objects, texts) = (self.snapshot.objects(), self.snapshot.texts());
        let stored = objects.refcount(id);
        // A count that never falls says nothing, and stays.
        let endless = stored == u32::MAX || objects.flags(id).contains(Flags::IMMORTAL);
        let generation = objects.generation(id);
        let older = Generation((self.generation.0 + 1).min(2));
        NewObject {
            address: address(self.snapshot, id),
            type_name: types[objects.type_id(id).index()],
            size: objects.size(id),
            refcount: Some(if endless { stored } else { self.refcounts[id.index()] }),
            generation: if generation > self.generation { generation } else { older },
            flags: objects.flags(id),
            length: texts.length(id),
            text: texts.text(id),
        }
    }

    fn stays(&self, reference: &Reference<'_>) -> bool {
        // Only a file of another maker lets an object refer to a root.
        let to_root = self.snapshot.objects().is_synthetic(reference.target);
        !to_root && !self.cut.contains(reference.id.get()) && !self.dead.contains(reference.target.get())
    }
}
