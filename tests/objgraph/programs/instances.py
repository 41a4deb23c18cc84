"""Instances: with a dict of their own, with slots, with both, with inline values, with properties that lie."""
import collections


class Plain:
    def __init__(self, held):
        self.held, self.items, self.number = held, [held], 7


class Slots:
    __slots__ = ("first", "second", "never")

    def __init__(self, held):
        self.first, self.second = held, (held,)


class Both(Slots):
    def __init__(self, held):
        super().__init__(held)
        self.third = [held]


class Many:
    def __init__(self):
        for number in range(40):
            setattr(self, "attribute_{}".format(number), [number])


class Falsy(list):
    def __init__(self):
        self.method = self.call

    def call(self):
        pass


class Empty:
    pass


class Named:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return "<named {!r}>".format(self.name)


class Liar:
    @property
    def __class__(self):
        return Plain


class Failing:
    def __repr__(self):
        raise ValueError("no")


HELD = {"held": "by all"}
PLAIN, SLOTS, BOTH, MANY, FALSY, EMPTY = Plain(HELD), Slots(HELD), Both(HELD), Many(), Falsy(), Empty()
WITH_DICT = Plain(HELD)
WITH_DICT.__dict__["spare"] = [HELD]
DYNAMIC = Empty()
DYNAMIC.__dict__ = {"given": HELD}
NAMED = [Named("one"), Named("two\nlines"), Named("x" * 60)]
BY_NAME = {Named("key"): [HELD], "value": Named('quoted "value" \\')}
LIAR, FAILING = Liar(), [Failing()]
POINT = collections.namedtuple("Point", "x y")([1], HELD)
SPACE = __import__("types").SimpleNamespace(a=[1], b=HELD)

QUESTIONS = [
    {"ask": "refs", "of": ["PLAIN"]},
    {"ask": "refs", "of": ["SLOTS"]},
    {"ask": "refs", "of": ["BOTH"], "max_depth": 4},
    {"ask": "refs", "of": ["MANY"]},
    {"ask": "refs", "of": ["FALSY"], "max_depth": 2},
    {"ask": "refs", "of": ["EMPTY"], "max_depth": 2},
    {"ask": "refs", "of": ["WITH_DICT"], "max_depth": 2},
    {"ask": "refs", "of": ["DYNAMIC"], "max_depth": 2},
    {"ask": "refs", "of": ["NAMED", "BY_NAME"], "max_depth": 2},
    {"ask": "refs", "of": ["LIAR"], "max_depth": 2},
    {"ask": "refs", "of": ["FAILING"], "max_depth": 1},
    {"ask": "refs", "of": ["(POINT,)[0]", "SPACE"], "max_depth": 2},
    {"ask": "backrefs", "of": ["HELD"], "too_many": 30},
    {"ask": "backrefs", "of": ["HELD"]},
    {"ask": "backrefs", "of": ["PLAIN"], "max_depth": 4},
    {"ask": "backrefs", "of": ["Plain"], "max_depth": 2},
    {"ask": "chain", "of": ["HELD"]},
    {"ask": "refs", "of": ["PLAIN", "SLOTS"], "long_names": True, "max_depth": 2},
    {"ask": "refs", "of": ["PLAIN"], "refcounts": True, "max_depth": 2, "filter": ["!type", "!int"]},
    {"ask": "backrefs", "of": ["HELD"], "refcounts": True, "max_depth": 2, "filter": ["!module"]},
]
