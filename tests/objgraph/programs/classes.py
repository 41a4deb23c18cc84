"""Modules, classes, metaclasses, enums, data classes, abstract ones."""
import abc
import collections
import dataclasses
import enum
import sys
import types


class Meta(type):
    def __del__(cls):
        pass


class Base:
    class Inner:
        pass


class Child(Base, metaclass=type):
    held = {"by": ["class"]}


class WithMeta(metaclass=Meta):
    pass


class Abstract(abc.ABC):
    @abc.abstractmethod
    def do(self):
        pass


class Colour(enum.Enum):
    RED = [1]
    BLUE = 2


@dataclasses.dataclass
class Data:
    first: int
    second: list


class Generic(collections.UserDict):
    pass


MODULE = types.ModuleType("not_registered")
MODULE.content = [MODULE]
INNER, CHILD, META, DATA = Base.Inner(), Child(), WithMeta(), Data(1, [2])
USER = Generic(a=[1])
PROXY = types.MappingProxyType({"a": [1]})
ALIAS = list[int]
UNION = int | str if sys.version_info >= (3, 10) else None
HELD = Child.held["by"]

QUESTIONS = [
    {"ask": "refs", "of": ["Child"], "max_depth": 2, "too_many": 30},
    {"ask": "refs", "of": ["Child"], "max_depth": 2, "too_many": 4},
    {"ask": "refs", "of": ["WithMeta"], "max_depth": 1},
    {"ask": "refs", "of": ["META"], "max_depth": 2},
    {"ask": "refs", "of": ["INNER"], "max_depth": 2, "long_names": True},
    {"ask": "refs", "of": ["Abstract"], "max_depth": 1, "too_many": 30},
    {"ask": "refs", "of": ["Colour.RED"], "max_depth": 2},
    {"ask": "refs", "of": ["DATA"], "max_depth": 1},
    {"ask": "refs", "of": ["USER"], "max_depth": 3, "filter": ["!type"]},
    {"ask": "refs", "of": ["MODULE"], "max_depth": 3},
    {"ask": "backrefs", "of": ["MODULE.content"], "max_depth": 4},
    {"ask": "refs", "of": ["PROXY", "ALIAS", "UNION"], "max_depth": 2},
    {"ask": "backrefs", "of": ["HELD"], "max_depth": 4},
    {"ask": "backrefs", "of": ["Base"], "max_depth": 2, "too_many": 20},
    {"ask": "backrefs", "of": ["sys.modules['program']"]},
    {"ask": "refs", "of": ["sys.modules['program']"], "max_depth": 2, "too_many": 5},
    {"ask": "refs", "of": ["types"], "max_depth": 2},
    {"ask": "chain", "of": ["INNER"]},
    {"ask": "chain", "of": ["HELD"]},
]
