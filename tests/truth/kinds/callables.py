"""Functions in all their fields, methods, descriptors and the callables of functools and operator."""
import functools
import operator

from . import kind


class Host:
    static_value = [1]

    def method(self, value=[2], *, option={"k": [3]}):
        return value, option

    @classmethod
    def of_class(cls):
        return cls

    @staticmethod
    def of_none():
        return None

    @property
    def width(self):
        """Documented."""
        return 1

    @width.setter
    def width(self, value):
        pass

    @functools.singledispatchmethod
    def single(self, value):
        return value

    partly = functools.partialmethod(method, [4], option=[5])

    def __call__(self):
        return self


@kind()
def functions(i):
    shared = [i]
    unset_yet = None

    def full(a, b=[i], *rest, c=[i], d: "list of %d" % i = {i: i}, **options) -> [i]:
        """Doc."""
        return shared, a, late

    full.note = [i]
    full.__dict__["other"] = {i}

    def counting():
        nonlocal unset_yet
        unset_yet = [i]
        return unset_yet

    def recursive(n):
        return recursive(n - 1) if n else shared

    renamed = lambda x, y=[i]: (x, y, shared)  # noqa: E731
    renamed.__name__ = "renamed%d" % i
    bare = eval("lambda: 1", {"__builtins__": {}, "only": [i]})
    if i < 0:
        late = 1
    return full, counting, recursive, renamed, bare, recursive.__closure__, full.__code__, full.__closure__[0]


@kind()
def methods(i):
    host = Host()
    host.width = i
    items = [i]
    return (
        host.method,
        Host.of_class,
        host.of_none,
        host.single,
        host.partly,
        items.append,
        "abc".join,
        {i: i}.get,
        dict.fromkeys,
        len,
        host.__init__,
        items.__len__,
        (i).__add__,
        int.from_bytes,
        host.__str__,
        type(host).__call__.__get__(host),
    )


@kind()
def descriptors(i):
    return (
        list.__len__,
        list.append,
        dict.__dict__["fromkeys"],
        type.__dict__["__mro__"],
        Host.__dict__["__dict__"],
        Host.__dict__["width"],
        Host.__dict__["of_class"],
        Host.__dict__["of_none"],
        property(lambda self: i, None, None, "doc%d" % i),
        property(),
        staticmethod(lambda: [i]),
        classmethod(lambda cls: [i]),
        functools.partialmethod(Host.method, [i]),
    )


@kind()
def supers(i):
    class Below(Host):
        def method(self):
            return super()

    return Below().method(), super(Below, Below()), super(Below)


@kind()
def partials(i):
    def target(*args, **named):
        return args

    inner = functools.partial(target, [i], k=[i])
    outer = functools.partial(inner, i, other={i})
    outer.label = [i]
    return inner, outer, functools.partial(len), functools.cmp_to_key(lambda a, b: a - b)(i), functools.cmp_to_key(target)


@kind()
def caches(i):
    @functools.lru_cache(maxsize=None)
    def endless(key, default=[i]):
        return [key, i]

    @functools.lru_cache(maxsize=3, typed=True)
    def bounded(key, other=None):
        return {key: i}

    @functools.lru_cache(maxsize=0)
    def none(key):
        return key

    for key in (1, "text", (i, 2), i + 1000):
        endless(key)
        bounded(key, other=[].__len__)
        none(key)
    bounded.label = [i]
    return endless, bounded, none


@kind()
def dispatchers(i):
    @functools.singledispatch
    def shown(value):
        return value

    @shown.register(int)
    def _(value):
        return [i]

    shown(3)
    wrapped = functools.wraps(shown)(lambda value: (value, i))
    return shown, wrapped


@kind()
def operators(i):
    return (
        operator.itemgetter(i),
        operator.itemgetter("k%d" % i, 2, (i,)),
        operator.attrgetter("a.b%d" % i),
        operator.attrgetter("x", "y.z"),
        operator.methodcaller("call%d" % i, [i], option=[i]),
    )
