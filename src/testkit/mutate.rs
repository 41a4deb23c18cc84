//! A heap some time later: objects gone, new ones in their place or elsewhere, references come and gone.

use super::random::Random;
use crate::error::Result;
use crate::snapshot::{
    Address, Flags, Generation, NewObject, NewRoot, ObjectId, ReferenceKind, ReferenceTag, Snapshot, SnapshotBuilder,
};
use std::collections::HashSet;

/// `snapshot` after a few random changes; with a used-up input the same heap.
///
/// An object in eight goes, with all references to it; one in eight gives its address to an object of another type or
/// text; up to five are new; one in four gets another reference, one in eight loses its first.
///
/// # Panics
/// Never: what is left over is a heap.
pub fn mutate(random: &mut Random, snapshot: &Snapshot) -> Snapshot {
    build(random, snapshot).expect("addresses stay distinct, and references to what went go with it")
}

fn build(random: &mut Random, snapshot: &Snapshot) -> Result<Snapshot> {
    let objects = snapshot.objects();
    let address = |id: ObjectId| objects.columns().addresses[id.index()];
    let gone: HashSet<ObjectId> = objects.real_ids().filter(|_| random.chance(1, 8)).collect();
    let kept: Vec<ObjectId> = objects.real_ids().filter(|id| !gone.contains(id)).collect();
    let highest = objects.real_ids().map(address).max().unwrap_or(0x1000);
    let new: Vec<Address> = (1..=random.below(6)).map(|number| Address(highest + 16 * number)).collect();
    let all: Vec<Address> = kept.iter().map(|id| Address(address(*id))).chain(new.iter().copied()).collect();
    let mut builder = SnapshotBuilder::new();
    for id in &kept {
        copy(&mut builder, random, snapshot, *id)?;
        let skipped = usize::from(random.chance(1, 8));
        for reference in snapshot.references().of(*id).skip(skipped).filter(|to| !gone.contains(&to.target)) {
            let name = reference.name.map(|name| builder.name(name)).transpose()?;
            builder.reference(Address(address(reference.target)), reference.tag, name);
        }
        if random.chance(1, 4) {
            builder.reference(random.pick(&all), ReferenceTag::plain(ReferenceKind::Item), None);
        }
    }
    for address in new {
        let type_name = builder.type_name(random.pick(&["app.Session", "builtins.list", "app.New"]))?;
        builder.object(NewObject { address, type_name, ..plain(16 * random.below(9)) })?;
        (0..random.below(3)).for_each(|_| {
            builder.reference(random.pick(&all), ReferenceTag::plain(ReferenceKind::Item), None);
        });
    }
    for root in snapshot.root_entries().iter().filter(|root| !gone.contains(&root.target)) {
        builder.root(NewRoot {
            kind: root.kind,
            path: &root.path,
            reference: root.reference,
            name: root.name,
            target: Address(address(root.target)),
            counted: root.counted,
        })?;
    }
    builder.finish(snapshot.metadata().clone())
}

fn plain(size: u64) -> NewObject<'static> {
    let (address, type_name) = (Address(0), crate::snapshot::TypeId::default());
    let (generation, flags) = (Generation(0), Flags::empty());
    NewObject { address, type_name, size, refcount: None, generation, flags, length: None, text: None }
}

/// The object as it was, or what took its address.
fn copy(builder: &mut SnapshotBuilder, random: &mut Random, snapshot: &Snapshot, id: ObjectId) -> Result<()> {
    let (objects, texts) = (snapshot.objects(), snapshot.texts());
    let (other_type, other_text) = (random.chance(1, 16), random.chance(1, 16));
    let type_name = builder.type_name(if other_type { "app.Other" } else { objects.type_name(id) })?;
    builder.object(NewObject {
        address: Address(objects.columns().addresses[id.index()]),
        type_name,
        size: objects.size(id),
        refcount: None,
        generation: objects.generation(id),
        flags: objects.flags(id),
        length: texts.length(id),
        text: if other_text { Some("another") } else { texts.text(id) },
    })
}

#[cfg(test)]
mod tests {
    use super::super::{difference, random, sketch};
    use super::*;

    #[test]
    fn what_comes_of_a_sound_heap_is_sound_and_mostly_another() {
        let mut changed = 0;
        for seed in 0..300 {
            let heap = random::heap(&mut Random::new(seed), &random::Options::default());
            let later = mutate(&mut Random::new(seed), &heap);
            assert_eq!(later.verify(), Ok(()), "{}", super::super::print(&heap));
            changed += u32::from(difference(&heap, &later).is_some());
        }
        assert!(changed > 200, "only {changed} heaps changed");
    }

    #[test]
    fn no_choice_is_no_change() {
        let heap = sketch("<modules> > app; app:module > ns.__dict__; ns:dict[1] > c['k']; c:list#16 > app");
        assert_eq!(difference(&heap, &mutate(&mut Random::from_bytes(&[]), &heap)), None);
    }
}
