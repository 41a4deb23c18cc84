"""Start a program, capture it from outside, have it tell the truth, and compare the two.

    run.py --python PY --program victim|asyncio|package|orm|extensions --heapgraph BIN [-n N] [--core] [--keep DIR] [options of compare.py]
    run.py --self-test

The exit code is that of `compare.py`; 2 when something before it went wrong.
"""
import argparse
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import environment

HERE = os.path.dirname(os.path.abspath(__file__))
#: The usual size of each program. What it needs is in `programs/NAME.txt`: every package, pinned.
SIZES = {"victim": 20, "asyncio": 200, "package": 500, "orm": 200, "extensions": 60}
#: Seconds until a program has to have come to its stop, and until it has to have told the truth.
PATIENCE = 120


class Target:
    """The program under test, and the two pipes on which it is told when to go on."""

    def __init__(self, command, folder, **variables):
        self.truth = os.path.join(folder, "truth")
        read_here, write_there = os.pipe()
        read_there, write_here = os.pipe()
        self.reader, self.writer = read_here, write_here
        variables["HEAPGRAPH_TRUTH"] = "{},{},{}".format(read_there, write_there, self.truth)
        self.log = os.path.join(folder, "output")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command,
                env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1", **variables),
                pass_fds=(read_there, write_there),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
            )
        os.close(read_there)
        os.close(write_there)
        self.pid = self.process.pid

    def expect(self, word):
        """Wait for its line; show what it printed if the line does not come."""
        ready, _, _ = select.select([self.reader], [], [], PATIENCE)
        line = os.read(self.reader, 100) if ready else b""
        if line != word + b"\n":
            self.fail("did not say {!r} but {!r}".format(word, line))

    def fail(self, what):
        """End it and show what it printed."""
        self.end()
        with open(self.log, errors="replace") as log:
            sys.stderr.write("the program {}:\n{}\n".format(what, log.read()[-3000:]))
        sys.exit(2)

    def go_on(self):
        os.write(self.writer, b"\n")

    def end(self):
        self.process.kill()
        self.process.wait()


def start_victim(python, n, folder):
    return Target([python, os.path.join(HERE, "victim.py"), "-n", str(n)], folder)


def injected():
    """Foreign programs get the oracle by way of `sitecustomize`."""
    return {"PYTHONPATH": os.path.join(HERE, "inject")}


def start_asyncio(python, n, folder):
    """An asyncio server (datasette on uvicorn) that has answered requests, some over connections that stay open."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    target = Target([python, "-m", "datasette", "--memory", "--port", str(port)], folder, **injected())
    address = "http://127.0.0.1:{}/".format(port)
    end = time.monotonic() + PATIENCE
    while target.process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(address).close()
            break
        except OSError:
            time.sleep(0.2)
    else:
        target.fail("did not start to serve")
    pages = ["-/versions.json", "_memory?sql=select+{0}", "_memory.json?sql=select+{0}+as+a,+'text{0}'+as+b", "-/plugins"]
    for k in range(n):
        urllib.request.urlopen(address + pages[k % len(pages)].format(k)).read()
    target.connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    for connection in target.connections[::2]:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: ")
    time.sleep(0.5)
    target.process.send_signal(signal.SIGUSR1)
    return target


def start_package(python, n, folder):
    """The tests that networkx ships, stopped inside the n-th."""
    command = [python, "-m", "pytest", "-q", "-p", "stop_in_test", "-p", "no:cacheprovider", "--pyargs"]
    command += ["networkx.classes", "networkx.utils", "networkx.algorithms.tests", "networkx.algorithms.flow"]
    variables = injected()
    variables["PYTHONPATH"] += ":" + os.path.join(HERE, "programs")
    return Target(command, folder, HEAPGRAPH_STOP_IN_TEST=str(n), **variables)


def start_orm(python, n, folder):
    return Target([python, os.path.join(HERE, "programs", "site.py"), str(n)], folder, **injected())


def start_extensions(python, n, folder):
    return Target([python, os.path.join(HERE, "programs", "extensions.py"), str(n)], folder, **injected())


def gcore(target, folder):
    """Write a core file of it; gives the option that reads it."""
    stem = os.path.join(folder, "gcore")
    written = subprocess.run(["gcore", "-o", stem, str(target.pid)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if written.returncode:
        target.fail("left no core:\n" + written.stdout.decode(errors="replace"))
    return ["--core", "{}.{}".format(stem, target.pid)]


def packages(program):
    """What is installed for a program; the victim needs nothing."""
    path = os.path.join(HERE, "programs", program + ".txt")
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return file.read().split()


STARTS = {"victim": start_victim, "asyncio": start_asyncio, "package": start_package, "orm": start_orm, "extensions": start_extensions}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--program", choices=sorted(STARTS), default="victim")
    parser.add_argument("--heapgraph", default="heapgraph", help="the binary")
    parser.add_argument("-n", type=int, help="how large; each program has a usual size")
    parser.add_argument("--core", action="store_true", help="capture a core file of it, by gcore, instead of the process")
    parser.add_argument("--keep", help="leave snapshot and truth in this folder")
    parser.add_argument("--self-test", action="store_true", help="try the comparison itself, on made snapshots")
    arguments, for_compare = parser.parse_known_args()
    if arguments.self_test:
        return subprocess.call([environment.tools(), "-B", os.path.join(HERE, "selftest.py")])
    python = environment.interpreter(arguments.python, packages(arguments.program))
    tools = environment.tools()
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.abspath(arguments.keep or folder)
        os.makedirs(folder, exist_ok=True)
        snapshot = os.path.join(folder, "snapshot.parquet")
        for old in (snapshot, os.path.join(folder, "truth")):
            if os.path.exists(old):
                os.unlink(old)
        target = STARTS[arguments.program](python, arguments.n or SIZES[arguments.program], folder)
        try:
            target.expect(b"ready")
            begun = time.perf_counter()
            source = gcore(target, folder) if arguments.core else ["-p", str(target.pid)]
            capture = subprocess.run([arguments.heapgraph, "capture", "-o", snapshot] + source)
            if capture.returncode or not os.path.exists(snapshot):
                return 2
            print("{} on {}: captured in {:.2f} s".format(arguments.program, python, time.perf_counter() - begun), flush=True)
            target.go_on()
            target.expect(b"truth")
        finally:
            target.end()
        return subprocess.call([tools, "-B", os.path.join(HERE, "compare.py"), target.truth, snapshot] + for_compare)


if __name__ == "__main__":
    sys.exit(main())
