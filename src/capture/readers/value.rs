//! Values without references: strings, numbers, bytes.

use super::super::heap::{Facts, Reader};
use super::super::text::{TEXT_LIMIT, bytes_text, complex_text, float_text, int_size, int_text, shorten, str_text};
use super::super::types::{Shape, TypeInfo};

impl Reader<'_> {
    /// `unicode_sizeof` (Objects/unicodeobject.c): header and characters, plus a cached UTF-8 form.
    pub(super) fn read_str(&mut self, address: u64, info: &TypeInfo, facts: &mut Facts) {
        let layout = self.layout;
        let length = self.memory.pointer(address + layout.str_length);
        let state = self.memory.half(address + layout.str_state);
        let (kind, compact, ascii) = (u64::from(state >> 2 & 7), state >> 5 & 1 == 1, state >> 6 & 1 == 1);
        let characters = length.saturating_add(1).saturating_mul(kind);
        let mut size = match (compact, ascii) {
            (true, true) => layout.str_ascii_size + length.saturating_add(1),
            (true, false) => layout.str_compact_size.saturating_add(characters),
            (false, _) => layout.str_size.saturating_add(characters),
        };
        let utf8 = self.memory.pointer(address + layout.str_utf8);
        let own_utf8 =
            !(compact && ascii) && utf8 != 0 && (compact || utf8 != self.memory.pointer(address + layout.str_data));
        if own_utf8 {
            size = size.saturating_add(self.memory.pointer(address + layout.str_utf8_length)).saturating_add(1);
        }
        size = size.saturating_add(self.wide_size(address, compact && ascii, compact));
        facts.size = size.saturating_add(info.header_size());
        facts.length = Some(length);
        facts.text = str_text(&self.memory, layout, address, TEXT_LIMIT);
    }

    /// The characters once more as `wchar_t`, where a C interface asked for them (up to 3.11) and the string's own
    /// form is another (_PyUnicode_HAS_WSTR_MEMORY).
    fn wide_size(&self, address: u64, ascii: bool, compact: bool) -> u64 {
        let layout = self.layout;
        let (Some(wide), Some(wide_length)) = (layout.str_wstr, layout.str_wstr_length) else { return 0 };
        let wide = self.memory.pointer(address + wide);
        let own = match (compact, ascii) {
            (true, true) => address + layout.str_ascii_size,
            (true, false) => address + layout.str_compact_size,
            (false, _) => self.memory.pointer(address + layout.str_data),
        };
        if wide == 0 || wide == own {
            return 0;
        }
        let length = self.memory.pointer(address + if ascii { layout.str_length } else { wide_length });
        length.saturating_add(1).saturating_mul(4)
    }

    /// `int.__sizeof__`: at least one digit from 3.11 on. It leaves out what subclasses add behind the digits.
    pub(super) fn read_int(&mut self, address: u64, info: &TypeInfo, facts: &mut Facts) {
        let layout = self.layout;
        let (digits, _) = int_size(layout, self.memory.number(address + 16));
        let least = if layout.version.minor >= 11 { 1 } else { 0 };
        let room = self.memory.room(address) / 4;
        facts.size = layout.int_digits + digits.min(room).max(least) * 4 + info.header_size();
        facts.text = match info.shape {
            Shape::Bool => Some(if digits == 0 { "False" } else { "True" }.into()),
            _ => int_text(&self.memory, layout, address).map(shorten),
        };
    }

    pub(super) fn read_float(&mut self, address: u64, facts: &mut Facts) {
        let bits = self.memory.word(address + self.layout.float_value);
        facts.text = bits.map(|bits| float_text(f64::from_bits(bits)));
    }

    pub(super) fn read_complex(&mut self, address: u64, facts: &mut Facts) {
        // Two doubles, where a float has its one.
        let part = |offset| self.memory.word(address + self.layout.float_value + offset).map(f64::from_bits);
        facts.text = part(0).zip(part(8)).map(|(real, imaginary)| complex_text(real, imaginary));
    }

    pub(super) fn read_bytes(&mut self, address: u64, info: &TypeInfo, facts: &mut Facts) {
        let start = address + self.layout.bytes_data;
        let length = self.item_count(address).min(self.memory.room(start));
        facts.size += info.item_size.max(1) * length;
        facts.length = Some(length);
        // An empty one has no memory.
        let shown =
            if length == 0 { Some(&[][..]) } else { self.memory.bytes(start, length.min(TEXT_LIMIT as u64 + 1)) };
        facts.text = shown.map(|bytes| shorten(bytes_text(bytes, TEXT_LIMIT)));
    }

    pub(super) fn read_byte_array(&mut self, address: u64, facts: &mut Facts) {
        facts.size += self.memory.pointer(address + self.layout.bytearray_allocated).min(1 << 46);
        let length = self.item_count(address);
        facts.length = Some(length);
        // ob_alloc, ob_bytes, ob_start.
        let start = self.memory.pointer(address + self.layout.bytearray_allocated + 16);
        // An empty one has no memory.
        let shown =
            if length == 0 { Some(&[][..]) } else { self.memory.bytes(start, length.min(TEXT_LIMIT as u64 + 1)) };
        facts.text = shown.map(|bytes| shorten(format!("bytearray({})", bytes_text(bytes, TEXT_LIMIT))));
    }
}
