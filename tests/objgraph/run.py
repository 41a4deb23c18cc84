"""objgraph and heapgraph draw the same process at the same moment: the same graph, but for a closed list of differences.

    run.py --heapgraph BIN --python PY [--python PY]… [--only PROGRAM] [-o FILE]

Each PY has objgraph. Prints what differs and a table of counts, writes that table into docs with -o, and exits 1 where a
difference fits no rule of compare.py.
"""
import argparse
import collections
import concurrent.futures
import glob
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import compare  # noqa: E402

MARKS = ("<!-- counts -->", "<!-- end of counts -->")


class Tally:
    """What was found with one Python."""

    def __init__(self):
        self.drawings = self.nodes = self.edges = 0
        self.allowed = collections.Counter()
        self.faults = []


def draw(binary, words, snapshot, folder):
    out = os.path.join(folder, "ours.dot")
    words = [{"FILE": snapshot, "OUT": out}.get(word, word) for word in words]
    done = subprocess.run([binary] + words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError("heapgraph {}: {}".format(" ".join(words), done.stderr))
    with open(out, encoding="utf-8", newline="") as file:
        return file.read()


def one(binary, python, minor, program, tally, keep):
    """One program under one Python."""
    child = subprocess.Popen([python, "-B", os.path.join(HERE, "victim.py"), program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    name = os.path.basename(program)[:-3]
    with tempfile.TemporaryDirectory() as folder:
        try:
            line = child.stdout.readline()
            if not line:
                raise RuntimeError("{} {}: no drawing".format(python, name))
            truth = json.loads(line)
            snapshot = os.path.join(keep or folder, "{}-3.{}.parquet".format(name, minor))
            if os.path.exists(snapshot):
                os.remove(snapshot)
            subprocess.run([binary, "capture", "-p", str(child.pid), "-o", snapshot], check=True, capture_output=True)
        finally:
            child.stdin.close()
            child.wait()
        for number, asked in enumerate(truth["questions"]):
            ours = draw(binary, asked["command"], snapshot, folder)
            if keep:
                for who, text in (("objgraph", asked["dot"]), ("heapgraph", ours)):
                    with open(os.path.join(keep, "{}-3.{}-{}-{}.dot".format(name, minor, number, who)), "w", encoding="utf-8", newline="") as file:
                        file.write(text)
            found = compare.Comparison(asked["dot"], ours, truth, minor)
            tally.drawings += 1
            tally.nodes += len(found.theirs.nodes)
            tally.edges += len(found.theirs.edges)
            tally.allowed.update(found.allowed)
            words = " ".join(asked["question"]["of"])
            tally.faults += ["3.{} {} {} ({} {}): {}".format(minor, name, number, asked["question"]["ask"], words, fault) for fault in found.faults]


def table(tallies):
    rules = list(compare.ALLOWED) + [compare.COUNT] + list(compare.SHORT)
    head = ["Python", "drawings", "nodes", "edges"] + rules + ["any other difference"]
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for version, tally in tallies.items():
        cells = [version, tally.drawings, tally.nodes, tally.edges] + [tally.allowed[what] for what in rules] + [len(tally.faults)]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def write_table(path, text):
    """Puts the table between the marks in a page."""
    with open(path, encoding="utf-8") as file:
        before, rest = file.read().split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + MARKS[0] + "\n" + text + "\n" + MARKS[1] + after)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--heapgraph", required=True)
    parser.add_argument("--python", action="append", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep")
    parser.add_argument("-o", "--output")
    options = parser.parse_args()
    programs = sorted(glob.glob(os.path.join(HERE, "programs", "*.py")))
    tallies = {}
    work = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
    started = []
    for python in options.python:
        version = subprocess.check_output([python, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"], text=True).strip()
        tally = tallies[version] = Tally()
        for program in programs:
            if options.only in os.path.basename(program):
                started.append(work.submit(one, options.heapgraph, python, int(version.split(".")[1]), program, tally, options.keep))
    for running in started:
        running.result()
    faults = [fault for tally in tallies.values() for fault in tally.faults]
    print("\n".join(faults + [table(tallies)]))
    if options.output:
        write_table(options.output, table(tallies))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
