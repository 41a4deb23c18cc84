"""What pyarrow and DuckDB make of our Parquet files, and files as they would write them.

    interop.py census FILE            types, counts and bytes by DuckDB and by pyarrow, as JSON
    interop.py rewrite FILE FOLDER    the same heap as other writers store it, one file each
    interop.py spoil FILE FOLDER      files that must be refused, one for each reason
"""

import json
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

LISTS = ["references", "reference_kinds", "reference_names"]


def census(path):
    rows = duckdb.sql(f"select type, count(*), sum(size) from '{path}' group by 1 order by 1").fetchall()
    table = pq.read_table(path)
    metadata = json.loads(pq.read_schema(path).metadata[b"heapgraph"])
    print(json.dumps({
        "duckdb": [[name, count, int(size)] for name, count, size in rows],
        "rows": table.num_rows,
        "columns": {field.name: str(field.type) for field in table.schema},
        "edges": [
            [row, target, kind, name]
            for row, lists in enumerate(zip(*(table[column].to_pylist() for column in LISTS)))
            for target, kind, name in zip(*lists, strict=True)
        ],
        "texts": table["text"].to_pylist(),
        "addresses": table["address"].to_pylist(),
        "pandas_categories": str(table["type"].to_pandas().dtype),
        "format": metadata["format"],
    }))


def typed(table, numbers, text, listed):
    """The table with other types; `numbers` maps a column to an integer type, lists to their elements'."""
    fields = []
    for field in table.schema:
        if field.name in LISTS:
            inner = text if field.name == "reference_names" else numbers[field.name]
            fields.append(pa.field(field.name, listed(inner)))
        elif field.name in ("type", "text"):
            fields.append(pa.field(field.name, text))
        else:
            fields.append(pa.field(field.name, numbers[field.name]))
    arrays = [
        pa.array(table[field.name].to_pylist(), type=field.type)
        for field in fields
    ]
    return pa.table(arrays, schema=pa.schema(fields))


def rewrite(path, folder):
    table = pq.read_table(path).replace_schema_metadata(None)
    numbers = [name for name in table.column_names if name not in ("type", "text", "reference_names")]
    wide = dict.fromkeys(numbers, pa.int64())
    narrow = {
        "address": pa.uint64(), "size": pa.int32(), "refcount": pa.uint16(), "generation": pa.int16(),
        "flags": pa.int16(), "length": pa.int8(), "references": pa.uint16(), "reference_kinds": pa.uint16(),
    }
    dictionary = pa.dictionary(pa.int8(), pa.large_string())
    variants = {
        "wide": (typed(table, wide, pa.large_string(), pa.large_list), {}),
        "narrow": (typed(table, narrow, pa.string(), pa.list_), {}),
        "views": (typed(table, wide, pa.string_view(), pa.list_), {}),
        "dictionaries": (typed(table, narrow, dictionary, pa.large_list), {}),
        "plain": (table, {"use_dictionary": False, "compression": "none", "data_page_version": "2.0"}),
        "small_groups": (table, {"row_group_size": 3, "data_page_size": 16, "write_batch_size": 2}),
        "gzip": (table, {"compression": "gzip", "store_schema": False}),
        "lz4": (table, {"compression": "lz4", "write_page_checksum": True}),
        "old_lists": (table, {"use_compliant_nested_type": False, "version": "1.0"}),
        "without_nullables": (table.drop_columns(["length", "text", "reference_names"]), {}),
        "reordered": (table.select(sorted(table.column_names, reverse=True)).append_column(
            "extra", pa.array([{"a": 1}] * table.num_rows)), {}),
        "null_lists": (table.set_column(
            table.column_names.index("references"), "references",
            pa.array([targets or None for targets in table["references"].to_pylist()], pa.list_(pa.uint32()))), {}),
        "null_names": (table.set_column(
            table.column_names.index("reference_names"), "reference_names",
            pa.array([names if set(names) - {None} else None for names in table["reference_names"].to_pylist()],
                     pa.list_(pa.string()))), {}),
    }
    for name, (variant, options) in variants.items():
        pq.write_table(variant, folder / f"{name}.parquet", **options)
    duckdb.sql(f"copy (select * from '{path}') to '{folder}/duckdb.parquet' (format parquet)")


def spoil(path, folder):
    table = pq.read_table(path)
    plain = table.replace_schema_metadata(None)

    def column(name, values, kind):
        return plain.set_column(plain.column_names.index(name), name, pa.array(values, kind))

    def changed(name, row, value, kind):
        values = plain[name].to_pylist()
        values[row] = value
        return column(name, values, kind)

    targets = plain["references"].to_pylist()
    kinds = plain["reference_kinds"].to_pylist()
    row = next(row for row, listed in enumerate(targets) if listed)
    beyond = [list(listed) for listed in targets]
    beyond[row][0] = table.num_rows
    unknown = [list(listed) for listed in kinds]
    unknown[row][0] = 31
    nameless = [list(listed) for listed in targets]
    nameless[row][0] = None
    last = table.num_rows - 1
    metadata = json.loads(table.schema.metadata[b"heapgraph"])
    spoiled = {
        "newer": table.replace_schema_metadata({"heapgraph": json.dumps(metadata | {"format": "2.0", "pid": "odd"})}),
        "no_json": table.replace_schema_metadata({"heapgraph": "{"}),
        "no_type": plain.drop_columns(["type"]),
        "negative_size": changed("size", last, -1, pa.int64()),
        "huge_refcount": changed("refcount", last, 1 << 40, pa.int64()),
        "huge_generation": changed("generation", last, 256, pa.int64()),
        "unknown_generation": changed("generation", last, 7, pa.int64()),
        "unknown_flag": changed("flags", last, 1 << 20, pa.int64()),
        "null_size": changed("size", last, None, pa.int64()),
        "null_type": changed("type", last, None, pa.string()),
        "null_address": changed("address", last, None, pa.uint64()),
        "fractional_address": column("address", plain["address"].to_pylist(), pa.float64()),
        "numeric_type": column("type", list(range(table.num_rows)), pa.int32()),
        "scalar_references": column("references", list(range(table.num_rows)), pa.int32()),
        "numeric_text": column("text", list(range(table.num_rows)), pa.int32()),
        "two_at_one": changed("address", last, plain["address"][last - 1].as_py(), pa.uint64()),
        "beyond": column("references", beyond, pa.list_(pa.int64())),
        "nowhere": column("references", nameless, pa.list_(pa.int64())),
        "unknown_kind": column("reference_kinds", unknown, pa.list_(pa.uint8())),
        "fewer_kinds": column("reference_kinds", [listed[1:] for listed in kinds], pa.list_(pa.uint8())),
        "synthetic_last": changed("flags", last, 1 << 8, pa.int64()),
    }
    for name, table in spoiled.items():
        pq.write_table(table, folder / f"{name}.parquet")
    pq.write_table(plain, folder / "brotli.parquet", compression="brotli")


if __name__ == "__main__":
    command, *paths = sys.argv[1:]
    {"census": census, "rewrite": rewrite, "spoil": spoil}[command](*map(Path, paths))
