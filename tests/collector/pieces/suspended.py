"""Generators, coroutines and asynchronous generators in every state, tasks and futures."""
import asyncio
import contextlib
import contextvars
import types

from . import piece

LOOP = asyncio.new_event_loop()


def storing(*held):
    """Keeps what it is sent."""
    while True:
        sent = yield
        held = (held, sent)


@piece(blurs=True)
def generator(rng, held):
    made = storing(*held)
    next(made)
    return made, made.send


@piece(blurs=True)
def unstarted_generator(rng, held):
    items = list(held)
    return storing(items), items.append


@piece(blurs=True)
def exhausted_generator(rng, held):
    items = list(held)
    made = (item for item in items)
    list(made)
    frames = [made, made.gi_frame, items]
    return frames, items.append


@piece(blurs=True)
def generator_in_a_call(rng, held):
    """What it has put on its stack for a call that is not made yet."""

    def waiting(first, items):
        print(first, [first], items, (yield), {"key": first})

    items = list(held)
    made = waiting(held[0], items)
    next(made)
    return made, items.append


@piece(blurs=True)
def generator_with_free_variable(rng, held):
    content = held[0]

    def waiting():
        yield content

    made = waiting()
    next(made)

    def put(other):
        nonlocal content
        content = other

    return made, put


@piece(blurs=True)
def delegating_generator(rng, held):
    def outer(inner):
        local = held[0]
        yield from inner
        return local

    inner = storing(*held)
    made = outer(inner)
    next(made)
    return made, made.send


@piece(blurs=True)
def handling_generator(rng, held):
    """Suspended while it handles an exception, in a loop, in a `with`."""

    def waiting(items):
        for item in items:
            with contextlib.suppress(KeyError):
                try:
                    raise ValueError(item)
                except ValueError as error:
                    yield error

    items = list(held)
    made = waiting(items)
    next(made)
    return made, items.append


@piece(blurs=True)
def generator_expression(rng, held):
    items = list(held)
    made = ((outer, inner, items) for outer in items for inner in [[1], [2]])
    next(made)
    return made, items.append


@piece(blurs=True)
def frame_of_generator(rng, held):
    made = storing(*held)
    next(made)
    return made.gi_frame, made.send


@types.coroutine
def pausing():
    return (yield)


async def waiting(*held):
    while True:
        sent = await pausing()
        held = (held, sent)


@piece(blurs=True)
def coroutine(rng, held):
    made = waiting(*held)
    made.send(None)
    return made, made.send


@piece(blurs=True)
def awaited(rng, held):
    async def outer(inner, first):
        local = {"local": first}
        await inner
        return local

    inner = waiting(*held)
    made = outer(inner, held[0])
    made.send(None)
    wrapper = waiting(made).__await__()
    return rng.choice((made, [made, wrapper])), made.send


@piece(blurs=True)
def unstarted_coroutine(rng, held):
    items = list(held)
    return waiting(items), items.append


async def producing(items):
    try:
        for item in items:
            yield item
    finally:
        items.append(None)


def stepped(awaitable):
    try:
        awaitable.send(None)
    except StopIteration:
        pass
    return awaitable


@piece(blurs=True)
def async_generator(rng, held):
    items = list(held)
    made = producing(items)
    parts = [made]
    if rng.random() < 0.8:
        stepped(made.asend(None))
    parts.extend(rng.choice(((), (made.asend(held[0]),), (made.athrow(ValueError),), (made.aclose(),), (made.__anext__(),))))
    return rng.choice((made, parts)), items.append


@contextlib.contextmanager
def managed(*held):
    yield held


@piece(blurs=True)
def context_managers(rng, held):
    items = list(held)
    stack = contextlib.ExitStack()
    stack.callback(print, items)
    manager = managed(*held)
    stack.enter_context(manager)
    return rng.choice((stack, manager)), items.append


@piece(blurs=True)
def future(rng, held):
    made = LOOP.create_future()
    items = list(held)
    made.add_done_callback(lambda done: items)
    if rng.random() < 0.5:
        made.set_result(items)
    return made, items.append


@piece(blurs=True)
def task(rng, held):
    """Suspended tasks wait for futures that nobody will finish; a task's wakeup hangs on the future."""
    never = LOOP.create_future()
    items = list(held)

    async def work():
        local = items
        await never
        return local

    made = LOOP.create_task(work())
    LOOP.run_until_complete(asyncio.sleep(0))
    return rng.choice((made, never)), items.append


@piece()
def context(rng, held):
    variable = contextvars.ContextVar("variable", default=held[-1])
    made = contextvars.copy_context()
    token = made.run(variable.set, held[0])
    items = [made, token]
    made.run(contextvars.ContextVar("other").set, items)
    return rng.choice((made, token, items)), items.append
