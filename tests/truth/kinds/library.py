"""Objects of the standard library's C modules, and of some Python ones that carry unusual state."""
import argparse
import ast
import bz2
import codecs
import concurrent.futures
import configparser
import csv
import ctypes
import datetime
import decimal
import email.message
import fractions
import hashlib
import inspect
import io
import ipaddress
import json
import logging
import lzma
import mmap
import os
import pathlib
import pickle
import queue
import random
import re
import select
import selectors
import socket
import sqlite3
import string
import struct
import tempfile
import threading
import unittest
import uuid
import xml.etree.ElementTree as ElementTree
import zlib

from . import kind


@kind()
def patterns(i):
    pattern = re.compile("(?P<word>a%d)|(b)" % i)
    return pattern, pattern.match("a%d" % i), pattern.search("xxb"), re.compile(b"bytes%d" % i)


@kind()
def memory_files(i):
    text, octets = io.StringIO("text%d" % i), io.BytesIO(b"octets%d" % i)
    text.label = [i]
    octets.label = [i]
    octets.read(2)
    over = io.TextIOWrapper(io.BytesIO(b"line\nline%d\n" % i), encoding="utf-8")
    over.readline()
    return text, octets, octets.getbuffer(), over, io.BufferedReader(io.BytesIO(b"x" * 40)), io.IncrementalNewlineDecoder(None, True)


@kind(every=20)
def real_files(i):
    reader = open(__file__)
    next(reader)
    raw, both = open(os.devnull, "rb", buffering=0), open(os.devnull, "r+b")
    temporary = tempfile.SpooledTemporaryFile()
    temporary.write(b"t")
    pair = io.BufferedRWPair(io.BytesIO(), io.BytesIO())
    return reader, raw, both, temporary, pair, os.scandir("."), mmap.mmap(-1, 4096), pathlib.Path("/tmp") / str(i)


@kind()
def databases(i):
    if i % 20:
        return sqlite3.Row
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    connection.create_function("f", 1, lambda x, keep=[i]: x)
    connection.execute("create table t (a, b)")
    connection.executemany("insert into t values (?, ?)", [(k, "row%d" % k) for k in range(5)])
    cursor = connection.execute("select a, b from t")
    return connection, cursor, cursor.fetchone(), cursor.fetchmany(2)


class Header(ctypes.Structure):
    _fields_ = [("size", ctypes.c_int), ("thing", ctypes.py_object), ("name", ctypes.c_char_p)]


class Either(ctypes.Union):
    _fields_ = [("number", ctypes.c_double), ("octets", ctypes.c_char * 8)]


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)


@kind(every=5)
def foreign(i):
    header = Header(i, [i], b"name%d" % i)
    array = (ctypes.c_int * 5)(*range(5))
    pointer = ctypes.pointer(header)
    pointers = (ctypes.POINTER(ctypes.c_int) * 3)()
    pointers[1] = ctypes.pointer(ctypes.c_int(i))
    return (
        header,
        array,
        pointer,
        pointer.contents,
        pointers,
        Either(2.5),
        ctypes.c_long(i),
        ctypes.c_char_p(b"text%d" % i),
        ctypes.create_string_buffer(100),
        ctypes.byref(header),
        CALLBACK(lambda x, keep=[i]: x),
        ctypes.py_object([i]),
        ctypes.CDLL(None).getpid,
        ctypes.cast(array, ctypes.c_void_p),
    )


@kind()
def packers(i):
    layout = struct.Struct("<q%dsH" % (i % 40))
    return layout, struct.iter_unpack("<h", b"ab" * 4), layout.pack


@kind()
def exact_numbers(i):
    context = decimal.Context(prec=i + 1, traps=[decimal.Inexact])
    return decimal.Decimal(i), decimal.Decimal("1." + "3" * 60), context, context.flags, fractions.Fraction(i, 7)


@kind()
def moments(i):
    zone = datetime.timezone(datetime.timedelta(minutes=i % 600), "zone%d" % i)
    made = [datetime.datetime(2020, 1, 1, tzinfo=zone), datetime.time(1, tzinfo=zone), datetime.date(2020, 1, 2), zone]
    return made, datetime.timedelta(i), datetime.datetime.now(datetime.timezone.utc), datetime.datetime(2021, 1, 1).timetuple()


@kind(since=(3, 9), every=10)
def zones(i):
    import zoneinfo

    try:
        made = zoneinfo.ZoneInfo.no_cache("Europe/Berlin")
    except zoneinfo.ZoneInfoNotFoundError:  # No time zone files on this machine.
        return None
    return made, datetime.datetime(2020, 6, 1, tzinfo=made).utcoffset()


@kind()
def elements(i):
    root = ElementTree.Element("root", {"k": "v%d" % i})
    for k in range(6):
        child = ElementTree.SubElement(root, "child", number=str(k))
        child.text, child.tail = "text%d" % k, [k]
    walk = root.iter("child")
    next(walk)
    parser = ElementTree.XMLPullParser(["start", "end"])
    parser.feed("<a><b c='%d'>t" % i)
    builder = ElementTree.TreeBuilder()
    builder.start("x", {})
    return root, walk, parser if i % 10 == 0 else None, builder, ElementTree.ElementTree(root), root.attrib


@kind()
def picklers(i):
    out = io.BytesIO()
    pickler = pickle.Pickler(out)
    pickler.dump([[i], {i: "x"}])
    if i % 2:
        pickler.dispatch_table = {int: print, str: [i]}
    unpickler = pickle.Unpickler(io.BytesIO(pickle.dumps([[i], {i: [i]}, "m"])))
    unpickler.load()
    return pickler, unpickler, pickler.memo, pickle.PickleBuffer(b"b%d" % i), pickle.PickleBuffer(bytearray(b"b"))


@kind()
def tables(i):
    reader = csv.reader(io.StringIO("a,b\nc,%d\n" % i))
    next(reader)
    return reader, csv.writer(io.StringIO()), csv.DictReader(io.StringIO("a,b\n1,2\n")), csv.get_dialect("excel")


@kind()
def locks(i):
    local = threading.local()
    local.value = [i]
    held = threading.RLock()
    held.acquire()
    barrier = threading.Barrier(2)
    return threading.Lock(), held, threading.Event(), threading.Condition(), threading.Semaphore(i), local, barrier, threading.Timer(9, print, [[i]])


@kind()
def queues(i):
    plain, simple, ranked = queue.Queue(3), queue.SimpleQueue(), queue.PriorityQueue()
    for each in (plain, simple, ranked):
        each.put((i, [i]))
    future = concurrent.futures.Future()
    future.add_done_callback(lambda _, keep=[i]: None)
    return plain, simple, ranked, future


@kind()
def loggers(i):
    logger = logging.getLogger("victim.%d" % (i % 20))
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(logging.Formatter("%(message)s"))
    return logger, handler, logging.LogRecord("n", 10, "p", i, "m %s", ([i],), None), logging.LoggerAdapter(logger, {"k": [i]})


@kind()
def digests(i):
    compressor = zlib.compressobj()
    compressor.compress(b"x" * 50)
    return hashlib.md5(b"%d" % i), hashlib.sha256(), hashlib.blake2b(b"x"), hashlib.sha3_256(), compressor, zlib.decompressobj()


@kind(every=50)
def compressors(i):
    return bz2.BZ2Compressor(), bz2.BZ2Decompressor(), lzma.LZMACompressor(), lzma.LZMADecompressor(), random.Random(i), random.SystemRandom()


@kind(every=50)
def sockets(i):
    left, right = socket.socketpair()
    selector = selectors.DefaultSelector()
    selector.register(left, selectors.EVENT_READ, [i])
    poll, watch = select.poll(), select.epoll()
    poll.register(right, select.POLLIN)
    return left, right, selector, poll, watch, left.makefile("rb")


@kind(every=50)
def secure(i):
    try:
        import ssl
    except ImportError:  # Built without OpenSSL.
        return None
    context = ssl.create_default_context()
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.sni_callback = lambda sock, name, ctx, keep=[i]: None
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    return serving, incoming, context.wrap_bio(incoming, outgoing, server_hostname="example"), ssl.TLSVersion.TLSv1_2


@kind()
def codecs_(i):
    decoder = codecs.getincrementaldecoder("utf-8")()
    decoder.decode(b"\xe2")
    return decoder, codecs.lookup("latin-1"), codecs.getincrementalencoder("shift_jis")(), json.JSONDecoder(), json.JSONEncoder(default=lambda x: [i])


@kind(every=5)
def syntax(i):
    tree = ast.parse("def f(a):\n  return [a, %d, 'x%d']\n" % (i, i))
    return tree, ast.Constant(value=[i]), inspect.signature(lambda a, b=[i], *c, d={i}, **e: None)


@kind(every=10)
def programs(i):
    parser = argparse.ArgumentParser(prog="p%d" % i)
    parser.add_argument("--flag", default=[i])
    settings = configparser.ConfigParser()
    settings.read_dict({"section": {"key": "v%d" % i}})
    message = email.message.EmailMessage()
    message["Subject"] = "s%d" % i
    return parser, settings, message, unittest.TestCase("run"), string.Template("$x%d" % i), string.Formatter()


@kind()
def identifiers(i):
    return uuid.UUID(int=i), ipaddress.ip_address(i), ipaddress.ip_network("10.0.0.0/8"), os.stat(os.devnull), os.times(), os.uname()
