"""Dicts with keys of every kind, nested ones, and ones with the same value under several keys."""


class Key:
    def __hash__(self):
        return 7


class Named:
    def __repr__(self):
        return "<a key named %r>" % "so"


SHARED = ["shared"]
NAMES = {"first": [1], "second": [2], "_third": [3], "with space": [4], "1st": [5], "näme": [6], "": [7], "class": [8]}
NUMBERS = {1: [1], -5: [2], 10 ** 30: [3], 1.5: [4], True: [5], None: [6], 2j: [7]}
TUPLES = {(1, 2): [1], (): [2], ("a", (1,)): [3], frozenset([1]): [4], b"by'tes": [5], Key(): [6], Named(): [7], int: [8], len: [9], range(3): [10], ...: [11]}
TWICE = {"b": SHARED, "a": SHARED, 3: SHARED}
NESTED = {"one": {"two": {"three": {"four": SHARED}}}, "list": [[[SHARED]]], "tuple": ((SHARED,),), "set": {("x",)}}
DELETED = {str(number): [number] for number in range(30)}
for number in range(0, 30, 2):
    del DELETED[str(number)]
ITSELF = {}
ITSELF["me"] = ITSELF
LONG = {"a" * 60: ["long"], "b" * 60 + "\n": ["longer"]}

QUESTIONS = [
    {"ask": "refs", "of": ["NAMES"]},
    {"ask": "refs", "of": ["NUMBERS"], "too_many": 50},
    {"ask": "refs", "of": ["TUPLES"], "too_many": 50},
    {"ask": "refs", "of": ["TWICE"]},
    {"ask": "backrefs", "of": ["SHARED"], "max_depth": 5},
    {"ask": "refs", "of": ["NESTED"], "max_depth": 4},
    {"ask": "refs", "of": ["DELETED"], "too_many": 6},
    {"ask": "refs", "of": ["ITSELF"]},
    {"ask": "backrefs", "of": ["ITSELF"], "max_depth": 2},
    {"ask": "refs", "of": ["LONG"]},
    {"ask": "chain", "of": ["SHARED"]},
]
