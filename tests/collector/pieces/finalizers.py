"""Objects with finalizers: `__del__` that does nothing, that resurrects, and `tp_del`, which the collector never calls."""
import ctypes

from . import attributes, piece

#: What resurrecting finalizers save.
SAVED = []


class Quiet:
    def __del__(self):
        pass


class Resurrecting:
    def __del__(self):
        SAVED.append(self)


class Breaking:
    """Its finalizer lets go of what it holds."""

    def __del__(self):
        self.__dict__.clear()


class Failing:
    def __del__(self):
        raise ValueError


class Legacy:
    """Has `tp_del`, as a type of a module written in C may."""

    __slots__ = ("first", "last", "__dict__", "__weakref__")


class LegacyChild(Legacy):
    pass


#: Offset of tp_del in PyTypeObject of all 64-bit builds of CPython 3.8 to 3.14 (Include/cpython/object.h).
TP_DEL = 376
for _class in Legacy, LegacyChild:
    _address = ctypes.cast(ctypes.pythonapi.Py_IsInitialized, ctypes.c_void_p).value  # Does nothing to its argument.
    ctypes.c_void_p.from_address(id(_class) + TP_DEL).value = _address


@piece(blurs=True)
def quiet(rng, held):
    thing = Quiet()
    thing.held = held[0]
    return thing, attributes(thing)


@piece(blurs=True)
def resurrecting(rng, held):
    thing = Resurrecting()
    thing.held = held[0]
    return thing, attributes(thing)


@piece(blurs=True)
def breaking(rng, held):
    thing = rng.choice((Breaking, Failing))()
    thing.held = held[0]
    return thing, attributes(thing)


@piece()
def legacy(rng, held):
    thing = rng.choice((Legacy, LegacyChild))()
    thing.first, thing.last = held[0], held[-1]
    return thing, attributes(thing)


@piece()
def held_legacy(rng, held):
    """Only collected objects hold these: they die with them."""
    chain = Legacy()
    for _ in range(rng.randint(0, 3)):
        holder = Legacy()
        holder.first = chain
        chain = [holder] if rng.random() < 0.5 else holder
    items = [chain, *held]
    return items, items.append
