"""Containers of every kind, and what is not tracked by the collector."""
import collections
import types

from . import attributes, hashable, keys, piece


@piece()
def plain_list(rng, held):
    items = list(held)
    return items, items.append


@piece()
def plain_dict(rng, held):
    mapping = {"first": held[0], 2: held[-1]}
    if rng.random() < 0.2:
        mapping.update((number, str(number)) for number in range(100))
        del mapping[50]
    return mapping, keys(mapping)


@piece()
def dict_by_object(rng, held):
    """The node's references are keys as well as values."""
    mapping = {hashable(thing): thing for thing in held}
    return mapping, lambda other: mapping.__setitem__(hashable(other), None)


@piece()
def plain_set(rng, held):
    members = set(map(hashable, held))
    return members, lambda other: members.add(hashable(other))


@piece()
def frozen_set(rng, held):
    return frozenset(map(hashable, held)), None


@piece()
def plain_tuple(rng, held):
    return (tuple(held), (1, 2, "three"), ()), None


@piece()
def deque(rng, held):
    items = collections.deque(held, rng.choice((None, 200)))
    for number in range(rng.choice((0, 0, 70, 150))):  # Several blocks.
        items.append(number)
    items.rotate(rng.randint(-5, 5))
    return items, items.appendleft if rng.random() < 0.5 else items.append


@piece()
def default_dict(rng, held):
    first = held[0]
    mapping = collections.defaultdict(lambda: first)
    mapping["missing"]
    return mapping, keys(mapping)


@piece()
def ordered_dict(rng, held):
    mapping = collections.OrderedDict(enumerate(held))
    mapping["x"] = mapping.pop(0)
    mapping.move_to_end("x", last=False)
    return mapping, keys(mapping)


@piece()
def other_dicts(rng, held):
    mapping = rng.choice((collections.Counter, collections.UserDict, collections.ChainMap))()
    mapping["held"] = list(held)
    return mapping, keys(mapping)


Pair = collections.namedtuple("Pair", "left right")


@piece()
def named_tuple(rng, held):
    return Pair(held[0], held[-1]), None


class OwnList(list):
    pass


class OwnDict(dict):
    __slots__ = ("slot",)


class OwnTuple(tuple):
    pass


class OwnSet(set):
    pass


@piece()
def subclasses(rng, held):
    """Containers with attributes of their own."""
    thing = rng.choice((OwnList, OwnTuple))(held)
    return thing, attributes(thing)


@piece()
def slotted_dict(rng, held):
    mapping = OwnDict(enumerate(held))
    mapping.slot = held[-1]
    return mapping, keys(mapping)


@piece()
def own_set(rng, held):
    members = OwnSet(map(hashable, held))
    members.attribute = held[0]
    return members, lambda other: members.add(hashable(other))


@piece()
def namespace(rng, held):
    space = types.SimpleNamespace(first=held[0], also=held[0], last=held[-1])
    return space, attributes(space)


@piece()
def proxy_of_mapping(rng, held):
    mapping = {"held": held[0]}
    return types.MappingProxyType(mapping), keys(mapping)


@piece()
def views(rng, held):
    mapping = {hashable(thing): thing for thing in held}
    view = rng.choice((mapping.keys(), mapping.values(), mapping.items()))
    return view, keys(mapping)


@piece()
def untracked(rng, held):
    """Of these the collector knows only the outer list, once it has seen the others."""
    items = [(1, "two", (3.0,)), {"atoms": 1, 2: "only"}, {}, (), frozenset([1]), held[0]]
    return items, items.append


@piece()
def emptied(rng, held):
    """Dicts and lists that were larger once."""
    mapping = {number: [number] for number in range(30)}
    for number in range(1, 30):
        del mapping[number]
    mapping[0].extend(held)
    return mapping, mapping[0].append


@piece()
def ring(rng, held):
    """Many objects in one cycle."""
    last = [held[0]]
    first = last
    for number in range(rng.choice((50, 300))):
        first = [first] if number % 3 else {"next": first}
    last.append(first)
    return last, last.append


@piece()
def deep_tuple(rng, held):
    nested = tuple(held)
    for _ in range(rng.randint(1, 40)):
        nested = (nested, nested) if rng.random() < 0.3 else (nested,)
    return nested, None


@piece()
def sliced(rng, held):
    return slice(held[0], held[-1], 2), None
