//! Type objects.

use super::super::heap::{Facts, Reader};
use super::super::types::{GC_HEADER, TypeInfo, flag};
use super::dict::Keys;
use crate::error::Result;
use crate::snapshot::{ReferenceKind, ReferenceTag};

impl Reader<'_> {
    /// `__dict__` and subclasses of a class: of a static one as each interpreter has them (3.12 and later).
    pub(in crate::capture) fn class_dicts(&self, class: u64) -> Vec<(u64, u64)> {
        let at = |offset| self.memory.pointer(class + offset);
        let of_the_type = || vec![(at(self.layout.type_dict), at(self.layout.type_subclasses))];
        self.learned.static_types.get(&class).cloned().unwrap_or_else(of_the_type)
    }

    /// A class: `type_traverse` visits dict, cache, mro, bases, base and module; subclasses, slots and names are held
    /// and not visited (Objects/typeobject.c). Static types are not in the collector's lists and visit nothing.
    pub(super) fn read_type(&mut self, address: u64, info: &TypeInfo, facts: &mut Facts) -> Result<()> {
        let layout = self.layout;
        let heap = self.memory.pointer(address + layout.type_flags) & flag::HEAP_TYPE != 0;
        let at = |offset| self.memory.pointer(address + offset);
        let dicts = self.class_dicts(address);
        let mut held: Vec<_> =
            dicts.iter().map(|(dict, _)| (*dict, ReferenceKind::Attribute, Some("__dict__"), heap)).collect();
        held.extend([
            (at(layout.type_cache), ReferenceKind::Internal, Some("tp_cache"), heap),
            (at(layout.type_mro), ReferenceKind::Internal, Some("__mro__"), heap),
            (at(layout.type_bases), ReferenceKind::Internal, Some("__bases__"), heap),
            (at(layout.type_base), ReferenceKind::Base, None, heap),
        ]);
        if heap {
            held.extend(
                layout.heap_type_module.map(|place| (at(place), ReferenceKind::Internal, Some("module"), true)),
            );
            held.extend([
                (at(layout.heap_type_name), ReferenceKind::Internal, Some("__name__"), false),
                (at(layout.heap_type_qualname), ReferenceKind::Internal, Some("__qualname__"), false),
                (at(layout.heap_type_slots), ReferenceKind::Internal, Some("__slots__"), false),
            ]);
        }
        held.extend(
            dicts.iter().map(|(_, subclasses)| (*subclasses, ReferenceKind::Internal, Some("__subclasses__"), false)),
        );
        for (target, kind, name, visited) in held.into_iter().filter(|(target, ..)| *target != 0) {
            let name = name.map(|name| self.builder.name(name)).transpose()?;
            let tag = ReferenceTag::plain(kind);
            let tag = match (kind, visited) {
                (_, true) => tag,
                // A static type's base is written down in C, mostly without counting it.
                (ReferenceKind::Base, false) => tag.borrowed(),
                (_, false) => tag.untraversed(),
            };
            self.push(target, tag, name);
        }
        self.size_of_type(address, info, heap, facts)?;
        let long = super::super::text::shorten(self.long_name_of_type(address));
        facts.text = Some(long);
        Ok(())
    }

    /// `type.__sizeof__`: the heap type's structure and its shared keys; static types are smaller, and have no header.
    fn size_of_type(&mut self, address: u64, info: &TypeInfo, heap: bool, facts: &mut Facts) -> Result<()> {
        let layout = self.layout;
        if !heap {
            facts.size = layout.type_size;
            return Ok(());
        }
        let keys = self.memory.pointer(address + layout.heap_type_cached_keys);
        let keys_size = Keys::read(&self.memory, layout, keys).map_or(0, |keys| keys.size);
        let extra = info.header_size().saturating_sub(GC_HEADER);
        // Metaclasses written in C may add to the structure (ctypes from 3.13 on).
        facts.size = GC_HEADER + extra + layout.heap_type_size.max(info.c_size) + keys_size;
        if keys != 0 { self.read_shared_keys(keys) } else { Ok(()) }
    }
}
