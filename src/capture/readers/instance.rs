//! Attributes: slots, values kept inline, and the instance's `__dict__`.

use super::super::heap::{Facts, Reader};
use super::super::types::{DictPlace, TypeInfo, flag};
use crate::error::Result;
use crate::snapshot::{ReferenceKind, ReferenceTag};

const ATTRIBUTE: ReferenceTag = ReferenceTag::plain(ReferenceKind::Attribute);

impl Reader<'_> {
    pub(super) fn read_attributes(&mut self, address: u64, info: &TypeInfo, facts: &mut Facts) -> Result<()> {
        for (offset, name) in &info.slots {
            let target = self.memory.pointer(address + offset);
            if target != 0 {
                self.push(target, ATTRIBUTE, Some(*name));
            }
        }
        match (info.dict, self.dict_place(address, info)) {
            (DictPlace::Managed, _) => self.read_managed(address, info, facts),
            (_, Some(place)) => self.push_dict(place, ATTRIBUTE),
            (_, None) => Ok(()),
        }
    }

    /// Where the pointer to an instance's dict stands.
    fn dict_place(&self, address: u64, info: &TypeInfo) -> Option<u64> {
        match info.dict {
            DictPlace::None => None,
            DictPlace::At(offset) => address.checked_add(offset),
            DictPlace::FromEnd(back) => {
                let items = if info.has(flag::INT) {
                    super::super::text::int_size(self.layout, self.memory.number(address + 16)).0
                } else {
                    self.item_count(address)
                };
                // _PyObject_ComputedDictPointer (Objects/object.c): the size is rounded up to a pointer.
                let end = info.basic_size.saturating_add(info.item_size.saturating_mul(items));
                address.checked_add(end.checked_next_multiple_of(8)?)?.checked_sub(back)
            }
            DictPlace::Managed => Some(address - 24),
        }
    }

    /// The dict of an instance's attributes, 0 if it has none of its own.
    pub(in crate::capture) fn instance_dict(&self, address: u64, info: &TypeInfo) -> u64 {
        let word = self.dict_place(address, info).map_or(0, |place| self.memory.pointer(place));
        // 3.12 stores inline values in the same place, and tells them by an odd number.
        if word & 1 == 1 { 0 } else { word }
    }

    /// The value of an attribute that an instance of a class made in Python has itself, if it has one.
    pub(in crate::capture) fn attribute(&mut self, instance: u64, name: &str) -> Option<u64> {
        let info = self.type_at(self.memory.pointer(instance + 8))?;
        match info.dict {
            DictPlace::At(offset) => return self.dict_value(self.memory.pointer(instance + offset), name),
            DictPlace::Managed => {}
            DictPlace::None | DictPlace::FromEnd(_) => return None,
        }
        let word = self.memory.pointer(instance - 24);
        let (values, dict) = match self.layout.version.minor {
            11 => (self.memory.pointer(instance - 32), word),
            12 if word & 1 == 1 => (word + 1, 0),
            12 => (0, word),
            _ if self.memory.byte(instance + info.basic_size + 3) != 0 => (instance + info.basic_size, 0),
            _ => (0, word),
        };
        if values == 0 {
            return self.dict_value(dict, name);
        }
        let place = super::dict::position(&self.memory, self.layout, info.cached_keys, name)?;
        let value = self.memory.pointer(values + self.layout.values_array + 8 * place);
        (value != 0).then_some(value)
    }

    fn push_dict(&mut self, place: u64, tag: ReferenceTag) -> Result<()> {
        let dict = self.memory.pointer(place);
        if dict != 0 {
            let name = self.builder.name("__dict__")?;
            self.push(dict, tag, Some(name));
        }
        Ok(())
    }

    /// Where a class with a managed dict keeps the attributes of its instances changed with every version
    /// (Include/internal/pycore_object.h): 3.11 has a pointer to values and one to the dict, 3.12 one word for either,
    /// 3.13 the dict's pointer in front and the values behind the object.
    fn read_managed(&mut self, address: u64, info: &TypeInfo, facts: &mut Facts) -> Result<()> {
        let dict_word = self.memory.pointer(address - 24);
        match self.layout.version.minor {
            11 => match self.memory.pointer(address - 32) {
                0 => self.push_dict(address - 24, ATTRIBUTE),
                values => self.read_inline_values(values, info.cached_keys),
            },
            // The low bit says "values": their address less one is stored.
            12 if dict_word & 1 == 1 => self.read_inline_values(dict_word + 1, info.cached_keys),
            12 => self.push_dict(address - 24, ATTRIBUTE),
            _ => self.read_values_behind(address, info, facts),
        }
    }

    fn read_values_behind(&mut self, address: u64, info: &TypeInfo, facts: &mut Facts) -> Result<()> {
        let values = address + info.basic_size;
        // {capacity, size, embedded, valid}: once the dict has taken the values over, they are stale.
        let inline = info.has(flag::INLINE_VALUES);
        if inline {
            facts.size += self.layout.values_array + 8 * u64::from(self.memory.byte(values));
        }
        let dict = self.memory.pointer(address - 24);
        let own = dict == 0 || !self.layout.dict_reports_inline_values();
        if inline && own && self.memory.byte(values + 3) != 0 {
            self.read_inline_values(values, info.cached_keys)?;
            // PyObject_VisitManagedDict stops after the values: the dict is held and not reported.
            return self.push_dict(address - 24, ATTRIBUTE.untraversed());
        }
        self.push_dict(address - 24, ATTRIBUTE)
    }
}
