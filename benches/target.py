"""A service's heap of a given size, with a pulse: what stops the process shows as the longest gap between two beats.

    target.py [-n TRACKED]      about so many objects that the collector tracks (default 1.1 million)

After one line of JSON (pid, counts, the address of a sample) it answers commands, one a line, each with one line of
JSON: `pulse` (longest gap since the last command, memory), `collect` (of the
collector, timed), `typestats`, `backrefs FILE`, `chain` (objgraph's, timed, in this very process), `quit`.

The shapes on purpose: pairs of objects in a cycle, one hub that everything refers to, a chain as deep as the heap is
wide, a dict of dicts that keeps a fifth of everything alive by itself, slots, sets, and a few large leaves.
"""
import argparse
import gc
import json
import os
import resource
import sys
import threading
import time


class Tariff:
    """The hub."""

    def __init__(self):
        self.title = "one tariff for all"
        self.prices = {"article-%d" % k: k for k in range(50)}


class Account:
    def __init__(self, number, tariff):
        self.number = number
        self.owner = "owner-%d" % number
        self.tariff = tariff
        self.members = None
        self.parent = None


class Ticket:
    __slots__ = ("code", "scan", "account")

    def __init__(self, code, scan, account):
        self.code = code
        self.scan = scan
        self.account = account


RECENT = {}
ARCHIVE = []
JOURNAL = [None]
IMAGES = []


def booking(k, tariff):
    """Ten tracked objects: two accounts in a cycle and their dicts, a list, a dict, a tuple, a list, a ticket, a set."""
    parent, child = Account(k, tariff), Account(-k, tariff)
    vars(parent), vars(child)  # Since 3.11 the dicts would not exist otherwise.
    parent.members = [child]
    child.parent = parent
    facts = {"number": k, "batch": "batch-%d" % (k % 1000), "of": parent}
    history = (k, [child, "entry-%d" % k])
    ticket = Ticket("ticket-%d" % k, b"." * (k % 64), parent)
    return parent, facts, history, ticket, {parent, child}


def build(tracked):
    gc.disable()
    tariff = Tariff()
    for k in range(tracked // 11):
        made = booking(k, tariff)
        if k % 5 == 0:
            RECENT[k] = made
        else:
            ARCHIVE.append(made)
        if k % 50 == 0:
            JOURNAL[0] = [JOURNAL[0], k]
    IMAGES.extend(bytearray(1 << 20) for _ in range(16))
    gc.enable()
    gc.collect()


class Pulse(threading.Thread):
    """Beats every millisecond and remembers the longest time between two beats."""

    def __init__(self):
        super().__init__(daemon=True)
        self.gap = 0.0

    def run(self):
        last = time.perf_counter()
        while True:
            time.sleep(0.001)
            now = time.perf_counter()
            self.gap = max(self.gap, now - last)
            last = now

    def take(self):
        gap, self.gap = self.gap, 0.0
        return gap


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def timed(action):
    begun = time.perf_counter()
    result = action()
    return result, time.perf_counter() - begun


def answer(words, sample, pulse):
    if words[0] == "pulse":
        time.sleep(0.01)  # One more beat, so that a gap that has just ended is in.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return {"gap": pulse.take(), "resident": resident(), "peak": peak}
    if words[0] == "collect":
        found, seconds = timed(gc.collect)
        return {"seconds": seconds, "found": found}
    import objgraph

    if words[0] == "typestats":
        found, seconds = timed(objgraph.typestats)
        return {"seconds": seconds, "accounts": found["Account"]}
    if words[0] == "backrefs":
        _, seconds = timed(lambda: objgraph.show_backrefs([sample], max_depth=3, filename=words[1]))
        return {"seconds": seconds, "size": os.path.getsize(words[1])}
    if words[0] == "chain":
        found, seconds = timed(lambda: objgraph.find_backref_chain(sample, objgraph.is_proper_module))
        return {"seconds": seconds, "length": len(found)}
    raise SystemExit("unknown command {}".format(words))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=1100000)
    build(parser.parse_args().n)
    sample = RECENT[5 * (len(RECENT) // 2)][0]
    pulse = Pulse()
    pulse.start()
    facts = {"pid": os.getpid(), "tracked": len(gc.get_objects()), "sample": hex(id(sample)), "resident": resident()}
    print(json.dumps(facts), flush=True)
    for line in sys.stdin:
        words = line.split()
        if words == ["quit"]:
            break
        print(json.dumps(answer(words, sample, pulse)), flush=True)


if __name__ == "__main__":
    main()
