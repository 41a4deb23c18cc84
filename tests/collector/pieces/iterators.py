"""Iterators: of containers, of itertools, and those that builtins return."""
import collections
import itertools
import re

from . import piece

MAKERS = [
    lambda items, thing: zip(items, [thing], items),
    lambda items, thing: map(lambda x: thing, items),
    lambda items, thing: filter(lambda x: thing, items),
    lambda items, thing: enumerate(items),
    lambda items, thing: enumerate([thing, items], 2**70),
    lambda items, thing: reversed(items),
    lambda items, thing: iter(lambda: items, thing),
    lambda items, thing: iter((items, thing)),
    lambda items, thing: iter({"items": items, "thing": thing}.items()),
    lambda items, thing: iter({"items": items}.values()),
    lambda items, thing: reversed({"items": items}),
    lambda items, thing: iter(collections.deque([items, thing])),
    lambda items, thing: iter(collections.OrderedDict(items=items).items()),
    lambda items, thing: itertools.chain(items, [thing], items),
    lambda items, thing: itertools.chain.from_iterable(items),
    lambda items, thing: itertools.compress(items, [thing]),
    lambda items, thing: itertools.dropwhile(lambda x: thing, items),
    lambda items, thing: itertools.takewhile(lambda x: thing, items),
    lambda items, thing: itertools.filterfalse(lambda x: thing, items),
    lambda items, thing: itertools.starmap(lambda *x: thing, items),
    lambda items, thing: itertools.zip_longest(items, [thing], fillvalue=thing),
    lambda items, thing: itertools.islice(items, 1, None),
    lambda items, thing: itertools.repeat(items),
    lambda items, thing: itertools.count(2**70),
]


@piece()
def iterator(rng, held):
    items = list(held)
    return rng.choice(MAKERS)(items, held[0]), items.append


@piece()
def started_iterator(rng, held):
    """After the first item some keep it, or a pool, or a tuple to use again."""
    items = [*held, held[0]]
    makers = [
        lambda: itertools.cycle(items),
        lambda: itertools.groupby(items, id),
        lambda: itertools.accumulate(items, lambda a, b: (a, b)),
        lambda: itertools.product(items, items),
        lambda: itertools.permutations(items, 2),
        lambda: itertools.combinations(items, 2),
        lambda: itertools.combinations_with_replacement(items, 2),
        lambda: zip(items, items),
        lambda: enumerate(items),
        lambda: iter({"a": items, "b": held[0]}.items()),
    ]
    made = rng.choice(makers)()
    kept = [next(made), made]
    return rng.choice((made, kept)), items.append


@piece()
def tee(rng, held):
    items = list(held) * rng.choice((1, 60))
    first, second = itertools.tee(items)
    for _ in range(rng.randint(0, len(items) - 1)):
        next(first)
    return rng.choice(([first, second], second)), items.append


class Text(str):
    pass


@piece()
def matches(rng, held):
    text = Text("one two three")
    text.held = held[0]
    found = re.search("t(w)o", text)
    rest = re.finditer("e", text)
    next(rest)
    items = [found, rest, re.compile("e").scanner(text), *held]
    text.items = items
    return rng.choice((items, rest)), items.append
