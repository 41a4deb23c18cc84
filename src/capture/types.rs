//! What a type object says about its instances: how to read them, worked out once per type.

use crate::cpython::descriptor;
use crate::cpython::layout;
use crate::snapshot::{NameId, ReferenceTag, TypeId};

/// `Py_TPFLAGS_*` (Include/object.h).
pub(super) mod flag {
    pub(in crate::capture) const INLINE_VALUES: u64 = 1 << 2;
    pub(in crate::capture) const MANAGED_WEAKREF: u64 = 1 << 3;
    pub(in crate::capture) const MANAGED_DICT: u64 = 1 << 4;
    pub(in crate::capture) const HEAP_TYPE: u64 = 1 << 9;
    pub(in crate::capture) const READY: u64 = 1 << 12;
    pub(in crate::capture) const HAVE_GC: u64 = 1 << 14;
    pub(in crate::capture) const HAVE_VERSION_TAG: u64 = 1 << 18;
    pub(in crate::capture) const INT: u64 = 1 << 24;
    pub(in crate::capture) const LIST: u64 = 1 << 25;
    pub(in crate::capture) const TUPLE: u64 = 1 << 26;
    pub(in crate::capture) const BYTES: u64 = 1 << 27;
    pub(in crate::capture) const STR: u64 = 1 << 28;
    pub(in crate::capture) const DICT: u64 = 1 << 29;
    pub(in crate::capture) const BASE_EXCEPTION: u64 = 1 << 30;
    pub(in crate::capture) const TYPE: u64 = 1 << 31;
}

/// Bytes before an object: the collector's header, then two words for a managed dict and weak references.
pub(super) const GC_HEADER: u64 = 16;

/// The rule by which an object is read beyond its attributes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    List,
    Tuple,
    Dict,
    OrderedDict,
    Set,
    Type,
    Str,
    Int,
    Bool,
    Float,
    Complex,
    Bytes,
    ByteArray,
    Function,
    Builtin,
    Code,
    Module,
    Generator,
    Frame,
    Weakref,
    Deque,
    LruCache,
    TeeData,
    Cell,
    /// numpy's.
    Array,
    /// Nothing but the C fields of its structure.
    Fields,
}

/// What can be read out of a C structure that is no reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// Nothing that is known.
    Opaque,
    /// It begins with a file descriptor.
    Descriptor,
    /// `_thread.lock`.
    Lock,
    /// `_thread.RLock`.
    ReentrantLock,
    Date,
    DateTime,
    Time,
    TimeDelta,
    Decimal,
    /// `itertools.count`.
    Count,
    /// `itertools.repeat`.
    Repeat,
    /// `array.array`.
    TypedArray,
    /// Of `re`, as is `Pattern`.
    Match,
    Pattern,
    ThreadHandle,
}

impl State {
    /// By the name of the C type.
    pub(super) fn of(c_name: &str) -> Self {
        match c_name {
            "_thread.lock" => State::Lock,
            "_thread.RLock" => State::ReentrantLock,
            "_thread._ThreadHandle" => State::ThreadHandle,
            "datetime.date" => State::Date,
            "datetime.datetime" => State::DateTime,
            "datetime.time" => State::Time,
            "datetime.timedelta" => State::TimeDelta,
            "decimal.Decimal" => State::Decimal,
            "itertools.count" => State::Count,
            "itertools.repeat" => State::Repeat,
            "array.array" => State::TypedArray,
            "re.Match" => State::Match,
            "re.Pattern" => State::Pattern,
            _ if descriptor::has_descriptor(c_name) => State::Descriptor,
            _ => State::Opaque,
        }
    }
}

/// Where instances keep their `__dict__`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum DictPlace {
    None,
    /// At this offset.
    At(u64),
    /// Behind the last item of a variable-sized object, this far from its end.
    FromEnd(u64),
    /// In front of the object, together with inline values (3.11 and later).
    Managed,
}

/// One object pointer of a C structure; `count` 0 means as many as `ob_size` says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) offset: u64,
    pub(super) count: u64,
    pub(super) tag: ReferenceTag,
    pub(super) name: Option<NameId>,
}

/// Memory that an object keeps beside its structure, and the object pointers in each element of it.
pub(super) struct Block {
    pub(super) place: layout::Block,
    pub(super) fields: Vec<Field>,
}

/// A type, as far as its instances are concerned.
pub(super) struct TypeInfo {
    pub(super) address: u64,
    pub(super) name: TypeId,
    pub(super) shape: Shape,
    pub(super) basic_size: u64,
    pub(super) item_size: u64,
    pub(super) flags: u64,
    pub(super) dict: DictPlace,
    pub(super) cached_keys: u64,
    pub(super) slots: Vec<(u64, NameId)>,
    pub(super) fields: Vec<Field>,
    pub(super) blocks: Vec<Block>,
    /// Memory beside the structure that `__sizeof__` counts.
    pub(super) sizes: Vec<layout::Block>,
    /// The part of the C structure that no rule covers: scanned for pointers.
    pub(super) scan: Option<(u64, u64)>,
    /// Offsets that hold weak reference lists: never references.
    pub(super) weak_lists: Vec<u64>,
    /// Whether blocks that the unknown part points at are looked through too.
    pub(super) scan_blocks: bool,
    /// How instances hold the type itself, where they do.
    pub(super) class_reference: Option<ReferenceTag>,
    /// Items of a struct sequence beyond those that `len()` tells (`os.stat_result`).
    pub(super) item_count: Option<u64>,
    /// The type defines `__del__` in Python, or has a finalizer in C that is like one.
    pub(super) finalizer: bool,
    pub(super) legacy_finalizer: bool,
    /// What the C structure says besides its references.
    pub(super) state: State,
    /// Made by a `class` statement or a call of `type`: `subtype_traverse` visits its instances.
    pub(super) made_in_python: bool,
    /// The basic size of the C type below all classes made in Python.
    pub(super) c_size: u64,
}

impl TypeInfo {
    pub(super) fn has(&self, flag: u64) -> bool {
        self.flags & flag != 0
    }

    /// Bytes in front of the object that belong to it.
    pub(super) fn header_size(&self) -> u64 {
        let collector = if self.has(flag::HAVE_GC) { GC_HEADER } else { 0 };
        collector + if self.has(flag::MANAGED_DICT | flag::MANAGED_WEAKREF) { 16 } else { 0 }
    }
}
