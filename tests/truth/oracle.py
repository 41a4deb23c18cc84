"""What a process says of its own heap, to lay beside what was captured from outside.

`wait()` stops the calling thread with the collector off, says `ready`, and sleeps until a line comes. Somebody
captures the process meanwhile. After the line it walks its own heap, writes a truth file (see `truthfile.py`), says
`truth`, and sleeps until a second line lets the program go on.

The walk starts at every list of the collector and closes over `gc.get_referents`. It changes the heap as little as
it can: what it needs is made before `ready`, columns are C arrays, and no object is remembered but in one list. What
it makes all the same is listed in the file as `own`, to be left out on both sides.

Refcounts: when an object is measured, the queue and a local variable hold it, and the call may hold it once more. A
canary that only a tuple holds goes through the same queue; what is measured for it, less one, is
subtracted from every count. What stays wrong by a few: None, small ints and interned strings before 3.12, which are
counted there and which the walk uses. A count of zero is a dead object on a free list that somebody's traverse shows
(the futures' iterators of 3.12's asyncio).

Runs on CPython 3.8 and later, standard library only.
"""
import array
import gc
import json
import os
import sys

#: Environment variable with `READ_FD,WRITE_FD,PATH`: where the line comes from, where to answer, where the truth goes.
VARIABLE = "HEAPGRAPH_TRUTH"
FROZEN, UNTRACKED = 3, 255
#: Counts from here on never fall (PEP 683).
IMMORTAL = 1 << 30


def wait(settings=None):
    """Stop here until the truth has been asked for and written. Does nothing where nobody asked for it."""
    settings = settings or os.environ.get(VARIABLE)
    if not settings:
        return
    reader, writer, path = settings.split(",", 2)
    reader, writer = int(reader), int(writer)
    was_enabled = gc.isenabled()
    gc.disable()
    queue, seen, own = [], set(), set()
    canary = (object(),)
    columns = {name: array.array(code) for name, code in COLUMNS}
    appends = [columns[name].append for name, _ in COLUMNS]
    own.update(map(id, [queue, seen, own, columns, appends, canary, canary[0], os.read, os.write]))
    own.update(map(id, [*columns.values(), *appends]))
    own.update(map(id, [gc.get_objects, gc.get_referents, gc.is_tracked, sys.getsizeof, sys.getrefcount]))
    for function in (wait, walk, _line):  # A running function and its code are held by their frame.
        own.update((id(function), id(function.__code__)))
    function = None
    gc.get_objects(generation=0)  # The first call makes a tuple of the argument's name, which then stays.
    os.write(writer, b"ready\n")
    _line(reader)
    walk(queue, seen, own, appends, canary)
    write(path, columns, own, canary, queue)
    os.write(writer, b"truth\n")
    _line(reader)
    if was_enabled:
        gc.enable()


#: One value per object in the first six (`ends`: where its references end in `targets`).
COLUMNS = [
    ("addresses", "Q"),
    ("types", "Q"),
    ("sizes", "Q"),
    ("refcounts", "Q"),
    ("ends", "Q"),
    ("generations", "B"),
    ("targets", "Q"),
]


def _line(reader):
    while os.read(reader, 1) not in (b"\n", b""):
        pass


def walk(queue, seen, own, appends, canary):
    """Fill the columns by their `append`. Each object is measured while the queue, one variable and the call hold it, and nothing else."""
    get_objects, referents, is_tracked = gc.get_objects, gc.get_referents, gc.is_tracked
    getsizeof, getrefcount = sys.getsizeof, sys.getrefcount
    addresses, types, sizes, refcounts, ends, generations, targets = appends
    queue.extend(get_objects(generation=0))
    first = len(queue)
    queue.extend(get_objects(generation=1))
    second = len(queue)
    queue.extend(get_objects(generation=2))
    listed = len(queue)
    queue.append(canary[0])
    seen.update(map(id, queue))
    at = count = 0
    while at < len(queue):
        thing = queue[at]
        refcounts(getrefcount(thing))
        address = id(thing)
        addresses(address)
        types(id(type(thing)))
        if at < listed:
            generations(0 if at < first else 1 if at < second else 2)
        else:
            generations(FROZEN if is_tracked(thing) else UNTRACKED)
        if address not in own:
            for other in referents(thing):
                address = id(other)
                targets(address)
                count += 1
                if address not in seen:
                    seen.add(address)
                    queue.append(other)
            other = None
        ends(count)
        at += 1
    # Afterwards: asked for its size, an object whose type was never readied readies it, which makes more objects.
    for thing in queue:
        try:
            size = getsizeof(thing)
        except Exception:  # Some classes' own __sizeof__ raises.
            size = 0
        sizes(size)


def write(path, columns, own, canary, queue):
    """One line of JSON, then the columns as they are."""
    measured = columns["refcounts"][columns["addresses"].index(id(canary[0]))]
    header = {
        "schema": "heapgraph.truth/1",
        "python": sys.version.split()[0],
        "pid": os.getpid(),
        "byteorder": sys.byteorder,
        "correction": measured - 1,
        "frozen": gc.get_freeze_count(),
        "own": sorted(own),
        "type_names": _type_names(queue),
        "inline_types": _inline_types(queue),
        "columns": [[name, code, len(columns[name])] for name, code in COLUMNS],
    }
    with open(path, "wb") as file:
        file.write(json.dumps(header).encode() + b"\n")
        for name, _ in COLUMNS:
            columns[name].tofile(file)


def _type_names(queue):
    """`module.qualname` by address of the type, read past whatever a metaclass puts in front; `?.qualname` where a class
    hides its module behind something that is not text."""
    module = type.__dict__["__module__"].__get__
    qualname = type.__dict__["__qualname__"].__get__
    names = {}
    for cls in set(map(type, queue)):
        try:
            said = module(cls)
        except AttributeError:
            said = None
        names[id(cls)] = "{}.{}".format(said if type(said) is str else "?", qualname(cls))
    return names


def _inline_types(queue):
    """Types whose instances keep attributes behind themselves, where `sys.getsizeof` does not count them (3.13)."""
    flags, inline = type.__dict__["__flags__"].__get__, 1 << 2
    return [id(cls) for cls in set(map(type, queue)) if sys.version_info >= (3, 13) and flags(cls) & inline]
