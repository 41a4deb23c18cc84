"""Generators, coroutines, tasks and contexts, in every state they can be left in."""
import asyncio
import contextlib
import contextvars
import inspect
import types

from . import kind


def numbers(start):
    local = [start]
    while True:
        sent = yield local
        local = [start, sent]


def delegating(start):
    held = {start: [start]}
    yield from numbers(start)
    return held


def handling(start):
    try:
        raise ValueError([start])
    except ValueError as error:
        keep = error
        yield keep


def inside_a_call(start):
    print([start], (yield start), {start})


async def waiting(future, value):
    local = {"value": value}
    await future
    return local


async def produce(value):
    local = [value]
    async with contextlib.AsyncExitStack():
        yield local
        yield value


async def consume(value):
    return [item async for item in produce(value)]


@types.coroutine
def old_style(value):
    yield value


class Awaitable:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        yield self.value


@contextlib.contextmanager
def managed(value):
    local = [value]
    yield local


def started(generator):
    next(generator)
    return generator


def step(coroutine):
    coroutine.send(None)
    return coroutine


@kind()
def generators(i):
    done = numbers(i)
    done.close()
    used_up = (x for x in [i])
    list(used_up)
    sent = started(numbers(i))
    sent.send([i])
    captured = [i]
    nested = started((k, j, captured) for k in [[i], [2]] for j in [[3]])
    return (
        numbers(i),
        started(numbers(i)),
        sent,
        done,
        used_up,
        nested,
        started(delegating(i)),
        started(handling(i)),
        started(inside_a_call(i)),
        started(numbers(i)).gi_frame,
    )


@kind()
def coroutines(i):
    async def outer():
        return await Awaitable([i])

    unstarted = waiting(None, [i])
    closed = waiting(None, i)
    closed.close()
    suspended = step(waiting(LOOP.create_future(), [i]))
    unstarted_async, asend = produce(i), produce(i)
    half = asend.asend(None)
    try:
        half.send(None)
    except StopIteration:
        pass
    return (
        unstarted,
        closed,
        step(outer()),
        suspended,
        suspended.__await__(),
        unstarted_async,
        asend,
        half,
        asend.__anext__(),
        produce(i).aclose(),
        produce(i).athrow(ValueError),
        step(old_style([i])),
        inspect.isawaitable(half),
    )


@kind()
def managers(i):
    manager = managed(i)
    manager.__enter__()
    stack = contextlib.ExitStack()
    stack.callback(print, [i])
    stack.enter_context(managed(i))
    return manager, stack, managed(i), contextlib.suppress(ValueError), contextlib.closing([i]), contextlib.nullcontext([i])


LOOP = asyncio.new_event_loop()


@kind()
def futures(i):
    done, failed, cancelled, called = (LOOP.create_future() for _ in range(4))
    done.set_result([i])
    failed.set_exception(ValueError([i]))
    failed.exception()
    cancelled.cancel()
    for _ in range(3):
        called.add_done_callback(lambda future, keep=[i]: None)
    called.label = "subclassed"
    context = contextvars.copy_context()
    handle = LOOP.call_later(10**6, print, [i], context=context)
    return done, failed, cancelled, called, handle, iter(called)


@kind(every=10)
def tasks(i):
    never = LOOP.create_future()

    async def inner():
        await asyncio.gather(waiting(never, [i]), waiting(never, {i}), return_exceptions=True)

    async def outer():
        task = LOOP.create_task(inner())
        finished = LOOP.create_task(waiting(asyncio.sleep(0), [i]))
        await finished
        return task, finished, LOOP.create_task(waiting(asyncio.shield(never), [i])), asyncio.Queue(), asyncio.Lock(), asyncio.Event()

    made = LOOP.run_until_complete(outer())
    made[3].put_nowait([i])
    return made, never


@kind()
def contexts(i):
    plain, with_default = contextvars.ContextVar("plain%d" % i), contextvars.ContextVar("default", default=[i])
    context = contextvars.copy_context()
    token = context.run(plain.set, [i])
    context.run(with_default.set, {i})
    return plain, with_default, context, token, list(context.items()), contextvars.copy_context(), iter(context)


@kind(every=100)
def wide_contexts(i):
    context = contextvars.copy_context()
    variables = [contextvars.ContextVar("v%d" % k) for k in range(60)]
    for variable in variables:
        context.run(variable.set, [i])
    return context, variables
