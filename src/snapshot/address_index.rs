//! From an address to a row, small and fast: one bit per place where an object may start.
//!
//! Heap objects lie close together, so a hash table of addresses would mostly store what neighbours already say.
//! A page of 512 places costs 64 bytes of bitmap and 4 of rank; a row number costs 4 bytes per object.
//! A look-up is one hash of the page and one population count.

use super::id::Address;
use foldhash::HashMap;

const PLACES: u64 = 512;
const WORDS: usize = (PLACES / 64) as usize;

struct Page {
    bits: [u64; WORDS],
    before: u32,
}

impl Page {
    fn rank(&self, place: usize) -> u32 {
        let (word, bit) = (place / 64, place % 64);
        let whole: u32 = self.bits[..word].iter().map(|bits| bits.count_ones()).sum();
        self.before + whole + (self.bits[word] & ((1 << bit) - 1)).count_ones()
    }
}

/// Where each address of a set stands in the list it was built from.
pub struct AddressIndex {
    // CPython aligns objects to 8 bytes at least; hand-written heaps may number theirs 1, 2, 3.
    shift: u32,
    slots: HashMap<u64, u32>,
    pages: Vec<Page>,
    positions: Vec<u32>,
}

impl AddressIndex {
    /// Indexes `addresses` by their position. Zero stands for "no address" and is left out.
    ///
    /// Linear in their number. Two equal addresses are refused: the error is the later position of the two.
    pub fn new(addresses: &[u64]) -> Result<Self, usize> {
        let mut index = Self::marked(addresses)?;
        let mut total = 0;
        for page in &mut index.pages {
            page.before = total;
            total += page.bits.iter().map(|bits| bits.count_ones()).sum::<u32>();
        }
        index.positions = vec![0; total as usize];
        for (position, &address) in addresses.iter().enumerate() {
            if let Some(rank) = index.rank(address) {
                index.positions[rank] = position as u32;
            }
        }
        Ok(index)
    }

    /// The first position whose address stands before it already. Half the work of a whole index.
    pub fn first_repeated(addresses: &[u64]) -> Option<usize> {
        Self::marked(addresses).err()
    }

    fn marked(addresses: &[u64]) -> Result<Self, usize> {
        let aligned = addresses.iter().all(|address| address % 8 == 0);
        let shift = if aligned { 3 } else { 0 };
        let mut index = AddressIndex { shift, slots: HashMap::default(), pages: Vec::new(), positions: Vec::new() };
        index.mark(addresses)?;
        Ok(index)
    }

    fn mark(&mut self, addresses: &[u64]) -> Result<(), usize> {
        // Objects of one page mostly stand together.
        let (mut last, mut slot) = (u64::MAX, 0);
        for (position, &address) in addresses.iter().enumerate().filter(|(_, address)| **address != 0) {
            let (number, place) = self.place(address);
            if number != last {
                let new = self.pages.len() as u32;
                (last, slot) = (number, *self.slots.entry(number).or_insert(new));
                if slot == new {
                    self.pages.push(Page { bits: [0; WORDS], before: 0 });
                }
            }
            let (word, bit) = (&mut self.pages[slot as usize].bits[place / 64], 1 << (place % 64));
            if *word & bit != 0 {
                return Err(position);
            }
            *word |= bit;
        }
        Ok(())
    }

    fn place(&self, address: u64) -> (u64, usize) {
        let place = address >> self.shift;
        (place / PLACES, (place % PLACES) as usize)
    }

    fn rank(&self, address: u64) -> Option<usize> {
        if address == 0 || address & ((1 << self.shift) - 1) != 0 {
            return None;
        }
        let (number, place) = self.place(address);
        let page = &self.pages[*self.slots.get(&number)? as usize];
        (page.bits[place / 64] >> (place % 64) & 1 == 1).then(|| page.rank(place) as usize)
    }

    /// The position of `address` in the list, if it is there.
    pub fn position(&self, address: Address) -> Option<usize> {
        self.rank(address.0).map(|rank| self.positions[rank] as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_found_at_its_position_and_no_other_is() {
        let end = if cfg!(miri) { 200 } else { 5000 };
        let scattered: Vec<u64> = (1..end).map(|i: u64| i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20 << 4).collect();
        let dense: Vec<u64> = (1..end).rev().collect();
        for addresses in [scattered, dense, vec![], vec![0, 0, 8]] {
            let index = AddressIndex::new(&addresses).expect("no address repeats");
            for (position, &address) in addresses.iter().enumerate().filter(|(_, address)| **address != 0) {
                assert_eq!(index.position(Address(address)), Some(position));
                if !addresses.contains(&(address + 1)) {
                    assert_eq!(index.position(Address(address + 1)), None);
                }
            }
            assert_eq!(index.position(Address(0)), None);
        }
    }

    #[test]
    fn a_repeated_address_is_named_by_its_second_position() {
        assert_eq!(AddressIndex::new(&[16, 32, 16]).err(), Some(2));
    }
}
