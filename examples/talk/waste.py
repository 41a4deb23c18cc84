"""Wastes memory in every way that `heapgraph waste` looks for, and says how much by its own measure."""
import gc
import json
import os
import socket
import sys
import tempfile

gc.disable()
MARK = "a text of this program and of no other"


class Order:
    """Its state is one of a few words, and each order has a string of its own for it."""

    def __init__(self, number):
        self.number = number
        self.state = "".join([MARK, ": ", "open"])
        self.tags = {"".join(["tag-", str(number)]): None}


class Bag:
    """Holds containers by name, so that they are found by it."""

    def __init__(self):
        self.empty_list, self.empty_dict, self.empty_set = [], {}, set()
        self.small_list = []
        self.small_list.append(self)
        self.small_set = {None}
        self.numbered = {1: self}


def rows(number):
    """Waits in the middle, with a buffer of its own."""
    buffer = bytearray(10_000 + number)
    yield number
    return buffer


async def answer(number):
    """Never awaited."""
    payload = bytearray(5_000)
    await NEVER
    return payload


class Never:
    def __await__(self):
        yield


def room(container, add):
    """How many items fit before it grows, found out by adding to one of its kind."""
    size = sys.getsizeof(container)
    number = 0
    while sys.getsizeof(container) <= size:
        number += 1
        add(container, number)
    return len(container) - 1


NEVER = Never()
ORDERS = [Order(number) for number in range(500)]
BYTES = [bytes(bytearray(b"bytes of this program, once more")) for _ in range(40)]
LONG = ["".join([MARK * 5, str(number)[-1:]]) for number in range(30)]
BAGS = [Bag() for _ in range(200)]
ITEMS = [object() for _ in range(1000)]
PAGE = ITEMS[100:350]
COPY = list(ITEMS)
WAITING = [rows(number) for number in range(25)]
for generator in WAITING:
    next(generator)
NOT_STARTED = [rows(number) for number in range(3)]
COROUTINES = [answer(number) for number in range(7)]
for coroutine in COROUTINES:
    coroutine.send(None)
FOLDER = tempfile.TemporaryDirectory()
PATH = os.path.join(FOLDER.name, "log of this program.txt")
LOG = open(PATH, "w")
RAW = open(PATH, "rb", buffering=0)
CLOSED = open(PATH)
CLOSED.close()
SOCKET = socket.socket()

states = [order.state for order in ORDERS]
tags = [order.tags for order in ORDERS]
print(
    json.dumps(
        {
            "state": states[0],
            "states": len(states),
            "state_bytes": sum(map(sys.getsizeof, states[1:])),
            "blob_bytes": sum(map(sys.getsizeof, BYTES[1:])),
            "long_bytes": sum(map(sys.getsizeof, LONG)) - 10 * sys.getsizeof(LONG[0]),
            "tag_room": room(dict(tags[0]), lambda one, number: one.update({"x%d" % number: None})),
            "tag_size": sys.getsizeof(tags[0]),
            "empty_list_size": sys.getsizeof([]),
            "empty_dict_size": sys.getsizeof({}),
            "empty_set_size": sys.getsizeof(set()),
            "small_list_room": room(list(BAGS[0].small_list)[:0] + [None], lambda one, number: one.append(None)),
            "small_list_size": sys.getsizeof(BAGS[0].small_list),
            "small_set_room": room(set(BAGS[0].small_set), lambda one, number: one.add(number)),
            "numbered_room": room({1: None}, lambda one, number: one.update({number: None})),
            "page": id(PAGE),
            "page_size": sys.getsizeof(PAGE),
            "copy_size": sys.getsizeof(COPY),
            "items": id(ITEMS),
            "generators": sum(map(sys.getsizeof, WAITING)),
            "buffers": sum(sys.getsizeof(generator.gi_frame.f_locals["buffer"]) for generator in WAITING),
            "log": LOG.fileno(),
            "raw": RAW.fileno(),
            "socket": SOCKET.fileno(),
            "path": PATH,
        }
    ),
    flush=True,
)
sys.stdin.read()
