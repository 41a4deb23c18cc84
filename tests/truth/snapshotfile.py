"""Read a snapshot's Parquet file with pyarrow into plain columns, knowing nothing but the documented format."""
import json

import pyarrow
import pyarrow.parquet

KINDS = "attribute key item dict_key local global closure type base internal weak root".split()
ATTRIBUTE, KEY, ITEM, DICT_KEY, LOCAL, GLOBAL, CLOSURE, TYPE, BASE, INTERNAL, WEAK, ROOT = range(12)
KIND, UNTRAVERSED, GUESSED, BORROWED = 31, 32, 64, 128
SYNTHETIC = 1 << 8
IMMORTAL = 1 << 7


class Snapshot:
    """One list per column; row numbers as in the file."""

    def __init__(self, addresses, types, sizes, refcounts, generations, flags, ends, targets, kinds, names, metadata=None):
        self.addresses, self.types, self.sizes, self.refcounts = addresses, types, sizes, refcounts
        self.generations, self.flags = generations, flags
        self.ends, self.targets, self.kinds, self.names = ends, targets, kinds, names
        self.metadata = metadata or {}
        self.rows = {address: row for row, address in enumerate(addresses) if address}

    def __len__(self):
        return len(self.addresses)

    def span(self, row):
        """Where the references of this row stand in `targets`, `kinds` and `names`."""
        return range(self.ends[row - 1] if row else 0, self.ends[row])


def _plain(column):
    """One chunk, dictionaries resolved."""
    array = column.combine_chunks()
    if isinstance(array, pyarrow.ChunkedArray):
        array = pyarrow.concat_arrays(array.chunks)
    if pyarrow.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return array


def read(path):
    table = pyarrow.parquet.read_table(path)
    scalars = {name: _plain(table[name]).to_pylist() for name in ("address", "type", "size", "refcount", "generation", "flags")}
    lists = [_plain(table[name]) for name in ("references", "reference_kinds", "reference_names")]
    start = lists[0].offsets[0].as_py()
    ends = [end - start for end in lists[0].offsets.to_pylist()[1:]]
    targets, kinds, names = (_plain(pyarrow.chunked_array([one.flatten()])).to_pylist() for one in lists)
    metadata = json.loads((table.schema.metadata or {}).get(b"heapgraph", b"{}"))
    return Snapshot(
        scalars["address"],
        scalars["type"],
        scalars["size"],
        scalars["refcount"],
        scalars["generation"],
        scalars["flags"],
        ends,
        targets,
        kinds,
        names,
        metadata,
    )


def write(path, snapshot):
    """The same columns as a file: only the self-test writes one."""
    starts = [0] + list(snapshot.ends)

    def lists(values, kind):
        return pyarrow.ListArray.from_arrays(pyarrow.array(starts, pyarrow.int32()), pyarrow.array(values, kind))

    text = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    columns = {
        "address": pyarrow.array(snapshot.addresses, pyarrow.uint64()),
        "type": pyarrow.array(snapshot.types, pyarrow.string()).dictionary_encode(),
        "size": pyarrow.array(snapshot.sizes, pyarrow.uint64()),
        "refcount": pyarrow.array(snapshot.refcounts, pyarrow.uint32()),
        "generation": pyarrow.array(snapshot.generations, pyarrow.uint8()),
        "flags": pyarrow.array(snapshot.flags, pyarrow.uint32()),
        "references": lists(snapshot.targets, pyarrow.uint32()),
        "reference_kinds": lists(snapshot.kinds, pyarrow.uint8()),
        "reference_names": lists(snapshot.names, text),
    }
    table = pyarrow.table(columns).replace_schema_metadata({"heapgraph": json.dumps(snapshot.metadata)})
    pyarrow.parquet.write_table(table, path, compression="zstd")
