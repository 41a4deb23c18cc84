"""One of every kind, asked in full: the order in which a type's fields are visited decides what a limit cuts."""
import asyncio
import collections
import functools
import io
import itertools
import operator
import re
import sys
import threading
import types
import weakref


class Base:
    def __init__(self, held):
        self.b, self.a, self.c = held, [held], (held,)


class Slots:
    __slots__ = ("y", "x", "z")

    def __init__(self):
        self.z, self.y, self.x = ["z"], ["y"], ["x"]


class Both(Slots):
    def __init__(self):
        super().__init__()
        self.d = ["d"]


class Meta(type):
    pass


class Class(Base, metaclass=Meta):
    """Its own words."""

    held = ["held"]

    def method(self, one=[1], *, two=[2]) -> [3]:
        return self, one, two, __class__


class MyList(list):
    pass


class MyDict(dict):
    pass


class MyTuple(tuple):
    pass


class MySet(set):
    pass


class MyInt(int):
    pass


class MyError(Exception):
    pass


class MyThread(threading.local):
    pass


def generator(argument):
    one, two = [1], [2]
    yield one
    yield two, argument


async def coroutine(argument):
    one = [argument]
    await asyncio.sleep(1, one)


def closure(b, a):
    c = [1]

    def inner(x=[4], *, y=[5]) -> "z":
        """Words."""
        return a, b, c, x, y

    inner.attribute = [6]
    return inner


def failing(argument):
    try:
        raise KeyError(argument)
    except KeyError as error:
        raise MyError(argument, [2]) from error


def frame_of(argument, other):
    local, another = [argument], [other]
    return sys._getframe()


def filled(kind, *items):
    thing = kind(*items)
    thing.attribute = ["attribute"]
    return thing


HELD = ["held"]
GENERATOR = generator(HELD)
next(GENERATOR)
COROUTINE = coroutine(HELD)
try:
    failing(HELD)
except MyError as caught:
    ERROR = caught
PLAIN, WITH_DICT = Base(HELD), Base(HELD)
WITH_DICT.__dict__
THINGS = {
    "plain": PLAIN, "with dict": WITH_DICT, "slots": Slots(), "both": Both(), "class": Class, "meta": Meta, "instance": Class(HELD),
    "list": filled(MyList, [HELD, []]), "dict": filled(MyDict, {"a": HELD, 1: []}), "tuple": filled(MyTuple, (HELD, [])), "set": filled(MySet, {(1, 2), ("a",)}), "int": filled(MyInt, 5),
    "generator": GENERATOR, "fresh": generator([HELD]), "coroutine": COROUTINE, "frame": frame_of(HELD, [1]), "error": ERROR, "traceback": ERROR.__traceback__,
    "function": closure([7], [8]), "method": Class(HELD).method, "plain function": generator, "code": closure.__code__,
    "partial": functools.partial(generator, HELD, key=[1]), "cached": functools.lru_cache(maxsize=10)(generator), "property": property(generator, closure, failing, "words"),
    "classmethod": classmethod(generator), "staticmethod": staticmethod(generator), "weak": weakref.ref(PLAIN, generator), "super": super(Class, Class(HELD)), "proxy": types.MappingProxyType({"a": HELD}),
    "deque": filled(type("MyDeque", (collections.deque,), {}), [HELD, []]), "ordered": collections.OrderedDict(b=[1], a=HELD), "default": collections.defaultdict(generator, a=HELD), "counter": collections.Counter(["x"]),
    "chain": itertools.chain([HELD], [1]), "zip": zip([HELD], [1]), "map": map(generator, [HELD]), "groups": itertools.groupby([HELD], generator), "product": itertools.product([HELD], [1]), "tee": itertools.tee([HELD])[0],
    "itemgetter": operator.itemgetter(1, "a"), "attrgetter": operator.attrgetter("a.b"), "pattern": re.compile("(a)"), "match": re.match("(a)", "a"), "namespace": types.SimpleNamespace(b=[1], a=HELD),
    "text": io.StringIO("x"), "module": types.ModuleType("made"), "alias": list[int], "local": MyThread(), "slice": slice([1], [2], [3]), "cell": closure.__closure__, "enumerate": enumerate([HELD]), "reversed": reversed([HELD]),
    "condition": threading.Condition(), "thread": threading.current_thread(), "builtin": [].append, "descriptor": Slots.x, "wrapper": (1).__add__,
}
THINGS["deque"].append(HELD)

QUESTIONS = [{"ask": "refs", "of": ["THINGS[{!r}]".format(name)], "max_depth": 1, "too_many": 1000} for name in THINGS]
QUESTIONS += [{"ask": "refs", "of": ["THINGS[{!r}]".format(name)], "max_depth": 1, "too_many": 2} for name in THINGS]
QUESTIONS += [{"ask": "backrefs", "of": ["HELD"], "max_depth": 1, "too_many": 1000}, {"ask": "backrefs", "of": ["HELD"], "max_depth": 2, "too_many": 5}]
