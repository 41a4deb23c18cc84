//! Damaged files: whatever the bytes, an answer or an error, in little memory. A program of its own, because it looks
//! at the memory of its process.
#![cfg(test)]

use heapgraph::format::{self, Format, Source};
use heapgraph::snapshot::Snapshot;
use heapgraph::testkit::random::{self, Random};
use heapgraph::testkit::sketch;

/// Far more than the files here need, far less than what a damaged length may ask for.
const MOST_KIB: u64 = 300 << 10;

/// Each column is in use, and small enough for every byte to be tried.
fn small_heap() -> Snapshot {
    sketch(
        "<modules> > app; app:module*3#72@1[2]=app > ns.__dict__; ns:dict*2#232 > k{}, k{}+untraversed, a['k']; \
         k:str@untracked!immortal=k; a > b.x, b.x, b~weak",
    )
}

fn written(heap: &Snapshot, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    format::write(heap, format, &mut bytes).expect("a heap that can be written");
    bytes
}

/// Reads `bytes` both ways. Whether it worked is all the same; an error says where.
fn read(bytes: &[u8]) -> bool {
    let source = Source::from_bytes(bytes);
    let whole = format::read(&source);
    for error in [whole.as_ref().err(), format::read_objects(&source).as_ref().err()].into_iter().flatten() {
        assert!(error.to_string().starts_with("bytes in memory: "), "{error}");
        assert!(error.is_malformed() || error.is_newer() || error.is_unsupported(), "{error:?}");
    }
    whole.is_ok()
}

#[cfg(target_os = "linux")]
fn assert_little_memory() {
    let status = std::fs::read_to_string("/proc/self/status").expect("every process has a status");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux counts the peak");
    let kib: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number of KiB");
    assert!(kib < MOST_KIB, "{kib} KiB were used at once");
}

#[cfg(not(target_os = "linux"))]
fn assert_little_memory() {}

#[test]
fn no_beginning_of_a_file_is_a_snapshot() {
    for format in Format::ALL {
        let bytes = written(&small_heap(), format);
        // JSON may lack its last line break.
        let whole = bytes.len() - usize::from(format == Format::Json);
        for end in 0..whole {
            assert!(!read(&bytes[..end]), "{format:?}: {end} of {} bytes", bytes.len());
        }
        assert!(read(&bytes));
    }
    assert_little_memory();
}

#[test]
fn a_flipped_bit_gives_an_answer_or_an_error() {
    for format in Format::ALL {
        let bytes = written(&small_heap(), format);
        let mut refused = 0;
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            refused += usize::from(!read(&damaged));
        }
        // Many bytes matter: a reader that took anything would be no reader. The others are sizes, texts and statistics.
        assert!(refused * 4 > bytes.len(), "{format:?}: only {refused} of {} flips were refused", bytes.len());
    }
    assert_little_memory();
}

#[test]
fn random_damage_gives_an_answer_or_an_error() {
    let mut random = Random::new(20);
    for seed in 0..8 {
        let heap = random::heap(&mut Random::new(seed), &random::Options::default());
        for format in Format::ALL {
            let bytes = written(&heap, format);
            for _ in 0..250 {
                read(&damage(bytes.clone(), &mut random));
            }
        }
    }
    assert_little_memory();
}

fn damage(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    for _ in 0..1 + random.below(4) {
        let at = random.below(bytes.len() as u64) as usize;
        match random.below(4) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.pick(&[0, 0x7f, 0x80, 0xff]),
            2 => bytes.copy_within(at.., at / 2),
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes
}

/// The proof that `decoding` in the Parquet reader catches something. When this fails, the crate has become better than
/// its net, which may then be taken away.
#[test]
fn the_parquet_crate_still_panics_on_some_bytes() {
    let bytes = written(&small_heap(), Format::Parquet);
    let is_caught = |(at, bit): (usize, u32)| {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << bit;
        let read = format::read(&Source::from_bytes(damaged));
        read.is_err_and(|error| error.to_string().contains("the decoder stopped"))
    };
    let mut flips = (0..bytes.len()).flat_map(|at| (0..8).map(move |bit| (at, bit)));
    assert!(flips.any(is_caught), "none of the flips of one bit is caught by the net");
}
