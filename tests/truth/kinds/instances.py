"""Instances: where their attributes may live (inline, own dict, slots), and what they may be besides."""
import abc
import dataclasses
import enum
import functools
import types
import typing

from . import kind, run


class Plain:
    pass


class Empty:
    pass


class Wide:
    def __init__(self, i):
        for k in range(40):
            setattr(self, "field%d" % k, [i])


class Slotted:
    __slots__ = ("first", "second", "never")


class Weakable(Slotted):
    __slots__ = ("third", "__weakref__")


class SlotsAndDict(Slotted):
    __slots__ = ("third", "__dict__")


class Grown(Slotted):
    """Slots below, inline values above."""


class Finalized:
    def __del__(self):
        pass


class Dynamic:
    def __getattr__(self, name):
        return name


class Lazy:
    @functools.cached_property
    def costly(self):
        return [self]


class Whole(int):
    pass


class Real(float):
    pass


class Imaginary(complex):
    pass


class Text(str):
    pass


class Octets(bytes):
    pass


class Growing(bytearray):
    pass


class Failure(Exception):
    def __init__(self, *args, **more):
        super().__init__(*args)
        self.more = more


class Namespace(types.ModuleType):
    pass


class Meta(type):
    registry = {}

    def __new__(mcs, name, bases, body, **options):
        cls = super().__new__(mcs, name, bases, dict(body))
        cls.options = options
        mcs.registry[name] = cls
        return cls


class Shape(metaclass=Meta, sides=[3, 4]):
    unit = [1]

    def __init_subclass__(cls, **options):
        super().__init_subclass__()


class Abstract(abc.ABC):
    @abc.abstractmethod
    def area(self):
        raise NotImplementedError


@Abstract.register
class Concrete:
    pass


class Colour(enum.Enum):
    RED = [1]
    GREEN = [2]


class Access(enum.IntFlag):
    READ = 1
    WRITE = 2


@dataclasses.dataclass
class Record:
    number: int
    items: list
    extra: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Fixed:
    number: int
    label: str


class Row(typing.NamedTuple):
    key: str
    value: list


@kind()
def inline(i):
    plain = Plain()
    plain.number, plain.items, plain.label = i, [i], "label%d" % i
    fewer = Plain()
    fewer.number, fewer.items = i, [i]
    del fewer.number
    other_order = Plain()
    other_order.label, other_order.number = [i], [i]
    return plain, fewer, other_order, Empty(), Wide(i)


@kind()
def materialised(i):
    asked = Plain()
    asked.number, asked.items = i, [i]
    vars(asked)
    written = Plain()
    written.__dict__["w%d" % (i % 50)] = [i]
    written.later = [i]
    replaced = Plain()
    replaced.old = [i]
    replaced.__dict__ = {"new": [i], "shared": "s"}
    cleared = Plain()
    cleared.gone = [i]
    del cleared.gone
    odd = Plain()
    vars(odd)[i] = [i]
    vars(odd)["text"] = [i]
    shared = Plain()
    shared.__dict__ = asked.__dict__
    dropped = Plain()
    dropped.kept = [i]
    keep_dict = dropped.__dict__
    del dropped
    return asked, written, replaced, cleared, odd, shared, keep_dict


@kind()
def slots(i):
    bare = Slotted()
    full = Slotted()
    full.first, full.second = [i], {i: full}
    weakable = Weakable()
    weakable.first, weakable.third = full, (i, [i])
    both = SlotsAndDict()
    both.first, both.third, both.free = [i], {1: 2}, [i]
    grown = Grown()
    grown.second, grown.free = [i], [i]
    return bare, full, weakable, both, grown


@kind()
def subclasses_of_builtins(i):
    made = [Whole(10**30 + i), Whole(3), Real(i), Imaginary(i, 1), Text("h\u20acllo%d" % i), Text("ascii"), Octets(b"o")]
    made.append(Growing(b"g%d" % i))
    for k, thing in enumerate(made):
        thing.label = [i, k]
    space = Namespace("space%d" % i)
    space.value = [i]
    return made, Whole(5), space, types.ModuleType("plain%d" % i, "doc")


@kind()
def with_methods(i):
    lazy = Lazy()
    lazy.costly
    dynamic = Dynamic()
    dynamic.real = [i]
    finalized = Finalized()
    finalized.loop = finalized
    return lazy, dynamic, finalized, Finalized()


@kind()
def records(i):
    return Record(i, [i]), Fixed(i, "f%d" % i), Row("r%d" % i, [i]), Colour.RED, Access.READ | Access.WRITE, Concrete()


@kind(since=(3, 10))
def slotted_records(i, made={}):
    if not made:
        made["class"] = run(
            "@d.dataclass(slots=True)\nclass Compact:\n    number: int\n    items: list\n", d=dataclasses, __name__=__name__
        )["Compact"]
    return made["class"](i, [i])


@kind(every=10)
def classes(i):
    class Local:
        attribute = [i]

        def method(self):
            return super().__init__, i

    class Derived(Local, Plain):
        __slots__ = ()

    class Described:
        __slots__ = {"documented": "text of a slot", "other": None}

    made = type("Made%d" % i, (Plain, Slotted), {"body": [i], "__module__": "made"})
    shape = Meta("Shape%d" % i, (Shape,), {"unit": [i]})
    nameless = type("Nameless%d" % i, (), {"__module__": None})
    described = Described()
    described.documented = [i]
    instance = made()
    instance.first, instance.free = [i], [i]
    return Local, Derived, Described, made, shape, shape(), nameless(), described, instance, Derived()


@kind()
def errors(i):
    def fail():
        local = [i]
        raise Failure(i, local, code=[i])

    try:
        try:
            fail()
        except Failure as inner:
            raise ValueError("outer %d" % i) from inner
    except ValueError as caught:
        chained = caught
    try:
        try:
            {}[i]
        except KeyError:
            raise OSError(2, "no such thing", "file%d" % i)
    except OSError as caught:
        context = caught
    kinds = [UnicodeDecodeError("utf8", b"x", 0, 1, "why"), UnicodeEncodeError("ascii", "\xe9", 0, 1, "why"), StopIteration([i])]
    kinds += [ImportError("m", name="n%d" % i, path="p"), SyntaxError("s", ("f", 1, 2, "t%d" % i)), SystemExit([i])]
    kinds += [AttributeError("a"), NameError("n"), RecursionError(), Exception(), Exception([i]), UnicodeTranslateError("t", 0, 1, "r")]
    return chained, context, chained.__traceback__, context.__traceback__.tb_frame, kinds


@kind(since=(3, 11))
def error_groups(i):
    group = ExceptionGroup("group", [ValueError([i]), ExceptionGroup("inner", [KeyError(i)])])  # noqa: F821
    try:
        raise group
    except ExceptionGroup as caught:  # noqa: F821
        caught.add_note("note %d" % i)
        return caught, group.split(ValueError), BaseExceptionGroup("base", [SystemExit(i)])  # noqa: F821
