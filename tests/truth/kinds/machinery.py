"""Weak references, modules with state, frames, import machinery, and what the garbage collector has yet to find."""
import importlib.machinery
import importlib.util
import sys
import types
import weakref

from . import kind
from .instances import Plain, Weakable


class Listener:
    def heard(self):
        pass


@kind()
def weak_references(i):
    target, dead, mine = Plain(), Plain(), Weakable()
    target.number = i
    gone = weakref.ref(dead)
    del dead

    class Keyed(weakref.ref):
        __slots__ = ("key",)

    keyed = Keyed(target, lambda _, keep=[i]: None)
    keyed.key = [i]
    listener = Listener()
    return (
        target,
        mine,
        gone,
        weakref.ref(target),
        weakref.ref(target),
        weakref.ref(mine, lambda _, keep=[i]: None),
        keyed,
        weakref.proxy(target),
        weakref.proxy(target, print),
        weakref.proxy(len),
        listener,
        weakref.WeakMethod(listener.heard),
        weakref.finalize(target, print, [i]),
        weakref.ref(set([i])),
    )


@kind()
def weak_containers(i):
    targets = [Plain(), Plain(), Weakable()]
    values, keys, members = weakref.WeakValueDictionary(), weakref.WeakKeyDictionary(), weakref.WeakSet(targets)
    for k, target in enumerate(targets):
        values[k, i] = target
        keys[target] = [k]
    del target, targets[1]
    return targets, values, keys, members


@kind()
def modules(i):
    module = types.ModuleType("made%d" % i)
    module.items = [i]
    exec("import sys\nx = [%d]\ndef f(): return x\nclass C: pass" % i, module.__dict__)
    without_dict_entries = types.ModuleType("bare%d" % i)
    return module, without_dict_entries, module.f, module.C()


@kind(every=50)
def fresh_extension_modules(i):
    """Second copies of C modules, each with module state of its own."""
    made = []
    for name in ("_struct", "_random", "_bisect", "_heapq", "_statistics"):
        spec = importlib.util.find_spec(name)
        if spec is not None and isinstance(spec.loader, importlib.machinery.ExtensionFileLoader):
            copy = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(copy)
            made.append(copy)
    return made


@kind()
def specs(i):
    loader = importlib.machinery.SourceFileLoader("m%d" % i, "/nowhere/%d.py" % i)
    return importlib.util.spec_from_loader("m%d" % i, loader, is_package=True), loader, importlib.machinery.PathFinder()


@kind()
def frames(i):
    def inner():
        kept = [i]
        return sys._getframe(), kept

    frame, kept = inner()
    return frame, frame.f_locals if i % 3 == 0 else None, frame.f_code


@kind()
def garbage(i):
    """Nothing is kept: cycles that the collector, being off, has not found."""
    first, second = Plain(), [i]
    first.other, first.me = second, first
    second.append(first)
    generator = (item for item in [first])
    first.generator = generator
    next(generator)
