"""Grows at each line it reads, and says by how much: what `diff` has to find out from outside."""
import gc
import json
import sys

gc.disable()


class Session:
    def __init__(self, number):
        self.number = number
        self.log = [number]


class Cache:
    def __init__(self):
        self.entries = {}


class Registry:
    handlers = []


CACHE = Cache()
REBUILT = {}
KEPT = []


def grow(step):
    global REBUILT
    for number in range(1234):
        CACHE.entries["user-%d-%d" % (step, number)] = Session(number)
    for number in range(77):
        Registry.handlers.append(Session(number))
    REBUILT = {number: None for number in range(300 * step)}
    for number in range(11):
        setattr(CACHE, "extra_%d_%d" % (step, number), Session(number))
    KEPT[:] = [Session(number) for number in range(60)]


for step, _ in enumerate(sys.stdin):
    if step:
        grow(step)
    print(json.dumps({"entries": len(CACHE.entries), "entries_id": id(CACHE.entries)}), flush=True)
