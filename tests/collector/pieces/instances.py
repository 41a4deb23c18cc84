"""Instances of classes that stay."""
import ctypes
import dataclasses
import decimal
import enum
import random
import string
import threading
import typing

from . import attributes, piece


class Plain:
    def method(self):
        return self


class Slotted:
    __slots__ = ("first", "last", "more", "__weakref__")


class SlottedChild(Slotted):
    __slots__ = ("own",)


class SlotsAndDict(Slotted):
    pass


@piece()
def instance(rng, held):
    thing = Plain()
    thing.first, thing.again = held[0], held[0]
    if rng.random() < 0.3:
        thing.__dict__  # Since 3.11 this makes a dict of what was inline.
    return thing, attributes(thing)


@piece()
def instance_with_odd_keys(rng, held):
    thing = Plain()
    thing.__dict__[1] = held[0]
    for number in range(rng.choice((1, 40))):
        setattr(thing, "number%d" % number, number)
    return thing, attributes(thing)


@piece()
def instance_with_foreign_dict(rng, held):
    thing, other = Plain(), Plain()
    thing.__dict__ = other.__dict__ = {"held": held[0]}
    return thing, attributes(other)


@piece()
def instance_without_dict(rng, held):
    thing = Plain()
    thing.gone = held[0]
    thing.__dict__ = {"held": held[-1]}
    del thing.__dict__
    thing.held = held[0]
    return thing, attributes(thing)


@piece()
def slots(rng, held):
    thing = rng.choice((Slotted, SlottedChild))()
    thing.first, thing.last = held[0], held[-1]

    def put(other):
        thing.more = other

    return thing, put


@piece()
def slots_and_dict(rng, held):
    thing = SlotsAndDict()
    thing.first = held[0]
    return thing, attributes(thing)


@dataclasses.dataclass
class Record:
    name: str
    parts: list = dataclasses.field(default_factory=list)


@piece()
def record(rng, held):
    thing = Record("record", list(held))
    return thing, thing.parts.append


class Number(int):
    pass


class Text(str):
    pass


class Fraction(decimal.Decimal):
    pass


class Broken(Exception):
    pass


@piece()
def atoms_with_attributes(rng, held):
    thing = rng.choice((Number, Text, Fraction))("7")
    thing.held = held[0]
    return thing, attributes(thing)


@piece()
def exception(rng, held):
    error = rng.choice((Broken, ValueError, OSError, KeyError))(*held)
    error.__context__ = KeyError(held[-1])
    return error, attributes(error)


@piece()
def raised(rng, held):
    """With a traceback, and so with frames and their variables."""

    def fall(depth, held):
        variable = held[0]
        if depth:
            fall(depth - 1, held)
        raise Broken(variable)

    try:
        fall(rng.randint(0, 3), held)
    except Broken as error:
        kept = error
    return kept, attributes(kept)


class Structure(ctypes.Structure):
    _fields_ = [("number", ctypes.c_int), ("thing", ctypes.py_object)]


#: The base of all that ctypes makes.
DATA = ctypes.Structure.__base__


def not_foreign(thing):
    """ctypes takes its own objects for values to convert."""
    return [thing] if isinstance(thing, DATA) else thing


@piece()
def foreign_structure(rng, held):
    thing = Structure(1, not_foreign(held[0]))
    thing.attribute = held[-1]
    return thing, attributes(thing)


@piece()
def foreign_objects(rng, held):
    first = not_foreign(held[0])
    array = (ctypes.py_object * 3)(first, not_foreign(held[-1]), first)
    pointer = ctypes.pointer(Structure(1, first))
    items = [array, pointer, pointer.contents, ctypes.py_object(first)]
    return items, items.append


class Colour(enum.Enum):
    RED = 1


@piece()
def odds(rng, held):
    """Instances of classes of the library, with attributes."""
    make = rng.choice((random.Random, string.Formatter, threading.Event, threading.Condition, threading.RLock))
    thing = [make(), Colour.RED, typing.List[int]]
    thing.extend(held)
    return thing, thing.append


class Cloned(random.Random):
    pass


@piece()
def seeded(rng, held):
    thing = Cloned(1)
    thing.held = held[0]
    return thing, attributes(thing)


@piece()
def thread_local(rng, held):
    space = threading.local()
    space.held = held[0]
    return space, attributes(space)
