//! What the fields of CPython's C structures mean: the name Python gives them, and whether they hold, count and are
//! visited. The offsets are data (`layout/`); this is the part that no debug information tells.
//!
//! Sources: each type's `tp_traverse` and `tp_dealloc` in CPython 3.8 to 3.14 (`Objects/`, `Modules/`).

use super::layout::Version;
use crate::snapshot::{ReferenceKind, ReferenceTag};

const INTERNAL: ReferenceTag = ReferenceTag::plain(ReferenceKind::Internal);
const ATTRIBUTE: ReferenceTag = ReferenceTag::plain(ReferenceKind::Attribute);

/// How one field of a C structure is to be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// As Python code would name it, where it can; else the name of the C field.
    pub name: String,
    /// Kind and marks of the reference.
    pub tag: ReferenceTag,
}

/// C fields that Python shows under a name of its own.
const NAMES: [(&str, &str); 51] = [
    ("func_globals", "__globals__"),
    ("func_builtins", "__builtins__"),
    ("func_name", "__name__"),
    ("func_qualname", "__qualname__"),
    ("func_code", "__code__"),
    ("func_defaults", "__defaults__"),
    ("func_kwdefaults", "__kwdefaults__"),
    ("func_closure", "__closure__"),
    ("func_doc", "__doc__"),
    ("func_dict", "__dict__"),
    ("func_module", "__module__"),
    ("func_annotations", "__annotations__"),
    ("func_typeparams", "__type_params__"),
    ("im_func", "__func__"),
    ("im_self", "__self__"),
    ("m_self", "__self__"),
    ("m_module", "__module__"),
    ("mm_class", "__objclass__"),
    ("d_type", "__objclass__"),
    ("d_name", "__name__"),
    ("d_qualname", "__qualname__"),
    ("cm_callable", "__func__"),
    ("cm_dict", "__dict__"),
    ("sm_callable", "__func__"),
    ("sm_dict", "__dict__"),
    ("prop_get", "fget"),
    ("prop_set", "fset"),
    ("prop_del", "fdel"),
    ("prop_doc", "__doc__"),
    ("prop_name", "__name__"),
    ("gi_name", "__name__"),
    ("gi_qualname", "__qualname__"),
    ("gi_code", "gi_code"),
    ("cr_name", "__name__"),
    ("cr_qualname", "__qualname__"),
    ("ag_name", "__name__"),
    ("ag_qualname", "__qualname__"),
    ("traceback", "__traceback__"),
    ("context", "__context__"),
    ("cause", "__cause__"),
    ("notes", "__notes__"),
    ("md_dict", "__dict__"),
    ("md_name", "__name__"),
    ("ns_dict", "__dict__"),
    ("dv_dict", "mapping"),
    ("fn", "func"),
    ("kw", "keywords"),
    ("ht_name", "__name__"),
    ("ht_qualname", "__qualname__"),
    ("wr_callback", "__callback__"),
    ("var_name", "name"),
];

/// Fields that point at objects without holding them, or that a rule of its own reads; `*` stands for any beginning.
const NOT_HELD: [(&str, &str); 32] = [
    // Heads and links of weak reference lists (Objects/weakrefobject.c).
    ("*", "*weakreflist"),
    ("*", "*weaklist"),
    ("*", "wr_prev"),
    ("*", "wr_next"),
    ("*", "wr_object"),
    // A second pointer to what `mbuf` holds (Objects/memoryobject.c, memory_traverse visits mbuf alone).
    ("memoryview", "view.obj"),
    // A cache whose owner is the context (Python/context.c, ContextVar.get).
    ("*", "var_cached"),
    // The module's, copied without counting it (Modules/_functoolsmodule.c, partial_new, 3.14).
    ("functools.partial", "placeholder"),
    // A static structure, not an object of the heap (Objects/moduleobject.c).
    ("module", "md_def"),
    // The generator that holds the frame (Objects/frameobject.c, up to 3.10).
    ("frame", "f_gen"),
    // Frames are read by a rule.
    ("frame", "f_localsplus"),
    ("*", "_f_frame_data"),
    ("*", "*_iframe"),
    ("cell", "ob_ref"),
    // Set for coroutines and async generators alone; a plain generator leaves it as it was (Objects/genobject.c).
    ("generator", "*_origin_or_finalizer"),
    // Links of a ring (Modules/_functoolsmodule.c).
    ("functools._lru_cache_wrapper", "root.*"),
    (LRU_LINK, "prev"),
    (LRU_LINK, "next"),
    // Only as many as were read ahead are valid (Modules/itertoolsmodule.c).
    ("itertools._tee_dataobject", "values"),
    // The thread's dict holds it (Modules/_threadmodule.c).
    ("_thread._localdummy", "localdict"),
    // The Pickler or Unpickler itself, borrowed so that it does not hold itself (Modules/_pickle.c).
    ("_pickle.Pickler", "pers_func_self"),
    ("_pickle.Unpickler", "pers_func_self"),
    // The module's exceptions, borrowed from its state (Modules/_sqlite/connection.h).
    ("sqlite3.Connection", "*Error"),
    ("sqlite3.Connection", "Warning"),
    // The connection holds its cache; nodes stand in a list that the cache holds (Modules/_sqlite/cache.c, up to 3.10).
    ("sqlite3.Cache", "factory"),
    ("sqlite3.Cache", "first"),
    ("sqlite3.Cache", "last"),
    ("sqlite3.Node", "prev"),
    ("sqlite3.Node", "next"),
    // Where an iterator stands in the tree that `hi_obj` holds (Python/hamt.c).
    ("*", "hi_iter.i_nodes"),
    // Where an iterator stands in the text that `str` holds (Objects/stringlib/unicode_format.h).
    ("formatteriterator", "it_markup.*"),
    ("fieldnameiterator", "it_field.*"),
];

/// Held and counted, and not visited by the type's `tp_traverse`; the numbers are the minor version and the patch
/// release that began to.
const NOT_VISITED: [(&str, &str, (u8, u8)); 29] = [
    // descr_traverse visits the type alone (Objects/descrobject.c).
    ("*_descriptor", "d_name", NEVER),
    ("*_descriptor", "d_qualname", NEVER),
    // code objects are not in the collector's lists before 3.13's deferred counting (Objects/codeobject.c).
    ("code", "*", NEVER),
    // property_traverse visits get, set, del, doc; the name came later (3.13).
    ("property", "prop_name", NEVER),
    ("range", "*", NEVER),
    // Dates and zones are no objects of the collector's (Modules/_datetimemodule.c).
    ("datetime.*", "*", NEVER),
    // Nothing but text and numbers below it (Objects/genobject.c, gen_traverse).
    ("coroutine", "cr_origin", NEVER),
    ("longrange_iterator", "*", NEVER),
    ("typing.TypeVar", "name", NEVER),
    ("typing.ParamSpec", "name", NEVER),
    ("typing.TypeVarTuple", "name", NEVER),
    ("typing.TypeAliasType", "name", NEVER),
    ("_contextvars.ContextVar", "var_name", NEVER),
    ("ContextVar", "var_name", NEVER),
    // local_traverse leaves out the callback of its weak references (Modules/_threadmodule.c).
    ("_thread._local", "wr_callback", NEVER),
    // stringio_traverse and bufferedrwpair_traverse visit the dict (Modules/_io/).
    ("_io.StringIO", "small", NEVER),
    ("_io.StringIO", "large", NEVER),
    ("_io.BufferedRWPair", "*er", (12, 0)),
    // PySSL_traverse visits the exception alone (Modules/_ssl.c).
    ("_ssl._SSLSocket", "ctx", NEVER),
    ("_ssl._SSLSocket", "owner", NEVER),
    ("_ssl._SSLSocket", "Socket", NEVER),
    // xmlparser_gc_traverse leaves it out (Modules/_elementtree.c).
    ("xml.etree.ElementTree.XMLParser", "elementtree_module", NEVER),
    // xmlparse_traverse visits the handlers alone (Modules/pyexpat.c).
    ("pyexpat.xmlparser", "intern", NEVER),
    // What ctypes knows of a type is a dict to the collector (Modules/_ctypes/stgdict.c).
    ("StgDict", "*", NEVER),
    // The memo (Modules/_pickle.c, bpo-41422).
    ("_pickle.Pickler", "me_key", (11, 7)),
    ("_pickle.Unpickler", "memo", (11, 7)),
    // scanner_traverse visits the pattern alone (Modules/_sre.c).
    ("_sre.SRE_Scanner", "string", NEVER),
    ("_sre.SRE_Scanner", "obj", NEVER),
    // zstddict_traverse visits the type alone (Modules/_zstd/zstddict.c).
    ("compression.zstd.ZstdDict", "c_dicts", NEVER),
];

/// A version that no CPython will have.
const NEVER: (u8, u8) = (u8::MAX, 0);

/// The links of an `lru_cache` form a ring of borrowed pointers; key and result are counted once, and reported by the
/// wrapper, which therefore stands as their holder (Modules/_functoolsmodule.c).
const LRU_LINK: &str = "functools._lru_list_elem";

/// What to make of the field `field` of the C structure behind the type `type_name` in this version of CPython; `None`:
/// not a reference.
pub fn field(type_name: &str, field: &str, version: Version) -> Option<Field> {
    if NOT_HELD.iter().any(|(types, fields)| fits(types, type_name) && fits(fields, field)) {
        return None;
    }
    // A structure inside another (`func.m_self`, `cr_exc_state.exc_value`): the last part is the field's own name.
    let last = field.rsplit('.').next().unwrap_or(field);
    let name = NAMES.iter().find(|(c_name, _)| *c_name == last).map_or(last, |(_, name)| name);
    let plain = match last {
        "func_globals" | "f_globals" => ReferenceTag::plain(ReferenceKind::Global),
        "func_closure" => ReferenceTag::plain(ReferenceKind::Closure),
        _ if type_name == LRU_LINK => INTERNAL.borrowed(),
        // Reported, where it is an object of the collector's, by the class (CDataType_traverse).
        "proto" if type_name == "StgDict" => return Some(Field { name: last.to_owned(), tag: INTERNAL.borrowed() }),
        _ if name == "__dict__" || name == "dict" => ATTRIBUTE,
        _ => INTERNAL,
    };
    let version = (version.minor, version.micro);
    let unvisited = NOT_VISITED
        .iter()
        .any(|(types, fields, since)| version < *since && fits(types, type_name) && fits(fields, last));
    let name = if name == "dict" { "__dict__" } else { name };
    Some(Field { name: name.to_owned(), tag: if unvisited { plain.untraversed() } else { plain } })
}

/// Whether a name is the one of a rule: `*` stands for any beginning or any end.
fn fits(rule: &str, name: &str) -> bool {
    match (rule.strip_prefix('*'), rule.strip_suffix('*')) {
        (Some(ending), _) => name.ends_with(ending),
        (_, Some(beginning)) => name.starts_with(beginning),
        _ => rule == name,
    }
}

/// How the instances of a class made at run time hold the class itself.
///
/// Their `tp_traverse` visits it (3.9 and later, bpo-40217), but for some types that forget it; an `lru_cache` reports
/// the class of its links in their place.
pub fn class_reference(type_name: &str) -> ReferenceTag {
    let plain = ReferenceTag::plain(ReferenceKind::Type);
    match type_name {
        LRU_LINK => plain.borrowed(),
        "typing.ParamSpecArgs" | "typing.ParamSpecKwargs" | "_typing._ConstEvaluator" => plain.untraversed(),
        // mbiencoder_traverse (Modules/cjkcodecs/multibytecodec.c); Cython's functions.
        "_multibytecodec.MultibyteIncrementalEncoder" => plain.untraversed(),
        _ if forgetful_cython(type_name) => plain.untraversed(),
        _ => plain,
    }
}

/// Whether this is Cython's type of functions of a version before 3.3, whose `tp_traverse` forgets the class: the
/// version is part of its name (`_cython_3_2_9.cython_function_or_method`).
fn forgetful_cython(type_name: &str) -> bool {
    let Some(version) = type_name.strip_prefix("_cython_") else { return false };
    let mut numbers = version.split(['_', '.']).map_while(|part| part.parse::<u32>().ok());
    type_name.ends_with("cython_function_or_method") && (numbers.next(), numbers.next()) < (Some(3), Some(3))
}

/// Types without any object pointer that a scan could find: values, locks and buffers of raw bytes.
pub fn is_plain(type_name: &str) -> bool {
    const PLAIN: [&str; 10] = [
        "object",
        "complex",
        "NoneType",
        "ellipsis",
        "NotImplementedType",
        "array.array",
        "_thread.lock",
        "_thread.RLock",
        "decimal.Decimal",
        "_random.Random",
    ];
    PLAIN.contains(&type_name)
}

/// Types whose out-of-line memory is text or bytes: what looks like a pointer there is none.
pub fn has_raw_blocks(type_name: &str) -> bool {
    type_name.starts_with("_io.") || type_name.ends_with("PickleBuffer")
}

/// Types written in C whose finalizer lets go of objects, as a `__del__` may: what is closed drops its callbacks, blobs
/// and statements (Modules/_sqlite/connection.c, `connection_finalize`, 3.12). Those of files, sockets and futures do not;
/// suspended code has a flag of its own.
pub fn finalizer_lets_go(type_name: &str) -> bool {
    type_name == "sqlite3.Connection"
}

/// Whether an object pointer in the interpreter's or a thread's own state holds its target.
///
/// `callable_cache` and `objreduce` borrow from the builtins (Python/pylifecycle.c, Objects/typeobject.c), a thread's
/// frame (up to 3.10) is held by the call that runs it, atexit's module (3.8, 3.9) by `sys.modules`. Up to 3.13 the
/// collector does not list the table of interned strings, which keeps nothing alive.
pub fn state_holds(field: &str, minor: u8) -> bool {
    !matches!(field, "frame" | "pyexitmodule")
        && !field.starts_with("callable_cache.")
        && !field.ends_with("objreduce")
        && (minor >= 14 || !is_table_of_interned_strings(field))
}

/// Whether a field of the interpreter's state is its dict of interned strings. It gives its two references per string
/// back (Objects/unicodeobject.c, `intern_common`).
pub fn is_table_of_interned_strings(field: &str) -> bool {
    field.ends_with("interned_strings")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_cython_tell_their_version() {
        let traversed = |name| !class_reference(name).is_untraversed();
        assert!(traversed("_cython_3_3_1.cython_function_or_method") && traversed("_cython_4_0_0.x"));
        assert!(!traversed("_cython_3_2_9.cython_function_or_method"));
        assert!(!traversed("_cython_0_29_36.cython_function_or_method"));
    }

    fn version(minor: u8, micro: u8) -> Version {
        Version { major: 3, minor, micro }
    }

    #[test]
    fn what_a_patch_release_began_to_visit_is_marked_before_it() {
        let memo = |version| field("_pickle.Unpickler", "memo", version).expect("it is held").tag.is_untraversed();
        let versions = [(10, 13), (11, 2), (11, 6), (11, 7), (12, 0)];
        assert_eq!(versions.map(|(minor, micro)| memo(version(minor, micro))), [true, true, true, false, false]);
    }

    #[test]
    fn fields_carry_the_names_that_python_shows() {
        let field = |type_name, c_name| field(type_name, c_name, version(13, 0));
        let named = |type_name, c_name| field(type_name, c_name).map(|field| field.name);
        assert_eq!(named("method", "im_self").as_deref(), Some("__self__"));
        assert_eq!(named("builtin_method", "func.m_self").as_deref(), Some("__self__"));
        assert_eq!(named("functools.partial", "dict").as_deref(), Some("__dict__"));
        assert_eq!(named("map", "iters").as_deref(), Some("iters"));
        assert_eq!(named("memoryview", "view.obj"), None);
        assert_eq!(field("function", "func_globals").map(|field| field.tag.kind()), Some(ReferenceKind::Global));
        assert!(field("member_descriptor", "d_common.d_name").is_some_and(|field| field.tag.is_untraversed()));
        assert!(field("member_descriptor", "d_common.d_type").is_some_and(|field| field.tag.subtracted()));
    }
}
