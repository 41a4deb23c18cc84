"""Threads that wait in every way a thread can: their frames, locals and what C holds for them are alive all the while."""
import concurrent.futures
import contextvars
import os
import queue
import select
import socket
import threading
import time
import types

NEVER = threading.Lock()
NEVER.acquire()
EVENT, INBOX, CONDITION = threading.Event(), queue.Queue(), threading.Condition()
READER, WRITER = os.pipe()
SERVER = socket.socket()
SERVER.bind(("127.0.0.1", 0))
SERVER.listen()
LOCAL = threading.local()


def in_lock(n):
    local = [n]
    with NEVER:
        return local


def in_event(n):
    cell = {"cell": [n]}
    LOCAL.mine = [n, "thread's own"]
    EVENT.wait()
    return lambda: cell


def in_queue(n):
    first, *rest = [[n], [n + 1], [n + 2]]
    return INBOX.get(), first, rest


def in_condition(n):
    with CONDITION:
        CONDITION.wait()


def in_sleep(n):
    local = bytearray(b"sleeping")
    time.sleep(10**6)
    return local


def in_read(n):
    return [n], os.read(READER, 1)


def in_accept(n):
    return SERVER.accept(), n


def in_select(n):
    return select.select([READER], [], []), [n]


def in_poll(n):
    poll = select.poll()
    poll.register(READER, select.POLLIN)
    poll.poll()


def in_generator(n):
    def waiting(held):
        mine = [held]
        NEVER.acquire()
        yield mine

    generator = waiting([n])
    return next(generator)


def in_python_call_of_generator(n):
    def waiting(held):
        mine = [held]
        yield in_lock(mine)

    return list(waiting({n}))


def in_coroutine(n):
    async def inner(held):
        NEVER.acquire()

    async def outer():
        held = [n]
        await inner(held)

    outer().send(None)


def in_sort(n):
    """While a list sorts itself it is empty, and C alone holds its items."""
    items = [[k] for k in range(5)]
    items.sort(key=lambda item: in_lock(item))


def in_map(n):
    return list(map(in_lock, [[n], [n + 1]]))


def in_descent(n, depth=60):
    here = [n, depth]
    return in_descent(n, depth - 1) if depth else in_lock(here)


def in_handler(n):
    try:
        raise ValueError([n])
    except ValueError as error:
        try:
            raise KeyError(n) from error
        except KeyError:
            in_lock(n)


def in_loop(n):
    for item in [[n], [n + 1]]:
        for key, value in {n: [n]}.items():
            in_lock([item, key, value])


def in_with(n):
    with open(os.devnull) as one, memoryview(b"held") as two:
        in_lock([one, two])


def in_comprehension(n):
    return [in_lock([x, y]) for x in [[n]] for y in ([x],)]


def in_class_body(n):
    class Unfinished:
        attribute = [n]
        in_lock(attribute)


def in_exec(n):
    exec("kept = [1, 2]\nlock(kept)", {"lock": in_lock}, {"mine": [n]})


def in_import(n):
    module = types.ModuleType("unfinished%d" % n)
    module.lock = in_lock
    exec(compile("value = [1]\nlock(value)", "unfinished.py", "exec"), module.__dict__)


def in_context(n):
    variable = contextvars.ContextVar("variable")
    context = contextvars.copy_context()
    context.run(variable.set, [n])
    context.run(in_lock, [n])


def in_method(n):
    class Worker:
        def __init__(self):
            self.state = [n]

        def __enter__(self):
            return in_lock(self)

        def __exit__(self, *error):
            pass

    with Worker():
        pass


def in_finalizer(n):
    class Dying:
        def __del__(self):
            in_lock([self])

    Dying()


def in_arguments(n):
    def many(*args, **named):
        a, (b, c), d = args, (n, [n]), named
        NEVER.acquire()
        return a, b, c, d

    many([n], *[[n]] * 3, key=[n], **{"other": {n}})


def start():
    """Start one thread of each, and return what must stay referenced."""
    waits = [value for name, value in sorted(globals().items()) if name.startswith("in_")]
    threads = [threading.Thread(target=wait, args=(n,), daemon=True, name=wait.__name__) for n, wait in enumerate(waits)]
    for thread in threads:
        thread.start()
    pool = concurrent.futures.ThreadPoolExecutor(2)
    done = pool.submit(lambda: [1])
    done.result()
    stuck = pool.submit(in_lock, ["pool"])
    return threads, pool, done, stuck
