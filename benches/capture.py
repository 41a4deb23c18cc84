"""How fast a capture is on each Python, and what it costs the process: docs/capture-speed.md.

    capture.py --heapgraph BIN --python PY [--python PY ...] [-n TRACKED] [--runs N] [--large TRACKED] [-o FILE]

Every row is one process (`target.py`) captured N times; the figures are medians. The stop is the longest gap in the
target's own pulse, which beats every millisecond. `--large` adds a row with so many tracked objects, on the last Python.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

from peers import Target, megabytes, run, run_measured, seconds

HEADER = """# How fast a capture is

Written by `benches/capture.py` at {commit}, {date}, on {cores} cores. Each row is one process with the heap of
`benches/target.py`, captured {runs} times; medians. *Stop felt* is the longest gap in the process's own pulse while it
was captured, *allowed* is 30 ms and 0.3 s per GB of resident memory. *To file* is the whole command, from its start to
the finished file. *Read* is what follows the stop: objects per second from the copy to the snapshot, both cores together.
*Peak* is heapgraph's own memory, beside the process's. *Grown* is by how much the process's resident memory changed.

| Python | tracked | objects | resident | stop felt | stop said | allowed | to file | read | file | peak | grown |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""


def capture(binary, target, folder):
    """Figures of one capture."""
    snapshot = os.path.join(folder, "heap.parquet")
    before = target.ask("pulse")
    taken, peak = run_measured([binary, "capture", "-p", str(target.facts["pid"]), "-o", snapshot])
    after = target.ask("pulse")
    info = json.loads(run([binary, "info", snapshot, "--json"])[1])
    read = (info["capture_ms"] - info["pause_ms"]) / 1000
    return {
        "felt": after["gap"],
        "said": info["pause_ms"] / 1000,
        "whole": taken,
        "rate": info["objects"] / read,
        "objects": info["objects"],
        "file": os.path.getsize(snapshot),
        "peak": peak,
        "grown": after["resident"] - before["resident"],
    }


def row(python, tracked, runs, binary):
    target = Target(python, tracked)
    try:
        with tempfile.TemporaryDirectory() as folder:
            taken = [capture(binary, target, folder) for _ in range(runs)]
    finally:
        target.end()
    median = {name: statistics.median(one[name] for one in taken) for name in taken[0]}
    resident = target.facts["resident"]
    tell = "import sys; print(sys.version.split()[0] + (' debug' if hasattr(sys, 'gettotalrefcount') else ''))"
    cells = [
        subprocess.check_output([python, "-c", tell], text=True).strip(),
        "{:,}".format(target.facts["tracked"]),
        "{:,.0f}".format(median["objects"]),
        megabytes(resident),
        seconds(median["felt"]),
        seconds(median["said"]),
        seconds(0.03 + 0.3 * resident / 1e9),
        seconds(median["whole"]),
        "{:.1f} M/s".format(median["rate"] / 1e6),
        megabytes(median["file"]),
        "{} ({:.1f}\u00d7)".format(megabytes(median["peak"]), median["peak"] / resident),
        megabytes(median["grown"]),
    ]
    return "| {} |\n".format(" | ".join(cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heapgraph", required=True)
    parser.add_argument("--python", action="append", required=True)
    parser.add_argument("-n", type=int, default=1100000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--large", type=int)
    parser.add_argument("-o", help="write the table here too")
    arguments = parser.parse_args()
    said = lambda *command: subprocess.check_output(command, text=True).strip()  # noqa: E731
    text = HEADER.format(
        commit=said("git", "rev-parse", "--short", "HEAD"),
        date=said("date", "-u", "+%F"),
        cores=len(os.sched_getaffinity(0)),
        runs=arguments.runs,
    )
    sizes = [(python, arguments.n) for python in arguments.python]
    sizes += [(arguments.python[-1], arguments.large)] if arguments.large else []
    for python, tracked in sizes:
        text += row(python, tracked, arguments.runs, arguments.heapgraph)
        sys.stderr.write(text.splitlines()[-1] + "\n")
    print(text)
    if arguments.o:
        with open(arguments.o, "w") as file:
            file.write(text)


if __name__ == "__main__":
    main()
