"""Functions with defaults, closures, annotations; methods, bound and not; lambdas, partials, properties, descriptors."""
import functools
import operator


def outer(argument):
    kept = [argument]

    def inner(first=kept, *, second=(1, kept)):
        return kept, argument, first, second

    return inner


def annotated(x: int, y: "str" = None) -> list:
    """A docstring."""


def plain():
    pass


class Class:
    attribute = [1]

    def method(self):
        return super().__init__

    @classmethod
    def of_class(cls):
        pass

    @staticmethod
    def of_none():
        pass

    @property
    def value(self):
        return 1


plain.attribute = [plain]
INNER = outer({"argument": 1})
LAMBDA = lambda x=[1]: x  # noqa: E731
INSTANCE = Class()
METHODS = [INSTANCE.method, Class.of_class, Class.of_none, Class.value, Class.__dict__["of_class"], Class.__dict__["of_none"]]
BUILTINS = [len, [].append, "x".join, dict.fromkeys, str.upper, int.__add__, (1).__add__, object.__init__, type.__call__, int.real, operator.itemgetter(1), type.mro]
PARTIAL = functools.partial(plain, [1], key={"a": 1})
CACHED = functools.lru_cache(plain)
WRAPPED = functools.wraps(plain)(lambda: None)
CELL = INNER.__closure__[0]

QUESTIONS = [
    {"ask": "refs", "of": ["INNER"], "filter": ["!module"]},
    {"ask": "refs", "of": ["annotated"], "max_depth": 1, "too_many": 30},
    {"ask": "refs", "of": ["plain"], "max_depth": 2, "too_many": 5},
    {"ask": "refs", "of": ["LAMBDA"], "max_depth": 1, "too_many": 30},
    {"ask": "refs", "of": ["METHODS"], "max_depth": 2, "too_many": 30},
    {"ask": "refs", "of": ["BUILTINS"], "max_depth": 2, "too_many": 30},
    {"ask": "refs", "of": ["PARTIAL"], "max_depth": 2},
    {"ask": "refs", "of": ["CACHED", "WRAPPED"], "max_depth": 1},
    {"ask": "refs", "of": ["CELL"], "max_depth": 2},
    {"ask": "refs", "of": ["plain.__code__"], "max_depth": 2, "too_many": 30},
    {"ask": "backrefs", "of": ["plain"]},
    {"ask": "backrefs", "of": ["INSTANCE"], "max_depth": 4},
    {"ask": "backrefs", "of": ["INNER.__closure__[1].cell_contents"], "max_depth": 4},
    {"ask": "chain", "of": ["INNER.__closure__[1].cell_contents"]},
]
