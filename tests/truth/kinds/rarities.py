"""Types of the standard library that programs seldom hold on to."""
import _json
import _string
import contextvars
import json.encoder
import os
import pyexpat
import random
import sqlite3

from . import kind, run


@kind()
def expat_parsers(i):
    seen = []
    parser = pyexpat.ParserCreate(intern={"shared": i})
    parser.StartElementHandler = lambda name, attributes: seen.append((name, attributes))
    parser.CharacterDataHandler = seen.append
    parser.Parse("<a><b/>text", False)
    return parser, seen


@kind()
def json_encoders(i):
    encode = json.encoder.encode_basestring_ascii
    return _json.make_encoder({}, lambda thing: [thing, i], encode, "  ", ": ", ", ", True, False, True)


@kind(every=5, since=(3, 11))
def sqlite_blobs(i):
    connection = sqlite3.connect(":memory:")
    connection.execute("create table things (data blob)")
    connection.execute("insert into things values (zeroblob(10))")
    connection.set_trace_callback(lambda statement, said=[i]: said.append(statement))
    connection.set_authorizer(lambda *what, asked=[i]: sqlite3.SQLITE_OK)
    return connection.blobopen("things", "data", 1)


@kind()
def contexts_with_many_variables(i):
    context = contextvars.copy_context()
    variables = [contextvars.ContextVar("variable%d" % k, default=[k]) for k in range(40)]
    for variable in variables:
        context.run(variable.set, [i])
    return context, variables, context.items(), iter(context.values())


@kind(every=4)
def directory_entries(i):
    with os.scandir(os.path.dirname(os.path.abspath(__file__))) as entries:
        kept = list(entries)[: i % 5 + 1]
    for entry in kept:
        entry.stat()
    return kept


@kind()
def format_iterators(i):
    text = "{0.first[%d]!r:>{width}} and more" % i
    rest = _string.formatter_field_name_split("first.second[%d]" % i)[1]
    return _string.formatter_parser(text), rest, random.Random(i)


@kind(since=(3, 10))
def awaitables_of_anext(i):
    made = run("async def numbers(n):\n    yield [n]\n", anext=anext)
    awaitable = anext(made["numbers"](i), [i])
    return awaitable, directory_entries.__code__.co_lines()
