"""Weak references, finalizers, cycles."""
import functools
import weakref


class Node:
    def __init__(self, name):
        self.name, self.parent, self.children = name, None, []

    def add(self, other):
        other.parent = self
        self.children.append(other)
        return other

    def __del__(self):
        pass


class Quiet:
    pass


class Cached(Quiet):
    __slots__ = ("other",)


def gone(reference):
    pass


ROOT = Node("root")
for number in range(3):
    ROOT.add(Node("child {}".format(number))).add(Node("grandchild"))
QUIET = Quiet()
DEAD = weakref.ref(Quiet())
WEAK = [weakref.ref(QUIET), weakref.ref(QUIET, gone), weakref.WeakSet([QUIET]), DEAD]
TABLE = weakref.WeakValueDictionary(quiet=QUIET)
KEYS = weakref.WeakKeyDictionary({QUIET: [1]})
METHOD = weakref.WeakMethod(ROOT.add)
FINAL = weakref.finalize(QUIET, gone, [1])
ONE, TWO = Cached(), Cached()
ONE.other, TWO.other = TWO, ONE
DELETER = (x for x in [ROOT])
FILE = open(__file__)

QUESTIONS = [
    {"ask": "refs", "of": ["ROOT"]},
    {"ask": "refs", "of": ["ROOT"], "max_depth": 6, "filter": ["Node", "list", "dict"]},
    {"ask": "backrefs", "of": ["ROOT.children[1]"], "max_depth": 4},
    {"ask": "refs", "of": ["WEAK"], "max_depth": 2},
    {"ask": "refs", "of": ["TABLE"], "max_depth": 2},
    {"ask": "refs", "of": ["KEYS"], "max_depth": 2},
    {"ask": "refs", "of": ["METHOD"], "max_depth": 1},
    {"ask": "backrefs", "of": ["QUIET"], "max_depth": 3},
    {"ask": "refs", "of": ["ONE"]},
    {"ask": "backrefs", "of": ["TWO"]},
    {"ask": "refs", "of": ["DELETER", "FILE"], "max_depth": 1},
    {"ask": "chain", "of": ["ROOT.children[2].children[0]"]},
]
