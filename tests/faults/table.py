"""Write down the faults that were tried and survived, as docs/faults.md.

    table.py FOLDER

FOLDER is what the suites leave, a file a row: HEAPGRAPH_TEST_FAULTS=FOLDER cargo test --test faults --test harm
--test sources.
"""
import datetime
import glob
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

INTRODUCTION = """# Faults that were tried

Written by `tests/faults/table.py` from a run of the suites `faults`, `harm` and `sources`, which take a sample of the
same in `cargo test`; `tests/long.sh` runs them in full. Each row is a test that fails if one time is not as it says.

{tried:,} times in all, with a {build} build.

"""

SUITES = [("harm", "Captures in a row of busy targets"), ("faults", "Faults while capturing"),
          ("sources", "Damaged memory")]
COLUMNS = "fault|times|the target|checked each time|heapgraph said|commit|date"
KEYS = ["fault", "tried", "target", "checked", "said", "commit", "date"]


def line(cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |\n"


def main():
    rows = []
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.json"))):
        with open(path) as file:
            row = json.load(file)
        row["date"] = datetime.date.fromtimestamp(os.path.getmtime(path)).isoformat()
        rows.append(row)
    if not rows:
        sys.exit("expected rows of a run in {}, found none".format(sys.argv[1]))
    builds = " and a ".join(sorted({row["build"] for row in rows}))
    text = INTRODUCTION.format(tried=sum(row["tried"] for row in rows), build=builds)
    for suite, title in SUITES:
        here = [row for row in rows if row["suite"] == suite]
        if not here:
            continue
        text += "## {}\n\n".format(title)
        text += line(COLUMNS.split("|")) + line(["---", "---:"] + ["---"] * (COLUMNS.count("|") - 1))
        for row in here:
            text += line(["{:,}".format(row[name]) if name == "tried" else row[name] for name in KEYS])
        text += "\n"
    with open(os.path.join(ROOT, "docs", "faults.md"), "w") as file:
        file.write(text.rstrip("\n") + "\n")


main()
