//! Memory with random damage: an error or a snapshot, never a panic, never without end.
//!
//! A small process's core file is damaged in place, read, and made whole again.

use crate::pythons;
use crate::report::{self, Row};
use crate::victim::{Victim, gcore};
use heapgraph::capture::{CoreFile, Options, capture_core};
use heapgraph::snapshot::Snapshot;
use heapgraph::testkit::random::Random;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// How many damaged images are read here; `tests/long.sh` asks for more.
fn rounds() -> u64 {
    report::rounds("HEAPGRAPH_TEST_DAMAGES", 150)
}

/// Some containers, instances, generators and threads of control, and little else.
const SMALL: &str = "
class Kept:
    def __init__(self, n): self.n, self.me = n, self
def steps():
    local = [1, 2]
    yield local
kept = [Kept(n) for n in range(50)]
table = {n: (n, str(n), {n}, [n], bytes(3)) for n in range(50)}
steps = steps(); next(steps)
print('ready', flush=True)
import sys; sys.stdin.read()
";

/// A core file's bytes, and where each writable segment lies in it: address, offset, length.
struct Image {
    bytes: Vec<u8>,
    segments: Vec<(u64, u64, u64)>,
    /// Where objects begin, by address.
    objects: Vec<(u64, u64)>,
}

impl Image {
    fn new(bytes: Vec<u8>, whole: &Snapshot) -> Self {
        let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        let count = usize::from(u16::from_le_bytes([bytes[56], bytes[57]]));
        let headers = (0..count).map(|number| word(32) as usize + number * 56);
        let writable = headers.filter(|at| bytes[*at] == 1 && bytes[*at + 4] & 2 != 0);
        let segments = writable.map(|at| (word(at + 16), word(at + 8), word(at + 32))).collect();
        let objects = whole.objects();
        let places = objects.real_ids().filter_map(|id| Some((objects.address(id)?.0, objects.size(id).max(16))));
        Image { objects: places.collect(), segments, bytes }
    }

    fn offset(&self, address: u64) -> Option<u64> {
        let held = |(start, _, length): &&(u64, u64, u64)| (*start..*start + *length).contains(&address);
        self.segments.iter().find(held).map(|(start, offset, _)| offset + address - start)
    }

    /// A word to damage: mostly one of an object or its collector's header, sometimes any, seldom one of the headers.
    fn place(&self, random: &mut Random) -> u64 {
        match random.below(20) {
            0 => random.below(4096),
            1..5 => {
                let (_, offset, length) = self.segments[random.below(self.segments.len() as u64) as usize];
                offset + random.below(length) / 8 * 8
            }
            _ => {
                let (address, size) = self.objects[random.below(self.objects.len() as u64) as usize];
                let into = random.below(size.min(512) + 16) / 8 * 8;
                self.offset((address - 16).wrapping_add(into)).unwrap_or(0)
            }
        }
    }

    fn damaged(&self, at: u64, random: &mut Random) -> u64 {
        let old = self.bytes[at as usize..at as usize + 8].try_into().map_or(0, u64::from_le_bytes);
        let (object, size) = self.objects[random.below(self.objects.len() as u64) as usize];
        match random.below(8) {
            0 => old ^ 1 << random.below(64),
            1 => 0,
            2 => u64::MAX >> random.below(64),
            3 => random.below(u64::MAX),
            4 => object + random.below(size),
            5 | 6 => object,
            _ => old.wrapping_add(random.below(64)).wrapping_sub(32),
        }
    }
}

/// Damages the file, reads it, makes it whole again.
fn read_damaged(file: &File, path: &Path, image: &Image, seed: u64) -> heapgraph::Result<Snapshot> {
    let mut random = Random::new(seed);
    let many = 1 << random.below(11);
    let mut places = Vec::new();
    for _ in 0..=random.below(many) {
        let at = image.place(&mut random).min(image.bytes.len() as u64 - 8);
        file.write_all_at(&image.damaged(at, &mut random).to_le_bytes(), at).unwrap();
        places.push(at);
    }
    let read = capture_core(&CoreFile { path: path.to_owned(), ..CoreFile::default() }, &Options::default());
    for at in places {
        file.write_all_at(&image.bytes[at as usize..at as usize + 8], at).unwrap();
    }
    read
}

#[test]
fn random_damage_is_borne() {
    let pythons = pythons::installed();
    let begin = Instant::now();
    let (mut refused, mut warned, mut read) = (0u64, 0u64, 0u64);
    for (number, python) in pythons.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let victim = Victim::start(python, SMALL);
        let Some(path) = gcore(victim.pid(), folder.path()) else { return };
        drop(victim);
        let whole = capture_core(&CoreFile { path: path.clone(), ..CoreFile::default() }, &Options::default()).unwrap();
        let image = Image::new(std::fs::read(&path).unwrap(), &whole);
        let file = File::options().write(true).open(&path).unwrap();
        for round in 0..rounds().div_ceil(pythons.len() as u64) {
            let seed = round << 8 | number as u64;
            let started = Instant::now();
            let found = std::panic::catch_unwind(|| read_damaged(&file, &path, &image, seed));
            let found = found.unwrap_or_else(|_| panic!("{} seed {seed:#x}", python.version));
            let took = started.elapsed();
            assert!(took < Duration::from_secs(10), "{} seed {seed:#x} took {took:?}", python.version);
            let Ok(snapshot) = found else {
                refused += 1;
                continue;
            };
            read += 1;
            warned += u64::from(!snapshot.metadata().warnings.is_empty());
            // No more objects than memory has room for, and no more references than two readers may list in it, with
            // the table that each was in when it had enough.
            let words = image.bytes.len() / 8;
            let (rows, references) = (snapshot.objects().len(), snapshot.references().len());
            assert!(
                rows < words / 2 && references < 10 * words,
                "{} seed {seed:#x}: {rows}, {references}",
                python.version
            );
            snapshot.verify().unwrap_or_else(|error| panic!("{} seed {seed:#x}: {error:?}", python.version));
        }
    }
    println!("{read} read, {warned} of them with warnings, {refused} refused, {:?}", begin.elapsed());
    assert!(read > 0 && warned > 0 && refused > 0);
    Row {
        fault: &format!("words of a process's memory are damaged, {} Pythons", pythons.len()),
        tried: read + refused,
        target: "a core file",
        checked: "no panic, under 10 s, no more than memory has room for, `verify` finds nothing",
        said: &format!("{read} read, {warned} of them with warnings; {refused} refused with an error"),
    }
    .write("sources");
}

/// Classes, field tables and code that many objects share are looked into for each of them: that is no damage.
#[test]
fn what_many_objects_share_is_not_counted_for_each() {
    let program = "
class Key:
    __slots__ = ('n',)
    def __init__(self, n): self.n = n
for number in range(300): setattr(Key, 'method_%d' % number, None)
table = {Key(number): None for number in range(20000)}
code = 'def make(a):\\n' + ''.join('    v%d = None\\n' % number for number in range(300)) + '    return lambda: a'
exec(code)
closures = [make(number) for number in range(20000)]
import time
print('ready', flush=True)
time.sleep(600)
";
    for python in pythons::installed() {
        let victim = Victim::start(&python, program);
        let snapshot = heapgraph::capture::capture_pid(victim.pid(), &Options::default()).unwrap();
        assert_eq!(snapshot.metadata().warnings, [""; 0], "{}", python.version);
    }
}
