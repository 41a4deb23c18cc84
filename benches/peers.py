"""heapgraph beside objgraph 3.7.0, in one run, on one process with 1.1 million tracked objects.

    peers.py --heapgraph BIN [--python PY] [-n TRACKED] [--runs N] [--no-objgraph] [-o FILE]

Prints a Markdown table of medians with ratios. heapgraph's times are of whole commands, the start of the process and
the reading of the file included; objgraph's are of the calls alone, inside the target, its import left out. The pause is
the longest gap in the target's own pulse (`target.py`), which beats every millisecond.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "tests", "truth"))

import environment  # noqa: E402

OBJGRAPH = ["graphviz==0.21", "objgraph==3.7.0"]


class Target:
    """The process that both look at."""

    def __init__(self, python, tracked):
        command = [python, os.path.join(HERE, "target.py"), "-n", str(tracked)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.facts = self.line()

    def line(self):
        # objgraph prints where it wrote its picture; only JSON is ours.
        for line in self.process.stdout:
            if line.startswith(b"{"):
                return json.loads(line)
        raise SystemExit("the target ended unasked")

    def ask(self, command):
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()
        return self.line()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def run(command):
    """Wall seconds and peak memory of a command."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said, complaint = process.communicate()
    seconds = time.perf_counter() - begun
    if process.returncode:
        raise SystemExit("{}: exit {}\n{}".format(" ".join(command), process.returncode, complaint.decode()))
    return seconds, said


def run_measured(command):
    """The same with the command's peak memory, which only `wait4` tells."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("{}: exit {}".format(" ".join(command), process.returncode))
    return time.perf_counter() - begun, usage.ru_maxrss * 1024


class Figures:
    """Lists of measurements by name."""

    def __init__(self):
        self.lists = {}

    def add(self, **figures):
        for name, figure in figures.items():
            self.lists.setdefault(name, []).append(figure)

    def median(self, name):
        return statistics.median(self.lists[name]) if name in self.lists else None


def measure_heapgraph(binary, target, folder, figures):
    snapshot, picture = os.path.join(folder, "bench.parquet"), os.path.join(folder, "bench.png")
    sample = target.facts["sample"]
    before = target.ask("pulse")
    seconds, peak = run_measured([binary, "capture", "-p", str(target.facts["pid"]), "-o", snapshot])
    after = target.ask("pulse")
    info = json.loads(run([binary, "info", snapshot, "--json"])[1])
    figures.add(
        capture=seconds,
        capture_peak=peak,
        pause_felt=after["gap"],
        pause_idle=before["gap"],
        pause_said=info["pause_ms"] / 1000,
        grown=after["resident"] - before["resident"],
        file=os.path.getsize(snapshot),
    )
    seconds, peak = run_measured([binary, "types", snapshot])
    figures.add(types=seconds, types_peak=peak)
    backrefs = [binary, "backrefs", snapshot, sample, "--max-depth", "3", "-o", picture]
    seconds, peak = run_measured(backrefs)
    figures.add(backrefs=seconds, backrefs_peak=peak, backrefs_objgraph=run(backrefs + ["--style", "objgraph"])[0])
    figures.add(chain=run([binary, "chain", snapshot, sample])[0])


def measure_objgraph(target, folder, figures):
    drawing = os.path.join(folder, "objgraph.dot")
    for name, command in (("typestats", "typestats"), ("show_backrefs", "backrefs " + drawing), ("find_chain", "chain")):
        target.ask("pulse")
        seconds = target.ask(command)["seconds"]
        after = target.ask("pulse")
        figures.add(**{name: seconds, name + "_pause": after["gap"], "objgraph_peak": after["peak"]})
    if shutil.which("dot"):
        figures.add(dot=run(["dot", "-Tpng", "-o", drawing + ".png", drawing])[0])


def seconds(value):
    return "\u2013" if value is None else "{:.0f} ms".format(value * 1000) if value < 1 else "{:.2f} s".format(value)


def megabytes(value):
    return "\u2013" if value is None else "{:.1f} MB".format(value / 1e6)


def ratio(ours, theirs):
    return "{:.1f}\u00d7".format(theirs / ours) if ours and theirs else "\u2013"


def table(figures, facts, runs, version):
    median = figures.median
    drawn = median("show_backrefs")
    with_dot = drawn + median("dot") if drawn and median("dot") else None
    rows = [
        ("target stopped, by its own pulse", seconds(median("pause_felt")), "", ""),
        ("target stopped, as reported", seconds(median("pause_said")), "", ""),
        ("longest gap in the pulse when nothing happens", seconds(median("pause_idle")), "", ""),
        ("capture to finished file", seconds(median("capture")), "", ""),
        ("size of the file", megabytes(median("file")), "", ""),
        ("peak memory of `capture`", megabytes(median("capture_peak")), "", ""),
        ("target's memory grown by", megabytes(median("grown")), "", ""),
        ("peak memory of the target in the end", "", megabytes(median("objgraph_peak")), ""),
        ("`types` / typestats", seconds(median("types")), seconds(median("typestats")), ratio(median("types"), median("typestats"))),
        ("the same: target stopped", seconds(0), seconds(median("typestats_pause")), ""),
        ("`backrefs` depth 3 to PNG / show_backrefs to DOT", seconds(median("backrefs")), seconds(drawn), ratio(median("backrefs"), drawn)),
        ("the same in objgraph's style", seconds(median("backrefs_objgraph")), seconds(drawn), ratio(median("backrefs_objgraph"), drawn)),
        ("the same, with `dot` to PNG", seconds(median("backrefs_objgraph")), seconds(with_dot), ratio(median("backrefs_objgraph"), with_dot)),
        ("the same: target stopped", seconds(0), seconds(median("show_backrefs_pause")), ""),
        ("`chain` / find_backref_chain", seconds(median("chain")), seconds(median("find_chain")), ratio(median("chain"), median("find_chain"))),
    ]
    text = "CPython {}, {:,} tracked objects, {} resident; medians of {} runs.\n\n".format(
        version, facts["tracked"], megabytes(facts["resident"]), runs
    )
    text += "| | heapgraph | objgraph 3.7.0, in the process | ratio |\n|---|---:|---:|---:|\n"
    return text + "".join("| {} | {} | {} | {} |\n".format(*cells) for cells in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heapgraph", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("-n", type=int, default=1100000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-objgraph", action="store_true")
    parser.add_argument("-o", help="write the table here too")
    arguments = parser.parse_args()
    version = subprocess.check_output([arguments.python, "-c", "import sys; print(sys.version.split()[0])"], text=True).strip()
    target = Target(environment.interpreter(arguments.python, OBJGRAPH), arguments.n)
    figures = Figures()
    try:
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(arguments.runs):
                measure_heapgraph(arguments.heapgraph, target, folder, figures)
            for _ in range(0 if arguments.no_objgraph else arguments.runs):
                measure_objgraph(target, folder, figures)
    finally:
        target.end()
    text = table(figures, target.facts, arguments.runs, version)
    print(text)
    if arguments.o:
        with open(arguments.o, "w") as file:
            file.write(text)


if __name__ == "__main__":
    main()
