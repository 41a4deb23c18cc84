//! Lists, tuples, dicts, sets, deques and the other containers of the standard library that are written in C.

use super::super::heap::{Facts, Reader};
use super::super::types::{TypeInfo, flag};
use super::dict::Keys;
use crate::error::Result;
use crate::snapshot::{ReferenceKind, ReferenceTag};

const ITEM: ReferenceTag = ReferenceTag::plain(ReferenceKind::Item);
const INTERNAL: ReferenceTag = ReferenceTag::plain(ReferenceKind::Internal);

impl Reader<'_> {
    /// `ob_size`: the number of items of a variable-sized object.
    pub(super) fn item_count(&self, address: u64) -> u64 {
        (self.memory.number(address + 16) as i64).unsigned_abs()
    }

    /// Pushes `count` object pointers; never past the end of their mapping, whatever count a damaged object claims.
    pub(super) fn push_range(&mut self, start: u64, count: u64, tag: ReferenceTag) {
        for number in 0..self.memory.entries(start, count, 8) {
            let target = self.memory.pointer(start + number * 8);
            if target != 0 {
                self.push(target, tag, None);
            }
        }
    }

    pub(super) fn read_list(&mut self, address: u64, facts: &mut Facts) {
        let (count, items) = (self.item_count(address), self.memory.pointer(address + self.layout.list_items));
        let count = count.min(self.memory.room(items) / 8);
        self.push_range(items, count, ITEM);
        facts.length = Some(count);
        // list.__sizeof__ counts the slots that are allocated, used or not.
        let allocated = self.memory.pointer(address + self.layout.list_allocated);
        facts.size += 8 * allocated.min(self.memory.room(items) / 8);
    }

    pub(super) fn read_tuple(&mut self, address: u64, info: &TypeInfo, facts: &mut Facts) {
        let items = address + self.layout.tuple_items;
        let count = self.item_count(address).min(self.memory.room(items) / 8);
        self.push_range(items, info.item_count.unwrap_or(count), ITEM);
        facts.length = Some(count);
        facts.size += info.item_size * info.item_count.unwrap_or(count);
    }

    pub(super) fn read_dict_object(&mut self, address: u64, facts: &mut Facts) -> Result<()> {
        self.read_dict(address)?;
        facts.length = self.memory.word(address + self.layout.dict_used);
        facts.size += self.dict_table_size(address);
        Ok(())
    }

    /// What `dict.__sizeof__` adds to the structure: the values of a split dict, the keys of one that owns them.
    fn dict_table_size(&self, address: u64) -> u64 {
        let keys = self.memory.pointer(address + self.layout.dict_keys);
        let split = self.memory.pointer(address + self.layout.dict_values) != 0;
        let values = if split { 8 * Keys::capacity(&self.memory, self.layout, keys) } else { 0 };
        let owned = self.memory.pointer(keys + self.layout.keys_refcount) == 1;
        values + Keys::read(&self.memory, self.layout, keys).filter(|_| owned).map_or(0, |keys| keys.size)
    }

    /// An `OrderedDict` is a dict and a linked list of its keys, each held a second time (Objects/odictobject.c).
    pub(super) fn read_ordered_dict(&mut self, address: u64, facts: &mut Facts) -> Result<()> {
        self.read_dict_object(address, facts)?;
        let (layout, limit) = (self.layout, facts.length.unwrap_or(0));
        let mut node = self.memory.pointer(address + layout.odict_first);
        let mut nodes = 0;
        while node != 0 && nodes < limit && !self.memory.is_overdrawn() {
            self.memory.entries(node, 1, layout.odict_node_size);
            let key = self.memory.pointer(node + layout.odict_node_key);
            self.push(key, ReferenceTag::plain(ReferenceKind::DictKey), None);
            node = self.memory.pointer(node + layout.odict_node_next);
            nodes += 1;
        }
        // odict_sizeof: one pointer per place of the keys' index, as of the last time that they were rebuilt.
        let places = self.memory.pointer(address + layout.odict_fast_nodes_size).min(1 << 40);
        facts.size += places * 8 + nodes * layout.odict_node_size;
        Ok(())
    }

    pub(super) fn read_set(&mut self, address: u64, facts: &mut Facts) {
        let layout = self.layout;
        let table = self.memory.pointer(address + layout.set_table);
        let mask = self.memory.pointer(address + layout.set_mask);
        let places = self.memory.entries(table, mask + 1, 16);
        for place in 0..places {
            let key = self.memory.pointer(table + place * 16);
            // A deleted entry holds the dummy object and the hash -1, which no object has (Objects/setobject.c).
            if key != 0 && self.memory.number(table + place * 16 + 8) != u64::MAX {
                self.push(key, ITEM, None);
            }
        }
        facts.length = self.memory.word(address + layout.set_used);
        if table != address + layout.set_small_table {
            facts.size += places * 16;
        }
    }

    /// A deque is a chain of blocks of 64 places (Modules/_collectionsmodule.c).
    pub(super) fn read_deque(&mut self, address: u64, facts: &mut Facts) {
        let layout = self.layout;
        let length = self.item_count(address);
        let per_block = (layout.deque_block_right - layout.deque_block_data) / 8;
        let mut block = self.memory.pointer(address + layout.deque_left_block);
        let mut place = self.memory.pointer(address + layout.deque_left_index);
        let (mut left, mut blocks) = (length, 1);
        while left > 0
            && place < per_block
            && !self.memory.is_overdrawn()
            && self.memory.room(block) >= layout.deque_block_size
        {
            let here = left.min(per_block - place);
            self.push_range(block + layout.deque_block_data + place * 8, here, ITEM);
            left -= here;
            place = 0;
            if left > 0 {
                block = self.memory.pointer(block + layout.deque_block_right);
                blocks += 1;
            }
        }
        facts.length = Some(length - left);
        facts.size += blocks * layout.deque_block_size;
        // leftindex, rightindex, state, maxlen; a bound is all that `repr` tells beside the items.
        let bound = self.memory.number(address + layout.deque_left_index + 24) as i64;
        facts.text = (bound >= 0).then(|| format!("maxlen={bound}"));
    }

    /// A bounded `lru_cache` keeps its entries in links, whose key and result its `tp_traverse` reports in their place
    /// (Modules/_functoolsmodule.c, `lru_cache_tp_traverse`).
    pub(super) fn read_lru_cache(&mut self, address: u64) -> Result<()> {
        let layout = self.layout;
        let first = address + layout.lru_cache_links;
        // The ring starts with the wrapper's own link, laid out like an object of the link type at `root`.
        let mut link = self.memory.pointer(first + layout.lru_link_next);
        let (key, result) = (self.builder.name("cached key")?, self.builder.name("cached result")?);
        let class = self.builder.name("link type")?;
        for _ in 0..10_000_000u64 {
            if link == first || link == 0 || !self.is_object(link) || self.memory.is_overdrawn() {
                break;
            }
            self.memory.entries(link, 1, 8);
            self.push(self.memory.pointer(link + layout.lru_link_key), INTERNAL, Some(key));
            self.push(self.memory.pointer(link + layout.lru_link_result), INTERNAL, Some(result));
            let link_type = self.memory.pointer(link + 8);
            if self.memory.pointer(link_type + layout.type_flags) & flag::HEAP_TYPE != 0 {
                self.push(link_type, INTERNAL, Some(class));
            }
            link = self.memory.pointer(link + layout.lru_link_next);
        }
        Ok(())
    }

    /// The items that `itertools.tee` has read ahead; places past their number hold stale pointers.
    pub(super) fn read_tee_data(&mut self, address: u64) {
        let read = u64::from(self.memory.half(address + self.layout.tee_data_read));
        self.push_range(address + self.layout.tee_data_values, read.min(57), ITEM);
    }

    /// The variable part of types that have one and no rule: counted, not read.
    pub(super) fn add_items(&mut self, address: u64, info: &TypeInfo, facts: &mut Facts) {
        if info.item_size > 0 {
            let room = self.memory.room(address).saturating_sub(info.basic_size);
            facts.size += (info.item_size.saturating_mul(self.item_count(address))).min(room);
        }
    }
}
