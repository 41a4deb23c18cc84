//! Random heaps: the same for the same seed, without a test framework, so that benches and fuzz targets use them too.

use crate::error::Result;
use crate::snapshot::{
    Address, Flags, Generation, Metadata, NewObject, NewRoot, ReferenceKind, ReferenceTag, RootKind, Snapshot,
    SnapshotBuilder,
};

/// Numbers that look random: from a seed, or from bytes that a fuzzer chose.
pub struct Random {
    state: u64,
    bytes: std::vec::IntoIter<u8>,
    seeded: bool,
}

impl Random {
    /// The sequence of this seed.
    pub fn new(seed: u64) -> Self {
        Random { state: seed, bytes: Vec::new().into_iter(), seeded: true }
    }

    /// Choices out of `bytes`, one or more a choice; zero, the simplest choice, once they are used up.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Random { state: 0, bytes: Vec::from(bytes).into_iter(), seeded: false }
    }

    /// A number below `limit`, or 0 if that is 0. Small limits use one byte of a fuzzer's input.
    pub fn below(&mut self, limit: u64) -> u64 {
        if limit <= 1 {
            return 0;
        }
        let value = if self.seeded { self.next() } else { self.take(limit) };
        value % limit
    }

    /// True `times` out of `of`.
    pub fn chance(&mut self, times: u64, of: u64) -> bool {
        // A used-up input says no.
        self.below(of) >= of.saturating_sub(times)
    }

    /// One of `choices`, which must not be empty.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }

    /// SplitMix64 (Steele, Lea and Flood 2014): every seed is as good as another.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn take(&mut self, limit: u64) -> u64 {
        let wanted = (u64::BITS - (limit - 1).leading_zeros()).div_ceil(8);
        (0..wanted).fold(0, |value, _| value << 8 | u64::from(self.bytes.next().unwrap_or(0)))
    }
}

/// How large a random heap is, and how odd.
#[derive(Clone, Debug)]
pub struct Options {
    /// At most this many objects, at least one.
    pub objects: u64,
    /// References per object on average.
    pub references: u64,
    /// Odd names and texts, scattered addresses, huge sizes, every mark and flag.
    pub odd: bool,
    /// Root entries at most; the heap has others from its refcounts.
    pub roots: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options { objects: 12, references: 2, odd: true, roots: 4 }
    }
}

const TYPES: [&str; 6] = ["object", "builtins.list", "builtins.dict", "app.Session", "app.f.<locals>.Node", "t ä\"p"];
const NAMES: [&str; 8] = ["cache", "__dict__", "'k'", "\"it's\"", "a b", "", "x]y", "ключ\n"];
const TEXTS: [&str; 6] = ["", "app", "a \"text\"", "zwölf\t; > <", "\u{0}\u{7f}", "nan"];
const STEPS: [&str; 5] = ["thread 1 MainThread", "frame app.py:42 handle", "frame a.py:1 <listcomp>", "x|y: z", "held"];
const KINDS: [RootKind; 6] =
    [RootKind::Module, RootKind::Interpreter, RootKind::Thread, RootKind::Frame, RootKind::Held, RootKind::Other];

/// A random heap that [`Snapshot::verify`] accepts: classes are flagged, items have no names, counts may exceed what is
/// found but never fall short.
///
/// # Panics
/// Never: what is chosen is always a heap.
pub fn heap(random: &mut Random, options: &Options) -> Snapshot {
    build(random, options).expect("a random heap has no two objects at one address and no reference to nowhere")
}

fn build(random: &mut Random, options: &Options) -> Result<Snapshot> {
    let count = 1 + random.below(options.objects.max(1)) as usize;
    let addresses = addresses(random, count, options.odd);
    // Classes come first, so that every type reference has one to point at.
    let classes = random.below(1 + count as u64 / 3) as usize;
    let mut builder = SnapshotBuilder::new();
    for position in 0..count {
        add_object(&mut builder, random, addresses[position], position < classes, options.odd)?;
        if classes > 0 && random.chance(1, 4) {
            let class = addresses[random.below(classes as u64) as usize];
            builder.reference(class, ReferenceTag::plain(ReferenceKind::Type), None);
        }
        for _ in 0..random.below(2 * options.references + 1) {
            add_reference(&mut builder, random, &addresses, options.odd)?;
        }
    }
    for _ in 0..random.below(options.roots + 1) {
        add_root(&mut builder, random, &addresses)?;
    }
    builder.finish(Metadata::default())
}

fn addresses(random: &mut Random, count: usize, scattered: bool) -> Vec<Address> {
    let start = if scattered && random.chance(1, 2) { 0x7f00_0000_0000 } else { 0x1000 };
    let mut last = start;
    let mut addresses: Vec<Address> = (0..count)
        .map(|_| {
            let gap = if scattered { 1 + random.below(1 << 12) } else { 1 };
            last += 16 * gap;
            Address(last)
        })
        .collect();
    if scattered {
        (1..count).rev().for_each(|end| addresses.swap(end, random.below(end as u64 + 1) as usize));
    }
    addresses
}

fn add_object(
    builder: &mut SnapshotBuilder,
    random: &mut Random,
    address: Address,
    is_class: bool,
    odd: bool,
) -> Result<()> {
    let generations = [Generation(2), Generation(1), Generation(0), Generation::FROZEN, Generation::UNTRACKED];
    let mut flags = Flags::empty();
    if is_class {
        flags |= Flags::CLASS;
    }
    if odd && random.chance(1, 4) {
        // Every flag but class, which others rely on, and synthetic, which is not an object's.
        flags |= Flags::from_bits(1 << (1 + random.below(7))).unwrap_or_default();
    }
    let type_name = builder.type_name(random.pick(if odd { &TYPES } else { &TYPES[..4] }))?;
    // An immortal object has any refcount; another one as many as are found (`None`), or the largest there is: too few
    // would be a heap that cannot exist.
    let refcount = if random.chance(1, 6) { Some(u32::MAX) } else { None };
    let huge = odd && random.chance(1, 8);
    builder.object(NewObject {
        address,
        type_name,
        size: if huge { u64::MAX >> random.below(3) } else { 16 * random.below(20) },
        refcount,
        generation: random.pick(&generations),
        flags,
        length: random.chance(1, 3).then(|| random.below(5)),
        text: random.chance(1, 3).then(|| random.pick(&TEXTS)),
    })
}

fn add_reference(builder: &mut SnapshotBuilder, random: &mut Random, addresses: &[Address], odd: bool) -> Result<()> {
    let kinds = ReferenceKind::ALL;
    // Neither a second class nor a reference of kind root is an object's.
    let kind = random.pick(&kinds[..11]);
    let kind = if kind == ReferenceKind::Type { ReferenceKind::Item } else { kind };
    let mut tag = ReferenceTag::plain(kind);
    if odd && random.chance(1, 5) {
        tag = random.pick(&[tag.untraversed(), tag.guessed(), tag.borrowed(), tag.guessed().untraversed()]);
    }
    let named = kind.may_be_named() && !random.chance(1, 5);
    let name = if named { Some(builder.name(random.pick(if odd { &NAMES } else { &NAMES[..3] }))?) } else { None };
    builder.reference(random.pick(addresses), tag, name);
    Ok(())
}

fn add_root(builder: &mut SnapshotBuilder, random: &mut Random, addresses: &[Address]) -> Result<()> {
    let kind = random.pick(&KINDS);
    let depth = random.below(3);
    let path: Vec<&str> = (0..depth).map(|_| random.pick(&STEPS)).collect();
    let reference = random.pick(&[ReferenceKind::Root, ReferenceKind::Local, ReferenceKind::Internal]);
    let name = random.chance(2, 3).then(|| random.pick(&NAMES));
    let counted = random.chance(1, 2);
    // A plain label under `<held outside Python>` says that a reference is missing, which only a refcount may say.
    let label = reference == ReferenceKind::Root && !counted;
    let kind = if label && kind == RootKind::Held { RootKind::Other } else { kind };
    builder.root(NewRoot { kind, path: &path, reference, name, target: random.pick(addresses), counted })
}

#[cfg(test)]
mod tests {
    use super::super::{difference, print, sketch};
    use super::*;

    #[test]
    fn a_random_heap_is_sound_and_survives_being_printed() {
        for seed in 0..2000 {
            let options = Options { odd: seed % 4 != 0, ..Options::default() };
            let heap = heap(&mut Random::new(seed), &options);
            let text = print(&heap);
            assert_eq!(heap.verify(), Ok(()), "{text}");
            assert_eq!(difference(&heap, &sketch(&text)), None, "{text}");
        }
    }

    #[test]
    fn a_seed_always_gives_the_same_heap_and_no_bytes_the_simplest() {
        let options = Options::default();
        let line = |mut random: Random| print(&heap(&mut random, &options));
        assert_eq!(line(Random::new(7)), line(Random::new(7)));
        assert_ne!(line(Random::new(7)), line(Random::new(8)));
        assert_eq!(line(Random::from_bytes(&[])), "0x1010");
    }

    #[test]
    fn large_heaps_are_as_large_as_asked_for() {
        let options = Options { objects: 5000, references: 3, ..Options::default() };
        let total: usize = (0..8).map(|seed| heap(&mut Random::new(seed), &options).objects().len()).sum();
        assert!(total > 8 * 1000);
    }
}
