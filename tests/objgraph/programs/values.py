"""Values of the standard library's C types, with subclasses, zones, flags and numbers past a C integer."""
import array
import datetime
import decimal
import itertools
import re


class Day(datetime.datetime):
    pass


class Steps(itertools.count):
    pass


class Numbers(array.array):
    pass


WEST = datetime.timezone(datetime.timedelta(hours=-3))
NAMED = datetime.timezone(datetime.timedelta(0), "x")
MOMENTS = [
    datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2, 3, 4), datetime.datetime(2020, 1, 2, 3, 4, 5),
    datetime.datetime(2, 1, 2, 3, 4, 0, 7), datetime.datetime(1, 2, 3, 4, 5, fold=1), datetime.datetime(1, 2, 3, tzinfo=WEST),
    datetime.datetime(1, 2, 3, fold=1, tzinfo=WEST), Day(2020, 1, 2), datetime.time(1, 2), datetime.time(1, 2, 3, fold=1),
    datetime.time(1, 2, tzinfo=datetime.timezone.utc), WEST, NAMED, datetime.timezone.utc,
]
SPANS = [datetime.timedelta(0), datetime.timedelta(-1, 2, 3), datetime.timedelta(microseconds=5), datetime.timedelta(9), datetime.timedelta(0, 70)]
DECIMALS = [decimal.Decimal(text) for text in ("1.50", "-1E+30", "NaN12", "-sNaN", "Infinity", "0E-10", "1E-7", "12345678901234567890123")]
STEPS = [
    itertools.count(5), itertools.count(5.5), itertools.count(1, 2), itertools.count(10 ** 30), Steps(3), itertools.repeat(7),
    itertools.repeat([1], 3), itertools.repeat("x", 0),
]
ARRAYS = [array.array("i"), array.array("i", [1, -2]), array.array("d", [1.5]), array.array("f", [0.1]), Numbers("b", [1]), array.array("Q", range(99))]
PATTERNS = [re.compile("a", re.I | re.M), re.compile(b"a", re.L), re.compile("a", re.A | re.X | re.S), re.compile("it's"), re.compile("a" * 99)]
MATCHES = [re.search("b+", "abbc"), re.search(b"b+", b"abbc"), re.search("", "")]

QUESTIONS = [
    {"ask": "refs", "of": [name], "too_many": 100, "max_depth": 2}
    for name in ("MOMENTS", "SPANS", "DECIMALS", "STEPS", "ARRAYS", "PATTERNS", "MATCHES")
]
