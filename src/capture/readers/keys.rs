//! Keys of dicts as Python would print them.

use super::super::heap::Reader;
use super::super::text::{TEXT_LIMIT, bytes_text, float_text, int_text, shorten, str_text};
use super::super::types::Shape;
use crate::cpython::repr::str_repr;

/// Tuples within tuples as keys are read this deep; below stands `…`.
const DEEPEST: usize = 3;
const MOST_ITEMS: u64 = 8;

impl Reader<'_> {
    /// `repr()` of a key, for the types whose repr is known without running code; else the type and address.
    pub(in crate::capture) fn key_text(&mut self, key: u64, depth: usize) -> String {
        let class = self.memory.pointer(key + 8);
        let Some(info) = self.type_at(class) else { return "?".into() };
        let layout = self.layout;
        let known = match info.shape {
            // Subclasses may print anything; their value still tells them apart.
            Shape::Str => str_text(&self.memory, layout, key, TEXT_LIMIT).map(|text| str_repr(&text)),
            Shape::Int => int_text(&self.memory, layout, key).map(shorten),
            Shape::Bool => Some(if self.memory.half(key + layout.int_digits) == 0 { "False" } else { "True" }.into()),
            Shape::Float => self.memory.word(key + layout.float_value).map(|bits| float_text(f64::from_bits(bits))),
            Shape::Bytes => {
                let length = self.item_count(key).min(TEXT_LIMIT as u64 + 1);
                self.memory.bytes(key + layout.bytes_data, length).map(|bytes| bytes_text(bytes, TEXT_LIMIT))
            }
            Shape::Tuple if depth < DEEPEST => Some(self.tuple_text(key, depth)),
            Shape::Type => Some(format!("<class '{}'>", self.long_name_of_type(key))),
            _ => None,
        };
        known.unwrap_or_else(|| {
            let name = self.type_name_of(key);
            if name == "builtins.NoneType" { "None".into() } else { format!("<{name} at {key:#x}>") }
        })
    }

    fn tuple_text(&mut self, tuple: u64, depth: usize) -> String {
        let count = self.item_count(tuple);
        let mut parts = Vec::new();
        for number in 0..count.min(MOST_ITEMS) {
            let item = self.memory.pointer(tuple + self.layout.tuple_items + number * 8);
            parts.push(if self.is_object(item) { self.key_text(item, depth + 1) } else { "?".into() });
        }
        if count > MOST_ITEMS {
            parts.push("…".into());
        }
        if count == 1 { format!("({},)", parts[0]) } else { format!("({})", parts.join(", ")) }
    }
}
