"""A process that would notice any harm: sockets, threads, subprocesses and queued signals, each counted.

Prints where its tally will be, works until its standard input ends, then writes the tally there.
"""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zlib

SIGNAL = signal.SIGRTMIN
over = threading.Event()
tally = {"signals": 0, "sent": 0, "received": 0, "threads": 0, "children": 0, "beats": 0}


def count_signals():
    # Real-time signals queue up, so that a lost one is missed. Not sigtimedwait: interrupted past its deadline, which
    # any stop may do, CPython 3.11 to 3.13 returns what happens to stand on the stack.
    while True:
        signal.sigwaitinfo([SIGNAL])
        if over.is_set():
            return
        tally["signals"] += 1


def send(end):
    block = bytes(range(256)) * 64
    while not over.is_set():
        end.sendall(block)
        tally["sent"] = zlib.crc32(block, tally["sent"])
    end.close()


def receive(end):
    while data := end.recv(1000):
        tally["received"] = zlib.crc32(data, tally["received"])


def bear_threads():
    while not over.is_set():
        threads = [threading.Thread(target=lambda: [object() for _ in range(100)]) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        tally["threads"] += 5


def bear_children():
    while not over.is_set():
        assert subprocess.run(["true"]).returncode == 0
        tally["children"] += 1


def beat(path):
    while not over.is_set():
        tally["beats"] += 1
        with open(path + ".beat", "w") as file:
            file.write(str(tally["beats"]))
        time.sleep(0.002)


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, [SIGNAL])
    handle, path = tempfile.mkstemp(prefix="heapgraph-busy-")
    os.close(handle)
    one, other = socket.socketpair()
    work = [(count_signals,), (send, one), (receive, other), (bear_threads,), (bear_children,), (beat, path)]
    threads = [threading.Thread(target=task[0], args=task[1:]) for task in work]
    for thread in threads:
        thread.start()
    print(json.dumps(path), flush=True)
    sys.stdin.read()
    time.sleep(0.1)
    over.set()
    os.kill(os.getpid(), SIGNAL)
    for thread in threads:
        thread.join()
    with open(path, "w") as file:
        json.dump(tally, file)


main()
