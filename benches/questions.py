"""How fast the questions are, beside the programs that answer the like: docs/analysis-speed.md.

    questions.py --heapgraph BIN [--python PY] [--sizes 1,5,20] [--runs N] [--no-viewers] [-o FILE]

Heaps of so many million objects come from `make_heap`; every figure is of a whole process, from its start, with the file
in the page cache: wall seconds and peak memory, medians. petgraph's passes are those of `passes`. Chrome DevTools' own
loader and memlab, fetched from npm into target/viewers, load the same heap as a .heapsnapshot; `gc.collect()` is timed
in the process of `target.py`.
"""
import argparse
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

from peers import Target, megabytes, run, run_measured, seconds

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
VIEWERS = os.path.join(ROOT, "target", "viewers")
PACKAGES = ["esbuild@0.28.2", "@memlab/core@2.0.5", "@memlab/heap-analysis@2.0.5"]
DEVTOOLS = "chrome-devtools-frontend@1.0.1705227"
LOCALES = """export const LOCALES = ['en-US'];
export const BUNDLED_LOCALES = ['en-US'];
export const DEFAULT_LOCALE = 'en-US';
export const REMOTE_FETCH_PATTERN = '';
export const LOCAL_FETCH_PATTERN = '';
"""
COMMANDS = [
    ("open, all but texts and names", "graph"),
    ("open, everything", "read"),
    ("`types`", ["types"]),
    ("`collect`", ["collect"]),
    ("`cycles`", ["cycles"]),
    ("`retained`", ["retained"]),
    ("`types --retained`", ["types", "--retained"]),
    ("`leaks`", ["leaks"]),
    ("`waste`", ["waste"]),
]


def bench(name, *arguments):
    """The last line of one of our bench programs."""
    command = ["cargo", "bench", "--quiet", "--bench", name, "--"] + [str(argument) for argument in arguments]
    return subprocess.check_output(command, cwd=ROOT, text=True).splitlines()[-1]


def passes(file, *names):
    return json.loads(bench("passes", file, *names))


def make_heap(folder, millions):
    parquet, export = (os.path.join(folder, "heap-{}.{}".format(millions, ending)) for ending in ("parquet", "heapsnapshot"))
    said = bench("make_heap", millions * 1000000, parquet, export)
    return parquet, export, said.split(": ", 1)[1]


def measure(command, runs):
    """Median seconds and peak memory."""
    taken = [run_measured(command) for _ in range(runs)]
    return statistics.median(one[0] for one in taken), statistics.median(one[1] for one in taken)


def questions(binary, parquet, runs):
    """Seconds and peak of each of COMMANDS on one heap."""
    figures = {}
    for title, command in COMMANDS:
        if isinstance(command, str):
            figures[title] = (statistics.median(passes(parquet, command)[command] for _ in range(runs)), None)
        else:
            figures[title] = measure([binary, command[0], parquet] + command[1:], runs)
    return figures


def node(arguments):
    """The last line of JSON that a viewer prints."""
    command = ["node", "--max-old-space-size=16000"] + arguments
    said = subprocess.run(command, cwd=VIEWERS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)
    return json.loads([line for line in said.stdout.splitlines() if line.startswith("{")][-1])


def install_viewers():
    """DevTools' loader as one file, as its own build makes it, and memlab."""
    if os.path.exists(os.path.join(VIEWERS, "devtools.mjs")):
        return
    os.makedirs(VIEWERS, exist_ok=True)
    quiet = dict(cwd=VIEWERS, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(os.path.join(VIEWERS, "package.json"), "w") as file:
        file.write('{"type": "module"}\n')
    environment = dict(os.environ, PUPPETEER_SKIP_DOWNLOAD="1")
    subprocess.run(["npm", "install", "--no-fund", "--no-audit"] + PACKAGES, env=environment, **quiet)
    packed = subprocess.check_output(["npm", "pack", "--silent", DEVTOOLS], cwd=VIEWERS, text=True).split()[-1]
    subprocess.run(["tar", "xzf", packed], **quiet)
    # What DevTools' own build generates.
    with open(os.path.join(VIEWERS, "package", "front_end", "core", "i18n", "locales.js"), "w") as file:
        file.write(LOCALES)
    shutil.copy(os.path.join(HERE, "viewers", "memlab.mjs"), VIEWERS)
    source = os.path.join(HERE, "viewers", "devtools.ts")
    options = ["--bundle", "--platform=node", "--format=esm", "--alias:devtools=./package/front_end", "--outfile=devtools.mjs"]
    subprocess.run([os.path.join("node_modules", ".bin", "esbuild"), source] + options, **quiet)


def viewers(export):
    install_viewers()
    return [("Chrome DevTools' loader", node(["devtools.mjs", export])), ("memlab", node(["memlab.mjs", export]))]


def collect_beside(binary, python, runs):
    """Seconds of `collect` on a capture of the target, and of `gc.collect()` in it."""
    target = Target(python, 1100000)
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "target.parquet")
            run([binary, "capture", "-p", str(target.facts["pid"]), "-o", file])
            ours, peak = measure([binary, "collect", file], runs)
            chain = passes(file, "chain")["chain"]
        theirs = statistics.median(target.ask("collect")["seconds"] for _ in range(runs))
        return ours, peak, theirs, chain
    finally:
        target.end()


def row(*cells):
    return "| " + " | ".join(cells) + " |\n"


def ratio(ours, theirs):
    return "{:.1f}\u00d7".format(theirs / ours)


def own_figures(columns):
    """The table of COMMANDS, a column a size."""
    text = row("", *("{} M".format(size) for size, _ in columns)) + "| --- |" + " ---: |" * len(columns) + "\n"
    for title, _ in COMMANDS:
        cells = [figures[title] for _, figures in columns]
        text += row(title, *(seconds(taken) + (", " + megabytes(peak) if peak else "") for taken, peak in cells))
    return text


def beside_petgraph(parquet, size):
    ours = passes(parquet, "components", "kosaraju", "dominators", "simple_fast")
    text = "\n## Beside petgraph, {} million objects, without class references\n\n".format(size)
    text += row("", "heapgraph", "petgraph", "ratio") + "| --- | ---: | ---: | ---: |\n"
    pairs = [
        ("strongly connected components / `kosaraju_scc`", "components", "kosaraju"),
        ("dominators / `simple_fast`", "dominators", "simple_fast"),
    ]
    for title, mine, theirs in pairs:
        text += row(title, seconds(ours[mine]), seconds(ours[theirs]), ratio(ours[mine], ours[theirs]))
    return text + row("dominators with class references", seconds(ours["dominators_with_classes"]), "quadratic", "")


def beside_viewers(export, retained, peak):
    text = "\n## Beside the viewers of .heapsnapshot files, the same heap\n\n"
    text += "Loaded until retained sizes are there; ours is `retained`, {} and {}.\n\n".format(
        seconds(retained), megabytes(peak)
    )
    text += row("", "seconds", "peak", "ratio") + "| --- | ---: | ---: | ---: |\n"
    for title, facts in viewers(export):
        text += row(title, seconds(facts["seconds"]), megabytes(facts["peak"]), ratio(retained, facts["seconds"]))
    return text


def beside_the_collector(binary, python, runs):
    mine, _, theirs, chain = collect_beside(binary, python, runs)
    text = "\n## Beside the process's own collector, 1.1 million tracked objects\n\n"
    text += row("", "heapgraph", "in the process", "ratio") + "| --- | ---: | ---: | ---: |\n"
    text += row("`collect`, whole command / `gc.collect()`", seconds(mine), seconds(theirs), ratio(mine, theirs))
    return text + "\n`chain` from the object with the most holders, after opening: {}.\n".format(seconds(chain))


def page(arguments):
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
    text = "# How fast the questions are\n\n"
    text += "Written by `benches/questions.py` at {}, {}, on {} cores; medians of {} runs.\n".format(
        commit, datetime.date.today(), os.cpu_count(), arguments.runs
    )
    text += "Each figure is of a process of its own, the start and the reading of the file included.\n\n"
    with tempfile.TemporaryDirectory() as folder:
        heaps = [(int(size),) + make_heap(folder, int(size)) for size in arguments.sizes.split(",")]
        columns = [(size, questions(arguments.heapgraph, parquet, arguments.runs)) for size, parquet, _, _ in heaps]
        for size, parquet, _, said in heaps:
            text += "- {} million: {}, {}\n".format(size, said, megabytes(os.path.getsize(parquet)))
        text += "\n" + own_figures(columns)
        size, parquet, export, _ = heaps[min(1, len(heaps) - 1)]
        text += beside_petgraph(parquet, size)
        if not arguments.no_viewers:
            text += beside_viewers(export, *dict(columns)[size]["`retained`"])
    return text + beside_the_collector(arguments.heapgraph, arguments.python, arguments.runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heapgraph", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--sizes", default="1,5,20")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-viewers", action="store_true")
    parser.add_argument("-o", help="write the page here too")
    arguments = parser.parse_args()
    text = page(arguments)
    print(text)
    if arguments.o:
        with open(arguments.o, "w") as file:
            file.write(text)


if __name__ == "__main__":
    main()
