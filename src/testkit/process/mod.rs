//! A large heap that looks like a process's, for benches: how objects hang together decides how fast passes over them
//! are, and what the columns hold how fast they are read and written.

mod record;

use super::random::Random;
use crate::error::Result;
use crate::snapshot::{
    Address, Flags, Generation, Metadata, NameId, NewObject, NewRoot, ReferenceKind, ReferenceTag, RootKind, Snapshot,
    SnapshotBuilder, TypeId,
};
use record::{Link, RECORD, Shape, Template, skewed};

/// Classes, which come first, and attribute names of a large program; a few of each are most of what there is.
const CLASSES: u64 = 1_500;
const NAMES: u64 = 4_000;
const TEMPLATES: u64 = 60;
/// Each record keeps this many others.
const KEPT: u64 = 8;
/// Of the records that keep no other, one in so many is kept by nobody: garbage.
const LOST: u64 = 25;
/// Strings and numbers that the whole program shares.
const SHARED: u64 = 5_000;
/// Objects of one size that lie side by side, as pymalloc packs them.
const POOL: u64 = 60;

/// A heap of `objects` objects and, on average, three references each, for 1,600 objects and more.
///
/// Class objects that all their instances refer to; a tree of records, each an instance with 31 objects that hang on
/// it, some of which refer back to it; dicts with keys like no others; untracked strings and numbers, shared ones
/// among them; some records that nobody keeps. The same for the same seed.
///
/// # Panics
/// Beyond 2³² objects or references.
pub fn process(seed: u64, objects: u64) -> Snapshot {
    Heap::new(seed, objects).build().expect("addresses are distinct and every target is one of them")
}

struct Heap {
    random: Random,
    objects: u64,
    templates: Vec<Template>,
    builder: SnapshotBuilder,
}

impl Heap {
    fn new(seed: u64, objects: u64) -> Self {
        let mut random = Random::new(seed);
        let templates = (0..TEMPLATES).map(|_| Template::new(&mut random)).collect();
        Heap { random, objects, templates, builder: SnapshotBuilder::new() }
    }

    fn build(mut self) -> Result<Snapshot> {
        let types = (0..CLASSES).map(|class| self.builder.type_name(&format!("package{}.Type{class}", class % 40)));
        let types: Vec<TypeId> = types.collect::<Result<_>>()?;
        let names = (0..NAMES).map(|number| self.builder.name(&format!("attribute_{number}")));
        let names: Vec<NameId> = names.collect::<Result<_>>()?;
        let builtin = ["builtins.type", "builtins.dict", "builtins.list", "builtins.str", "builtins.int"];
        let builtin: Vec<TypeId> = builtin.iter().map(|name| self.builder.type_name(name)).collect::<Result<_>>()?;
        for position in 0..self.objects {
            let Some((record, member)) = self.member(position) else {
                self.add(position, builtin[0], 1064, Shape::Instance)?;
                continue;
            };
            let (shape, class, size) = {
                let member = &self.template(record).members[member as usize];
                (member.shape, member.class, member.size)
            };
            let type_name = match shape {
                Shape::Instance => types[class as usize],
                Shape::Dict => builtin[1],
                Shape::List => builtin[2],
                Shape::Leaf => builtin[3 + (class % 2) as usize],
            };
            self.add(position, type_name, size, shape)?;
            self.refer(record, member, &names)?;
        }
        self.roots()?;
        self.builder.finish(Metadata::default())
    }

    /// The record and the member that stand at a position; classes have none.
    fn member(&self, position: u64) -> Option<(u64, u64)> {
        let position = position.checked_sub(CLASSES)?;
        Some((position / RECORD, position % RECORD))
    }

    fn template(&self, record: u64) -> &Template {
        // Some records there are many of.
        let mut random = Random::new(record);
        &self.templates[skewed(&mut random, TEMPLATES) as usize]
    }

    fn records(&self) -> u64 {
        (self.objects.saturating_sub(CLASSES)) / RECORD
    }

    fn add(&mut self, position: u64, type_name: TypeId, size: u64, shape: Shape) -> Result<()> {
        let leaf = shape == Shape::Leaf;
        let text = leaf.then(|| format!("value {} of a field", self.random.below(self.objects)));
        self.builder.object(NewObject {
            address: self.address(position),
            type_name,
            size,
            refcount: None,
            generation: match position {
                _ if leaf => Generation::UNTRACKED,
                position if position + self.objects / 500 >= self.objects => Generation(0),
                _ => Generation(2),
            },
            flags: if position < CLASSES { Flags::CLASS } else { Flags::empty() },
            length: (shape != Shape::Instance).then(|| skewed(&mut self.random, 30)),
            text: text.as_deref(),
        })
    }

    fn refer(&mut self, record: u64, member: u64, names: &[NameId]) -> Result<()> {
        let first = CLASSES + record * RECORD;
        let links = self.template(record).members[member as usize].links.clone();
        let (shape, class) = {
            let member = &self.template(record).members[member as usize];
            (member.shape, member.class)
        };
        for (link, name) in links {
            let target = match link {
                Link::Class => {
                    let target = self.address(class);
                    self.builder.reference(target, ReferenceTag::plain(ReferenceKind::Type), None);
                    continue;
                }
                Link::Member(other) => first + other,
                Link::Shared => self.leaf_of_record(SHARED.min(self.records())),
                Link::Elsewhere => self.leaf_of_record(self.records()),
                Link::Kept => {
                    self.keep(record);
                    continue;
                }
            };
            let (kind, name) = match shape {
                Shape::Dict if self.random.chance(1, 3) => {
                    let key = format!("'user:{}'", self.random.below(self.objects));
                    (ReferenceKind::Key, Some(self.builder.name(&key)?))
                }
                Shape::Dict => (ReferenceKind::Key, Some(names[name])),
                Shape::List => (ReferenceKind::Item, None),
                _ => (ReferenceKind::Attribute, Some(names[name])),
            };
            let target = self.address(target.min(self.objects - 1));
            self.builder.reference(target, ReferenceTag::plain(kind), name);
        }
        Ok(())
    }

    /// A leaf of one of the first `records` records.
    fn leaf_of_record(&mut self, records: u64) -> u64 {
        let record = self.random.below(records);
        let leaves = self.template(record).leaves.clone();
        let leaf = if leaves.is_empty() { 0 } else { self.random.pick(&leaves) };
        CLASSES + record * RECORD + leaf
    }

    fn keep(&mut self, record: u64) {
        let records = self.records();
        for kept in record * KEPT + 1..=record * KEPT + KEPT {
            let keeps_none = kept * KEPT >= records;
            let lost = keeps_none && self.random.chance(1, LOST);
            if kept < records && !lost {
                let target = self.address(CLASSES + kept * RECORD);
                self.builder.reference(target, ReferenceTag::plain(ReferenceKind::Item), None);
            }
        }
    }

    fn roots(&mut self) -> Result<()> {
        let classes = CLASSES.min(self.objects);
        for position in (0..classes).chain((self.objects > CLASSES).then_some(CLASSES)) {
            let name = format!("package{}.module{position}", position % 40);
            let (kind, reference) = (RootKind::Module, ReferenceKind::Root);
            let target = self.address(position);
            self.builder.root(NewRoot { kind, path: &[], reference, name: Some(&name), target, counted: true })?;
        }
        Ok(())
    }

    /// Pools are dealt out over the heap like cards: 7919 is prime, and so shares no factor with their number, made
    /// odd.
    fn address(&self, position: u64) -> Address {
        let pools = (self.objects / POOL + 1) | 1;
        let pools = if pools.is_multiple_of(7919) { pools + 2 } else { pools };
        let (pool, slot) = (position / POOL * 7919 % pools, position % POOL);
        Address(0x7f00_0000_0000 + pool * 4096 + slot * 64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_large_as_asked_for_and_sound() {
        for objects in [1, 60, 1500, 1501, 1533, 5000, 60 * 7918] {
            let heap = process(1, objects);
            assert_eq!(heap.objects().real_ids().len() as u64, objects);
            let per_object = heap.references().len() as f64 / objects as f64;
            assert!(objects < 50_000 || (2.8..3.3).contains(&per_object), "{per_object} references per object");
            assert_eq!(heap.verify(), Ok(()));
        }
    }
}
