//! From a type object in memory to a [`TypeInfo`]: flags, base types, slots, and the C structure behind it.

use super::image::Memory;
use super::learned::Learned;
use super::text::{int_text, str_text};
use super::types::{Block, DictPlace, Field, Shape, State, TypeInfo, flag};
use crate::cpython::c_types;
use crate::cpython::layout::{self, CType, Layout, Version};
use crate::error::Result;
use crate::snapshot::{NameId, ReferenceTag, SnapshotBuilder};

/// What the classes made by `class` statements add, and the C type below them.
struct PythonPart {
    c_base: u64,
    slots: Vec<(u64, NameId)>,
    weak_lists: Vec<u64>,
}

/// The object pointers of the C structure, and the part of it that no rule covers.
struct CPart {
    fields: Vec<Field>,
    blocks: Vec<Block>,
    sizes: Vec<layout::Block>,
    scan: Option<(u64, u64)>,
}

/// Reads type objects.
pub(super) struct TypeReader<'a, 'i> {
    pub(super) memory: &'a Memory<'i>,
    pub(super) layout: &'a Layout,
    pub(super) learned: &'a Learned,
}

impl TypeReader<'_, '_> {
    /// Whether a type object may be at `address`: its metatype chain ends in `type`, and its numbers make sense.
    pub(super) fn is_type(&self, address: u64) -> bool {
        let layout = self.layout;
        if !address.is_multiple_of(8) {
            return false;
        }
        let meta = self.memory.pointer(address + 8);
        if meta == 0 || !meta.is_multiple_of(8) {
            return false;
        }
        let meta_flags = self.memory.pointer(meta + layout.type_flags);
        let flags = self.memory.pointer(address + layout.type_flags);
        let size = self.memory.pointer(address + layout.type_basicsize);
        meta_flags & flag::TYPE != 0
            && (flags & flag::READY != 0 || self.is_unready(address, flags))
            && (16..1 << 20).contains(&size)
            && self.ends_in_type(meta)
    }

    /// A static type that C code uses without `PyType_Ready` until something looks at it (the links of 3.9's
    /// `lru_cache`, 3.10's iterators of memory views): no base and no dict yet, but a name. A line iterator's has a
    /// base (Objects/codeobject.c): the table knows its name.
    fn is_unready(&self, address: u64, flags: u64) -> bool {
        let name = self.c_name(address);
        let at = |offset| self.memory.pointer(address + offset);
        let bare = flags & !(flag::HAVE_GC | flag::HAVE_VERSION_TAG) == 0 && at(self.layout.type_base) == 0;
        at(self.layout.type_dict) == 0 && (self.layout.c_types(&name).next().is_some() || bare && !name.is_empty())
    }

    fn ends_in_type(&self, mut meta: u64) -> bool {
        // Metaclasses of metaclasses of metaclasses are already rare; six levels are none.
        for _ in 0..6 {
            match self.memory.pointer(meta + 8) {
                0 => return false,
                next if next == meta => return true,
                next => meta = next,
            }
        }
        false
    }

    /// Works out how to read the instances of the type at `address`.
    pub(super) fn read(&self, address: u64, builder: &mut SnapshotBuilder) -> Result<TypeInfo> {
        let (memory, layout) = (self.memory, self.layout);
        let flags = memory.pointer(address + layout.type_flags);
        let PythonPart { c_base, slots, weak_lists } = self.unwrap_classes(address, builder)?;
        let c_size = memory.pointer(c_base + layout.type_basicsize);
        let shape = self.shape(c_base);
        let CPart { fields, blocks, sizes, scan } = self.fields(c_base, shape, c_size, builder)?;
        let c_name = self.c_name(c_base);
        let heap = flags & flag::HEAP_TYPE != 0;
        let finalize = |at: u64| memory.pointer(at + layout.type_finalize);
        let name = self.long_name(address);
        Ok(TypeInfo {
            address,
            name: builder.type_name(&name)?,
            shape,
            basic_size: memory.pointer(address + layout.type_basicsize),
            item_size: memory.pointer(address + layout.type_itemsize).min(1 << 16),
            flags,
            dict: self.dict_place(address, flags, shape),
            cached_keys: if heap { memory.pointer(address + layout.heap_type_cached_keys) } else { 0 },
            slots,
            fields,
            blocks,
            sizes,
            scan,
            weak_lists,
            // A type that the collector never visits keeps no objects in memory of its own.
            scan_blocks: flags & flag::HAVE_GC != 0 && !c_types::has_raw_blocks(&c_name),
            class_reference: heap.then(|| self.class_reference(address, c_base)),
            item_count: self.struct_sequence_length(address, shape),
            finalizer: match finalize(address) {
                0 => false,
                told if told == finalize(c_base) => c_types::finalizer_lets_go(&c_name),
                _ => true,
            },
            state: State::of(&c_name),
            legacy_finalizer: memory.pointer(address + layout.type_del) != 0,
            made_in_python: c_base != address,
            c_size,
        })
    }

    /// How the instances of a class made at run time hold the class itself: their `tp_traverse` visits it (3.9 and
    /// later, bpo-40217), but for some that leave it out.
    fn class_reference(&self, address: u64, c_base: u64) -> ReferenceTag {
        let (memory, layout) = (self.memory, self.layout);
        let traverse = |class: u64| memory.pointer(class + layout.type_traverse);
        let heap = |class: u64| memory.pointer(class + layout.type_flags) & flag::HEAP_TYPE != 0;
        let base = memory.pointer(address + layout.type_base);
        let told = c_types::class_reference(&self.c_name(c_base));
        // A static type's instances do not hold their class, and its `tp_traverse` knows of nothing else.
        let inherited = base != 0 && !heap(base) && traverse(address) == traverse(base);
        // Cython's visits it in classes that extend `object`; others leave it to their base, whatever that does
        // (Cython/Utility/ExtensionTypes.c, `__Pyx_call_type_traverse`).
        let left_to_base = heap(c_base) && !self.extends_object(c_base) && self.made_by_cython(c_base);
        if inherited || left_to_base { told.untraversed() } else { told }
    }

    /// Whether the lowest class with a `tp_traverse` below this one stands on `object`, which has no base itself.
    fn extends_object(&self, class: u64) -> bool {
        let base_of = |class: u64| self.memory.pointer(class + self.layout.type_base);
        let mut at = class;
        for _ in 0..100 {
            let base = base_of(at);
            if base == 0 || self.memory.pointer(base + self.layout.type_traverse) == 0 {
                break;
            }
            at = base;
        }
        base_of(base_of(at)) == 0
    }

    /// Whether a class came out of Cython: its methods are functions of Cython's own.
    fn made_by_cython(&self, class: u64) -> bool {
        let dict = self.memory.pointer(class + self.layout.type_dict);
        super::readers::dict::entries(self.memory, self.layout, dict)
            .any(|(_, value)| self.c_name(self.memory.pointer(value + 8)).starts_with("_cython_"))
    }

    /// Walks down the classes made by a `class` statement to the C type they extend, collecting slots on the way.
    fn unwrap_classes(&self, address: u64, builder: &mut SnapshotBuilder) -> Result<PythonPart> {
        let (memory, layout) = (self.memory, self.layout);
        let (mut at, mut slots, mut weak_lists) = (address, Vec::new(), Vec::new());
        for _ in 0..1000 {
            let weak = memory.pointer(at + layout.type_weaklistoffset);
            if (1..1 << 32).contains(&weak) && !weak_lists.contains(&weak) {
                weak_lists.push(weak);
            }
            let heap = memory.pointer(at + layout.type_flags) & flag::HEAP_TYPE != 0;
            let made_in_python = heap
                && self.learned.subtype_traverse != 0
                && memory.pointer(at + layout.type_traverse) == self.learned.subtype_traverse;
            let base = memory.pointer(at + layout.type_base);
            if !made_in_python || base == 0 {
                break;
            }
            self.add_slots(at, &mut slots, builder)?;
            at = base;
        }
        slots.sort_by_key(|(offset, _)| *offset);
        Ok(PythonPart { c_base: at, slots, weak_lists })
    }

    /// The `__slots__` of one class: `PyMemberDef` entries behind the type object, of type object (6 and 16).
    fn add_slots(&self, class: u64, slots: &mut Vec<(u64, NameId)>, builder: &mut SnapshotBuilder) -> Result<()> {
        let (memory, layout) = (self.memory, self.layout);
        let meta = memory.pointer(class + 8);
        let table = class + memory.pointer(meta + layout.type_basicsize);
        let room = memory.room(table) / layout.member_size.max(1);
        for number in 0..memory.pointer(class + 16).min(room).min(10_000) {
            let member = table + number * layout.member_size;
            if matches!(memory.half(member + layout.member_type), 6 | 16) {
                let name = memory.c_string(memory.pointer(member + layout.member_name)).unwrap_or_default();
                slots.push((memory.pointer(member + layout.member_offset), builder.name(&name)?));
            }
        }
        Ok(())
    }

    fn shape(&self, c_base: u64) -> Shape {
        let flags = self.memory.pointer(c_base + self.layout.type_flags);
        let name = self.c_name(c_base);
        // Of a damaged word with several bits, the one that other rules rely on goes first.
        let by_flag = [
            (flag::TYPE, Shape::Type),
            (flag::LIST, Shape::List),
            (flag::TUPLE, Shape::Tuple),
            (flag::BYTES, Shape::Bytes),
            (flag::STR, Shape::Str),
        ];
        if let Some((_, shape)) = by_flag.iter().find(|(bit, _)| flags & bit != 0) {
            return *shape;
        }
        if flags & flag::DICT != 0 {
            return if name == "collections.OrderedDict" { Shape::OrderedDict } else { Shape::Dict };
        }
        if flags & flag::INT != 0 {
            return if name == "bool" { Shape::Bool } else { Shape::Int };
        }
        match name.as_str() {
            "set" | "frozenset" => Shape::Set,
            "float" => Shape::Float,
            "complex" => Shape::Complex,
            "bytearray" => Shape::ByteArray,
            "function" => Shape::Function,
            "builtin_function_or_method" | "builtin_method" => Shape::Builtin,
            "code" => Shape::Code,
            "cell" => Shape::Cell,
            "module" => Shape::Module,
            "generator" | "coroutine" | "async_generator" => Shape::Generator,
            "frame" => Shape::Frame,
            "weakref"
            | "weakref.ReferenceType"
            | "weakproxy"
            | "weakref.ProxyType"
            | "weakcallableproxy"
            | "weakref.CallableProxyType" => Shape::Weakref,
            "collections.deque" => Shape::Deque,
            "functools._lru_cache_wrapper" => Shape::LruCache,
            "itertools._tee_dataobject" => Shape::TeeData,
            "numpy.ndarray" => Shape::Array,
            _ => self.module_or_fields(c_base),
        }
    }

    /// Subclasses of `module` written in C are modules too (`Objects/moduleobject.c` is their base).
    fn module_or_fields(&self, c_base: u64) -> Shape {
        let base = self.memory.pointer(c_base + self.layout.type_base);
        if base != 0 && self.c_name(base) == "module" { Shape::Module } else { Shape::Fields }
    }

    /// The object pointers that a rule names, and the part of the structure that none covers.
    fn fields(&self, c_base: u64, shape: Shape, c_size: u64, builder: &mut SnapshotBuilder) -> Result<CPart> {
        let mut covered = self.covered_by_shape(shape, c_base);
        let mut part = CPart { fields: Vec::new(), blocks: Vec::new(), sizes: Vec::new(), scan: None };
        if let Some((name, c_type)) = self.known_structure(c_base, c_size) {
            covered = covered.max(c_type.size);
            let version = self.layout.version;
            part.fields = named_fields(&name, version, c_type.fields(), builder)?;
            part.blocks = named_blocks(&name, version, c_type, builder)?;
            part.sizes.clone_from(&c_type.sizes);
        }
        part.scan = (covered + 8 <= c_size && c_size < 1 << 16).then_some((covered, c_size));
        Ok(part)
    }

    /// The nearest base type whose C structure is in the table, and no larger than the type at hand.
    fn known_structure(&self, c_base: u64, c_size: u64) -> Option<(String, &CType)> {
        let mut at = c_base;
        // A structure that ends in a flexible array is padded: up to a word more than `tp_basicsize` says.
        let padding = if self.memory.pointer(c_base + self.layout.type_itemsize) == 0 { 0 } else { 8 };
        for _ in 0..100 {
            let name = self.c_name(at);
            // A size that no table has is another patch release's structure: better scanned than read wrongly.
            let exact = at == c_base && padding == 0;
            let fits = |c_type: &CType| if exact { c_type.is_of(c_size) } else { c_type.size <= c_size + padding };
            let fitting = self.layout.c_types(&name).filter(|c_type| fits(c_type));
            if let Some(c_type) = fitting.max_by_key(|c_type| c_type.size) {
                return Some((name, c_type));
            }
            at = self.memory.pointer(at + self.layout.type_base);
            if at == 0 {
                break;
            }
        }
        None
    }

    /// How much of the structure the rule for a shape reads by itself.
    fn covered_by_shape(&self, shape: Shape, c_base: u64) -> u64 {
        let layout = self.layout;
        match shape {
            Shape::List => layout.list_allocated + 8,
            Shape::Dict | Shape::OrderedDict => layout.dict_size,
            Shape::Set => layout.set_small_table + 8 * 16 + 8,
            Shape::Type => layout.heap_type_size,
            Shape::Deque => layout.deque_size,
            // Values without references; types written in C may add fields to them (lxml to str).
            Shape::Str => layout.str_size,
            Shape::Float => layout.float_value + 8,
            Shape::Complex => layout.float_value + 16,
            // Values that end in as many items as they need, and structures whose every field is read.
            Shape::Int | Shape::Bool | Shape::Bytes | Shape::ByteArray | Shape::Tuple | Shape::Array => u64::MAX - 8,
            // Their frames are read by a rule.
            Shape::Generator | Shape::Frame => u64::MAX - 8,
            Shape::Fields if c_types::is_plain(&self.c_name(c_base)) => u64::MAX - 8,
            _ => 16,
        }
    }

    /// `n_fields` of a struct sequence: its `ob_size` counts the visible items alone (Objects/structseq.c).
    fn struct_sequence_length(&self, address: u64, shape: Shape) -> Option<u64> {
        if shape != Shape::Tuple {
            return None;
        }
        let own = self.memory.pointer(address + self.layout.type_dict);
        let states = self.learned.static_types.get(&address);
        let dict = states.and_then(|states| states.first()).map_or(own, |(dict, _)| *dict);
        let number = super::readers::dict::find(self.memory, self.layout, dict, "n_fields")?;
        let length = int_text(self.memory, self.layout, number)?.parse().ok()?;
        (length < 1000).then_some(length)
    }

    fn dict_place(&self, address: u64, flags: u64, shape: Shape) -> DictPlace {
        let offset = self.memory.number(address + self.layout.type_dictoffset) as i64;
        match offset {
            // A class's dict is one of the fields of every type object.
            _ if shape == Shape::Type => DictPlace::None,
            _ if flags & flag::MANAGED_DICT != 0 => DictPlace::Managed,
            1.. => DictPlace::At(offset as u64),
            0 => DictPlace::None,
            _ => DictPlace::FromEnd(offset.unsigned_abs()),
        }
    }

    /// `tp_name`: with the module for types of C modules, without for builtins and classes made in Python.
    pub(super) fn c_name(&self, address: u64) -> String {
        self.memory.c_string(self.memory.pointer(address + self.layout.type_name)).unwrap_or_default()
    }

    /// `module.qualname`, as `type.__module__` and `type.__qualname__` give them (Objects/typeobject.c).
    pub(super) fn long_name(&self, address: u64) -> String {
        let c_name = self.c_name(address);
        let heap = self.memory.pointer(address + self.layout.type_flags) & flag::HEAP_TYPE != 0;
        if !heap {
            return if c_name.contains('.') { c_name } else { format!("builtins.{c_name}") };
        }
        let text = |at: u64| str_text(self.memory, self.layout, at, 250);
        let qualname = text(self.memory.pointer(address + self.layout.heap_type_qualname)).unwrap_or(c_name);
        let dict = self.memory.pointer(address + self.layout.type_dict);
        let module = super::readers::dict::find(self.memory, self.layout, dict, "__module__").and_then(text);
        module.map_or_else(|| qualname.clone(), |module| format!("{module}.{qualname}"))
    }
}

/// The C fields that are references, under the names that Python code would give them.
fn named_fields<'f>(
    type_name: &str,
    version: Version,
    c_fields: impl IntoIterator<Item = (&'f str, u64, u64)>,
    builder: &mut SnapshotBuilder,
) -> Result<Vec<Field>> {
    let mut fields = Vec::new();
    for (c_field, offset, count) in c_fields {
        if let Some(field) = c_types::field(type_name, c_field, version) {
            fields.push(Field { offset, count, tag: field.tag, name: Some(builder.name(&field.name)?) });
        }
    }
    Ok(fields)
}

/// The memory beside a structure, with the names and marks of what it holds.
pub(super) fn named_blocks(
    type_name: &str,
    version: Version,
    c_type: &CType,
    builder: &mut SnapshotBuilder,
) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    for place in &c_type.blocks {
        let inside = place.fields.iter().map(|(field, offset)| (field.as_str(), *offset, 1));
        blocks.push(Block { place: place.clone(), fields: named_fields(type_name, version, inside, builder)? });
    }
    Ok(blocks)
}
