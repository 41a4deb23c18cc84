"""Lists, tuples, dicts, sets and what the standard library builds on them, in the states their C structs can be in."""
import array
import collections
import types

from . import kind


class Stack(list):
    pass


class SlottedStack(list):
    __slots__ = ("limit",)


class Pair(tuple):
    pass


class BarePair(tuple):
    __slots__ = ()


class Table(dict):
    pass


class SlottedTable(dict):
    __slots__ = ("owner",)


class DefaultTable(dict):
    def __missing__(self, key):
        self[key] = made = [key]
        return made


class Bag(set):
    pass


class FrozenBag(frozenset):
    __slots__ = ("why",)


class Ring(collections.deque):
    pass


class Ordered(collections.OrderedDict):
    pass


class Point(collections.namedtuple("Point", "x y")):
    __slots__ = ()


@kind()
def lists(i):
    spare = [[i]]
    spare.extend([k] for k in range(9))
    del spare[3:]
    own = [i]
    own.append(own)
    stack = Stack([[i], [i + 1]])
    stack.label = ["stack"]
    slotted = SlottedStack([(i, [])])
    slotted.limit = [i]
    return [], [None] * 5, spare, own, stack, slotted, [own, own, own]


@kind()
def tuples(i):
    pair = Pair((i, [i]))
    pair.label = {i}
    return (), (i, "flat"), (i, [i], (i, ("deep", [i]))), pair, BarePair(([i], i)), (spam := "t%d" % i, spam, spam)


@kind()
def dicts_by_keys(i):
    holes = {k: [k] for k in range(12)}
    for k in range(0, 12, 2):
        del holes[k]
    text_holes = {"key%d" % k: [k] for k in range(12)}
    del text_holes["key3"], text_holes["key0"]
    popped = {"a": [1], "b": [2]}
    popped.popitem()
    return (
        {},
        {"name": [i], "tag": "v%d" % i},
        {i: [i], -i - 1: "negative"},
        {"mixed": [i], i: [i], (i, "k"): [i], 2.5: None, None: [0], frozenset([i]): 1},
        holes,
        text_holes,
        popped,
        dict.fromkeys("abc", [i]),
        {Point(i, 1): [i], type: i, len: [i]},
        {"counted": i, "only": "atoms"},
        {k: [] for k in range(40)}.copy(),
    )


@kind(every=100)
def big_dicts(i):
    return {"k%d" % k: [k] for k in range(300)}, {k: (k,) for k in range(300)}, {k: None for k in range(70000)}


@kind()
def dict_relatives(i):
    table = Table(a=[i])
    table.label = [i]
    slotted = SlottedTable({i: [i]})
    slotted.owner = table
    missing = DefaultTable()
    missing[i]
    plain = {i: [i], "k": [i]}
    return table, slotted, missing, plain.keys(), plain.values(), plain.items(), types.MappingProxyType(plain)


@kind()
def sets(i):
    large = {(i, k) for k in range(30)}
    holed = set(range(i, i + 20))
    for k in range(i, i + 20, 3):
        holed.discard(k)
    bag = Bag([i, "x"])
    bag.label = [i]
    frozen = FrozenBag([(i, 1)])
    frozen.why = ["because", i]
    return set(), {i, (i, 2), "x"}, large, holed, frozenset(), frozenset([i, "a", (i,)]), bag, frozen


@kind()
def deques(i):
    long = collections.deque([k] for k in range(150))
    for _ in range(70):
        long.popleft()
    turned = collections.deque([[k] for k in range(8)], maxlen=5)
    turned.rotate(3)
    ring = Ring([[i]], 4)
    ring.label = [i]
    return collections.deque(), long, turned, ring, collections.deque([i] * 3)


@kind()
def ordered(i):
    order = collections.OrderedDict((str(k), [k]) for k in range(5))
    order.move_to_end("1")
    del order["3"]
    mine = Ordered({i: [i]})
    mine.label = ["ordered"]
    plain = collections.OrderedDict()
    plain.extra = [i]
    return order, mine, plain, order.keys(), order.items()


@kind()
def collections_(i):
    return (
        collections.defaultdict(list, {i: [i]}),
        collections.defaultdict(None, a=[i]),
        collections.defaultdict(lambda: i),
        collections.Counter("abcab"),
        collections.ChainMap({}, {i: [1]}, {"x": [i]}),
        Point(i, [i]),
        collections.UserDict({i: [i]}),
        collections.UserList([[i]]),
        collections.UserString("user%d" % i),
        types.SimpleNamespace(a=[i], b={"c": i}),
        types.SimpleNamespace(),
    )


@kind()
def buffers(i):
    room = bytearray(b"x%d" % i * 5)
    room.extend(b"more")
    del room[:3]
    numbers = array.array("q", range(i % 50))
    numbers.append(i)
    view = memoryview(room)
    gone = memoryview(b"released")
    gone.release()
    return (
        room,
        bytearray(),
        numbers,
        array.array("d"),
        array.array("B", b"abc"),
        view,
        view[1:5],
        memoryview(numbers),
        memoryview(b"%d" % i).cast("c"),
        memoryview(array.array("i", range(12))).cast("B").cast("i", [3, 4]),
        gone,
    )
