//! A second of each fuzz target: its seeds, then mutations of them. `fuzz/run.sh` does it for hours, with libFuzzer.
#![cfg(test)]

#[path = "../../fuzz/src/bodies/mod.rs"]
mod bodies;

use heapgraph::testkit::random::Random;
use std::panic::catch_unwind;
use std::time::{Duration, Instant};

/// How long each target runs.
const TIME: Duration = Duration::from_secs(1);
/// An input that takes longer hangs. Unoptimised, on a busy machine.
const HANG: Duration = Duration::from_secs(10);

/// Runs a target on its seeds and, with the time that is left, on mutations.
fn sample(target: &str, run: fn(&[u8])) {
    let seeds = bodies::seeds::of(target);
    assert!(!seeds.is_empty(), "{target} has no seed");
    seeds.iter().for_each(|seed| check(target, run, seed));
    let (begin, mut random, mut runs) = (Instant::now(), Random::new(seeds.len() as u64), seeds.len());
    while begin.elapsed() < TIME {
        check(target, run, &mutated(&seeds, &mut random));
        runs += 1;
    }
    println!("{target}: {runs} inputs");
}

fn check(target: &str, run: fn(&[u8]), input: &[u8]) {
    let begin = Instant::now();
    let failed = catch_unwind(|| run(input)).is_err();
    if failed || begin.elapsed() > HANG {
        let file = std::env::temp_dir().join(format!("heapgraph-fuzz-{target}"));
        std::fs::write(&file, input).unwrap();
        panic!(
            "{target} fails after {:?} on {}: it belongs into fuzz/seeds/{target}/",
            begin.elapsed(),
            file.display()
        );
    }
}

/// A seed with a few changes, or with the end of another.
fn mutated(seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let any = |random: &mut Random| &seeds[random.below(seeds.len() as u64) as usize];
    let mut bytes = any(random).clone();
    for _ in 0..1 + random.below(6) {
        let at = random.below(bytes.len() as u64 + 1) as usize;
        let end = bytes.len().min(at + 1 + random.below(32) as usize);
        match random.below(9) {
            0..3 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            3..5 if at < bytes.len() => bytes[at] = random.pick(&[0, 1, 0x7f, 0x80, 0xff, b'"', b'0']),
            5 => drop(bytes.drain(at..end)),
            6 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            7 => {
                let other = any(random);
                bytes.truncate(at);
                bytes.extend(&other[other.len().min(at)..]);
            }
            _ => bytes.insert(at, random.below(256) as u8),
        }
    }
    bytes
}

macro_rules! targets {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            sample(stringify!($name), bodies::$name::run);
        }
    )*};
}

targets! { collect components core cycles dominators json labels parquet }

/// Needs gdb, and a Python to dump.
#[test]
fn memory() {
    match bodies::base::core() {
        Ok(_) => sample("memory", bodies::memory::run),
        Err(error) => println!("skipped: no core of a small Python: {error}"),
    }
}
