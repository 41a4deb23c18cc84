//! Where CPython's structures keep what: one generated table per minor version, as data.
//!
//! The tables come from debug information (`generate.py` beside this file writes them). Patch releases move fields,
//! so whoever reads a process overrides what the process itself publishes (`_Py_DebugOffsets`, 3.13 and later) and
//! tests the rest on the target before believing it.

mod structure;

pub use structure::{Block, CType, Number};

use crate::error::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The versions with a table, oldest first.
const TABLES: [(&str, &str); 7] = [
    ("3.8", include_str!("3.8.json")),
    ("3.9", include_str!("3.9.json")),
    ("3.10", include_str!("3.10.json")),
    ("3.11", include_str!("3.11.json")),
    ("3.12", include_str!("3.12.json")),
    ("3.13", include_str!("3.13.json")),
    ("3.14", include_str!("3.14.json")),
];

/// `major.minor.micro` of a CPython.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version {
    /// 3.
    pub major: u8,
    /// The one that decides the layout.
    pub minor: u8,
    /// The patch release.
    pub micro: u8,
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

#[derive(Deserialize)]
struct Table {
    facts: BTreeMap<String, u64>,
    types: BTreeMap<String, CType>,
    #[serde(default)]
    modules: BTreeMap<String, CType>,
    roots: BTreeMap<String, BTreeMap<String, u64>>,
    #[serde(default)]
    others: BTreeMap<String, Vec<CType>>,
    #[serde(default)]
    debug_moves: Vec<(u64, u64)>,
}

/// `family has_it { .. }`: facts of which a version has all or none; without them they are zero, and `has_it` is false.
macro_rules! layout {
    (
        required { $($field:ident = $fact:literal,)* }
        optional { $($maybe:ident = $maybe_fact:literal,)* }
        $(family $has:ident { $($member:ident = $member_fact:literal,)* })*
    ) => {
        /// Offsets and sizes in bytes, named as in `generate.py`.
        #[derive(Clone, Debug)]
        pub struct Layout {
            /// Whose layout this is.
            pub version: Version,
            $(#[doc = concat!("`", $fact, "`")] pub $field: u64,)*
            $(#[doc = concat!("`", $maybe_fact, "`, where this version has it")] pub $maybe: Option<u64>,)*
            $(
                /// Whether this version has the facts that follow.
                pub $has: bool,
                $(#[doc = concat!("`", $member_fact, "`")] pub $member: u64,)*
            )*
            types: BTreeMap<String, CType>,
            modules: BTreeMap<String, CType>,
            roots: BTreeMap<String, BTreeMap<String, u64>>,
            others: BTreeMap<String, Vec<CType>>,
            debug_moves: Vec<(u64, u64)>,
        }

        impl Layout {
            fn from_table(version: Version, table: Table) -> Result<Self> {
                let fact = |name: &str| table.facts.get(name).copied();
                let need = |name: &str| {
                    fact(name).ok_or_else(|| Error::unsupported(format!("the table of {version} has no {name}")))
                };
                Ok(Layout {
                    version,
                    $($field: need($fact)?,)*
                    $($maybe: fact($maybe_fact),)*
                    $(
                        $has: true $(&& fact($member_fact).is_some())*,
                        $($member: fact($member_fact).unwrap_or(0),)*
                    )*
                    types: table.types,
                    modules: table.modules,
                    roots: table.roots,
                    others: table.others,
                    debug_moves: table.debug_moves,
                })
            }
        }
    };
}

layout! {
    required {
        runtime_interpreters_head = "runtime.interpreters_head",
        interpreter_id = "interpreter.id",
        interpreter_next = "interpreter.next",
        interpreter_threads_head = "interpreter.threads_head",
        interpreter_modules = "interpreter.modules",
        interpreter_sysdict = "interpreter.sysdict",
        interpreter_builtins = "interpreter.builtins",
        gc_enabled = "gc.enabled",
        gc_collecting = "gc.collecting",
        gc_size = "gc.size",
        thread_next = "thread.next",
        thread_id = "thread.thread_id",
        type_size = "type.size",
        type_name = "type.name",
        type_basicsize = "type.basicsize",
        type_itemsize = "type.itemsize",
        type_flags = "type.flags",
        type_traverse = "type.traverse",
        type_weaklistoffset = "type.weaklistoffset",
        type_base = "type.base",
        type_dict = "type.dict",
        type_dictoffset = "type.dictoffset",
        type_bases = "type.bases",
        type_mro = "type.mro",
        type_cache = "type.cache",
        type_subclasses = "type.subclasses",
        type_weaklist = "type.weaklist",
        type_del = "type.del",
        type_finalize = "type.finalize",
        heap_type_size = "heap_type.size",
        heap_type_name = "heap_type.name",
        heap_type_slots = "heap_type.slots",
        heap_type_qualname = "heap_type.qualname",
        heap_type_cached_keys = "heap_type.cached_keys",
        dict_used = "dict.used",
        dict_keys = "dict.keys",
        dict_values = "dict.values",
        dict_size = "dict.size",
        keys_refcount = "keys.refcount",
        keys_usable = "keys.usable",
        keys_entries = "keys.entries",
        keys_indices = "keys.indices",
        values_array = "values.array",
        set_used = "set.used",
        set_mask = "set.mask",
        set_table = "set.table",
        set_small_table = "set.small_table",
        list_items = "list.items",
        list_allocated = "list.allocated",
        tuple_items = "tuple.items",
        int_digits = "int.digits",
        pool_size = "pool.size",
        float_value = "float.value",
        bytes_data = "bytes.data",
        bytearray_allocated = "bytearray.allocated",
        str_length = "str.length",
        str_state = "str.state",
        str_ascii_size = "str.ascii_size",
        str_compact_size = "str.compact_size",
        str_utf8_length = "str.utf8_length",
        str_utf8 = "str.utf8",
        str_data = "str.data",
        str_size = "str.size",
        code_stack_size = "code.stack_size",
        code_file = "code.file",
        code_name = "code.name",
        code_qualname = "code.qualname",
        code_first_line = "code.first_line",
        function_closure = "function.closure",
        function_code = "function.code",
        function_qualname = "function.qualname",
        module_dict = "module.dict",
        module_definition = "module.definition",
        module_state = "module.state",
        module_name = "module.name",
        module_definition_name = "module_definition.name",
        module_definition_state_size = "module_definition.state_size",
        weakref_object = "weakref.object",
        weakref_callback = "weakref.callback",
        weakref_next = "weakref.next",
        member_size = "member.size",
        member_name = "member.name",
        member_type = "member.type",
        member_offset = "member.offset",
        builtin_definition = "builtin.definition",
        method_definition_name = "method_definition.name",
        deque_left_block = "deque.left_block",
        deque_left_index = "deque.left_index",
        deque_block_data = "deque.block_data",
        deque_block_right = "deque.block_right",
        deque_block_size = "deque.block_size",
        deque_size = "deque.size",
        odict_first = "odict.first",
        odict_fast_nodes_size = "odict.fast_nodes_size",
        odict_node_size = "odict_node.size",
        odict_node_key = "odict_node.key",
        odict_node_next = "odict_node.next",
        lru_cache_links = "lru_cache.links",
        lru_link_next = "lru_link.next",
        lru_link_key = "lru_link.key",
        lru_link_result = "lru_link.result",
        tee_data_values = "tee_data.values",
        tee_data_read = "tee_data.read",
    }
    optional {
        runtime_gc = "runtime.gc",
        interpreter_gc = "interpreter.gc",
        thread_native_id = "thread.native_id",
        heap_type_module = "heap_type.module",
        code_line_table = "code.line_table",
        code_lnotab = "code.lnotab",
        generator_running = "generator.running",
        frame_object_state = "frame_object.state",
        frame_object_stack_top = "frame_object.stack_top",
        frame_object_stack_depth = "frame_object.stack_depth",
        str_wstr = "str.wstr",
        str_wstr_length = "str.wstr_length",
        interpreter_static_types = "interpreter.static_types",
        static_type_dict = "static_type.dict",
        static_type_subclasses = "static_type.subclasses",
        static_type_size = "static_type.size",
        thread_cframe = "thread.cframe",
        cframe_current_frame = "cframe.current_frame",
        thread_current_frame = "thread.current_frame",
        frame_stacktop = "frame.stacktop",
        frame_stackpointer = "frame.stackpointer",
    }
    family has_interpreter_frames {
        frame_previous = "frame.previous",
        frame_code = "frame.code",
        frame_function = "frame.function",
        frame_locals = "frame.locals",
        frame_frame_object = "frame.frame_object",
        frame_instruction = "frame.instruction",
        frame_owner = "frame.owner",
        frame_localsplus = "frame.localsplus",
        frame_object_frame = "frame_object.frame",
        frame_object_data = "frame_object.data",
        code_local_names = "code.local_names",
        code_local_count = "code.local_count",
        code_instructions = "code.instructions",
        generator_frame = "generator.frame",
        generator_state = "generator.state",
    }
    family has_frame_objects {
        thread_frame_object = "thread.frame_object",
        frame_object_back = "frame_object.back",
        frame_object_code = "frame_object.code",
        frame_object_generator = "frame_object.generator",
        frame_object_instruction = "frame_object.instruction",
        frame_object_localsplus = "frame_object.localsplus",
        frame_object_stack = "frame_object.stack",
        frame_object_size = "frame_object.size",
        generator_frame_object = "generator.frame_object",
        generator_qualname = "generator.qualname",
        code_variable_count = "code.variable_count",
        code_variables = "code.variables",
        code_cell_variables = "code.cell_variables",
        code_free_variables = "code.free_variables",
        code_instruction_bytes = "code.instruction_bytes",
        code_cell_arguments = "code.cell_arguments",
        code_cache = "code.cache",
        code_cache_size = "code.cache_size",
        code_cache_entry = "code.cache_entry",
    }
    family has_compact_keys {
        keys_log2_size = "keys.log2_size",
        keys_log2_index_bytes = "keys.log2_index_bytes",
        keys_kind = "keys.kind",
    }
    family has_keys_lookup {
        keys_size = "keys.size",
        keys_lookup = "keys.lookup",
    }
}

impl Layout {
    /// The table of this version.
    ///
    /// # Errors
    /// Versions without a table are refused by name.
    pub fn of(version: Version) -> Result<Self> {
        let minor = format!("{}.{}", version.major, version.minor);
        let Some((_, text)) = TABLES.iter().find(|(known, _)| *known == minor) else {
            let known = TABLES.map(|(known, _)| known).join(", ");
            return Err(Error::unsupported(format!(
                "CPython {version}: its structures are not known; known are {known}"
            ))
            .with_hint("capture a process that runs one of these versions"));
        };
        let table = serde_json::from_str(text)
            .map_err(|error| Error::malformed(format!("the table of {minor} in this program: {error}")))?;
        Layout::from_table(version, table)
    }

    /// The same for a debug build (`--with-pydebug`): objects are as they were, but the interpreter's state has fields
    /// of its own in between.
    pub fn of_debug_build(&self) -> Self {
        let mut layout = self.clone();
        let mut before = 0;
        for &(from, distance) in &self.debug_moves {
            layout.move_interpreter_state(from + before, (distance - before) as i64);
            before = distance;
        }
        layout
    }

    /// Moves what the table says of the interpreter's state from the offset `from` on: fields came in between.
    pub fn move_interpreter_state(&mut self, from: u64, distance: i64) {
        let objects = self.roots.get_mut("interpreter").into_iter().flatten().map(|(_, offset)| offset);
        for offset in objects.chain(&mut self.interpreter_static_types).filter(|offset| **offset >= from) {
            *offset = offset.wrapping_add_signed(distance);
        }
        self.debug_moves.iter_mut().for_each(|(at, _)| *at = at.wrapping_add_signed(distance));
    }

    /// Whether the dict of an instance reports the values that lie in the instance itself, and the instance its dict
    /// alone (gh-130327): from 3.13.13 and 3.14.4 on. Before, the instance reports its values and not the dict. 3.13.5 is
    /// what Debian 13 has, with the change carried back.
    pub fn dict_reports_inline_values(&self) -> bool {
        match self.version.minor {
            ..=12 => false,
            13 => self.version.micro == 5 || self.version.micro >= 13,
            14 => self.version.micro >= 4,
            _ => true,
        }
    }

    /// The C structures that may stand behind a type, by its `tp_name`: patch releases and debug builds have others.
    pub fn c_types(&self, name: &str) -> impl Iterator<Item = &CType> {
        self.types.get(name).into_iter().chain(self.others.get(name).into_iter().flatten())
    }

    /// The state of a module written in C, by its `m_name`.
    pub fn module_state(&self, name: &str) -> Option<&CType> {
        self.modules.get(name)
    }

    /// Field name and offset of the objects that `PyInterpreterState` holds.
    pub fn interpreter_objects(&self) -> impl Iterator<Item = (&str, u64)> {
        self.roots.get("interpreter").into_iter().flatten().map(|(name, offset)| (name.as_str(), *offset))
    }

    /// Field name and offset of the objects that the one runtime of all interpreters holds.
    pub fn runtime_objects(&self) -> impl Iterator<Item = (&str, u64)> {
        self.roots.get("runtime").into_iter().flatten().map(|(name, offset)| (name.as_str(), *offset))
    }

    /// Field name and offset of the objects that `PyThreadState` holds.
    pub fn thread_objects(&self) -> impl Iterator<Item = (&str, u64)> {
        self.roots.get("thread").into_iter().flatten().map(|(name, offset)| (name.as_str(), *offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_complete_and_ordered() {
        for (name, _) in TABLES {
            let minor = name.split('.').nth(1).and_then(|minor| minor.parse().ok()).expect("tables are named 3.N");
            let layout = Layout::of(Version { major: 3, minor, micro: 0 }).unwrap();
            // The same in every CPython since 3.8: object.h, and the first field of every variable-sized object.
            assert!(layout.has_interpreter_frames != layout.has_frame_objects, "{name}");
            assert!(layout.has_compact_keys != layout.has_keys_lookup, "{name}");
            assert!(layout.interpreter_gc.is_some() != layout.runtime_gc.is_some(), "{name}");
            assert_eq!((layout.type_name, layout.list_items, layout.set_mask), (24, 24, 32), "{name}");
            let cell = layout.c_types("cell").next().expect("cells exist in every version");
            assert_eq!(cell.fields(), [("ob_ref", 16, 1)], "{name}");
            assert!(
                layout
                    .interpreter_objects()
                    .any(|(field, _)| field == "codec_search_path" || field == "codecs.search_path")
            );
        }
    }

    #[test]
    fn a_version_without_a_table_is_refused_by_name() {
        let error = Layout::of(Version { major: 3, minor: 7, micro: 16 }).unwrap_err();
        assert!(error.is_unsupported() && error.to_string().contains("3.7.16"));
    }
}
