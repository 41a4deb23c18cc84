"""What came with 3.14: template strings, deferred annotations, Zstandard, placeholders, value stacks that borrow."""
import contextvars
import functools
import typing

from . import kind, run


@kind(since=(3, 14))
def templates(i):
    source = "value, width = [i], '>10'\nkept = t'a {value!r:{width}} b {i} {[value]}'\nempty = t''"
    names = run(source, i=i)
    walked = iter(names["kept"])
    next(walked)
    return names, list(names["kept"]), walked, names["kept"] + names["empty"], names["kept"].interpolations[0]


@kind(since=(3, 14))
def deferred_annotations(i):
    import annotationlib

    names = run("class Later:\n    here: Missing[int]\n    there: list[Later]\ndef later(a: Missing, b: int = 1) -> Later: ...\n")
    later, function = names["Later"], names["later"]
    forward = annotationlib.get_annotations(later, format=annotationlib.Format.FORWARDREF)
    strings = annotationlib.get_annotations(function, format=annotationlib.Format.STRING)
    return names, forward, strings, later.__annotate__, function.__annotate__, annotationlib.ForwardRef("X%d" % i, owner=later)


@kind(since=(3, 14))
def evaluators(i):
    bound = typing.TypeVar("B%d" % i, bound=list[int])
    names = run("class Generic[A: (int, str), *B, **C]: ...\ntype Alias[D = [int]] = list[D]\n")
    return bound, bound.evaluate_bound, names, names["Generic"].__type_params__[0].evaluate_constraints, names["Alias"].evaluate_value


@kind(since=(3, 14))
def unions(i):
    class Unhashable(type):
        __hash__ = None

        def __eq__(cls, other):
            return cls is other

    odd = Unhashable("Odd%d" % i, (), {})
    return int | str, typing.Union[int, list[str], None], typing.Optional["Named%d" % i], int | odd, odd | None


@kind(since=(3, 14))
def placeholders(i):
    def three(a, b, c):
        return a, b, c

    first = functools.partial(three, functools.Placeholder, [i])
    return first, functools.partial(first, i, "c"), functools.partial(three, [i], key={"k": i})


@kind(since=(3, 14))
def strict_maps(i):
    pairs = map(lambda a, b: (a, b), [[i], [i]], iter([[i], [i]]), strict=True)
    next(pairs)
    return pairs


@kind(since=(3, 14))
def borrowing_stacks(i):
    """Stopped within an expression whose operands lie on the value stack: some borrowed from variables, some small
    ints without an object, some owned by the stack alone."""

    def within(item, other):
        yield "before"
        kept = [item, other, (item, [i]), i, 7, (yield item)]
        for number in range(10):
            for entry in [[number], other]:
                kept.append((entry, number, [object()], (yield entry)))
        return kept

    def finished():
        yield 1

    stopped = [within([k], {"k": [k]}) for k in range(4)]
    for k, generator in enumerate(stopped):
        for _ in range(k * 2):
            next(generator)
    done, closed = finished(), finished()
    list(done)
    closed.close()
    return stopped, done, closed


@kind(since=(3, 14))
def tokens(i):
    variable = contextvars.ContextVar("token%d" % i, default=[i])
    with variable.set([i]) as token:
        kept = contextvars.copy_context()
    return variable, token, kept


@kind(since=(3, 14))
def errors(i):
    kept = []
    try:
        raise ExceptionGroup("group", [ValueError([i]), ExceptionGroup("inner", [KeyError(i)])])
    except ExceptionGroup as group:
        kept.append((group, repr(group)))
    try:
        compile("def f(:\n  retrun 1\n", "<source %d>" % i, "exec")
    except SyntaxError as error:
        kept.append(error)
    return kept


@kind(since=(3, 14), every=5)
def zstandard(i):
    try:
        from compression import zstd
    except ImportError:
        return None
    samples = [b"sample %d of %d " % (k, i) * 20 for k in range(100)]
    dictionary = zstd.train_dict(samples, 1000)
    compressor = zstd.ZstdCompressor(zstd_dict=dictionary)
    decompressor = zstd.ZstdDecompressor(zstd_dict=dictionary)
    half = compressor.compress(b"abc" * 1000, mode=zstd.ZstdCompressor.FLUSH_BLOCK)
    return dictionary, compressor, decompressor, decompressor.decompress(half), zstd.CompressionParameter.compression_level


@kind(since=(3, 14), every=20)
def interpreters(i):
    from concurrent import interpreters

    queue = interpreters.create_queue()
    queue.put(i)
    return queue, interpreters.get_current(), interpreters.list_all()
