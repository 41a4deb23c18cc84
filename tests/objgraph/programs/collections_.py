"""What collections and other extension types hold."""
import collections
import datetime
import decimal
import itertools
import queue
import re
import threading
import types

ITEM = [1]
DEQUE = collections.deque([ITEM, [2], "three"], maxlen=10)
LONG_DEQUE = collections.deque(range(200))
ORDERED = collections.OrderedDict(a=ITEM, b=[2])
COUNTER = collections.Counter("hello")
DEFAULT = collections.defaultdict(list, {"a": ITEM, 3: [3]})
CHAIN = collections.ChainMap({"a": ITEM}, {"b": ITEM})
STRINGS = collections.UserList([ITEM])
FROZEN = [frozenset(), frozenset(["x"]), frozenset([1.5])]
QUEUE = queue.Queue()
QUEUE.put(ITEM)
LOCKS = [threading.Lock(), threading.RLock()]
CONDITION = threading.Condition()
PATTERN = re.compile("a(b+)")
TIMES = [datetime.date(2020, 1, 2), datetime.timedelta(1), decimal.Decimal("1.5"), types.SimpleNamespace(a=ITEM)]
STEPS = [itertools.count(5), itertools.cycle(ITEM), itertools.chain(ITEM), itertools.repeat(ITEM), itertools.islice(ITEM, 1)]
EMPTY = [collections.deque(), collections.OrderedDict(), collections.Counter(), collections.defaultdict(int)]

QUESTIONS = [
    {"ask": "refs", "of": ["DEQUE"]},
    {"ask": "refs", "of": ["LONG_DEQUE"], "max_depth": 1},
    {"ask": "refs", "of": ["ORDERED"], "max_depth": 2},
    {"ask": "refs", "of": ["COUNTER"], "max_depth": 2},
    {"ask": "refs", "of": ["DEFAULT"], "max_depth": 1},
    {"ask": "refs", "of": ["CHAIN"], "max_depth": 4, "filter": ["dict", "list", "*.ChainMap"]},
    {"ask": "refs", "of": ["STRINGS"], "max_depth": 2},
    {"ask": "refs", "of": ["FROZEN"], "max_depth": 2},
    {"ask": "refs", "of": ["QUEUE"], "max_depth": 2},
    {"ask": "refs", "of": ["LOCKS", "CONDITION"], "max_depth": 1},
    {"ask": "refs", "of": ["STEPS"], "max_depth": 2},
    {"ask": "refs", "of": ["EMPTY"], "max_depth": 2},
    {"ask": "backrefs", "of": ["ITEM"], "too_many": 40, "max_depth": 2},
    {"ask": "backrefs", "of": ["ITEM"]},
    {"ask": "backrefs", "of": ["ITEM"], "refcounts": True, "too_many": 3, "filter": ["!module"]},
]
