"""What `generate.py` looks up in the standard library's extension modules, beside the interpreter's own types."""

# tp_name -> structures that may stand behind it. Whoever is listed here is read by its fields alone, never scanned:
# also types whose structures hold no object (locks, hashes, compressors).
LIBRARY = {
    "_abc._abc_data": ["_abc_data"], "_thread._local": ["localobject"], "_thread._localdummy": ["localdummyobject"],
    "_thread.lock": ["lockobject"], "_thread.RLock": ["rlockobject"], "_thread._ThreadHandle": ["PyThreadHandleObject"],
    "posix.DirEntry": ["DirEntry"], "posix.ScandirIterator": ["ScandirIterator"], "ast.AST": ["AST_object"],
    "re.Pattern": ["PatternObject"], "re.Match": ["MatchObject"], "_sre.SRE_Scanner": ["ScannerObject"],
    "_sre.SRE_Template": ["TemplateObject"], "anext_awaitable": ["anextawaitableobject"],
    "async_generator_wrapped_value": ["_PyAsyncGenWrappedValue"], "generic_alias_iterator": ["gaiterobject"],
    "_buffer_wrapper": ["_PyBufferWrapper"], "instancemethod": ["PyInstanceMethodObject"],
    "pickle.PickleBuffer": ["PyPickleBufferObject"], "line_iterator": ["lineiterator"],
    "positions_iterator": ["positionsiterator"], "symtable entry": ["_symtable_entry"],
    "fieldnameiterator": ["fieldnameiterobject"], "formatteriterator": ["formatteriterobject"],
    "keys": ["PyHamtIterator"], "values": ["PyHamtIterator"], "items": ["PyHamtIterator"],
    "moduledef": ["PyModuleDef"], "FrameLocalsProxy": ["PyFrameLocalsProxyObject"], "EncodingMap": ["encoding_map"],
    "_io._IOBase": ["iobase"], "_io.FileIO": ["fileio"], "_io.BytesIO": ["bytesio"], "_io.StringIO": ["stringio"],
    "_io.BufferedReader": ["buffered"], "_io.BufferedWriter": ["buffered"], "_io.BufferedRandom": ["buffered"],
    "_io.BufferedRWPair": ["rwpair"], "_io.TextIOWrapper": ["textio"], "_io._BytesIOBuffer": ["bytesiobuf"],
    "_io.IncrementalNewlineDecoder": ["nldecoder_object"],
    "_asyncio.Future": ["FutureObj"], "_asyncio.Task": ["TaskObj"], "_asyncio.FutureIter": ["futureiterobject"],
    "_asyncio.TaskStepMethWrapper": ["TaskStepMethWrapper"], "TaskStepMethWrapper": ["TaskStepMethWrapper"],
    "_RunningLoopHolder": ["PyRunningLoopHolder"],
    "_bz2.BZ2Compressor": ["BZ2Compressor"], "_bz2.BZ2Decompressor": ["BZ2Decompressor"],
    "_lzma.LZMACompressor": ["Compressor"], "_lzma.LZMADecompressor": ["Decompressor"],
    "zlib.Compress": ["compobject"], "zlib.Decompress": ["compobject"], "zlib._ZlibDecompressor": ["ZlibDecompressor"],
    "_csv.Dialect": ["DialectObj"], "_csv.reader": ["ReaderObj"], "_csv.writer": ["WriterObj"],
    "_ctypes._CData": ["CDataObject"], "_ctypes.CFuncPtr": ["PyCFuncPtrObject"],
    "_ctypes.PyCFuncPtr": ["PyCFuncPtrObject"], "_ctypes.CField": ["CFieldObject"], "ctypes.CField": ["CFieldObject"],
    "_ctypes.CThunkObject": ["CThunkObject"], "_ctypes.CArgObject": ["PyCArgObject"], "CArgObject": ["PyCArgObject"],
    "_ctypes.DictRemover": ["DictRemoverObject"], "_ctypes.StructParam_Type": ["StructParamObject"],
    "StgDict": ["StgDictObject"], "datetime.datetime": ["PyDateTime_DateTime"], "datetime.time": ["PyDateTime_Time"],
    "datetime.timezone": ["PyDateTime_TimeZone"],
    "decimal.Context": ["PyDecContextObject"], "decimal.ContextManager": ["PyDecContextManagerObject"],
    "decimal.Decimal": ["PyDecObject"], "decimal.SignalDictMixin": ["PyDecSignalDictObject"],
    "xml.etree.ElementTree.Element": ["ElementObject"], "_elementtree._element_iterator": ["ElementIterObject"],
    "xml.etree.ElementTree.TreeBuilder": ["TreeBuilderObject"], "xml.etree.ElementTree.XMLParser": ["XMLParserObject"],
    "_hashlib.HASH": ["EVPobject"], "_hashlib.HMAC": ["HMACobject"],
    "_json.Scanner": ["PyScannerObject"], "_json.Encoder": ["PyEncoderObject"],
    "_multibytecodec.MultibyteCodec": ["MultibyteCodecObject"],
    "_multibytecodec.MultibyteIncrementalEncoder": ["MultibyteIncrementalEncoderObject"],
    "_multibytecodec.MultibyteIncrementalDecoder": ["MultibyteIncrementalDecoderObject"],
    "_multibytecodec.MultibyteStreamReader": ["MultibyteStreamReaderObject"],
    "_multibytecodec.MultibyteStreamWriter": ["MultibyteStreamWriterObject"],
    "_multiprocessing.SemLock": ["SemLockObject"],
    "compression.zstd.ZstdCompressor": ["ZstdCompressor"], "compression.zstd.ZstdDecompressor": ["ZstdDecompressor"],
    "compression.zstd.ZstdDict": ["ZstdDict"],
    "_pickle.Pickler": ["PicklerObject"], "_pickle.Unpickler": ["UnpicklerObject"], "_pickle.Pdata": ["Pdata"],
    "_pickle.PicklerMemoProxy": ["PicklerMemoProxyObject"], "_pickle.UnpicklerMemoProxy": ["UnpicklerMemoProxyObject"],
    "_queue.SimpleQueue": ["simplequeueobject"], "_random.Random": ["RandomObject"],
    "_socket.socket": ["PySocketSockObject"], "select.poll": ["pollObject"], "select.epoll": ["pyEpoll_Object"],
    "sqlite3.Row": ["pysqlite_Row"], "sqlite3.Blob": ["pysqlite_Blob"], "sqlite3.Cursor": ["pysqlite_Cursor"],
    "sqlite3.Connection": ["pysqlite_Connection"], "sqlite3.Statement": ["pysqlite_Statement"],
    "_ssl._SSLContext": ["PySSLContext"], "_ssl._SSLSocket": ["PySSLSocket"], "_ssl.SSLSession": ["PySSLSession"],
    "_ssl.MemoryBIO": ["PySSLMemoryBIO"], "_ssl.Certificate": ["PySSLCertificate"],
    "_struct.Struct": ["PyStructObject"], "_struct.unpack_iterator": ["unpackiterobject"],
    "zoneinfo.ZoneInfo": ["PyZoneInfo_ZoneInfo"], "array.array": ["arrayobject"],
    "array.arrayiterator": ["arrayiterobject"], "mmap.mmap": ["mmap_object"], "pyexpat.xmlparser": ["xmlparseobject"],
    "unicodedata.UCD": ["PreviousDBVersion"],
    # Up to 3.10 some types stood without their module.
    "_abc_data": ["_abc_data"], "Struct": ["PyStructObject"], "unpack_iterator": ["unpackiterobject"],
    "TaskWakeupMethWrapper": ["TaskWakeupMethWrapper"],
    "sqlite3.Cache": ["pysqlite_Cache"], "sqlite3.Node": ["pysqlite_Node"],
}

# Structures that lie behind another in the same object: (what is before them, they themselves). The data of a
# metaclass's own starts at the next multiple of 16 behind the heap type (Objects/object.c, PyObject_GetTypeData).
# None: nothing of its own, but a rule in HELD.
BEHIND = {
    "_ctypes.CType_Type": ("PyHeapTypeObject", "StgInfo"),
    "_ctypes.PyCPointerType": ("PyTypeObject", None),
}

# tp_name -> sizes in other patch releases that leave the fields of the structure where they are.
OTHER_SIZES = {
    "_sre.SRE_Scanner": [232],  # 3.11.2
}

# m_name -> structure of the module's state, of which only what HELD says is read: its fields are scanned.
MODULES = {"decimal": "decimal_state", "_zoneinfo": "zoneinfo_state"}

# tp_name -> memory beside the object that holds others: `pointer[number of elements]`. `.` follows pointers; without
# a number there is one element; `[]` is as many as there are up to one that is zero; `=NAME` is a constant. An
# element's own object pointers are found by its type. `&` stands before what lies in the object itself, and is there
# only as often as the number says (a datetime without a time zone is a shorter object). `[>next]` follows a list; elements that are objects are held themselves.
# `:Type` reads what a pointer leads to as that type. `+1` leaves out the first element.
HELD = {
    "_pickle.Pickler": ["memo.mt_table[memo.mt_allocated]"],
    "_pickle.Unpickler": ["memo[memo_size]"],
    "_pickle.Pdata": ["data[ob_size]"],
    "_sre.SRE_Template": ["items[ob_size]"],
    "_queue.SimpleQueue": ["buf.items[buf.items_cap]"],
    "xml.etree.ElementTree.Element": ["extra", "extra.children[extra.length]"],
    "_elementtree._element_iterator": ["parent_stack[parent_stack_used]"],
    "zoneinfo.ZoneInfo": ["_ttinfos[num_ttinfos]"],
    "sqlite3.Connection": ["trace_ctx", "progress_ctx", "authorizer_ctx"],
    "pyexpat.xmlparser": ["handlers[=_DummyDecl]"],
    # CDataType_traverse visits what the class's dict holds (Modules/_ctypes/_ctypes.c, before 3.13).
    "_ctypes.PyCPointerType": ["&tp_dict:StgDictObject.proto[=1]"],
    "decimal": ["signal_map[]", "cond_map+1[]"],
    "_zoneinfo": ["ZONEINFO_STRONG_CACHE[>next]"], "sqlite3.Cache": ["first[>next]"],
    "datetime.datetime": ["&tzinfo[hastzinfo]"], "datetime.time": ["&tzinfo[hastzinfo]"],
}

# tp_name -> memory beside the object that its `__sizeof__` counts; written alike, and the size of an element may
# follow a `*`.
SIZED = {
    "array.array": ["ob_item[allocated]*ob_descr.itemsize"],
    "_io.BufferedReader": ["buffer[buffer_size]"], "_io.BufferedWriter": ["buffer[buffer_size]"],
    "_io.BufferedRandom": ["buffer[buffer_size]"],
    "_struct.Struct": ["s_codes[]"], "Struct": ["s_codes[]"],
    "_pickle.Pickler": ["memo", "memo.mt_table[memo.mt_allocated]"],
    "_pickle.Unpickler": ["memo[memo_size]", "marks[marks_size]", "input_line[]", "encoding[]", "errors[]"],
    "xml.etree.ElementTree.Element": ["extra", "extra.children[extra.allocated]"],
    "itertools.product": ["indices[pools.ob_size]"],
    "itertools.permutations": ["indices[pool.ob_size]", "cycles[r]"],
    "itertools.combinations": ["indices[r]"],
    "itertools.combinations_with_replacement": ["indices[r]"],
    "StgDict": ["format[]", "shape[ndim]", "ffi_type_pointer.elements[]"],
    "_ctypes.CType_Type": ["format[]", "shape[ndim]", "ffi_type_pointer.elements[]"],
}
