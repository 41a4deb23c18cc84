//! Damaged memory of a process: an error or a heap, whatever words stand where.
//!
//! An input is a list of edits of six bytes each: which word, what to do, an operand. They are made in a frozen copy,
//! which is read, and taken back.

use super::base;
use heapgraph::capture::Frozen;
use std::cell::RefCell;

/// More edits only make memory that is no heap at all.
const EDITS: usize = 200;

/// Memory, and what there is to damage.
struct Base {
    frozen: Frozen,
    /// Addresses of words that are not zero.
    places: Vec<u64>,
    /// Addresses of objects.
    objects: Vec<u64>,
    rows: usize,
}

impl Base {
    fn new() -> Self {
        let core = base::core().expect("a core file of a small Python");
        let frozen = Frozen::open(&core).expect("a core with an interpreter");
        let heap = frozen.read().expect("a heap in one piece");
        let objects: Vec<u64> = heap.objects().columns().addresses.iter().copied().filter(|at| *at != 0).collect();
        let words = frozen.writable().flat_map(|(start, end)| (start.next_multiple_of(8)..end).step_by(8));
        let places = words.filter(|at| frozen.word(*at).is_some_and(|word| word != 0)).collect();
        Base { rows: heap.objects().len(), places, objects, frozen }
    }

    /// The new word of an edit.
    fn value(&self, old: u64, what: u8, operand: u16) -> u64 {
        let of_choice = |words: &[u64]| words[usize::from(operand) % words.len()];
        match what % 10 {
            0 => old ^ 1 << (operand % 64),
            1 => u64::from(operand),
            2 => u64::MAX >> (operand % 64),
            3 => 1 << (operand % 64),
            4 | 5 => of_choice(&self.objects),
            6 => of_choice(&self.objects) + u64::from(operand >> 8) % 64,
            7 => self.frozen.word(of_choice(&self.places)).unwrap_or(0),
            8 => old.wrapping_add_signed(i64::from(operand as i16)),
            _ => u64::from(operand) << 48 | old & 0xffff_ffff_ffff,
        }
    }
}

thread_local! {
    static BASE: RefCell<Base> = RefCell::new(Base::new());
}

/// Damages the memory, reads it, makes it whole again.
pub fn run(bytes: &[u8]) {
    BASE.with_borrow_mut(|base| {
        let mut before = Vec::new();
        for edit in bytes.chunks_exact(6).take(EDITS) {
            let &[a, b, c, what, low, high] = edit else { continue };
            let at = base.places[u32::from_le_bytes([a, b, c, 0]) as usize % base.places.len()];
            let old = base.frozen.word(at).unwrap_or(0);
            before.push((at, old));
            let new = base.value(old, what, u16::from_le_bytes([low, high]));
            base.frozen.set_word(at, new);
        }
        let read = base.frozen.read();
        for (at, old) in before.into_iter().rev() {
            base.frozen.set_word(at, old);
        }
        if let Ok(heap) = read {
            assert_eq!(heap.verify(), Ok(()));
            assert!(heap.objects().len() <= base.rows + base.places.len(), "more objects than memory has room for");
        }
    });
}
