"""Holds a secret in every place where a program may have one, prints what its secrets are, and waits.

Started with one secret in argv and one in the environment; every secret has the same beginning and a number.
"""
import array
import asyncio
import collections
import contextvars
import dataclasses
import datetime
import enum
import functools
import json
import os
import pathlib
import re
import sys
import tempfile
import threading
import types

SECRET = "planted-secret-%d"
NUMBER = 918273645546372819


class Customer:
    def __init__(self, name):
        self.card_number = name
        self.extra = {SECRET % 3: SECRET % 4, NUMBER: "a number as key", b"planted-secret-5": 1.0}


class Slotted:
    __slots__ = ("api_token",)

    def __init__(self):
        self.api_token = SECRET % 6


class Attributes(dict):
    """A dict that is its own namespace: its keys are data all the same."""

    def __init__(self, **items):
        dict.__init__(self, items)
        self.__dict__ = self


@dataclasses.dataclass
class Record:
    token: str
    amount: int


class Level(enum.Enum):
    SECRET_LEVEL = SECRET % 17


class Text(str):
    pass


class Failure(Exception):
    def __str__(self):
        return SECRET % 18


Pair = collections.namedtuple("Pair", "left right")


def generate():
    held_by_generator = SECRET % 19
    yield held_by_generator


async def wait_for_ever():
    held_by_coroutine = SECRET % 20
    await asyncio.sleep(0, held_by_coroutine)


def closed_over(inner):
    return lambda: inner


@functools.lru_cache(None)
def cached(key):
    return [key]


def with_words(*words, **named):
    """Waits in another thread, with its own frame."""
    ready.set()
    threading.Event().wait(None if words and named else 0)


def raised():
    try:
        try:
            {}[SECRET % 21]
        except KeyError as error:
            raise Failure(SECRET % 22, NUMBER) from error
    except Failure as error:
        return error


def charge(customer, amount_due):
    local_password = SECRET % 7
    try:
        raise ValueError(SECRET % 8)
    except ValueError as error:
        kept_error = error
    nested = {("tuple", SECRET % 9): [SECRET % 10], frozenset([SECRET % 11]): bytearray(b"planted-secret-12")}
    print(json.dumps({"pid": os.getpid(), "amount_due": amount_due}), flush=True)
    sys.stdin.read()
    return local_password, kept_error, nested


MODULE_LEVEL = [Customer(SECRET % 2), Slotted(), pathlib.Path("/" + SECRET % 13) / "file", NUMBER, NUMBER * 1.5]
DYNAMIC = Attributes(**{"planted_secret_14".replace("_", "-"): SECRET % 15})
SPLIT = vars(Customer("dropped"))
threading.Thread(target=threading.Event().wait, name=SECRET % 16, daemon=True).start()
ready = threading.Event()
arguments = {"args": (SECRET % 23,), "kwargs": {"named": SECRET % 24}}
threading.Thread(target=with_words, daemon=True, **arguments).start()
ready.wait()

folder = tempfile.TemporaryDirectory(prefix=SECRET % 25)
os.chdir(folder.name)
opened = open(os.path.join(folder.name, SECRET % 26), "w+b")
text_file = open(os.path.join(folder.name, SECRET % 27), "w")
steps = generate()
next(steps)
coroutine = wait_for_ever()
coroutine.send(None)
variable = contextvars.ContextVar("variable")
variable.set(SECRET % 28)
os.environ["ADDED_LATER"] = SECRET % 29
tree = {1: {2: [{SECRET % 30}]}}
VARIOUS = [
    Record(SECRET % 31, NUMBER), Level, Text(SECRET % 32), raised(), Pair(SECRET % 33, NUMBER),
    closed_over(SECRET % 34), cached(SECRET % 35), functools.partial(print, SECRET % 36, sep=SECRET % 37),
    collections.deque([SECRET % 38]), collections.defaultdict(list, {SECRET % 39: [NUMBER]}),
    collections.OrderedDict({SECRET % 40: 1}), types.MappingProxyType({SECRET % 41: 1}),
    re.compile(SECRET % 42), memoryview(b"planted-secret-43"), array.array("b", b"planted-secret-44"),
    complex(NUMBER, 1), {NUMBER}, frozenset([SECRET % 45]), slice(SECRET % 46), iter([SECRET % 47]),
    datetime.timezone(datetime.timedelta(hours=1), SECRET % 48), types.SimpleNamespace(attribute=SECRET % 49),
    pathlib.PurePosixPath("/", SECRET % 50, "file"), (SECRET % 51).encode("utf-16"), {"\U0001f600" + SECRET % 52: 1},
    {("x" * 70 + SECRET % 53): SECRET % 54}, dict(vars(Customer("copied"))), {**vars(Record(SECRET % 55, 1))}.values(),
    {float("1.%d" % NUMBER): 1, -NUMBER: 2, complex(1, NUMBER): 3, True: SECRET % 56},
]
charge(MODULE_LEVEL[0], NUMBER)
