//! A large heap that looks like a process's, for benches: what the columns hold decides how fast they are.

use super::random::Random;
use crate::error::Result;
use crate::snapshot::{
    Address, Flags, Generation, Metadata, NameId, NewObject, NewRoot, ReferenceKind, ReferenceTag, RootKind, Snapshot,
    SnapshotBuilder, TypeId,
};

/// Attribute names and types of a large program; a few of each are most of what there is.
const NAMES: u64 = 4_000;
const TYPES: u64 = 1_500;
/// Objects of one size that lie side by side, as pymalloc packs them.
const POOL: u64 = 60;

/// A heap of `objects` objects and, on average, 1.75 references each: instances, dicts, lists, and the untracked
/// strings and numbers they hold. Addresses rise within pools that lie anywhere, most references go to what was made
/// shortly before, attribute names repeat, every third dict key is like no other. The same for the same seed.
///
/// # Panics
/// Beyond 2³² objects or references.
pub fn process(seed: u64, objects: u64) -> Snapshot {
    build(&mut Random::new(seed), objects).expect("addresses are distinct and every target is one of them")
}

fn build(random: &mut Random, objects: u64) -> Result<Snapshot> {
    let mut builder = SnapshotBuilder::new();
    let types = (0..TYPES).map(|number| builder.type_name(&format!("package{}.module.Type{number}", number % 40)));
    let types: Vec<TypeId> = types.collect::<Result<_>>()?;
    let names = (0..NAMES).map(|number| builder.name(&format!("attribute_{number}")));
    let names: Vec<NameId> = names.collect::<Result<_>>()?;
    for position in 0..objects {
        // One in twenty is a dict, a third are instances or lists, the rest are leaves.
        let shape = random.below(20);
        add_object(&mut builder, random, position, objects, shape, &types)?;
        let count = match shape {
            0 => 6 + random.below(13),
            1..7 => random.below(7),
            _ => 0,
        };
        for _ in 0..count {
            add_reference(&mut builder, random, position, objects, shape, &names)?;
        }
    }
    for position in 0..objects.min(400) {
        let (kind, reference, target) = (RootKind::Module, ReferenceKind::Root, address(position, objects));
        let name = format!("package{}.module{position}", position % 40);
        builder.root(NewRoot { kind, path: &[], reference, name: Some(&name), target, counted: false })?;
    }
    builder.finish(Metadata::default())
}

/// Pools are dealt out over the heap like cards: 7919 is prime, and so shares no factor with their number, made odd.
fn address(position: u64, objects: u64) -> Address {
    let pools = (objects / POOL + 1) | 1;
    let pools = if pools.is_multiple_of(7919) { pools + 2 } else { pools };
    let (pool, slot) = (position / POOL * 7919 % pools, position % POOL);
    Address(0x7f00_0000_0000 + pool * 4096 + slot * 64)
}

/// Small numbers often, large ones seldom.
fn skewed(random: &mut Random, limit: u64) -> u64 {
    let bound = 1 + random.below(limit);
    random.below(bound).min(random.below(bound))
}

fn add_object(
    builder: &mut SnapshotBuilder,
    random: &mut Random,
    position: u64,
    objects: u64,
    shape: u64,
    types: &[TypeId],
) -> Result<()> {
    let tracked = shape < 7;
    let text = (shape >= 9).then(|| format!("value {} of a field", random.below(objects)));
    builder.object(NewObject {
        address: address(position, objects),
        type_name: types[if shape == 0 { 0 } else { skewed(random, TYPES) as usize }],
        size: if shape == 0 { 64 << random.below(5) } else { 32 + 8 * skewed(random, 12) },
        refcount: None,
        generation: if !tracked {
            Generation::UNTRACKED
        } else if position < objects / 500 {
            Generation(0)
        } else {
            Generation(2)
        },
        flags: Flags::empty(),
        length: (!(3..9).contains(&shape)).then(|| skewed(random, 30)),
        text: text.as_deref(),
    })
}

fn add_reference(
    builder: &mut SnapshotBuilder,
    random: &mut Random,
    position: u64,
    objects: u64,
    shape: u64,
    names: &[NameId],
) -> Result<()> {
    let near = position.saturating_sub(skewed(random, 2000)).max(1) - 1;
    let target = address(if random.chance(1, 4) { random.below(objects) } else { near }, objects);
    let named = names[skewed(random, NAMES) as usize];
    let (kind, name) = match shape {
        0 if random.chance(1, 3) => {
            (ReferenceKind::Key, Some(builder.name(&format!("'user:{}'", random.below(objects)))?))
        }
        0 => (ReferenceKind::Key, Some(named)),
        1..3 => (ReferenceKind::Item, None),
        _ => (ReferenceKind::Attribute, Some(named)),
    };
    builder.reference(target, ReferenceTag::plain(kind), name);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_large_as_asked_for_and_sound() {
        for objects in [1, 60, 61, 5000, 60 * 7918] {
            let heap = process(1, objects);
            assert_eq!(heap.objects().real_ids().len() as u64, objects);
            let per_object = heap.references().len() as f64 / objects as f64;
            assert!(objects < 5000 || (1.5..2.0).contains(&per_object), "{per_object} references per object");
            assert_eq!(heap.verify(), Ok(()));
        }
    }
}
