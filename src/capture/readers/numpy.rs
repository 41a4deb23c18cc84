//! Arrays of numpy. Its structures are part of its ABI (`numpy/ndarraytypes.h`), the same for every CPython.

use super::super::heap::{Facts, Reader};
use super::super::types::TypeInfo;
use super::dict;
use crate::error::Result;
use crate::snapshot::{ReferenceKind, ReferenceTag};

/// `PyArrayObject_fields`. `mem_handler` came with 1.22.
mod array {
    pub(super) const DATA: u64 = 16;
    pub(super) const DIMENSION_COUNT: u64 = 24;
    pub(super) const DIMENSIONS: u64 = 32;
    pub(super) const BASE: u64 = 48;
    pub(super) const DESCRIPTION: u64 = 56;
    pub(super) const FLAGS: u64 = 64;
    pub(super) const MEMORY_HANDLER: u64 = 88;
    pub(super) const OWNS_DATA: u32 = 4;
    /// `NPY_MAXDIMS` of numpy 2; 32 before.
    pub(super) const MOST_DIMENSIONS: u64 = 64;
}

/// `PyArray_Descr`.
mod description {
    pub(super) const TYPE_NUMBER: u64 = 28;
    /// `NPY_OBJECT`.
    pub(super) const OBJECT: u32 = 17;
    /// Structured types nest; deeper than this is damage.
    pub(super) const DEEPEST: usize = 8;
}

/// What an array's items are.
struct Description {
    type_number: u32,
    item_size: u64,
    /// The item type and shape of a type that is an array itself.
    subarray: u64,
    /// The dict of a structured type.
    fields: u64,
}

impl Reader<'_> {
    /// The objects of an array that has memory of its own; a view has its base, which holds them.
    ///
    /// Arrays are not in the collector's lists, and subclasses made in Python report their attributes alone: nothing
    /// here is traversed.
    pub(super) fn read_array(&mut self, address: u64, info: &TypeInfo, facts: &mut Facts) -> Result<()> {
        let held = [("base", array::BASE), ("dtype", array::DESCRIPTION), ("mem_handler", array::MEMORY_HANDLER)];
        for (name, offset) in held.into_iter().filter(|(_, offset)| offset + 8 <= info.c_size) {
            let target = self.memory.pointer(address + offset);
            let name = Some(self.builder.name(name)?);
            self.push(target, ReferenceTag::plain(ReferenceKind::Internal).untraversed(), name);
        }
        let dimensions = self.array_dimensions(address);
        // array_sizeof: two words for each dimension, and the data if it is the array's own.
        facts.size += 16 * dimensions.len() as u64;
        facts.length = dimensions.first().copied();
        if self.memory.half(address + array::FLAGS) & array::OWNS_DATA == 0 {
            return Ok(());
        }
        let class = self.memory.pointer(address + array::DESCRIPTION);
        let item_size = self.description(class).item_size;
        let items = dimensions.into_iter().fold(1, u64::saturating_mul);
        facts.size = facts.size.saturating_add(items.saturating_mul(item_size).min(1 << 46));
        self.push_items(self.memory.pointer(address + array::DATA), items, item_size, &self.object_places(class));
        Ok(())
    }

    fn array_dimensions(&self, address: u64) -> Vec<u64> {
        let count = u64::from(self.memory.half(address + array::DIMENSION_COUNT));
        let lengths = self.memory.pointer(address + array::DIMENSIONS);
        (0..count.min(array::MOST_DIMENSIONS)).map(|number| self.memory.pointer(lengths + 8 * number)).collect()
    }

    fn push_items(&mut self, data: u64, items: u64, item_size: u64, places: &[u64]) {
        // An item has no more objects than words; overlapping fields may say so.
        let places = &places[..places.len().min((item_size / 8) as usize)];
        if places.is_empty() {
            return;
        }
        for number in 0..self.memory.entries(data, items, item_size) {
            if self.memory.is_overdrawn() {
                break;
            }
            for place in places {
                let target = self.memory.pointer((data + number * item_size).saturating_add(*place));
                if target != 0 {
                    self.push(target, ReferenceTag::plain(ReferenceKind::Item).untraversed(), None);
                }
            }
        }
    }

    /// numpy 2 put 64 bits of flags in front of the size of an item; before it, size and alignment were 32 bits each,
    /// and an alignment is never zero.
    fn description(&self, at: u64) -> Description {
        let type_number = self.memory.half(at + description::TYPE_NUMBER);
        let before_2 = self.memory.half(at + 36) != 0;
        let word = |offset: u64| self.memory.pointer(at + offset);
        if before_2 {
            let item_size = u64::from(self.memory.half(at + 32));
            Description { type_number, item_size, subarray: word(40), fields: word(48) }
        } else {
            Description { type_number, item_size: word(40), subarray: word(88), fields: word(96) }
        }
    }

    /// Where in an item objects are: at its start in an array of objects, in some of the fields of a structured one.
    fn object_places(&self, class: u64) -> Vec<u64> {
        let (mut places, mut open) = (Vec::new(), vec![(class, 0u64, 0)]);
        let mut looked_at = 0;
        while let Some((class, start, depth)) = open.pop() {
            looked_at += 1;
            let found = self.description(class);
            if found.type_number == description::OBJECT {
                places.push(start);
                continue;
            }
            // Numbers, text and dates have numbers above zero of their own; 20 is a structured type (NPY_VOID).
            if found.type_number != 20 || depth > description::DEEPEST || looked_at > 10_000 {
                continue;
            }
            if found.subarray != 0 {
                let inner = self.memory.pointer(found.subarray);
                let size = self.description(inner).item_size.max(1);
                let count = (found.item_size / size).min(10_000);
                open.extend(
                    (0..count).map(|number| (inner, start.saturating_add(number.saturating_mul(size)), depth + 1)),
                );
                continue;
            }
            for (_, field) in dict::entries(&self.memory, self.layout, found.fields).take(10_000) {
                // (type, offset) or (type, offset, title).
                let items = field + self.layout.tuple_items;
                let offset = super::super::text::int_text(&self.memory, self.layout, self.memory.pointer(items + 8));
                if let Some(offset) = offset.and_then(|text| text.parse::<u64>().ok()) {
                    open.push((self.memory.pointer(items), start.saturating_add(offset), depth + 1));
                }
            }
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}
