"""Heaps of programs that nobody wrote for a picture: started, captured, asked."""
import os
import shutil
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PACKAGES = ["Django==5.2.8", "Flask==3.1.2", "rich==14.2.0"]
# Per program: what starts it, and the questions with what they show.
PROGRAMS = [
    ("chat", ["victims/chat.py"], ["backrefs Session[7]", "refs Session[7]", "backrefs Room", "refs __main__.ROOMS --max-depth 4", "backrefs Message --limit 5 --max-depth 5",
                                   "refs asyncio.selector_events._SelectorSocketTransport[3] --max-depth 5 --too-many 30"]),
    ("http.server", ["-m", "http.server", "--bind", "127.0.0.1", "0"], ["backrefs DualStackServer", "refs DualStackServer --max-depth 5", "refs threading._active --max-depth 6"]),
    ("pydoc", ["-m", "pydoc", "-n", "127.0.0.1", "-p", "0"], ["refs __main__.text --max-depth 4", "refs sys.meta_path --max-depth 4", "backrefs type:socket"]),
    ("flask", ["victims/web.py"], ["backrefs Order[9]", "refs Order[9] --max-depth 5", "refs __main__.app --max-depth 3 --too-many 20", "backrefs flask.wrappers.Request[5] --max-depth 6"]),
    ("django", ["victims/orm.py"], ["backrefs User[3]", "refs User[3] --max-depth 5", "backrefs Group --max-depth 4", "refs __main__.KEPT --max-depth 5 --too-many 30"]),
    ("rich", ["victims/console.py"], ["refs __main__.tree --max-depth 6", "refs __main__.progress --max-depth 4", "backrefs rich.style.Style[0] --too-many 30", "refs __main__.table --max-depth 4 --classes"]),
]


def environment():
    """A Python with the programs' packages, under target/."""
    folder = os.path.join(ROOT, "target", "venv-layout-programs")
    python, stamp = os.path.join(folder, "bin", "python"), os.path.join(folder, "packages.txt")
    wanted = "\n".join(PACKAGES)
    if os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["python3", "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + PACKAGES, check=True)
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(wanted)
    return python


def cases(binary, folder, case):
    """A case for every question, after a capture of every program."""
    python = environment()
    for name, words, questions in PROGRAMS:
        snapshot = os.path.join(folder, name + ".parquet")
        words = [os.path.join(HERE, word) if word.startswith("victims/") else word for word in words]
        if os.path.exists(snapshot):
            os.remove(snapshot)
        child = subprocess.Popen([python] + words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(os.environ, PYTHONUNBUFFERED="1"))
        try:
            child.stdout.readline()
            time.sleep(0.2)
            subprocess.run([binary, "capture", "-p", str(child.pid), "-o", snapshot], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        finally:
            child.kill()
            child.wait()
        for question in questions:
            yield case("{}: {}".format(name, question), snapshot, asker(question))


def asker(question):
    command, thing, *knobs = question.split()
    return lambda path: [command, path, thing] + knobs

