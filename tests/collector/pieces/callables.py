"""Functions, closures, methods, partial applications and descriptors."""
import functools
import operator
import types

from . import attributes, keys, piece
from .instances import Plain


@piece()
def closure(rng, held):
    """The cell itself closes the cycle."""
    content = held[0]

    def inner():
        return content

    def put(other):
        nonlocal content
        content = other

    return inner, put


@piece()
def nested_closures(rng, held):
    first, last = held[0], held[-1]

    def outer(default=last, *, named=first):
        def inner():
            return first, middle

        middle = inner
        return inner

    inner = outer()
    inner.__defaults__ = (held[0], outer)
    return inner, attributes(inner)


@piece()
def function_with_everything(rng, held):
    namespace = {"__name__": "made", "held": held[0]}
    exec("def function(x: held = held, *, y=held) -> held: return held", namespace)
    return namespace["function"], keys(namespace)


@piece()
def recursive_function(rng, held):
    thing = held[0]

    def function(n):
        return function(n - 1) if n else thing

    return function, attributes(function)


@piece()
def partial(rng, held):
    items = list(held)
    thing = functools.partial(print, *held, key=items)
    if rng.random() < 0.5:
        thing = functools.partial(thing, held[0])
    return thing, items.append if rng.random() < 0.5 else attributes(thing)


@piece()
def bound_method(rng, held):
    thing = Plain()
    thing.held = held[0]
    return thing.method, attributes(thing)


@piece()
def method_of_anything(rng, held):
    thing = held[0]
    return types.MethodType(lambda self: thing, held[-1]), None


@piece()
def builtin_method(rng, held):
    items = list(held)
    return items.append, items.append


@piece()
def wrapper_of_slot(rng, held):
    items = list(held)
    return items.__len__, items.append


@piece()
def cached(rng, held):
    """An `lru_cache` has its keys and results in links of its own."""

    @functools.lru_cache(rng.choice((None, 2, 100)))
    def function(key):
        return key

    for thing in held:
        function(Key(thing))
    function(1)
    return function, lambda other: function(Key(other))


class Key:
    def __init__(self, thing):
        self.thing = thing


@piece()
def dispatching(rng, held):
    thing = held[0]

    @functools.singledispatch
    def function(value):
        return thing

    function.register(int, lambda value: function)
    return function, attributes(function)


@piece()
def cached_property(rng, held):
    class Lazy(Plain):
        @functools.cached_property
        def value(self):
            return self

    thing = Lazy()
    thing.value
    thing.held = held[0]
    return thing, attributes(thing)


@piece()
def descriptors(rng, held):
    items = list(held)

    def getter(self):
        return items

    made = [property(getter, getter), classmethod(getter), staticmethod(getter), functools.partialmethod(getter, 1)]
    return tuple(made), items.append


@piece()
def operators(rng, held):
    items = list(held)
    made = [operator.itemgetter(*held), operator.attrgetter("a.b"), operator.methodcaller("name", held[0], key=items)]
    return rng.choice((made[0], made[2], made)), items.append


@piece()
def comparing_key(rng, held):
    items = list(held)
    return functools.cmp_to_key(lambda a, b: len(items))(held[0]), items.append


@piece()
def cell(rng, held):
    content = types.CellType(held[0])

    def put(other):
        content.cell_contents = other

    return content, put


@piece()
def code_with_constants(rng, held):
    """The collector does not know code: what its constants hold is held from outside."""
    code = (lambda: None).__code__.replace(co_consts=(None, held[0]))
    return [code], None


@piece(since=(3, 9))
def generic_alias(rng, held):
    return list[held[0], held[-1]], None
