//! A process's memory, frozen: what every reader reads, whether it came from a live process or a core file.

use std::cell::Cell;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A piece of memory that was contiguous in the process.
struct Segment {
    start: u64,
    end: u64,
    bytes: Range<usize>,
    pool: usize,
}

/// Copied memory, found by the address it had in the process. Immutable once built.
#[derive(Default)]
pub(super) struct Image {
    pools: Vec<Vec<u8>>,
    segments: Vec<Segment>,
}

impl Image {
    /// Takes a buffer and where each part of it was; parts that overlap earlier ones are dropped later, in [`seal`].
    ///
    /// [`seal`]: Image::seal
    pub(super) fn add(&mut self, pool: Vec<u8>, parts: impl IntoIterator<Item = (u64, Range<usize>)>) {
        let number = self.pools.len();
        let length = pool.len();
        self.pools.push(pool);
        let whole = parts.into_iter().filter(|(_, bytes)| bytes.start < bytes.end && bytes.end <= length);
        self.segments.extend(whole.map(|(start, bytes)| {
            let end = start.saturating_add(bytes.len() as u64);
            Segment { start, end, bytes, pool: number }
        }));
    }

    /// Sorts the segments, so that addresses can be found. Where two overlap, the one added first wins.
    pub(super) fn seal(&mut self) {
        self.segments.sort_by_key(|segment| segment.start);
        let mut end = 0;
        self.segments.retain(|segment| {
            let fresh = segment.start >= end;
            end = end.max(segment.end);
            fresh
        });
    }

    /// Writes a word where memory was copied.
    #[cfg(feature = "testkit")]
    pub(super) fn set_word(&mut self, address: u64, word: u64) {
        let Some((number, offset)) = self.view().locate(address) else { return };
        let segment = &self.segments[number];
        let at = segment.bytes.start + offset as usize;
        if at + 8 <= segment.bytes.end {
            self.pools[segment.pool][at..at + 8].copy_from_slice(&word.to_le_bytes());
        }
    }

    /// A reader with its own memory of where it read last. One per thread.
    pub(super) fn view(&self) -> Memory<'_> {
        Memory { image: self, last: Cell::new(0), before: Cell::new(0), listed: Cell::new(0), limit: self.len() / 2 }
    }

    /// Copied bytes in all.
    pub(super) fn len(&self) -> u64 {
        self.segments.iter().map(|segment| segment.end - segment.start).sum()
    }

    /// First and last address of every segment, in order.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (u64, u64)> {
        self.segments.iter().map(|segment| (segment.start, segment.end))
    }
}

/// Beyond every address that the widest page tables give to a process (x86_64 with five levels, aarch64 with LPA2).
const NO_ADDRESS: u64 = 1 << 57;

/// Reads an [`Image`]. Addresses outside it read as absent, never as a panic.
pub(super) struct Memory<'i> {
    image: &'i Image,
    // Objects lie close together, and so do their types: nearly all reads are in one of the last two segments.
    last: Cell<usize>,
    before: Cell<usize>,
    /// Words of the tables that were read.
    listed: Cell<u64>,
    limit: u64,
}

impl<'i> Memory<'i> {
    fn segment(&self, address: u64) -> Option<(usize, &'i Segment)> {
        let segments = &self.image.segments;
        let (last, before) = (self.last.get(), self.before.get());
        let holds = |number: usize| segments.get(number).filter(|at| at.start <= address && address < at.end);
        if let Some(segment) = holds(last) {
            return Some((last, segment));
        }
        self.before.set(last);
        if let Some(segment) = holds(before) {
            self.last.set(before);
            return Some((before, segment));
        }
        let found = segments.partition_point(|segment| segment.start <= address).checked_sub(1)?;
        self.last.set(found);
        let segment = &segments[found];
        (address < segment.end).then_some((found, segment))
    }

    /// `length` bytes at `address`, if all of them were copied.
    pub(super) fn bytes(&self, address: u64, length: u64) -> Option<&'i [u8]> {
        let (_, segment) = self.segment(address)?;
        let start = segment.bytes.start + (address - segment.start) as usize;
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        if end > segment.bytes.end { None } else { self.image.pools[segment.pool].get(start..end) }
    }

    /// The 64-bit word at `address`.
    pub(super) fn word(&self, address: u64) -> Option<u64> {
        let bytes = self.bytes(address, 8)?;
        bytes.try_into().ok().map(u64::from_le_bytes)
    }

    /// The word at `address`, zero where there is none: for pointers, where zero means "nothing" anyway. What no process
    /// can have as an address or size is damage and reads as nothing too, so that sums of a few of them never overflow.
    pub(super) fn pointer(&self, address: u64) -> u64 {
        self.word(address).filter(|word| *word < NO_ADDRESS).unwrap_or(0)
    }

    /// The word at `address` as a number of any size, negative ones included; zero where there is none.
    pub(super) fn number(&self, address: u64) -> u64 {
        self.word(address).unwrap_or(0)
    }

    /// The 32-bit word at `address`, zero where there is none.
    pub(super) fn half(&self, address: u64) -> u32 {
        self.bytes(address, 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
    }

    /// The byte at `address`, zero where there is none.
    pub(super) fn byte(&self, address: u64) -> u8 {
        self.bytes(address, 1).map_or(0, |bytes| bytes[0])
    }

    /// The text that ends with a zero byte, at most 250 bytes of it.
    pub(super) fn c_string(&self, address: u64) -> Option<String> {
        let room = self.room(address).min(250);
        let bytes = self.bytes(address, room)?;
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        Some(String::from_utf8_lossy(&bytes[..end]).into_owned())
    }

    /// How many bytes follow `address` in its segment: no length read from memory may claim more.
    pub(super) fn room(&self, address: u64) -> u64 {
        self.segment(address).map_or(0, |(_, segment)| segment.end - address)
    }

    /// How many of `count` entries of a table at `start` are there: no number read from memory may claim more.
    pub(super) fn entries(&self, start: u64, count: u64, size: u64) -> u64 {
        let entries = count.min(self.room(start) / size.max(1));
        self.listed.set(self.listed.get() + entries * size.div_ceil(8));
        entries
    }

    /// Whether tables claim more than all memory, four times over. Only damage can bring that about, tables that lie over each
    /// other; to go on reading them could take forever.
    pub(super) fn is_overdrawn(&self) -> bool {
        self.listed.get() > self.limit
    }

    /// The number of the segment that holds `address` and the offset in it, for tables beside the image.
    pub(super) fn locate(&self, address: u64) -> Option<(usize, u64)> {
        self.segment(address).map(|(number, segment)| (number, address - segment.start))
    }
}

/// One bit for every eight bytes of an image: which objects were seen. Shared by the readers of all threads.
pub(super) struct Marks(Vec<Vec<AtomicU64>>);

impl Marks {
    pub(super) fn new(image: &Image) -> Self {
        let words = |(start, end): (u64, u64)| (0..(end - start) / 512 + 1).map(|_| AtomicU64::new(0)).collect();
        Marks(image.ranges().map(words).collect())
    }

    /// Marks `address`; true if it was not marked before. Addresses outside the image never are.
    pub(super) fn set(&self, memory: &Memory<'_>, address: u64) -> bool {
        let Some((word, bit)) = self.place(memory, address) else { return false };
        // Most are set already, and looking is cheaper than an atomic write. The bits order nothing else.
        word.load(Relaxed) & bit == 0 && word.fetch_or(bit, Relaxed) & bit == 0
    }

    pub(super) fn is_set(&self, memory: &Memory<'_>, address: u64) -> bool {
        self.place(memory, address).is_some_and(|(word, bit)| word.load(Relaxed) & bit != 0)
    }

    fn place(&self, memory: &Memory<'_>, address: u64) -> Option<(&AtomicU64, u64)> {
        let (segment, offset) = memory.locate(address)?;
        Some((&self.0[segment][(offset / 512) as usize], 1 << (offset / 8 % 64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image() -> Image {
        let mut image = Image::default();
        image.add((0u8..32).collect(), [(0x1000, 0..16), (0x3000, 16..32)]);
        image.add(vec![0xff; 8], [(0x1008, 0..8), (0x5000, 0..8), (0x6000, 4..900)]);
        image.seal();
        image
    }

    #[test]
    fn words_are_found_by_address_and_never_across_an_edge() {
        let image = image();
        let memory = image.view();
        assert_eq!(memory.word(0x1008), Some(u64::from_le_bytes([8, 9, 10, 11, 12, 13, 14, 15])));
        assert_eq!(memory.word(0x1009), None);
        assert_eq!((memory.byte(0x3000), memory.byte(0x2fff), memory.room(0x3004)), (16, 0, 12));
        assert_eq!(memory.word(0x5000), Some(u64::MAX));
        assert_eq!(memory.bytes(0x1000, u64::MAX), None);
        assert_eq!(memory.word(0x6000), None, "a part beyond its buffer is dropped");
    }

    #[test]
    fn a_mark_is_new_once() {
        let image = image();
        let (memory, marks) = (image.view(), Marks::new(&image));
        assert!(marks.set(&memory, 0x3008) && !marks.set(&memory, 0x3008));
        assert!(marks.is_set(&memory, 0x3008) && !marks.is_set(&memory, 0x3000));
        assert!(!marks.set(&memory, 0x9000));
    }
}
