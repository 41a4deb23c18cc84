//! One rule per type: which references an object has, what they are called, how large it is.

pub(in crate::capture) mod dict;
pub(in crate::capture) mod frame;

mod blocks;
mod class;
mod containers;
mod fields;
mod frame_object;
mod function;
mod instance;
mod keys;
mod library;
mod numpy;
mod state;
mod value;

use super::heap::{Facts, Reader};
use super::types::{Shape, TypeInfo, flag};
use crate::error::Result;
use crate::snapshot::Flags;

impl Reader<'_> {
    /// Reads one object: its references are pushed, the rest is returned.
    pub(super) fn read(&mut self, address: u64, info: &TypeInfo) -> Result<Facts> {
        let mut facts = Facts { size: info.basic_size + info.header_size(), ..Facts::default() };
        // In the order of `tp_traverse`: attributes come first where the class was made in Python (`subtype_traverse`), and
        // in exceptions; the class comes first, and a `__dict__` last, where the type was written in C.
        let attributes_first = info.made_in_python || info.has(flag::BASE_EXCEPTION);
        if attributes_first {
            self.read_attributes(address, info, &mut facts)?;
        }
        self.read_class_reference(info);
        self.read_fields(address, info);
        self.read_blocks(address, info, &mut facts);
        match info.shape {
            Shape::List => self.read_list(address, &mut facts),
            Shape::Tuple => self.read_tuple(address, info, &mut facts),
            Shape::Dict => self.read_dict_object(address, &mut facts)?,
            Shape::OrderedDict => self.read_ordered_dict(address, &mut facts)?,
            Shape::Set => self.read_set(address, &mut facts),
            Shape::Deque => self.read_deque(address, &mut facts),
            Shape::LruCache => self.read_lru_cache(address)?,
            Shape::TeeData => self.read_tee_data(address),
            Shape::Type => self.read_type(address, info, &mut facts)?,
            Shape::Module => self.read_module(address, &mut facts)?,
            Shape::Function => self.read_function(address, &mut facts),
            Shape::Builtin => self.read_builtin(address, &mut facts),
            Shape::Cell => self.read_cell(address),
            Shape::Code => self.read_code(address, &mut facts),
            Shape::Generator => self.read_generator(address, &mut facts)?,
            Shape::Frame => self.read_frame_object(address, &mut facts)?,
            Shape::Weakref => self.read_weakref(address),
            Shape::Str => self.read_str(address, info, &mut facts),
            Shape::Int | Shape::Bool => self.read_int(address, info, &mut facts),
            Shape::Float => self.read_float(address, &mut facts),
            Shape::Complex => self.read_complex(address, &mut facts),
            Shape::Bytes => self.read_bytes(address, info, &mut facts),
            Shape::ByteArray => self.read_byte_array(address, &mut facts),
            Shape::Array => self.read_array(address, info, &mut facts)?,
            Shape::Fields => {
                self.add_items(address, info, &mut facts);
                facts.text = self.state_text(address, info);
            }
        }
        if !attributes_first {
            self.read_attributes(address, info, &mut facts)?;
        }
        self.read_unknown_part(address, info);
        self.read_flags(address, info, &mut facts);
        Ok(facts)
    }

    /// Instances of classes made at run time hold their class; static types are not counted (Objects/object.c,
    /// `_PyObject_Init`).
    fn read_class_reference(&mut self, info: &TypeInfo) {
        match info.class_reference {
            Some(tag) => self.push(info.address, tag, None),
            None => self.admit(info.address),
        }
    }

    fn read_flags(&self, address: u64, info: &TypeInfo, facts: &mut Facts) {
        if info.finalizer {
            facts.flags |= Flags::FINALIZER;
        }
        if info.legacy_finalizer {
            facts.flags |= Flags::LEGACY_FINALIZER;
        }
        let first = self.weak_references(address, info);
        let mut at = first;
        // A list of weak references cannot be longer than the heap; a damaged one may be circular.
        for _ in 0..100_000 {
            let ends = at == 0 || self.memory.pointer(at + self.layout.weakref_object) != address;
            if ends || self.memory.is_overdrawn() {
                break;
            }
            self.memory.entries(at, 1, 8);
            facts.flags |= Flags::WEAKLY_REFERENCED;
            if self.memory.pointer(at + self.layout.weakref_callback) != 0 {
                facts.flags |= Flags::WEAKREF_CALLBACK;
                break;
            }
            at = self.memory.pointer(at + self.layout.weakref_next);
        }
    }

    /// The first weak reference to an object.
    fn weak_references(&self, address: u64, info: &TypeInfo) -> u64 {
        if info.has(flag::MANAGED_WEAKREF) {
            return self.memory.pointer(address - 32);
        }
        let places = info.weak_lists.iter().map(|offset| self.memory.pointer(address + offset));
        places.into_iter().find(|first| *first != 0).unwrap_or(0)
    }
}
