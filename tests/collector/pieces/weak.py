"""Weak references of every kind, to what lives and to what dies."""
import weakref

from . import attributes, keys, piece, referable
from .instances import Plain


@piece()
def weak_reference(rng, held):
    items = list(held)
    items.append(weakref.ref(referable(held[0])))
    items.append(weakref.ref(Plain()))  # Dead at once.
    return items, items.append


@piece(blurs=True)
def weak_callback(rng, held):
    """A weak reference's callback is an ordinary reference."""
    items = list(held)
    return [weakref.ref(referable(held[0]), lambda dead: items)], items.append


@piece(blurs=True)
def weak_to_itself(rng, held):
    thing = Plain()
    thing.held = held[0]
    thing.reference = weakref.ref(thing, thing.method)
    return thing, attributes(thing)


@piece()
def proxy(rng, held):
    thing = Plain()
    thing.held = held[0]
    thing.proxy = weakref.proxy(thing)
    return thing, attributes(thing)


@piece(blurs=True)
def weak_values(rng, held):
    mapping = weakref.WeakValueDictionary(enumerate(map(referable, held)))
    mapping.strong = held[0]
    return mapping, attributes(mapping)


@piece(blurs=True)
def weak_keys(rng, held):
    thing = Plain()
    mapping = weakref.WeakKeyDictionary()
    mapping[thing] = thing, held[0]
    return mapping, attributes(thing)


@piece(blurs=True)
def weak_set(rng, held):
    members = weakref.WeakSet()
    things = [Plain(), *held]
    members.add(things[0])
    members.strong = things
    return members, things.append


@piece(blurs=True)
def weak_method(rng, held):
    thing = Plain()
    thing.held = held[0]
    thing.weak = weakref.WeakMethod(thing.method)
    return thing, attributes(thing)


@piece(blurs=True)
def finalize(rng, held):
    """The registry is alive, and holds the arguments."""
    thing = Plain()
    thing.held = held[0]
    weakref.finalize(thing, list, "ab").atexit = False
    return thing, attributes(thing)


class Reference(weakref.ref):
    pass


@piece(blurs=True)
def weak_subclass(rng, held):
    thing = Plain()
    reference = Reference(thing, lambda dead: None)
    reference.held = held[0]
    thing.reference = reference
    return rng.choice((thing, reference)), attributes(rng.choice((thing, reference)))


@piece()
def weak_and_strong(rng, held):
    mapping = {}
    for number, thing in enumerate(map(referable, held)):
        mapping[number] = thing, weakref.ref(thing), weakref.ref(thing)
    return mapping, keys(mapping)
