"""Write down what random heaps proved, as docs/collector-proof.md.

    table.py REPORT

REPORT is the JSON that the suite leaves: HEAPGRAPH_TEST_REPORT=REPORT cargo test --locked --test collector.
"""
import datetime
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

INTRODUCTION = """# What `collect` says, against the collector itself

Written by `tests/collector/table.py` from a run of `cargo test --locked --test collector`, which takes a sample of the same;
`tests/long.sh` runs it in full.

Each heap is random: some of {pieces} makers of objects, in cycles, with parts that live and point into the dead and out
of it, collections of one generation or another and `gc.freeze()` while it is built, all with the collector off. The
process then waits in a C call, is captured from outside, and asked about by `collect` for generation 0, 1 and 2. Then
the real collector runs, once for each: in the process itself, and in bare forks of it, which have the same objects at
the same addresses. `gc.DEBUG_COLLECTABLE` and `gc.DEBUG_UNCOLLECTABLE` tell its sets, object by object.

- *collected*: collections of which the set of collected objects is the same; *guessed*: not the same, where
  `blurred_by.guessed` said that it may be
- *uncollectable*: the same for the uncollectable objects and what `gc.garbage` gains; *blurred*: not the same, where
  `blurred_by` said that code runs before they are counted
- *number*: what `gc.collect()` returned is `returns`, where `blurred_by` is all zero; *by chance*: it is, though
  something may have blurred it; *blurred*: it is not, as was said
- *wrong*: anything else; the test fails on any

"""

COLUMNS = "Python|heaps|collections|dead objects|collected|guessed|uncollectable|blurred|number|by chance|blurred|wrong|commit|date"


def row(cells):
    return "| " + " | ".join(map(str, cells)) + " |\n"


def figures(entry):
    """The cells of one Python; `wrong` over all three figures."""
    collected, stuck, number = entry["collected"], entry["uncollectable"], entry["number"]
    return [
        entry["python"],
        entry["heaps"],
        3 * entry["heaps"],
        "{:,}".format(entry["dead"]),
        collected["exact"] + collected["agrees"],
        collected["blurred"],
        stuck["exact"] + stuck["agrees"],
        stuck["blurred"],
        number["exact"],
        number["agrees"],
        number["blurred"],
        sum(figure["wrong"] for figure in (collected, stuck, number)),
    ]


def total(report):
    """All Pythons as one."""
    whole = {"python": "all", "heaps": 0, "dead": 0, "reasons": {}, "coverage": {}}
    for entry in report:
        for key, value in entry.items():
            if isinstance(value, int):
                whole[key] += value
            elif isinstance(value, dict):
                add(whole.setdefault(key, {}), value)
    return whole


def add(sums, values):
    for key, value in values.items():
        if isinstance(value, dict):
            add(sums.setdefault(key, {}), value)
        else:
            sums[key] = sums.get(key, 0) + value


def pieces():
    """How many makers there are, counted where they are registered."""
    sys.path.insert(0, os.path.join(ROOT, "tests", "collector"))
    import pieces as known

    return len(known.load())


def main():
    with open(sys.argv[1]) as file:
        report = json.load(file)
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
    stamp = [commit, datetime.date.today().isoformat()]
    whole = total(report)
    text = INTRODUCTION.format(pieces=pieces())
    text += row(COLUMNS.split("|")) + row(["---"] + ["---:"] * (COLUMNS.count("|") - 2) + ["---"] * 2)
    text += "".join(row(figures(entry) + stamp) for entry in report)
    text += row(figures(whole) + stamp)
    text += "\n## Why numbers are blurred\n\nA collection may have several reasons.\n\n"
    text += row(["blurred by", "collections", "of these, the number differs"]) + row(["---", "---:", "---:"])
    for reason, counts in sorted(whole["reasons"].items()):
        text += row([reason, counts["checks"], counts["differ"]])
    text += "\n## What the heaps had in them\n\nShare of the heaps whose garbage has it, or, for frozen objects, that have any.\n\n"
    text += row(["", "heaps", "share"]) + row(["---", "---:", "---:"])
    for what, heaps in sorted(whole["coverage"].items(), key=lambda item: -item[1]):
        text += row([what, heaps, "{} %".format(100 * heaps // whole["heaps"])])
    with open(os.path.join(ROOT, "docs", "collector-proof.md"), "w") as file:
        file.write(text)


if __name__ == "__main__":
    main()
