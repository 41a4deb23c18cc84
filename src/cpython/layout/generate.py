#!/usr/bin/env python3
"""Writes the struct table of one CPython minor version from a build's debug information.

    generate.py PYTHON [--debug FOLDER] [--other PYTHON] [--debug-build PYTHON] [-o 3.12.json]

PYTHON is an interpreter that was not stripped (`-g`, CPython's default), or one whose debug information is in separate
files under FOLDER, by build-id as distributions have it: for an unpacked root, its `usr/lib/debug`. gdb must be
installed. A debug build (`--with-pydebug`) tells what lies further back in the interpreter's state there, and with
another patch release which structures have another size. The output is data:
`facts` are the offsets and sizes that the readers know by name, `types` the C structures whose fields are all simple
object pointers, by the name that `tp_name` gives the type, `others` the same as other builds have them, to be told by
their size. A structure that this version does not have is left out. Extension modules are looked through too; what to
look up there, and which memory beside an object belongs to it, is in `structures.py`. `debug_moves` lists offset and
distance: what stands in the interpreter's state from that offset on is so many bytes further back in a debug build.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

from structures import BEHIND, HELD, LIBRARY, MODULES, OTHER_SIZES, SIZED

# Fact name -> places to look, first found wins: structures were renamed between versions.
FACTS = {
    "runtime.interpreters_head": ["pyruntimestate interpreters.head"],
    "runtime.gc": ["pyruntimestate gc"],
    "interpreter.id": ["PyInterpreterState id"],
    "interpreter.next": ["PyInterpreterState next"],
    "interpreter.threads_head": ["PyInterpreterState threads.head", "PyInterpreterState tstate_head"],
    "interpreter.gc": ["PyInterpreterState gc"],
    "interpreter.modules": ["PyInterpreterState imports.modules", "PyInterpreterState modules"],
    "interpreter.sysdict": ["PyInterpreterState sysdict"],
    "interpreter.builtins": ["PyInterpreterState builtins"],
    "interpreter.static_types": ["PyInterpreterState types.builtins.initialized", "PyInterpreterState types.builtins"],
    "static_type.type": ["static_builtin_state type", "managed_static_type_state type"],
    "static_type.dict": ["static_builtin_state tp_dict", "managed_static_type_state tp_dict"],
    "static_type.subclasses": ["static_builtin_state tp_subclasses", "managed_static_type_state tp_subclasses"],
    "static_type.size": ["sizeof static_builtin_state", "sizeof managed_static_type_state"],
    "gc.enabled": ["_gc_runtime_state enabled"],
    "gc.collecting": ["_gc_runtime_state collecting"],
    "gc.garbage": ["_gc_runtime_state garbage"],
    "gc.size": ["sizeof _gc_runtime_state"],
    "thread.next": ["PyThreadState next"],
    "thread.cframe": ["PyThreadState cframe"],
    "thread.current_frame": ["PyThreadState current_frame"],
    "thread.frame_object": ["PyThreadState frame"],
    "thread.thread_id": ["PyThreadState thread_id"],
    "thread.native_id": ["PyThreadState native_thread_id"],
    "cframe.current_frame": ["_PyCFrame current_frame"],
    "frame.size": ["sizeof _PyInterpreterFrame"],
    "frame.previous": ["_PyInterpreterFrame previous"],
    "frame.code": ["_PyInterpreterFrame f_executable", "_PyInterpreterFrame f_code"],
    "frame.function": ["_PyInterpreterFrame f_funcobj", "_PyInterpreterFrame f_func"],
    "frame.locals": ["_PyInterpreterFrame f_locals"],
    "frame.frame_object": ["_PyInterpreterFrame frame_obj"],
    "frame.instruction": ["_PyInterpreterFrame instr_ptr", "_PyInterpreterFrame prev_instr"],
    "frame.stacktop": ["_PyInterpreterFrame stacktop"],
    "frame.stackpointer": ["_PyInterpreterFrame stackpointer"],
    "frame.owner": ["_PyInterpreterFrame owner"],
    "frame.localsplus": ["_PyInterpreterFrame localsplus"],
    "frame_object.frame": ["_frame f_frame"],
    "frame_object.back": ["_frame f_back"],
    "frame_object.trace": ["_frame f_trace"],
    "frame_object.extra_locals": ["_frame f_extra_locals"],
    "frame_object.locals_cache": ["_frame f_locals_cache"],
    "frame_object.data": ["_frame _f_frame_data"],
    "frame_object.size": ["sizeof _frame"],
    "frame_object.code": ["_frame f_code"],
    "frame_object.generator": ["_frame f_gen"],
    "frame_object.instruction": ["_frame f_lasti"],
    "frame_object.state": ["_frame f_state"],
    "frame_object.localsplus": ["_frame f_localsplus"],
    "frame_object.stack": ["_frame f_valuestack"],
    "frame_object.stack_top": ["_frame f_stacktop"],
    "frame_object.stack_depth": ["_frame f_stackdepth"],
    "type.size": ["sizeof _typeobject"],
    "type.name": ["_typeobject tp_name"],
    "type.basicsize": ["_typeobject tp_basicsize"],
    "type.itemsize": ["_typeobject tp_itemsize"],
    "type.flags": ["_typeobject tp_flags"],
    "type.traverse": ["_typeobject tp_traverse"],
    "type.weaklistoffset": ["_typeobject tp_weaklistoffset"],
    "type.base": ["_typeobject tp_base"],
    "type.dict": ["_typeobject tp_dict"],
    "type.dictoffset": ["_typeobject tp_dictoffset"],
    "type.bases": ["_typeobject tp_bases"],
    "type.mro": ["_typeobject tp_mro"],
    "type.cache": ["_typeobject tp_cache"],
    "type.subclasses": ["_typeobject tp_subclasses"],
    "type.weaklist": ["_typeobject tp_weaklist"],
    "type.del": ["_typeobject tp_del"],
    "type.finalize": ["_typeobject tp_finalize"],
    "heap_type.size": ["sizeof _heaptypeobject"],
    "heap_type.name": ["_heaptypeobject ht_name"],
    "heap_type.slots": ["_heaptypeobject ht_slots"],
    "heap_type.qualname": ["_heaptypeobject ht_qualname"],
    "heap_type.module": ["_heaptypeobject ht_module"],
    "heap_type.cached_keys": ["_heaptypeobject ht_cached_keys"],
    "dict.used": ["PyDictObject ma_used"],
    "dict.keys": ["PyDictObject ma_keys"],
    "dict.values": ["PyDictObject ma_values"],
    "dict.size": ["sizeof PyDictObject"],
    "keys.refcount": ["_dictkeysobject dk_refcnt"],
    "keys.size": ["_dictkeysobject dk_size"],
    "keys.lookup": ["_dictkeysobject dk_lookup"],
    "keys.log2_size": ["_dictkeysobject dk_log2_size"],
    "keys.log2_index_bytes": ["_dictkeysobject dk_log2_index_bytes"],
    "keys.kind": ["_dictkeysobject dk_kind"],
    "keys.usable": ["_dictkeysobject dk_usable"],
    "keys.entries": ["_dictkeysobject dk_nentries"],
    "keys.indices": ["_dictkeysobject dk_indices"],
    "values.array": ["_dictvalues values", "constant 0"],
    "set.used": ["PySetObject used"],
    "set.mask": ["PySetObject mask"],
    "set.table": ["PySetObject table"],
    "set.small_table": ["PySetObject smalltable"],
    "list.items": ["PyListObject ob_item"],
    "list.allocated": ["PyListObject allocated"],
    "tuple.items": ["PyTupleObject ob_item"],
    "int.digits": ["_longobject long_value.ob_digit", "_longobject ob_digit"],
    "int.size_word": ["_longobject long_value.lv_tag", "_longobject ob_base.ob_size"],
    "pool.size": ["given arena_map_bot 16384", "constant 4096"],
    "float.value": ["PyFloatObject ob_fval"],
    "bytes.data": ["PyBytesObject ob_sval"],
    "bytearray.allocated": ["PyByteArrayObject ob_alloc"],
    "str.length": ["PyASCIIObject length"],
    "str.state": ["PyASCIIObject state"],
    "str.ascii_size": ["sizeof PyASCIIObject"],
    "str.compact_size": ["sizeof PyCompactUnicodeObject"],
    "str.utf8_length": ["PyCompactUnicodeObject utf8_length"],
    "str.utf8": ["PyCompactUnicodeObject utf8"],
    "str.wstr": ["PyASCIIObject wstr"],
    "str.wstr_length": ["PyCompactUnicodeObject wstr_length"],
    "str.data": ["PyUnicodeObject data"],
    "str.size": ["sizeof PyUnicodeObject"],
    "code.size": ["sizeof PyCodeObject"],
    "code.local_names": ["PyCodeObject co_localsplusnames"],
    "code.local_kinds": ["PyCodeObject co_localspluskinds"],
    "code.local_count": ["PyCodeObject co_nlocalsplus"],
    "code.stack_size": ["PyCodeObject co_stacksize"],
    "code.file": ["PyCodeObject co_filename"],
    "code.name": ["PyCodeObject co_name"],
    "code.qualname": ["PyCodeObject co_qualname", "PyCodeObject co_name"],
    "code.first_line": ["PyCodeObject co_firstlineno"],
    "code.line_table": ["PyCodeObject co_linetable"],
    "code.lnotab": ["PyCodeObject co_lnotab"],
    "code.variable_count": ["PyCodeObject co_nlocals"],
    "code.variables": ["PyCodeObject co_varnames"],
    "code.cell_variables": ["PyCodeObject co_cellvars"],
    "code.free_variables": ["PyCodeObject co_freevars"],
    "code.instructions": ["PyCodeObject co_code_adaptive"],
    "code.instruction_bytes": ["PyCodeObject co_code"],
    "code.cell_arguments": ["PyCodeObject co_cell2arg"],
    "code.cache": ["PyCodeObject co_opcache"],
    "code.cache_size": ["PyCodeObject co_opcache_size"],
    "code.cache_entry": ["sizeof _PyOpcache"],
    "code.free_count": ["PyCodeObject co_nfreevars"],
    "function.size": ["sizeof PyFunctionObject"],
    "function.closure": ["PyFunctionObject func_closure"],
    "function.code": ["PyFunctionObject func_code"],
    "function.qualname": ["PyFunctionObject func_qualname"],
    "cell.contents": ["PyCellObject ob_ref"],
    "module.size": ["sizeof PyModuleObject"],
    "module.dict": ["PyModuleObject md_dict"],
    "module.definition": ["PyModuleObject md_def"],
    "module.state": ["PyModuleObject md_state"],
    "module.name": ["PyModuleObject md_name"],
    "module_definition.name": ["PyModuleDef m_name"],
    "module_definition.state_size": ["PyModuleDef m_size"],
    "generator.frame": ["PyGenObject gi_iframe"],
    "generator.state": ["PyGenObject gi_frame_state"],
    "generator.frame_object": ["PyGenObject gi_frame"],
    "generator.qualname": ["PyGenObject gi_qualname"],
    "generator.running": ["PyGenObject gi_running"],
    "generator.size": ["sizeof PyGenObject"],
    "weakref.object": ["_PyWeakReference wr_object"],
    "weakref.callback": ["_PyWeakReference wr_callback"],
    "weakref.next": ["_PyWeakReference wr_next"],
    "weakref.size": ["sizeof _PyWeakReference"],
    "member.size": ["sizeof PyMemberDef"],
    "member.name": ["PyMemberDef name"],
    "member.type": ["PyMemberDef type"],
    "member.offset": ["PyMemberDef offset"],
    "builtin.definition": ["PyCFunctionObject m_ml"],
    "method_definition.name": ["PyMethodDef ml_name"],
    "deque.left_block": ["dequeobject leftblock"],
    "deque.left_index": ["dequeobject leftindex"],
    "deque.block_data": ["BLOCK data"],
    "deque.block_right": ["BLOCK rightlink"],
    "deque.block_size": ["sizeof BLOCK"],
    "deque.size": ["sizeof dequeobject"],
    "odict.first": ["_odictobject od_first"],
    "odict.fast_nodes_size": ["_odictobject od_fast_nodes_size"],
    "odict_node.key": ["_odictnode key"],
    "odict_node.size": ["sizeof _odictnode"],
    "odict_node.next": ["_odictnode next"],
    "lru_cache.links": ["lru_cache_object root"],
    "lru_link.next": ["lru_list_elem next"],
    "lru_link.key": ["lru_list_elem key"],
    "lru_link.result": ["lru_list_elem result"],
    "tee_data.values": ["teedataobject values"],
    "tee_data.read": ["teedataobject numread"],
    "tee_data.size": ["sizeof teedataobject"],
}

# tp_name -> structures that may stand behind it; all their object pointers are listed by the field's name.
TYPES = {
    "function": ["PyFunctionObject"], "code": ["PyCodeObject"], "generator": ["PyGenObject"],
    "coroutine": ["PyCoroObject"], "async_generator": ["PyAsyncGenObject"], "frame": ["_frame"],
    "async_generator_asend": ["PyAsyncGenASend"], "async_generator_athrow": ["PyAsyncGenAThrow"],
    "coroutine_wrapper": ["PyCoroWrapper"], "module": ["PyModuleObject"], "cell": ["PyCellObject"],
    "method": ["PyMethodObject"], "builtin_function_or_method": ["PyCFunctionObject"],
    "builtin_method": ["PyCMethodObject"], "classmethod": ["classmethod"], "staticmethod": ["staticmethod"],
    "property": ["propertyobject"], "slice": ["PySliceObject"], "range": ["rangeobject"],
    "enumerate": ["enumobject"], "reversed": ["reversedobject"], "zip": ["zipobject"], "map": ["mapobject"],
    "filter": ["filterobject"], "list_iterator": ["_PyListIterObject", "listiterobject"],
    "list_reverseiterator": ["listreviterobject"], "tuple_iterator": ["_PyTupleIterObject", "tupleiterobject"],
    "dict_keyiterator": ["dictiterobject"], "dict_valueiterator": ["dictiterobject"],
    "dict_itemiterator": ["dictiterobject"], "dict_reversekeyiterator": ["dictiterobject"],
    "dict_reversevalueiterator": ["dictiterobject"], "dict_reverseitemiterator": ["dictiterobject"],
    "set_iterator": ["setiterobject"], "str_iterator": ["unicodeiterobject"],
    "str_ascii_iterator": ["unicodeiterobject"], "bytes_iterator": ["striterobject"],
    "bytearray_iterator": ["bytesiterobject"], "memory_iterator": ["memoryiterobject"],
    "range_iterator": ["_PyRangeIterObject"], "longrange_iterator": ["longrangeiterobject"],
    "callable_iterator": ["calliterobject"], "iterator": ["seqiterobject"],
    "dict_keys": ["_PyDictViewObject"], "dict_values": ["_PyDictViewObject"], "dict_items": ["_PyDictViewObject"],
    "mappingproxy": ["mappingproxyobject"], "super": ["superobject"], "memoryview": ["PyMemoryViewObject"],
    "managedbuffer": ["_PyManagedBufferObject"], "types.SimpleNamespace": ["_PyNamespaceObject"],
    "traceback": ["PyTracebackObject"], "getset_descriptor": ["PyGetSetDescrObject"],
    "member_descriptor": ["PyMemberDescrObject"], "method_descriptor": ["PyMethodDescrObject"],
    "classmethod_descriptor": ["PyMethodDescrObject"], "wrapper_descriptor": ["PyWrapperDescrObject"],
    "method-wrapper": ["wrapperobject"], "_contextvars.Context": ["PyContext", "_pycontextobject"],
    "_contextvars.ContextVar": ["PyContextVar", "_pycontextvarobject"],
    "_contextvars.Token": ["PyContextToken", "_pycontexttokenobject"],
    "hamt": ["PyHamtObject"], "hamt_bitmap_node": ["PyHamtNode_Bitmap"], "hamt_array_node": ["PyHamtNode_Array"],
    "hamt_collision_node": ["PyHamtNode_Collision"], "weakref.ReferenceType": ["_PyWeakReference"],
    "weakref.ProxyType": ["_PyWeakReference"], "weakref.CallableProxyType": ["_PyWeakReference"],
    "weakref": ["_PyWeakReference"], "weakproxy": ["_PyWeakReference"], "weakcallableproxy": ["_PyWeakReference"],
    "Context": ["_pycontextobject"], "ContextVar": ["_pycontextvarobject"], "Token": ["_pycontexttokenobject"],
    "types.UnionType": ["unionobject"], "types.GenericAlias": ["gaobject"], "typing.TypeVar": ["typevarobject"],
    "typing.ParamSpec": ["paramspecobject"], "typing.ParamSpecArgs": ["paramspecattrobject"],
    "typing.ParamSpecKwargs": ["paramspecattrobject"], "typing.TypeVarTuple": ["typevartupleobject"],
    "typing.TypeAliasType": ["typealiasobject"], "_typing._ConstEvaluator": ["constevaluatorobject"],
    "typing.Union": ["unionobject"], "string.templatelib.Template": ["templateobject"],
    "string.templatelib.Interpolation": ["interpolationobject"],
    "string.templatelib.TemplateIter": ["templateiterobject"], "BaseException": ["PyBaseExceptionObject"],
    "BaseExceptionGroup": ["PyBaseExceptionGroupObject"], "StopIteration": ["PyStopIterationObject"],
    "SystemExit": ["PySystemExitObject"], "ImportError": ["PyImportErrorObject"], "OSError": ["PyOSErrorObject"],
    "SyntaxError": ["PySyntaxErrorObject"], "UnicodeError": ["PyUnicodeErrorObject"],
    "AttributeError": ["PyAttributeErrorObject"], "NameError": ["PyNameErrorObject"],
    "functools.partial": ["partialobject"], "functools._lru_cache_wrapper": ["lru_cache_object"],
    "functools._lru_list_elem": ["lru_list_elem"], "functools.KeyWrapper": ["keyobject"],
    "collections.deque": ["dequeobject"], "_collections._deque_iterator": ["dequeiterobject"],
    "_collections._deque_reverse_iterator": ["dequeiterobject"], "collections._deque_iterator": ["dequeiterobject"],
    "collections._deque_reverse_iterator": ["dequeiterobject"], "collections._tuplegetter": ["_tuplegetterobject"],
    "collections.defaultdict": ["defdictobject"],
    "_collections._tuplegetter": ["_tuplegetterobject"], "collections.OrderedDict": ["_odictobject"],
    "odict_iterator": ["odictiterobject"], "operator.itemgetter": ["itemgetterobject"],
    "operator.attrgetter": ["attrgetterobject"], "operator.methodcaller": ["methodcallerobject"],
    "itertools.chain": ["chainobject"], "itertools.count": ["countobject"], "itertools.cycle": ["cycleobject"],
    "itertools.groupby": ["groupbyobject"], "itertools._grouper": ["_grouperobject"],
    "itertools.islice": ["isliceobject"], "itertools.starmap": ["starmapobject"],
    "itertools.takewhile": ["takewhileobject"], "itertools.dropwhile": ["dropwhileobject"],
    "itertools.compress": ["compressobject"], "itertools.filterfalse": ["filterfalseobject"],
    "itertools.accumulate": ["accumulateobject"], "itertools.repeat": ["repeatobject"],
    "itertools.zip_longest": ["ziplongestobject"], "itertools.pairwise": ["pairwiseobject"],
    "itertools.product": ["productobject"], "itertools.permutations": ["permutationsobject"],
    "itertools.combinations": ["combinationsobject"],
    "itertools.combinations_with_replacement": ["cwrobject"], "itertools.batched": ["batchedobject"],
    "itertools._tee": ["teeobject"], "itertools._tee_dataobject": ["teedataobject"],
}

# Structures of the interpreter whose object pointers are roots.
ROOTS = {"runtime": "pyruntimestate", "interpreter": "PyInterpreterState", "thread": "PyThreadState"}

GDB = r"""
import gdb, json, os

FACTS, TYPES, ROOTS, HELD, SIZED, BEHIND, MODULES, OTHER_SIZES = json.loads(os.environ["HEAPGRAPH_WANTED"])

def find(name):
    for text in (name, "struct " + name):
        try:
            return gdb.lookup_type(text).strip_typedefs()
        except gdb.error:
            pass

def flat(kind):
    return kind.strip_typedefs()

def step(kind, name):
    kind = flat(kind)
    if kind.code not in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        return None
    for field in kind.fields():
        if field.name == name:
            return field.bitpos // 8, field.type
        if field.name is None or field.name == "":
            inner = step(field.type, name)
            if inner:
                return field.bitpos // 8 + inner[0], inner[1]

def fact(place):
    words = place.split()
    if words[0] == "constant":
        return int(words[1])
    if words[0] == "given":
        return int(words[2]) if find(words[1]) else None
    if words[0] == "sizeof":
        kind = find(words[1])
        return kind and kind.sizeof
    kind, offset = find(words[0]), 0
    for name in words[1].split("."):
        found = kind and step(kind, name)
        if not found:
            return None
        offset, kind = offset + found[0], found[1]
    return offset

def is_object(kind):
    # PyObject itself, or a structure that starts with one.
    kind = flat(kind)
    for _ in range(6):
        if kind.code != gdb.TYPE_CODE_STRUCT:
            return False
        if kind.tag in ("_object", "PyVarObject"):
            return True
        fields = kind.fields()
        if not fields or fields[0].bitpos != 0:
            return False
        kind = flat(fields[0].type)
    return False

def pointers(kind, at=0, prefix=""):
    for field in flat(kind).fields():
        if not hasattr(field, "bitpos") or field.bitsize:
            continue
        inner, offset = flat(field.type), at + field.bitpos // 8
        if inner.tag == "_PyInterpreterFrame":
            # A generator's frame (3.14 embeds the structure itself): its slots are tagged, a rule reads them.
            continue
        name = prefix + (field.name or "")
        if inner.code == gdb.TYPE_CODE_PTR:
            target = flat(inner.target())
            if is_object(target) and field.name not in ("ob_type", "_ob_next", "_ob_prev"):
                yield name, offset
        elif inner.code == gdb.TYPE_CODE_ARRAY and flat(inner.target()).code == gdb.TYPE_CODE_PTR:
            # Fixed arrays of objects; a last array of one stands for as many as `ob_size` says.
            if is_object(flat(flat(inner.target()).target())):
                yield name, [offset, inner.range()[1] + 1]
        elif inner.code == gdb.TYPE_CODE_STRUCT and not is_object(inner):
            yield from pointers(inner, offset, name + "." if field.name else prefix)
        elif inner.code == gdb.TYPE_CODE_STRUCT and field.name != "ob_base":
            # An object laid down inside another (a header, a coroutine's common part).
            yield from pointers(inner, offset, name + ".")
        elif inner.code == gdb.TYPE_CODE_STRUCT:
            yield from pointers(inner, offset, prefix)

class Place:
    # What a path like `memo.mt_table` leads to: offsets, between them pointers, and the type at its end.

    def __init__(self, kind, start):
        self.offsets, self.kind = [start], kind

    def follow(self):
        if self.kind.code == gdb.TYPE_CODE_PTR:
            self.kind = flat(self.kind.target())
            self.offsets.append(0)

    def step(self, name):
        self.follow()
        # The length of whatever variable-sized object a PyObject * leads to.
        found = step(self.kind, name) or (name == "ob_size" and step(find("PyVarObject"), name))
        if found:
            self.offsets[-1] += found[0]
            self.kind = flat(found[1])
        return bool(found)

def lead(kind, start, text):
    at = Place(kind, start)
    for part in text.split("."):
        name, _, other = part.partition(":")
        if not at.step(name):
            return None
        if other and not find(other):
            return None
        at.kind = find(other).pointer() if other else at.kind
    return at

def number(kind, start, text):
    if text.startswith("="):
        return int(gdb.parse_and_eval(text[1:]))
    at = lead(kind, start, text)
    return at and [at.offsets, at.kind.sizeof]

def block(kind, start, text):
    # One rule of HELD or SIZED; None where this version has no such field.
    inside, text = text.startswith("&"), text.lstrip("&")
    text, _, stride = text.partition("*")
    path, bracket, count = text.rstrip("]").partition("[")
    at = lead(kind, start, path)
    if at is None:
        return None
    if not inside:
        at.follow()
    if at.kind.code == gdb.TYPE_CODE_ARRAY:
        at.kind = flat(at.kind.target())
    if at.kind.code == gdb.TYPE_CODE_PTR:
        fields = {path.rsplit(".")[-1]: 0} if is_object(at.kind.target()) else {}
    else:
        fields = dict(pointers(at.kind)) if at.kind.code == gdb.TYPE_CODE_STRUCT else {}
    described = {
        "path": at.offsets,
        "count": 1 if not bracket else number(kind, start, count) if count and not count.startswith(">") else None,
        "stride": number(kind, start, stride) if stride else at.kind.sizeof,
        "fields": {name: offset for name, offset in fields.items() if isinstance(offset, int)},
    }
    if count.startswith(">"):
        described["next"] = step(at.kind, count[1:])[0]
    return described

def structure(name, kind, start, size):
    described = {"size": size, "fields": dict(pointers(kind, start))}
    if name in OTHER_SIZES:
        described["other_sizes"] = OTHER_SIZES[name]
    for section, rules in (("blocks", HELD), ("sizes", SIZED)):
        found = [block(kind, start, text) for text in rules.get(name, [])]
        found = [one for one in found if one and (section == "sizes" or one["fields"])]
        if section == "sizes":
            for one in found:
                del one["fields"]
        if found:
            described[section] = found
    # What lies in the object itself and is not always there is none of its fields.
    inside = [one["path"] for one in described.get("blocks", [])]
    described["fields"] = {name: at for name, at in described["fields"].items() if [at] not in inside}
    return described

out = {"facts": {}, "types": {}, "modules": {}, "roots": {}}
for name, places in FACTS.items():
    for place in places:
        value = fact(place)
        if value is not None:
            out["facts"][name] = value
            break
for name, structs in TYPES.items():
    for struct in structs:
        kind = find(struct)
        if kind is not None and kind.code == gdb.TYPE_CODE_STRUCT and is_object(kind):
            out["types"][name] = structure(name, kind, 0, kind.sizeof)
            break
for name, (before, struct) in BEHIND.items():
    first, kind = find(before), find(struct or before)
    if first is None or kind is None:
        continue
    start = (first.sizeof + 15) // 16 * 16 if struct else 0
    described = structure(name, kind, start, start + kind.sizeof)
    if struct or "blocks" in described:
        out["types"][name] = described if struct else {**described, "fields": {}}
for name, struct in MODULES.items():
    kind = find(struct)
    if kind is not None and kind.code == gdb.TYPE_CODE_STRUCT:
        out["modules"][name] = structure(name, kind, 0, kind.sizeof)
for name, struct in ROOTS.items():
    kind = find(struct)
    if kind is not None:
        # Copies of other roots, caches of dead objects and objects that lie in the structure itself are none.
        dull = ("_main_interpreter", "_initial_thread", "static_objects", "free", "trash", "delete_later", "slice_cache", "trace_info")
        found = [(field, at) for field, at in pointers(kind) if isinstance(at, int)]
        held = {field: at for field, at in found if not any(word in field for word in dull)}
        out["roots"].update({name: held} if held else {})
print("HEAPGRAPH" + json.dumps(out))
"""


def read(binary, debug=None):
    separate = ["-iex", "set debug-file-directory " + debug] if debug else []
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(GDB)
        script.flush()
        env = dict(os.environ, HEAPGRAPH_WANTED=json.dumps([FACTS, {**TYPES, **LIBRARY}, ROOTS, HELD, SIZED, BEHIND, MODULES, OTHER_SIZES]))
        command = ["gdb", "-nx", "-batch", "-iex", "set auto-load no", *separate, "-x", script.name, binary]
        result = subprocess.run(command, env=env, capture_output=True, text=True)
    lines = [line for line in result.stdout.splitlines() if line.startswith("HEAPGRAPH")]
    if not lines:
        sys.exit(f"{binary}: gdb gave no table:\n{result.stderr[-2000:]}")
    return json.loads(lines[0][len("HEAPGRAPH"):])


def ask(python):
    """The file with the interpreter's code (a shared libpython, or the executable: `sys.executable` may be a launcher
    of it), the version, the folder of extension modules and how their names end."""
    code = "import os, pathlib, sys, sysconfig; text = pathlib.Path('/proc/self/maps').read_text();" \
           "files = [line.split()[-1] for line in text.splitlines() if ' r-xp ' in line];" \
           "files = [file for file in files if 'python' in os.path.basename(file)];" \
           "print(([file for file in files if 'libpython' in file] or files)[0]);" \
           "print('%d.%d.%d' % sys.version_info[:3]); print(sysconfig.get_path('platstdlib') + '/lib-dynload');" \
           "print(sysconfig.get_config_var('EXT_SUFFIX'))"
    return subprocess.check_output([python, "-c", code], text=True).split("\n")[:4]


def table_of(python, debug):
    """What the debug information of an interpreter and its extension modules tells."""
    binary, version, extensions, suffix = ask(python)
    table = {"python": version, **read(binary, debug)}
    for name in sorted(os.listdir(extensions)) if os.path.isdir(extensions) else []:
        # Those that only tests import tell nothing new.
        if not name.endswith(suffix) or name.startswith(("_test", "_xx", "xx", "_ctypes_test")):
            continue
        more = read(os.path.join(extensions, name), debug)
        for section in ("facts", "types", "modules"):
            table[section] = {**more[section], **table[section]}
    return table


def others(table, more):
    """The structures that have another size in other builds, by which they are told."""
    found = {}
    for name in table["types"]:
        known = [table["types"][name]]
        for other in more:
            kind = other["types"].get(name)
            if kind and kind["size"] not in [one["size"] for one in known]:
                known.append(kind)
        if known[1:]:
            found[name] = known[1:]
    return found


def moves(release, debug):
    """Where the fields of the interpreter's state begin to lie further back in a debug build, and how far."""
    here, there = release["roots"]["interpreter"], debug["roots"]["interpreter"]
    found = []
    for offset, name in sorted((offset, name) for name, offset in here.items() if name in there):
        distance = there[name] - offset
        if distance != (found[-1][1] if found else 0):
            found.append([offset, distance])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("python")
    parser.add_argument("--debug", help="where separate debug information lies")
    parser.add_argument("--debug-build", help="a debug build of this minor version")
    parser.add_argument("--other", help="another patch release of this minor version")
    parser.add_argument("-o", "--output")
    options = parser.parse_args()
    debug = options.debug and os.path.abspath(options.debug)
    table = table_of(options.python, debug)
    more = {python: table_of(python, debug) for python in (options.other, options.debug_build) if python}
    table["others"] = others(table, more.values())
    table["debug_moves"] = moves(table, more[options.debug_build]) if options.debug_build else []
    output = options.output or table["python"].rsplit(".", 1)[0] + ".json"
    with open(output, "w") as file:
        file.write(pretty(table))
    print(f"{output}: {len(table['facts'])} facts, {len(table['types'])} types, from {table['python']}")


def pretty(table):
    """One line a fact and a type, so that two versions can be laid side by side."""
    lines = ["{", f' "python": {json.dumps(table["python"])},']
    for section in ("facts", "types", "others", "modules", "roots"):
        lines.append(f' "{section}": {{')
        rows = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in sorted(table[section].items())]
        lines.append(",\n".join(rows))
        lines.append(" },")
    lines.append(f' "debug_moves": {json.dumps(table["debug_moves"])}')
    return "\n".join(lines + ["}", ""])


if __name__ == "__main__":
    main()
