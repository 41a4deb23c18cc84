"""A server under load, captured again and again: does it notice?

    soak.py --heapgraph BINARY --python PY [--python PY...] [--seconds 600] [--every 5] [-o docs/soak.md]

A server of threads on 127.0.0.1, in each of the Pythons, with a heap of a hundred thousand objects, answers requests
that come over connections that stay open, several at a time on each. It is captured every few seconds: for half of the
time by one heapgraph in a series (`--every`), for the other half by a new one each time. Fails if a request fails, if
an answer takes longer than the pause and an allowance, or if the server or heapgraph grows.
"""
import argparse
import asyncio
import datetime
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

SERVER = r"""
import collections, socketserver, sys, threading

class Session:
    def __init__(self, number):
        self.number, self.items = number, [number, str(number), {"number": number}]

sessions = {number: Session(number) for number in range(25000)}
recent = collections.deque(maxlen=1000)

class Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    def handle(self):
        while True:
            line = self.rfile.readline()
            if not line:
                return
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            number = int(line.split()[1][1:])
            session = sessions[number % 25000]
            recent.append(Session(number))
            body = b"%d %d" % (session.number, len(session.items))
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

class Server(socketserver.ThreadingTCPServer):
    daemon_threads, request_queue_size = True, 128

server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
"""

INTRODUCTION = """# A server under load, captured again and again

Written by `tests/soak.py`, which `tests/long.sh` runs. A server of threads on 127.0.0.1 with a heap of {objects:,}
objects answers requests over {connections} connections that stay open, {depth} at a time on each, and is captured
every {every:g} s: for half of the time by one heapgraph in a series, for the other half by a new one each time.
The load comes from the same machine ({cores} cores), whose load was {load_before:.1f} before and {load_after:.1f} after;
what else ran there shows in the latencies without a capture.

- *slowest*: the longest answer, and the longest while nothing captured; an answer may take as long as the server
  stands still, as it took without captures, and {allowance:g} ms
- *grew*: resident memory, open files and threads of the server, from the first fifth of its captures to the last;
  heapgraph's own between two captures of a series, or a new one's peak, from the middle fifth to the last, for the
  allocator keeps what the first captures needed

"""


class Load:
    """Pipelined requests over open connections, and how long each answer took."""

    def __init__(self, port, connections, depth):
        self.port, self.depth, self.over = port, depth, False
        self.done, self.failed = 0, 0
        self.slow = []  # (when, seconds) of answers of more than 5 ms
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.run, args=(connections,))
        self.thread.start()

    def run(self, connections):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.gather(*(self.client(n) for n in range(connections))))

    async def client(self, number):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while not self.over:
            asked = [number + step for step in range(self.depth)]
            number += self.depth
            begin = time.monotonic()
            writer.write(b"".join(b"GET /%d HTTP/1.1\r\nHost: soak\r\n\r\n" % n for n in asked))
            for n in asked:
                try:
                    head = await reader.readuntil(b"\r\n\r\n")
                    length = int(re.search(rb"Content-Length: (\d+)", head).group(1))
                    body = await reader.readexactly(length)
                except (OSError, asyncio.IncompleteReadError, AttributeError):
                    self.failed += 1
                    return
                took = time.monotonic() - begin
                self.failed += body != b"%d 3" % (n % 25000)
                self.done += 1
                if took > 0.005:
                    self.slow.append((begin, begin + took))
        writer.close()

    def end(self):
        self.over = True
        self.thread.join()


def state(pid):
    """Resident KiB, open files, threads, and whether it is free."""
    with open("/proc/%d/status" % pid) as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    assert status["TracerPid"].strip() == "0", "the server is traced"
    assert status["State"][0] not in "TtZ", "the server is %s" % status["State"]
    return [int(status["VmRSS"].split()[0]), len(os.listdir("/proc/%d/fd" % pid)), int(status["Threads"])]


class Captures:
    """What each capture took, and when."""

    def __init__(self, heapgraph, pid, folder):
        self.heapgraph, self.pid, self.folder = heapgraph, pid, folder
        self.pauses, self.spans, self.states, self.own = [], [], [], []
        self.objects, self.peak = 0, 0

    def info(self, path):
        told = json.loads(subprocess.check_output([self.heapgraph, "info", path, "--json"]))
        self.pauses.append(told["pause_ms"])
        self.objects = told["objects"]
        os.remove(path)

    def one_each_time(self, until, every):
        path = os.path.join(self.folder, "one.parquet")
        while time.monotonic() < until:
            begin = time.monotonic()
            command = [self.heapgraph, "capture", "-p", str(self.pid), "-o", path]
            child = subprocess.Popen(command, stderr=subprocess.PIPE)
            said = child.stderr.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = status
            assert status == 0, said
            self.spans.append((begin, time.monotonic()))
            self.own.append(usage.ru_maxrss)
            self.peak = max(self.own)
            self.info(path)
            self.states.append(state(self.pid))
            time.sleep(max(0, every - (time.monotonic() - begin)))

    def series(self, until, every):
        line = ["capture", "-p", str(self.pid), "--every", str(every), "-o", os.path.join(self.folder, "s.parquet")]
        child = subprocess.Popen([self.heapgraph] + line, stderr=subprocess.PIPE, text=True)
        begin = time.monotonic()
        for said in child.stderr:
            path = re.match(r"wrote (\S+):", said).group(1)
            now = time.monotonic()
            # It began no earlier than its turn.
            turn = begin + every * round((now - begin) / every - 0.5)
            self.spans.append((turn, now))
            # When it waits for its next turn.
            time.sleep(every / 5)
            with open("/proc/%d/status" % child.pid) as file:
                status = file.read()
            self.own.append(int(re.search(r"VmRSS:\s+(\d+)", status).group(1)))
            self.peak = int(re.search(r"VmHWM:\s+(\d+)", status).group(1))
            self.info(path)
            self.states.append(state(self.pid))
            if now > until:
                break
        child.terminate()
        child.stderr.read()
        assert child.wait() == 143, child.returncode


def mean(values):
    return sum(values) / len(values)


def grown(values, count):
    return mean(values[-count:]) / mean(values[:count]) - 1


def soak(arguments, python, way, seconds):
    """One server, captured in one way; a row of the table, and what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([python, "-I", "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        load = Load(int(server.stdout.readline()), arguments.connections, arguments.depth)
        captures = Captures(arguments.heapgraph, server.pid, folder)
        time.sleep(max(1, seconds / 20))
        quiet_until = time.monotonic()
        begun, done = quiet_until, load.done
        getattr(captures, way)(begun + seconds, arguments.every)
        rate = (load.done - done) / (time.monotonic() - begun)
        load.end()
        server.stdin.close()
        ended = server.wait()
    apart = lambda begin, end: all(end < at or begin > to for at, to in captures.spans)
    slowest = max([1000 * (end - begin) for begin, end in load.slow] or [5])
    quiet = max([1000 * (end - begin) for begin, end in load.slow if apart(begin, end)] or [5])
    fifth = max(1, len(captures.states) // 5)
    growth = [grown([now[at] for now in captures.states], fifth) for at in range(3)]
    own = mean(captures.own[-fifth:]) / mean(captures.own[2 * fifth:3 * fifth]) - 1
    wrong = []
    if load.failed or ended:
        wrong.append("%d requests failed, the server ended with %d" % (load.failed, ended))
    if slowest > max(captures.pauses) + quiet + arguments.allowance:
        wrong.append("an answer took %.0f ms" % slowest)
    if growth[0] > 0.05 or growth[1] > 0 or growth[2] > 0 or own > 0.10:
        wrong.append("growth of server %s, of heapgraph %.2f" % (growth, own))
    row = {
        "python": subprocess.check_output([python, "-c", "import platform; print(platform.python_version())"], text=True),
        "way": {"series": "one series", "one_each_time": "a new one each time"}[way],
        "seconds": seconds, "captures": len(captures.pauses), "requests": load.done, "rate": rate,
        "failed": load.failed, "pauses": sorted(captures.pauses), "slowest": slowest, "quiet": quiet,
        "growth": growth, "own": own, "peak_mib": captures.peak / 1024, "objects": captures.objects,
    }
    print(json.dumps(row), *wrong, sep="\n", flush=True)
    return row, wrong


def cells(row):
    pauses = row["pauses"]
    return [
        row["python"].strip(), row["way"], "%.0f" % row["seconds"], row["captures"], "{:,}".format(row["requests"]),
        "{:,.0f}".format(row["rate"]), row["failed"], "%.1f" % pauses[len(pauses) // 2], "%.1f" % pauses[-1],
        "%.1f" % row["slowest"], "%.1f" % row["quiet"],
        "%+.1f %%, %+.0f %%, %+.0f %%" % tuple(100 * growth for growth in row["growth"]),
        "%.0f MiB, %+.1f %%" % (row["peak_mib"], 100 * row["own"]),
    ]


COLUMNS = ("Python|captured by|s|captures|requests|requests/s|failed|pause, median ms|longest pause ms|slowest ms|"
           "slowest without ms|server grew: memory, files, threads|heapgraph's peak, grew|commit|date")


def page(arguments, rows, load_before):
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
    text = INTRODUCTION.format(
        objects=max(row["objects"] for row in rows), connections=arguments.connections, depth=arguments.depth,
        every=arguments.every, cores=os.cpu_count(), allowance=arguments.allowance,
        load_before=load_before, load_after=os.getloadavg()[0])
    columns = COLUMNS.split("|")
    lines = [columns, ["---"] * len(columns)] + [cells(row) + [commit, datetime.date.today()] for row in rows]
    with open(arguments.output, "w") as file:
        file.write(text + "".join("| %s |\n" % " | ".join(map(str, line)) for line in lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heapgraph", required=True)
    parser.add_argument("--python", action="append", required=True)
    parser.add_argument("--seconds", type=float, default=600, help="in all")
    parser.add_argument("--every", type=float, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--depth", type=int, default=8)
    parser.add_argument("--allowance", type=float, default=50, help="milliseconds")
    parser.add_argument("-o", "--output")
    arguments = parser.parse_args()
    load_before = os.getloadavg()[0]
    share = arguments.seconds / len(arguments.python) / 2
    done = [soak(arguments, python, way, share) for python in arguments.python for way in ("series", "one_each_time")]
    if arguments.output:
        page(arguments, [row for row, _ in done], load_before)
    sys.exit(bool([wrong for _, wrong in done if wrong]))


main()
