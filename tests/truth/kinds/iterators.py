"""An iterator over every container, half way through, finished and fresh, and all of itertools."""
import collections
import itertools
import re

from . import kind


class Sequence:
    """Old style: iterated by position."""

    def __getitem__(self, position):
        if position > 5:
            raise IndexError(position)
        return [position]

    def __len__(self):
        return 5


def begun(iterable, steps=1):
    iterator = iter(iterable)
    for _ in range(steps):
        next(iterator)
    return iterator


def finished(iterable):
    iterator = iter(iterable)
    collections.deque(iterator, maxlen=0)
    return iterator


class Searched(str):
    """Tracked, as no plain text is."""


@kind()
def of_containers(i):
    table, ordered = {i: [i], "b": [2]}, collections.OrderedDict(a=[i], b=[2])
    sources = [
        [[i], [2]],
        ([i], [2]),
        {(i, 1), (i, 2)},
        frozenset([(i, 1), (i, 2)]),
        table,
        table.values(),
        table.items(),
        ordered,
        ordered.values(),
        ordered.items(),
        collections.deque([[i], [2]]),
        range(i, i + 3),
        range(10**30, 10**30 + 5),
        "text%d" % i,
        "\u20ac%d" % i,
        b"bytes%d" % i,
        bytearray(b"array"),
        memoryview(b"view"),
        Sequence(),
    ]
    return [(iter(source), begun(source), finished(source)) for source in sources]


@kind()
def reversed_(i):
    table, ordered = {i: [i], "b": [2]}, collections.OrderedDict(a=[i], b=[2])
    sources = [[[i], [2]], ([i], 2), table, table.values(), table.items(), ordered, collections.deque([[i]]), range(i), Sequence()]
    return [reversed(source) for source in sources], begun(reversed([[i], [2]]))


@kind()
def builtin_iterators(i):
    return (
        map(str, [i]),
        begun(map(lambda a, b: [a, b], [[i], [2]], ([i], 3))),
        filter(None, [[i]]),
        zip([[i]], ([i],), "x"),
        begun(zip([[i], [2]], [[i], [3]])),
        enumerate([[i]]),
        begun(enumerate([[i], [2]], 10**30)),
        iter([].__len__, -1),
        finished(iter(iter([i, 0]).__next__, 0)),
    )


@kind()
def endless(i):
    cycle = begun(itertools.cycle([[i], [2]]), 3)
    return itertools.count(i), begun(itertools.count(10**30, i + 1)), itertools.count(0.5), cycle, itertools.repeat([i]), itertools.repeat([i], 3)


@kind()
def chained(i):
    return (
        itertools.chain([[i]], [2]),
        begun(itertools.chain.from_iterable([[[i]], [3]])),
        itertools.compress([[i], [2]], [1, 0]),
        itertools.dropwhile(lambda x: False, [[i]]),
        begun(itertools.takewhile(lambda x: True, [[i], [2]])),
        itertools.filterfalse(None, [[], [i]]),
        itertools.islice([[i], [2], [3]], 1, 3),
        itertools.starmap(lambda a: [a], [([i],)]),
        itertools.zip_longest([[i]], [], fillvalue=[i]),
        begun(itertools.accumulate([[i], [2]], initial=[0])),
    )


@kind()
def grouped(i):
    groups = itertools.groupby([[i], [i], [2]], key=lambda x: x[0])
    return groups, next(groups), begun(itertools.groupby([i, i]))


@kind()
def copied(i):
    long, short = itertools.tee([k] for k in range(150))
    for _ in range(80):
        next(long)
    return long, short, itertools.tee([[i]], 3), itertools.tee([])


@kind()
def combined(i):
    return (
        begun(itertools.product([[i], [2]], "ab")),
        begun(itertools.permutations([[i], [2], [3]], 2)),
        begun(itertools.combinations([[i], [2], [3]], 2)),
        begun(itertools.combinations_with_replacement([[i], [2]], 2)),
        itertools.product([[i]], repeat=2),
    )


@kind(since=(3, 10))
def pairwise(i):
    return begun(itertools.pairwise([[i], [2], [3]]))


@kind(since=(3, 12))
def batched(i):
    return begun(itertools.batched([[i], [2], [3]], 2))


@kind()
def of_matches(i):
    searched = Searched("nana")
    searched.attribute = [i]
    return begun(re.finditer("a", "banana%d" % i)), re.compile("(n)(a)").scanner(searched), begun(re.finditer("a", searched))
