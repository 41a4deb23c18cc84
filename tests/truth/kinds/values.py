"""Objects without references, or with few: numbers, text of every width, bytes, ranges, slices, code."""
import sys

from . import kind


@kind()
def numbers(i):
    return i, -i, i * 10**20, -(2**200) - i, 1 << 30, 2**60, 1.5 * i, float("nan"), complex(i, 1), True, False, i * 2**15


@kind()
def texts(i):
    used = "utf\u00e8%d" % i
    used.encode()  # fills no cache, but sys.intern and others below do
    hashed = "hashed%d" % i
    hash(hashed)
    cached = "\u00e9t\u00e9%d" % i
    compile("1", cached, "eval")  # the compiler asks for UTF-8, which stays with the string
    return (
        "",
        "a",
        "\u00e9",
        "ascii text %d" % i,
        "latin \u00e9\u00e8 %d" % i,
        "two bytes \u20ac %d" % i,
        "four bytes \U0001f600 %d" % i,
        "half \ud800 %d" % i,
        sys.intern("interned%d" % i),
        used,
        hashed,
        cached,
        "long " * (i % 300),
    )


@kind()
def octets(i):
    return b"", b"z", b"z" * i, b"\x00\xff%d" % i, bytes(100)


@kind()
def spans(i):
    return range(i), range(i, 10**30, 7), slice(1, [i], "x"), slice(None), slice(i), Ellipsis, NotImplemented, None


@kind()
def code(i):
    source = "def f{0}(a, *b, c=1, **d):\n  e = [a, {0}, 'const{0}', ({0}, 'x')]\n  return lambda: (e, frozenset())\n".format(i)
    compiled = compile(source, "<file%d>" % i, "exec")
    return compiled, compiled.replace(co_name="other%d" % i), compile("x + %d" % i, "<e>", "eval")


@kind(every=20)
def used_code(i):
    """Functions run often enough that their instructions are specialised."""
    scope = {}
    exec("def hot(o):\n  t = 0\n  for k in range(50):\n    t += o.x\n    o.y = [k]\n  return len([t])\nclass O: x = %d\n" % i, scope)
    for _ in range(60):
        scope["hot"](scope["O"]())
    return scope
