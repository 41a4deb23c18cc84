"""Which words are in a Parquet file, as other programs read it.

    reveal.py WORD... -- FILE...    prints a JSON object a file: how many bytes were decompressed, and where which
                                    word is

Looks at the bytes as they are, into every Zstandard frame, wherever one begins (pages of values, dictionaries that
nothing refers to), and at all text of every column by pyarrow.
"""
import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

MAGIC = b"\x28\xb5\x2f\xfd"


def frames(raw):
    """All that is compressed in it."""
    at = raw.find(MAGIC)
    while at >= 0:
        try:
            yield zstandard.ZstdDecompressor().decompressobj().decompress(raw[at:])
        except zstandard.ZstdError:
            pass  # four bytes that happen to look like a beginning
        at = raw.find(MAGIC, at + 1)


def texts(column):
    """Every text of a column, once: in lists and dictionaries too."""
    for chunk in column.chunks:
        while pa.types.is_list(chunk.type):
            chunk = chunk.flatten()
        if pa.types.is_dictionary(chunk.type):
            chunk = chunk.dictionary
        if pa.types.is_string(chunk.type) or pa.types.is_large_string(chunk.type):
            yield from (text for text in chunk.unique().to_pylist() if text is not None)


def look(path, words):
    with open(path, "rb") as file:
        raw = file.read()
    table = pq.read_table(path)
    values = "\n".join(text for column in table.columns for text in texts(column)).encode()
    pages = b"\n".join(frames(raw))
    places = {"bytes": raw, "pages": pages, "values": values}
    found = {word: [name for name, place in places.items() if word.encode() in place] for word in words}
    return {"pages": len(pages), "values": len(values), "found": found}


def main():
    split = sys.argv.index("--")
    for path in sys.argv[split + 1:]:
        print(json.dumps(look(path, sys.argv[1:split])))


main()
