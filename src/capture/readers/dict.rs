//! Dicts, shared keys and the values that instances keep inline.
//!
//! A keys table holds an index and then entries in order of insertion (Objects/dictobject.c). A *combined* dict has
//! its values in the entries; a *split* one shares the keys with all instances of a class and has values of its own.

use super::super::heap::Reader;
use super::super::image::Memory;
use super::super::text::str_text;
use super::super::types::flag;
use crate::cpython::layout::Layout;
use crate::error::Result;
use crate::snapshot::{NameId, ReferenceKind, ReferenceTag};

const KEY: ReferenceTag = ReferenceTag::plain(ReferenceKind::Key);
const DICT_KEY: ReferenceTag = ReferenceTag::plain(ReferenceKind::DictKey);

/// A keys table in memory, with every number checked against its mapping.
#[derive(Clone, Copy)]
pub(in crate::capture) struct Keys {
    entries: u64,
    stride: u64,
    count: u64,
    /// Bytes of the whole table.
    pub(in crate::capture) size: u64,
    /// Whether all keys are exact strs: `dict_traverse` then visits values only.
    strings_only: bool,
    /// Before there were kinds, the function that looks a key up told them apart (`dk_lookup`, up to 3.10).
    lookup: Option<u64>,
    shared: bool,
}

/// Number of places, bytes of the index and kind of the entries.
fn index(memory: &Memory<'_>, layout: &Layout, address: u64) -> Option<(u64, u64, u8)> {
    if layout.has_compact_keys {
        let log2_size = u32::from(memory.byte(address + layout.keys_log2_size));
        let log2_index = u32::from(memory.byte(address + layout.keys_log2_index_bytes));
        let kind = memory.byte(address + layout.keys_kind);
        return (log2_size <= 40 && log2_index <= 44 && kind <= 2).then(|| (1 << log2_size, 1 << log2_index, kind));
    }
    let places = memory.pointer(address + layout.keys_size);
    // DK_IXSIZE: an index entry is as wide as the largest index needs, less the sign.
    let width = match places {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    };
    (places.is_power_of_two() && places <= 1 << 40).then(|| (places, places * width, 0))
}

impl Keys {
    pub(in crate::capture) fn read(memory: &Memory<'_>, layout: &Layout, address: u64) -> Option<Self> {
        if address == 0 {
            return None;
        }
        let (places, index_bytes, kind) = index(memory, layout, address)?;
        // Kind 0 stores hash, key and value; 1 (strings) and 2 (shared) key and value.
        let stride = if kind == 0 { 24 } else { 16 };
        let entries = address + layout.keys_indices + index_bytes;
        let count = memory.pointer(address + layout.keys_entries).min(memory.room(entries) / stride);
        let size = layout.keys_indices + index_bytes + stride * (places * 2 / 3);
        let lookup = layout.has_keys_lookup.then(|| memory.pointer(address + layout.keys_lookup));
        let shared = kind == 2 || lookup.is_some();
        Some(Keys { entries, stride, count, size, strings_only: kind != 0, lookup, shared })
    }

    /// Key and value of entry `number`.
    fn entry(&self, memory: &Memory<'_>, number: u64) -> (u64, u64) {
        let key = self.entries + number * self.stride + self.stride - 16;
        (memory.pointer(key), memory.pointer(key + 8))
    }

    /// Entries and free places: how many values a split dict has room for.
    pub(in crate::capture) fn capacity(memory: &Memory<'_>, layout: &Layout, address: u64) -> u64 {
        let used = memory.pointer(address + layout.keys_entries);
        used.saturating_add(memory.pointer(address + layout.keys_usable)).min(1 << 16)
    }
}

/// The value under a str key of a combined dict; linear in its entries.
pub(in crate::capture) fn find(memory: &Memory<'_>, layout: &Layout, dict: u64, key: &str) -> Option<u64> {
    entries(memory, layout, dict)
        .find(|(at, _)| str_text(memory, layout, *at, key.len() + 1).as_deref() == Some(key))
        .map(|(_, value)| value)
}

/// Which value of a shared-keys instance belongs to an attribute.
pub(in crate::capture) fn position(memory: &Memory<'_>, layout: &Layout, keys: u64, name: &str) -> Option<u64> {
    let keys = Keys::read(memory, layout, keys)?;
    (0..keys.count.min(64)).find(|number| {
        let (key, _) = keys.entry(memory, *number);
        str_text(memory, layout, key, name.len() + 1).as_deref() == Some(name)
    })
}

/// Keys and values of a dict, split or combined, in the order of its entries. Not counted as tables that are read: a
/// class's is looked into for each of its instances that is a key.
pub(in crate::capture) fn entries<'a>(
    memory: &'a Memory<'_>,
    layout: &'a Layout,
    dict: u64,
) -> impl Iterator<Item = (u64, u64)> + 'a {
    let keys = Keys::read(memory, layout, memory.pointer(dict + layout.dict_keys));
    let values = memory.pointer(dict + layout.dict_values);
    let count = keys.map_or(0, |keys| keys.count);
    let all = (0..count).filter_map(move |number| {
        let (key, value) = keys?.entry(memory, number);
        let split = || memory.pointer(values + layout.values_array + number * 8);
        Some((key, if values == 0 { value } else { split() }))
    });
    all.filter(|(key, value)| *key != 0 && *value != 0)
}

impl Reader<'_> {
    /// Which function looks up keys of any type (`lookdict`), if this dict uses it: one with a key that is not a str.
    pub(in crate::capture) fn general_lookup(&self, dict: u64) -> Option<u64> {
        let keys = Keys::read(&self.memory, self.layout, self.memory.pointer(dict + self.layout.dict_keys))?;
        let is_str = |key: u64| {
            let class = self.memory.pointer(key + 8);
            self.memory.pointer(class + self.layout.type_flags) & flag::STR != 0
        };
        let split = self.memory.pointer(dict + self.layout.dict_values) != 0;
        let mut entries = (0..keys.count.min(100)).map(|number| keys.entry(&self.memory, number));
        keys.lookup.filter(|_| !split && entries.any(|(key, value)| value != 0 && !is_str(key)))
    }

    /// The references of a dict.
    pub(in crate::capture) fn read_dict(&mut self, dict: u64) -> Result<()> {
        let keys_address = self.memory.pointer(dict + self.layout.dict_keys);
        let values = self.memory.pointer(dict + self.layout.dict_values);
        let Some(keys) = Keys::read(&self.memory, self.layout, keys_address) else { return Ok(()) };
        if values != 0 {
            return self.read_split(dict, keys, values);
        }
        let strings_only = keys.lookup.map_or(keys.strings_only, |lookup| lookup != self.learned.general_lookup);
        let (key_tag, value_tag) = match (self.learned.interned_strings.contains(&dict), strings_only) {
            (true, _) => (DICT_KEY.untraversed().borrowed(), KEY.borrowed()),
            (false, true) => (DICT_KEY.untraversed(), KEY),
            (false, false) => (DICT_KEY, KEY),
        };
        // `ma_used`. A dict that grows gets its new table first and its entries later (Objects/dictobject.c, dictresize).
        self.damage.dicts += u64::from(self.item_count(dict) > keys.count);
        for number in 0..self.memory.entries(keys.entries, keys.count, keys.stride) {
            let (key, value) = keys.entry(&self.memory, number);
            if value == 0 || !self.is_object(key) {
                continue;
            }
            self.push(key, key_tag, None);
            let name = self.name_under(dict, key)?;
            self.push(value, value_tag, Some(name));
        }
        Ok(())
    }

    /// A dict that shares its keys with others: the keys belong to the class.
    fn read_split(&mut self, dict: u64, keys: Keys, values: u64) -> Result<()> {
        // 3.13: {capacity, size, embedded, valid} in front. Embedded values lie in the instance; where that reports
        // them itself, the dict only shows them, and its own traversal leaves them out (PyObject_VisitManagedDict,
        // dict_traverse).
        let header = self.layout.values_array;
        let embedded = header >= 4 && self.memory.byte(values + 2) != 0 && !self.layout.dict_reports_inline_values();
        let mut count = keys.count.min(self.memory.room(values) / 8);
        if header > 0 {
            count = count.min(u64::from(self.memory.byte(values)));
        }
        let tag = if embedded { KEY.borrowed().untraversed() } else { KEY };
        for number in 0..self.memory.entries(values + header, count, 8) {
            let value = self.memory.pointer(values + header + number * 8);
            if value != 0 {
                let (key, _) = keys.entry(&self.memory, number);
                let name = self.name_under(dict, key)?;
                self.push(value, tag, Some(name));
            }
        }
        Ok(())
    }

    /// The attributes that an instance keeps without a dict.
    pub(in crate::capture) fn read_inline_values(&mut self, values: u64, keys_address: u64) -> Result<()> {
        let names = self.shared_names(keys_address)?;
        let header = self.layout.values_array;
        // The shared keys may have grown past this instance's own capacity (first byte, 3.13).
        let room = if header > 0 { usize::from(self.memory.byte(values)) } else { names.len() };
        let room = self.memory.entries(values + header, room.min(names.len()) as u64, 8);
        for (number, name) in names.iter().take(room as usize).enumerate() {
            let value = self.memory.pointer(values + header + number as u64 * 8);
            if value != 0 {
                self.push(value, ReferenceTag::plain(ReferenceKind::Attribute), Some(*name));
            }
        }
        Ok(())
    }

    /// The attribute names of a class's shared keys, read once.
    fn shared_names(&mut self, keys_address: u64) -> Result<std::rc::Rc<[NameId]>> {
        if let Some(names) = self.shared_names.get(&keys_address) {
            return Ok(names.clone());
        }
        let mut names = Vec::new();
        if let Some(keys) = Keys::read(&self.memory, self.layout, keys_address).filter(|keys| keys.strings_only) {
            for number in 0..keys.count.min(64) {
                let (key, _) = keys.entry(&self.memory, number);
                names.push(self.attribute_name(key)?);
            }
        }
        let names: std::rc::Rc<[NameId]> = names.into();
        self.shared_names.insert(keys_address, names.clone());
        Ok(names)
    }

    /// A class holds the names of its instances' attributes.
    pub(in crate::capture) fn read_shared_keys(&mut self, keys_address: u64) -> Result<()> {
        let Some(keys) = Keys::read(&self.memory, self.layout, keys_address).filter(|keys| keys.shared) else {
            return Ok(());
        };
        let name = self.builder.name("shared keys")?;
        for number in 0..self.memory.entries(keys.entries, keys.count, keys.stride) {
            let (key, _) = keys.entry(&self.memory, number);
            self.push(key, ReferenceTag::plain(ReferenceKind::Internal).untraversed(), Some(name));
        }
        Ok(())
    }
}
