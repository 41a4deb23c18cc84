"""Builds random heaps, one a child process, waits for each to be captured, and then really collects it.

    victim.py FILE

Reads seeds, one a line. For each it forks a child, which builds the heap with the collector off and prints a line of
JSON: its pid and what went into the heap. Then it waits in a C call for one byte; nothing changes the heap until the
collector does. After the byte, the heap is collected once for each generation: the child itself collects one of them,
and bare forks of it (fork(2), of which the interpreter knows nothing: the same objects at the same addresses) the
others. Each prints a line of JSON: the generation, what `gc.collect` returned, and what `gc.garbage` gained. What the
collector itself says of every object, by DEBUG_COLLECTABLE and DEBUG_UNCOLLECTABLE, goes to FILE, under a line
`generation N`.
"""
import ctypes
import gc
import json
import os
import sys
import traceback
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import heap  # noqa: E402
import pieces  # noqa: E402

#: Called with the interpreter's lock held, so that the child has it as well.
FORK = ctypes.PyDLL(None).fork


#: Where the lines go; what finalizers print goes nowhere.
OUTPUT = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def say(what):
    os.write(OUTPUT, json.dumps(what).encode() + b"\n")


def read_line():
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            break
        line += byte
    return line


def collect(generation):
    """Collect, tell, and end this process."""
    os.write(2, b"generation %d\n" % generation)
    returned = gc.collect(generation)
    gc.set_debug(0)
    say({"generation": generation, "returned": returned, "garbage": list(map(id, gc.garbage))})
    os._exit(0)


def serve(seed, path):
    gc.disable()
    facts = heap.build(seed)
    facts.update(pid=os.getpid(), seed=seed, frozen=gc.get_freeze_count())
    # From here on only the collector may write to standard error: it does so through C where sys has no stderr.
    os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND), 2)
    sys.stderr = sys.__stderr__ = None
    del sys.stderr
    gc.set_debug(gc.DEBUG_COLLECTABLE | gc.DEBUG_UNCOLLECTABLE)
    say(facts)
    del facts
    if not os.read(0, 1):
        os._exit(0)
    own = seed % 3
    for generation in 0, 1, 2:
        if generation != own:
            child = FORK()
            if child == 0:
                collect(generation)
            os.waitpid(child, 0)
    collect(own)


def main():
    warnings.simplefilter("ignore")
    sys.unraisablehook = callable  # Of what finalizers raise it says nothing.
    pieces.load()
    for line in iter(read_line, b""):
        child = os.fork()
        if child == 0:
            try:
                serve(int(line), sys.argv[1])
            except BaseException:
                traceback.print_exc()
                say({"error": traceback.format_exc()})
            os._exit(1)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
