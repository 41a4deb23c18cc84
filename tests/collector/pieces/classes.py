"""Classes made at run time that die, with their metaclasses, instances and descriptors."""
import abc
import ctypes
import dataclasses
import enum
import typing

from . import attributes, piece


@piece()
def made_class(rng, held):
    class Made:
        first = held[0]

        def method(self):
            return Made

    Made.itself = rng.choice((None, Made, Made()))
    return Made, attributes(Made)


@piece()
def made_slots(rng, held):
    class Made:
        __slots__ = ("one", "two")

    thing = Made()
    thing.one, thing.two = held[0], Made.one

    def put(other):
        thing.two = other

    return thing, put


@piece()
def family(rng, held):
    """`super()` makes a cell that refers to the class; bases know their subclasses weakly."""

    class Base:
        def __init__(self, thing):
            self.thing = thing

    class Child(Base):
        def __init__(self, thing):
            super().__init__(thing)
            self.parent = super()

    thing = Child(held[0])
    return thing, attributes(rng.choice((thing, Base, Child)))


@piece()
def metaclass(rng, held):
    class Meta(type):
        def __new__(cls, name, bases, space):
            made = super().__new__(cls, name, bases, space)
            made.held = held[0]
            return made

    class Made(metaclass=Meta):
        pass

    return rng.choice((Made, Made())), attributes(rng.choice((Made, Meta)))


@piece()
def abstract_class(rng, held):
    class Abstract(abc.ABC):
        @abc.abstractmethod
        def method(self):
            return held

    class Concrete(Abstract):
        def method(self):
            return self

    thing = Concrete()
    isinstance(thing, Abstract), isinstance(1, Abstract)
    return thing, attributes(Abstract)


@piece()
def made_by_helpers(rng, held):
    record = dataclasses.make_dataclass("Made", ["field"])(held[0])
    colour = enum.Enum("Colour", "RED GREEN")
    tuples = typing.NamedTuple("Tuples", [("x", int)])(held[-1])
    made = [record, colour.RED, tuples]
    return made[rng.randint(0, 2)] if rng.random() < 0.5 else made, attributes(record)


@piece()
def generic_class(rng, held):
    variable = typing.TypeVar("T")

    class Made(typing.Generic[variable]):
        held_by_class = held[0]

    thing = Made()
    thing.held = held[-1]
    return thing, attributes(thing)


@piece()
def made_structure(rng, held):
    class Made(ctypes.Structure):
        _fields_ = [("x", ctypes.c_int)]

    thing = Made(1)
    thing.held = held[0]
    return thing, attributes(thing)


@piece()
def class_with_odd_dict(rng, held):
    space = {"attribute%d" % number: held[0] for number in range(3)}
    space["descriptor"] = property(lambda self: held)
    Made = type("Made", (list,), space)
    thing = Made(held)
    return thing, thing.append
