"""Generators, coroutines, exceptions with their tracebacks, frames that outlived their call."""
import sys


def rows(first):
    local = [first]
    yield local
    yield from range(3)


async def waits(argument):
    kept = {"argument": argument}
    return kept


async def asynchronous():
    yield 1


def fails(argument):
    local = {"local": argument}
    raise ValueError("it failed", argument, local)


def catches():
    try:
        fails([1])
    except ValueError as error:
        return error


def frame_of():
    local = ["a frame's local"]
    local.append(local)
    return sys._getframe()


GENERATOR = rows({"a": 1})
next(GENERATOR)
DONE = rows(1)
list(DONE)
FRESH = rows([2])
EXPRESSION = (x for x in [[1], [2]])
COROUTINE = waits([1])
ASYNC = asynchronous()
ERROR = catches()
CHAINED = KeyError("k")
CHAINED.__cause__ = ERROR
FRAME = frame_of()
HELD = GENERATOR.gi_frame.f_locals["local"]
ITERATORS = [iter([1]), iter((1,)), iter({1: 2}), iter("x"), enumerate([1]), zip([1], [2]), map(str, [1]), filter(None, [1]), reversed([1]), iter(range(3)), {}.keys(), {1: [2]}.values(), {1: 2}.items()]

QUESTIONS = [
    {"ask": "refs", "of": ["GENERATOR"], "max_depth": 2, "filter": ["!module"]},
    {"ask": "refs", "of": ["DONE", "FRESH", "EXPRESSION"], "max_depth": 1},
    {"ask": "refs", "of": ["COROUTINE", "ASYNC"], "max_depth": 2, "too_many": 4},
    {"ask": "refs", "of": ["ERROR"], "max_depth": 3, "too_many": 6},
    {"ask": "refs", "of": ["CHAINED"], "max_depth": 2},
    {"ask": "refs", "of": ["FRAME"], "max_depth": 1, "too_many": 20},
    {"ask": "backrefs", "of": ["HELD"], "max_depth": 4},
    {"ask": "backrefs", "of": ["ERROR.args[1]"], "max_depth": 4},
    {"ask": "backrefs", "of": ["FRAME"], "max_depth": 2},
    {"ask": "refs", "of": ["ITERATORS"], "max_depth": 2, "too_many": 30},
    {"ask": "chain", "of": ["ERROR.args[1]"]},
]
