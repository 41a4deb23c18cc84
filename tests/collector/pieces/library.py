"""Types of the standard library that are written in C, in cycles."""
import array
import csv
import ctypes
import datetime
import io
import json
import os
import pickle
import queue
import sqlite3
import xml.etree.ElementTree
import xml.parsers.expat

from . import attributes, hashable, piece
from .instances import Plain


class Bytes(io.BytesIO):
    pass


class Text(io.StringIO):
    pass


@piece(blurs=True)
def memory_file(rng, held):
    thing = rng.choice((Bytes, Text, io.BytesIO, io.StringIO))()
    thing.held = held[0]
    return thing, attributes(thing)


@piece(blurs=True)
def wrapped_file(rng, held):
    raw = Bytes(b"one\ntwo\n")
    text = io.TextIOWrapper(io.BufferedReader(raw))
    raw.held, text.held = held[0], held[-1]
    text.readline()
    return rng.choice((text, raw)), attributes(rng.choice((text, raw)))


@piece(blurs=True)
def real_file(rng, held):
    file = open(os.devnull, "rb", buffering=rng.choice((0, -1)))
    file.held = held[0]
    return file, attributes(file)


class Buffer(bytearray):
    pass


class Numbers(array.array):
    pass


@piece()
def memory_view(rng, held):
    buffer = rng.choice((Buffer(b"buffer"), Numbers("B", b"buffer")))
    buffer.held = held[0]
    view = memoryview(buffer)[1:3]
    return rng.choice((view, [view, buffer])), attributes(buffer)


class Zone(datetime.tzinfo):
    def utcoffset(self, when):
        return datetime.timedelta(0)


@piece()
def dates(rng, held):
    """A datetime is not tracked: what its zone holds is held from outside."""
    zone = Zone()
    zone.held = held[0]
    when = datetime.datetime(2000, 1, 1, tzinfo=zone) if rng.random() < 0.5 else datetime.timezone.utc
    return [zone, when], attributes(zone)


class Element(xml.etree.ElementTree.Element):
    pass


@piece()
def elements(rng, held):
    root = Element("root")
    child = xml.etree.ElementTree.SubElement(root, "child", {"held": held[0]})
    child.text = held[-1]
    root.held = child
    return rng.choice((root, child)), attributes(root)


@piece()
def parser(rng, held):
    made = xml.parsers.expat.ParserCreate()
    items = list(held)
    made.StartElementHandler = lambda *names: items
    made.EndElementHandler = items.append
    return made, items.append


@piece()
def json_parts(rng, held):
    items = list(held)
    encoder = json.JSONEncoder(default=lambda x: items)
    decoder = json.JSONDecoder(object_hook=lambda x: items)
    return [encoder, decoder, decoder.scan_once], items.append


@piece()
def csv_parts(rng, held):
    items = list(held)
    file = Text("a,b\nc,d\n")
    file.held = items
    reader, writer = csv.reader(file), csv.DictWriter(file, ["a"])
    next(reader)
    return rng.choice((reader, writer)), items.append


class Pickler(pickle.Pickler):
    pass


@piece(blurs=True)
def pickler(rng, held):
    """Its memo holds what it has written."""
    file = Bytes()
    made = Pickler(file)
    known = {"known": [1, 2]}
    made.dump([known, known])
    file.held = [made, known, *held]
    return made, attributes(made)


@piece(blurs=True)
def database(rng, held):
    items = list(held)
    connection = sqlite3.connect(":memory:")
    connection.create_function("f", 0, lambda: items)
    connection.row_factory = lambda *row: items
    cursor = connection.execute("select 1 union select 2")
    cursor.row_factory = sqlite3.Row
    return rng.choice((connection, cursor)), items.append


@piece()
def queues(rng, held):
    made = rng.choice((queue.SimpleQueue, queue.Queue, queue.PriorityQueue))()
    made.put(held[0])
    return made, made.put if not isinstance(made, queue.PriorityQueue) else None


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)


@piece()
def foreign_callback(rng, held):
    items = list(held)
    made = CALLBACK(lambda number: len(items))
    made.held = held[0]
    return made, items.append


@piece()
def sets_of_instances(rng, held):
    thing = Plain()
    thing.seen = {hashable(thing), *map(hashable, held)}
    return thing, attributes(thing)
