"""What random heaps are made of: makers, registered by `piece`, called as `maker(rng, held)`.

A maker makes one object, the node, that refers to some or all of what is `held` (one object at least, often the same
one twice), and returns the node and a function `put(other)` that makes it refer to one more, or None where it cannot.
What else a maker makes hangs on the node: nothing stays behind in the module.
"""
import functools
import itertools
import sys

#: Makers by their names, in order of definition.
PIECES = {}
#: Names of makers after which `gc.collect` may return another number than the size of the set.
BLURRING = set()


def piece(since=(3, 8), before=(9, 9), blurs=False):
    """Register a maker for these Python versions; `blurs`: it makes finalizers, suspended code or weak callbacks."""

    def register(maker):
        if since <= sys.version_info[:2] < before:
            PIECES[maker.__name__] = maker
            if blurs:
                BLURRING.add(maker.__name__)
        return maker

    return register


def attributes(thing):
    """A `put` that sets one more attribute of `thing`."""
    names = itertools.count()
    return lambda other: setattr(thing, "attribute%d" % next(names), other)


def keys(mapping):
    """A `put` that sets one more key of `mapping`."""
    names = itertools.count()
    return lambda other: mapping.__setitem__("key%d" % next(names), other)


class Box:
    """Holds one thing, and can be hashed and weakly referenced whatever it holds."""

    __slots__ = ("content", "__weakref__")

    def __init__(self, content):
        self.content = content


def hashable(thing):
    try:
        hash(thing)
    except Exception:  # Not hashable, or half a dataclass, or a proxy of what is dead.
        return Box(thing)
    return thing


def referable(thing):
    """The thing itself where weak references can point at it, else a box around it."""
    import weakref

    try:
        weakref.ref(thing)
    except TypeError:
        return Box(thing)
    return thing


@functools.lru_cache(None)
def load():
    """Import all modules of this package that define pieces."""
    from . import callables, classes, containers, finalizers, instances, iterators, kinds, library  # noqa: F401
    from . import machinery, suspended, weak  # noqa: F401

    return PIECES
