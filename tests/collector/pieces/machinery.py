"""Modules, frames, and threads that wait while they hold something."""
import _thread
import importlib.machinery
import sys
import time
import types

from . import attributes, keys, piece


@piece()
def module(rng, held):
    """Its functions' globals are its dict."""
    made = types.ModuleType("made")
    made.held = held[0]
    exec("class Made:\n  def method(self): return held\ndef function(): return Made\ninstance = Made()", made.__dict__)
    return rng.choice((made, made.function, made.instance)), attributes(made)


@piece()
def bare_namespace(rng, held):
    space = {"held": held[0]}
    exec("def function(): return held", space)
    return space, keys(space)


@piece()
def specification(rng, held):
    loader = types.SimpleNamespace(held=held[0])
    spec = importlib.machinery.ModuleSpec("made", loader)
    made = types.ModuleType("made")
    made.__spec__ = spec
    loader.made = made
    return spec, attributes(loader)


@piece()
def frame(rng, held):
    """A frame that has returned; with it, up to 3.10 always, go those that called it."""
    local = list(held)

    def leave():
        variable = local
        return sys._getframe(), variable

    return leave()[0], local.append


@piece()
def traceback(rng, held):
    variable = list(held)
    try:
        raise ValueError(variable)
    except ValueError as error:
        return error.__traceback__, variable.append


#: Threads wait for this for ever.
NEVER = _thread.allocate_lock()
NEVER.acquire()


def started(function, *arguments):
    """Start a thread that tells by a lock that it is about to wait, and give it the time to do so."""
    arrived = _thread.allocate_lock()
    arrived.acquire()
    _thread.start_new_thread(function, (arrived, *arguments))
    arrived.acquire()
    time.sleep(0.01)


def wait(arrived, *held):
    local = [held]
    arrived.release()
    NEVER.acquire()
    return local


def wait_in_generator(arrived, *held):
    def waiting(first):
        local = [first]
        arrived.release()
        NEVER.acquire()
        yield local

    for _ in waiting(held):
        pass


def wait_in_sort(arrived, *held):
    """While a list is sorted it is empty, and only C holds its items."""
    items = [[thing] for thing in held]

    def key(item):
        if item is items_before[-1]:
            arrived.release()
            NEVER.acquire()
        return id(item)

    items_before = list(items)
    items.sort(key=key)


@piece()
def thread(rng, held):
    """What it holds is alive; the list that it is held in need not be."""
    items = list(held)
    started(rng.choice((wait, wait_in_generator, wait_in_sort)), items, held[0])
    return [items], None
