"""Every kind of object that the victim keeps: makers, registered by `kind`, called with 0, 1, 2, ...

A maker returns what is to be kept, in any shape. Makers of things that are dear or that there is one of per process
say how rarely they are called. What a Python version lacks is skipped by `kind(since=...)`; where even the syntax is
missing, the code is a string.
"""
import sys

#: (maker, every): in order of definition.
KINDS = []


def kind(every=1, since=(3, 8), before=(9, 9)):
    """Register a maker; `since` and `before` bound the Python versions that have what it makes."""

    def register(maker):
        if since <= sys.version_info[:2] < before:
            KINDS.append((maker, every))
        return maker

    return register


def run(source, **names):
    """Execute source whose syntax older versions do not know; return its namespace."""
    exec(source, names)
    return names


def load():
    """Import all modules of this package that define kinds."""
    from . import callables, containers, instances, iterators, library, machinery, newest, rarities  # noqa: F401
    from . import suspended, typed, values  # noqa: F401

    return KINDS
