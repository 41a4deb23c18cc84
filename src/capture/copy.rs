//! Copying a process's memory, fast while it stands still: buffers are allocated and faulted in before the stop.
//!
//! A gigabyte copies in about 0.25 s into warm pages and in 1.5 s into cold ones, so all that can be done before or
//! after the stop is done there; during it, only the maps are read again and the bytes moved.

use super::image::Image;
use super::process::{Process, page_size};
use super::target::{Mapping, Target};
use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// A reservation larger than this is address space, not memory: sanitizers and garbage-collected runtimes make them.
const LARGEST_MAPPING: u64 = 1 << 42;

/// A buffer that is in memory already, large enough for all that is likely to be copied.
pub(super) struct WarmBuffer(Vec<u8>);

impl WarmBuffer {
    /// Sized by what the process has resident now, with a twentieth and 4 MiB to spare for what it allocates until
    /// it stops.
    pub(super) fn for_process(target: &Process, mappings: &[Mapping]) -> Self {
        let now: u64 = writable_ranges(target, mappings).iter().map(|range| range.end - range.start).sum();
        let mut buffer = vec![0u8; usize::try_from(now + now / 20 + (4 << 20)).unwrap_or(0)];
        ask_for_huge_pages(&mut buffer);
        for page in buffer.chunks_mut(page_size() as usize) {
            // Any write faults the page in; black_box keeps the compiler from seeing that it is a zero over a zero.
            page[0] = std::hint::black_box(0);
        }
        WarmBuffer(buffer)
    }

    /// Copies all private writable memory. Call while the process stands still.
    ///
    /// # Errors
    /// The right to read is missing, or the process is gone.
    pub(super) fn fill(mut self, target: &Process, mappings: &[Mapping]) -> Result<Image> {
        let ranges = writable_ranges(target, mappings);
        let total: u64 = ranges.iter().map(|range| range.end - range.start).sum();
        let total = usize::try_from(total).map_err(|_| Error::unsupported("more memory than fits an address space"))?;
        if self.0.len() < total {
            // It grew more than expected: these pages are cold, which makes the stop longer and not wrong.
            self.0.resize(total, 0);
        }
        let pieces = pieces(&ranges, &mut self.0[..total]);
        let parts = read_pieces(target, pieces)?;
        let mut image = Image::default();
        image.add(self.0, parts);
        Ok(image)
    }
}

/// A piece of the process's memory, and the place in the buffer that it goes to.
struct Piece<'b> {
    start: u64,
    at: usize,
    bytes: &'b mut [u8],
}

/// Cuts the ranges so that two threads end together.
fn pieces<'b>(ranges: &[Range<u64>], mut buffer: &'b mut [u8]) -> Vec<Piece<'b>> {
    const LARGEST: u64 = 4 << 20;
    let (mut pieces, mut at) = (Vec::new(), 0);
    for range in ranges {
        for start in range.clone().step_by(LARGEST as usize) {
            let length = (range.end - start).min(LARGEST) as usize;
            let (bytes, rest) = buffer.split_at_mut(length);
            pieces.push(Piece { start, at, bytes });
            (buffer, at) = (rest, at + length);
        }
    }
    pieces
}

/// Reads the pieces on two threads: the cores on which the process ran stand idle, and most of the time goes into
/// looking up its pages one by one. Gives what was read of each range, neighbours as one, in order.
fn read_pieces(target: &Process, pieces: Vec<Piece<'_>>) -> Result<Vec<(u64, Range<usize>)>> {
    let pieces = Mutex::new(pieces.into_iter());
    let read_some = || -> Result<Vec<(u64, Range<usize>)>> {
        let mut read = Vec::new();
        loop {
            let next = pieces.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(piece) = next else { return Ok(read) };
            let got = target.read(piece.start, piece.bytes)?;
            read.push((piece.start, piece.at..piece.at + got));
        }
    };
    let (own, other) = std::thread::scope(|scope| {
        let other = scope.spawn(read_some);
        let own = read_some();
        (own, other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let mut read = own?;
    read.extend(other?);
    read.sort_by_key(|(start, _)| *start);
    let mut parts: Vec<(u64, Range<usize>)> = Vec::with_capacity(read.len());
    for (start, bytes) in read {
        match parts.last_mut() {
            Some((first, before)) if *first + before.len() as u64 == start && before.end == bytes.start => {
                before.end = bytes.end;
            }
            _ => parts.push((start, bytes)),
        }
    }
    Ok(parts)
}

/// Copies all private writable memory of what stands still anyway.
///
/// # Errors
/// It cannot be read.
pub(super) fn all(target: &dyn Target, mappings: &[Mapping]) -> Result<Image> {
    const PIECE: usize = 1 << 20;
    let mut image = Image::default();
    let mut parts: Vec<(u64, Range<usize>)> = Vec::new();
    let fitting = || mappings.iter().filter(|map| map.may_hold_objects() && map.len() < LARGEST_MAPPING);
    let (mut pool, mut piece) = (Vec::new(), vec![0; PIECE]);
    for mapping in fitting() {
        let used = pool.len();
        append(target, mapping, &mut piece, &mut pool)?;
        match parts.last_mut() {
            // Neighbours are one piece of memory to an allocator.
            Some((start, bytes)) if *start + bytes.len() as u64 == mapping.start && bytes.end == used => {
                bytes.end = pool.len();
            }
            _ => parts.push((mapping.start, used..pool.len())),
        }
    }
    image.add(pool, parts);
    Ok(image)
}

/// Appends what there is of a mapping, piece by piece: how long it says it is counts only as far as memory comes.
fn append(target: &dyn Target, mapping: &Mapping, piece: &mut [u8], pool: &mut Vec<u8>) -> Result<()> {
    let mut at = mapping.start;
    while at < mapping.end {
        let length = (mapping.end - at).min(piece.len() as u64) as usize;
        let got = target.read(at, &mut piece[..length])?;
        pool.try_reserve(got).map_err(|_| no_room(pool.len()))?;
        pool.extend_from_slice(&piece[..got]);
        at += got as u64;
        if got < length {
            break;
        }
    }
    Ok(())
}

fn no_room(used: usize) -> Error {
    Error::unsupported(format!("no memory is left after {used} bytes of the process were copied"))
        .with_hint("capture it on a machine with more memory, or without a limit such as ulimit -v")
}

/// Fewer, larger pages are faulted in faster, and the walk's jumps find them in the processor's page cache. Asked for
/// in vain, everything is as it was.
#[expect(unsafe_code, reason = "madvise has no safe wrapper for memory that stays a slice")]
fn ask_for_huge_pages(buffer: &mut [u8]) {
    let page = page_size() as usize;
    let start = buffer.as_ptr().align_offset(page);
    let length = buffer.len().saturating_sub(start) / page * page;
    if let Some(inner) = buffer.get_mut(start..start + length).filter(|inner| !inner.is_empty()) {
        // SAFETY: the range is whole pages inside a buffer that is ours alone, and MADV_HUGEPAGE changes how they are
        // backed, never what is in them.
        let _ = unsafe { libc::madvise(inner.as_mut_ptr().cast(), inner.len(), libc::MADV_HUGEPAGE) };
    }
}

/// What never changes: the read-only data of loaded programs and libraries, where type names stand.
#[derive(Default)]
pub(super) struct Constants(BTreeMap<u64, Vec<u8>>);

impl Constants {
    /// Reads what was not read before. May be called while the process runs; what cannot be read is left out.
    pub(super) fn read(&mut self, target: &dyn Target, mappings: &[Mapping]) {
        let code = mappings.iter().filter(|mapping| mapping.executable).filter_map(|mapping| mapping.file.as_ref());
        let code: BTreeSet<&PathBuf> = code.collect();
        for mapping in mappings {
            // Files linked the old way (many wheels) have no read-only segment of their own: their constants stand
            // beside the code, in the segment that starts the file.
            let apart = !mapping.executable || mapping.file_offset == 0;
            let of_code = mapping.file.as_ref().is_some_and(|file| code.contains(file));
            let constant = mapping.readable && !mapping.writable && apart && of_code;
            if !constant || mapping.len() > 1 << 30 || self.0.contains_key(&mapping.start) {
                continue;
            }
            let mut buffer = vec![0u8; mapping.len() as usize];
            let got = target.read(mapping.start, &mut buffer).unwrap_or(0);
            buffer.truncate(got);
            buffer.shrink_to_fit();
            self.0.insert(mapping.start, buffer);
        }
    }

    /// Puts them beside the writable memory, which goes before them where both have the same address.
    pub(super) fn add_to(self, image: &mut Image) {
        for (start, bytes) in self.0 {
            let length = bytes.len();
            image.add(bytes, [(start, 0..length)]);
        }
    }
}

/// The parts of private writable memory that have pages: large reservations stay out, and nothing is faulted in.
fn writable_ranges(target: &Process, mappings: &[Mapping]) -> Vec<Range<u64>> {
    let mut page_map = target.page_map().ok();
    let fitting = mappings.iter().filter(|mapping| mapping.may_hold_objects());
    let mut ranges: Vec<Range<u64>> = Vec::new();
    for mapping in fitting.filter(|mapping| mapping.len() < LARGEST_MAPPING) {
        let whole = mapping.start..mapping.end;
        let present = page_map.as_mut().and_then(|file| present(file, &whole).ok()).unwrap_or_else(|| vec![whole]);
        for range in present {
            match ranges.last_mut() {
                // Neighbouring mappings are one piece of memory to an allocator: arenas may span them.
                Some(last) if last.end == range.start => last.end = range.end,
                _ => ranges.push(range),
            }
        }
    }
    ranges
}

/// The ranges of pages within `range` that are in memory (bit 63) or swapped out (bit 62 of the page's record,
/// Documentation/admin-guide/mm/pagemap.rst).
fn present(page_map: &mut std::fs::File, range: &Range<u64>) -> std::io::Result<Vec<Range<u64>>> {
    const RECORDS: usize = 1 << 13;
    let page = page_size();
    page_map.seek(SeekFrom::Start(range.start / page * 8))?;
    let (mut ranges, mut buffer): (Vec<Range<u64>>, _) = (Vec::new(), vec![0u8; RECORDS * 8]);
    let mut address = range.start;
    while address < range.end {
        let records = (((range.end - address) / page) as usize).min(RECORDS);
        page_map.read_exact(&mut buffer[..records * 8])?;
        for record in buffer[..records * 8].chunks_exact(8) {
            let there = record[7] & 0b1100_0000 != 0;
            match ranges.last_mut() {
                Some(last) if there && last.end == address => last.end += page,
                _ if there => ranges.push(address..address + page),
                _ => {}
            }
            address += page;
        }
    }
    Ok(ranges)
}
