//! C structures: fields known by name, and a pointer scan for those that no table knows.

use super::super::heap::Reader;
use super::super::types::{DictPlace, TypeInfo};
use crate::snapshot::{ReferenceKind, ReferenceTag};

const GUESS: ReferenceTag = ReferenceTag::plain(ReferenceKind::Internal).guessed();

/// A block larger than this is a buffer, not a structure.
const LARGEST_BLOCK: u64 = 4096;

/// Executables at fixed addresses start here (the linker's default on x86-64); refcounts as high are rare.
const LOWEST_ADDRESS: u64 = 0x40_0000;

impl Reader<'_> {
    /// The object pointers that the table names.
    pub(super) fn read_fields(&mut self, address: u64, info: &TypeInfo) {
        for field in &info.fields {
            // Read as `__dict__` already.
            if info.dict == DictPlace::At(field.offset) {
                continue;
            }
            let count = if field.count == 0 { self.item_count(address) } else { field.count };
            let start = address + field.offset;
            for number in 0..self.memory.entries(start, count, 8) {
                let target = self.memory.pointer(start + number * 8);
                if target != 0 {
                    self.push(target, field.tag, field.name);
                }
            }
        }
    }

    /// The part of a structure that no rule covers: every word that points at an object is taken for a reference, and
    /// one block of memory is followed.
    pub(super) fn read_unknown_part(&mut self, address: u64, info: &TypeInfo) {
        let Some((from, to)) = info.scan else { return };
        for offset in (from..to).step_by(8) {
            let known = info.weak_lists.contains(&offset)
                || info.dict == DictPlace::At(offset)
                || info.slots.iter().any(|(slot, _)| *slot == offset);
            if !known {
                self.guess(self.memory.pointer(address + offset), address, info.scan_blocks);
            }
        }
        if info.item_size == 8 && info.c_size == to {
            let start = address + info.c_size;
            for number in 0..self.memory.entries(start, self.item_count(address), 8) {
                self.guess(self.memory.pointer(start + number * 8), address, info.scan_blocks);
            }
        }
    }

    fn guess(&mut self, word: u64, holder: u64, blocks: bool) {
        // Some structures keep a flag in the lowest bit of a pointer.
        let target = word & !1;
        if target < 4096 || target == holder {
            return;
        }
        if self.is_object(target) {
            self.push_guess(target);
        } else if blocks && !self.learned.module_states.contains_key(&target) {
            self.guess_block(target, holder);
        }
    }

    fn guess_block(&mut self, block: u64, holder: u64) {
        let size = self.block_size(block);
        if size > LARGEST_BLOCK {
            return;
        }
        for place in 0..size / 8 {
            let target = self.memory.pointer(block + place * 8);
            if target >= 4096 && target != holder && self.is_object(target) {
                self.push_guess(target);
            }
        }
    }

    /// A refcount that is itself an address is a link of the allocator's list of free blocks: a stale pointer leads
    /// there (only where memory lies as low as in executables at fixed addresses can both be told apart).
    pub(super) fn push_guess(&mut self, target: u64) {
        let count = self.memory.pointer(target);
        if count < LOWEST_ADDRESS || self.memory.word(count).is_none() {
            self.push(target, GUESS, None);
        }
    }

    /// The size of the allocator's block that starts at `address`, 0 if none starts there: pymalloc's by the header of
    /// its pool (Objects/obmalloc.c, `struct pool_header`), glibc's by the header of its chunk (malloc/malloc.c).
    fn block_size(&self, address: u64) -> u64 {
        const POOL_HEADER: u64 = 48;
        if !address.is_multiple_of(16) {
            return 0;
        }
        if let Some(size) = self.debug_block_size(address) {
            return size;
        }
        let pool_size = self.layout.pool_size;
        let pool = address & !(pool_size - 1);
        let used = self.memory.half(pool);
        let class = u64::from(self.memory.half(pool + 36));
        let (next, last) = (u64::from(self.memory.half(pool + 40)), u64::from(self.memory.half(pool + 44)));
        let size = (class + 1) * 16;
        let in_pool =
            class < 32 && used > 0 && last == pool_size - size && next <= pool_size && address >= pool + POOL_HEADER;
        if in_pool && (address - pool - POOL_HEADER).is_multiple_of(size) {
            return size;
        }
        let header = self.memory.pointer(address - 8);
        let chunk = header & !7;
        let next_header = self.memory.pointer((address - 8).wrapping_add(chunk));
        // Bit 0 of the next chunk's size says that this one is in use; bits 1 and 2 mark mapped and foreign chunks.
        let plausible = header & 6 == 0 && (32..1 << 20).contains(&chunk) && chunk.is_multiple_of(16);
        let followed = next_header & 1 == 1 && (16..1 << 30).contains(&(next_header & !7));
        if plausible && followed { chunk - 8 } else { 0 }
    }

    /// Python's debug allocator (debug builds, `-X dev`, `PYTHONMALLOC=debug`) puts a size, a letter for the kind of
    /// memory and seven forbidden bytes in front of each block (Objects/obmalloc.c, `_PyMem_DebugRawAlloc`).
    fn debug_block_size(&self, address: u64) -> Option<u64> {
        const FORBIDDEN: [u8; 7] = [0xfd; 7];
        let header = self.memory.bytes(address - 16, 16)?;
        let (size, marks) = header.split_at(8);
        let marked = matches!(marks[0], b'r' | b'm' | b'o') && marks[1..] == FORBIDDEN;
        size.try_into().ok().filter(|_| marked).map(u64::from_be_bytes)
    }

    /// A weak reference does not hold its target; its callback is an ordinary field.
    pub(super) fn read_weakref(&mut self, address: u64) {
        let target = self.memory.pointer(address + self.layout.weakref_object);
        self.push(target, ReferenceTag::plain(ReferenceKind::Weak), None);
    }
}
