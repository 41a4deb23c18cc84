"""Lists past too many, nested, repeated; tuples, sets, and what one list shares with another."""
import array
import collections

ITEM = object()
MANY = [object() for _ in range(42)]
REPEATED = [ITEM, ITEM, ITEM]
DEEP = [[[[[[ITEM]]]]]]
PAIR = (ITEM, MANY, REPEATED)
SETS = [{("a", 1)}, frozenset({("b", 2)}), set()]
NAMED = collections.namedtuple("Point", "x y")([1], [2])
RING = []
RING.append([RING, ITEM])
HOLDERS = [[ITEM] for _ in range(15)]
MIXED = [1, -1, 10 ** 40, 1.5, 1e300, float("inf"), float("nan"), 1 + 2j, "text", "it's", 'say "hi"', b"bytes", bytearray(b"ab"), None, True, ..., NotImplemented, range(3), range(1, 9, 2), slice(1, 2), memoryview(b"x"), array.array("i", [1, 2])]


class MyList(list):
    pass


class MyTuple(tuple):
    pass


class MyStr(str):
    pass


class MyInt(int):
    pass


OWN = [MyList([1, 2]), MyTuple((1,)), MyStr("x"), MyInt(5)]

QUESTIONS = [
    {"ask": "refs", "of": ["MANY"]},
    {"ask": "refs", "of": ["MANY"], "too_many": 3, "max_depth": 1},
    {"ask": "refs", "of": ["REPEATED"]},
    {"ask": "refs", "of": ["DEEP"], "max_depth": 10},
    {"ask": "refs", "of": ["PAIR"], "too_many": 5},
    {"ask": "refs", "of": ["SETS"]},
    {"ask": "refs", "of": ["RING"]},
    {"ask": "refs", "of": ["OWN"]},
    {"ask": "backrefs", "of": ["ITEM"]},
    {"ask": "backrefs", "of": ["ITEM"], "too_many": 4, "max_depth": 2},
    {"ask": "refs", "of": ["MIXED"], "too_many": 100, "max_depth": 1},
    {"ask": "refs", "of": ["MANY", "REPEATED", "ITEM"], "max_depth": 1},
    {"ask": "backrefs", "of": ["ITEM", "MANY[0]", "MANY[1]"], "max_depth": 2},
    {"ask": "refs", "of": ["MANY"], "max_depth": 0},
    {"ask": "refs", "of": ["MANY"], "too_many": 0},
]
