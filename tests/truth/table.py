"""Measure the fidelity of captures and write it down as `docs/fidelity.md`.

    table.py --heapgraph BIN --python PY [--python PY ...] [--program victim ...]
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import environment
import run
from thresholds import THRESHOLDS

ASK = """
import os, pathlib, sys, sysconfig
mapped = [line.split()[-1] for line in pathlib.Path("/proc/self/maps").read_text().splitlines() if " r-xp " in line]
# `sys.executable` may be a launcher.
program = next(file for file in mapped if os.path.basename(file).startswith("python"))
with open(program, "rb") as file:
    kind = file.read(18)[16]
print(sys.version.split()[0])
print("shared libpython" if sysconfig.get_config_var("Py_ENABLE_SHARED") and kind == 3 else "static", end=", ")
print({2: "not PIE", 3: "PIE"}[kind] + (", debug" if hasattr(sys, "gettotalrefcount") else ""))
"""

INTRODUCTION = """# How faithful a capture is

Measured by `tests/truth/table.py`: each program is started, captured from outside, and then writes down its own heap:
`gc.get_objects()`, closed over `gc.get_referents()`, with `sys.getsizeof` and `sys.getrefcount`. The two are compared
object by object and reference by reference (`tests/truth/compare.py`, which tests itself in `selftest.py`).
The same comparison is a test: `cargo test --locked --test capture` runs the first program on every Python that is installed,
`cargo test --locked --test capture -- --ignored` the other three.

- *victim*: 87 makers of objects of some 600 types, and 26 threads that wait in as many ways (`tests/truth/victim.py`)
- *asyncio*: datasette on uvicorn, after requests, with connections open
- *package*: the tests that networkx ships, under pytest, stopped in the middle
- *orm*: Django's admin and ORM on an in-memory database
- *extensions*: objects of numpy, pandas, lxml, pydantic-core and SQLAlchemy, in lists, dicts, attributes and cycles

*References* are pairs of holder and target, without the one from an object to its class; *with parallel ones* counts
every reference, classes included. *Extra* are plain references between tracked objects that the process does not
report: these would upset `collect`. *Over* are objects with more counted references than their refcount.
*Guessed* is the share of references found by scanning, *types scanned* are those of which more than one reference in
a hundred was. *Not reviewed* is what stands on no list in `tests/truth/reviewed.json`, where each entry has its reason.
*Misses* counts the thresholds of `compare.py` that were not reached:

{thresholds}

"""

COLUMNS = [
    ("program", "{program}"),
    ("objects", "{objects:,}"),
    ("found", "{objects_percent:g} %"),
    ("tracked found", "{tracked_percent:g} %"),
    ("wrong types", "{wrong_types}"),
    ("wrong generations", "{wrong_generations}"),
    ("references", "{references:,}"),
    ("found", "{references_percent:g} %"),
    ("with parallel ones", "{references_all_percent:g} %"),
    ("between tracked", "{references_tracked_percent:g} %"),
    ("extra", "{extra_in_all}"),
    ("not reviewed", "{unreviewed}"),
    ("over", "{overcounted}"),
    ("guessed", "{guessed_percent:g} %"),
    ("types scanned", "{scanned}"),
    ("refcounts equal", "{refcounts_percent:g} %"),
    ("sizes equal", "{sizes_percent:g} %"),
    ("sizes not reviewed", "{unlike_sizes}"),
    ("misses", "{missed_thresholds}"),
]

REASONS = """## What the figures leave open

- Sizes: the snapshot has the memory really used. `sys.getsizeof` leaves out inline values (3.13), the hidden items of
  struct sequences, the shared keys of ctypes' classes, and adds a collector's header to static types that have none.
  It counts a `BytesIO`'s bytes object, which is an object by itself. Each type is listed in `tests/truth/reviewed.json`;
  classes that say their size by Python code are not asked.
- The state of modules written in C, what capsules point at and the structures of packages are scanned, their
  references marked guessed. What such a structure reaches by two steps is missed (validators of pydantic-core, in Rust).
- Refcounts before 3.12 move by a few for `None`, small integers and interned text while the process describes itself.
- Objects on a free list that some type's `tp_traverse` shows (asyncio's `FutureIter` in 3.12) are dead; they are left out.
"""


def measure(program, arguments, python):
    """The comparison's report, whatever it says about thresholds."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.json")
        asked = ["--program", program, "--python", python, "--heapgraph", arguments.heapgraph, "--json", path]
        done = subprocess.run([sys.executable, "-B", run.__file__] + asked, stdout=subprocess.PIPE, text=True)
        if not os.path.exists(path):
            raise SystemExit("{} on {}:\n{}".format(program, python, done.stdout))
        with open(path) as file:
            report = json.load(file)
    return dict(report, program=program, extra_in_all=report["extra"] + report["excess"], missed_thresholds=len(report["misses"]))


def thresholds():
    """What `compare.py` asks for where nobody says otherwise."""
    asked = [(key, default, more) for _, key, default, more in THRESHOLDS if default is not None]
    return "\n".join("- `{}` {} {:g}".format(key, "≥" if more else "≤", default) for key, default, more in asked)


def row(cells):
    return "| " + " | ".join(cells) + " |\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heapgraph", required=True)
    parser.add_argument("--python", action="append", required=True)
    parser.add_argument("--program", action="append", choices=list(run.SIZES))
    arguments = parser.parse_args()
    text = INTRODUCTION.replace("{thresholds}", thresholds())
    for python in arguments.python:
        version, build = subprocess.check_output([python, "-c", ASK], text=True).splitlines()
        text += "## CPython {} ({})\n\n".format(version, build)
        text += row(name for name, _ in COLUMNS) + row("---" if n == 0 else "---:" for n in range(len(COLUMNS)))
        for program in arguments.program or run.SIZES:
            report = measure(program, arguments, python)
            text += row(form.format(**report) for _, form in COLUMNS)
            print(version, program, report["objects_percent"], report["references_percent"], flush=True)
        text += "\n"
    with open(os.path.join(environment.ROOT, "docs", "fidelity.md"), "w") as file:
        file.write(text + REASONS)


if __name__ == "__main__":
    main()
