"""A process that never rests: threads, mappings, forks and new programs, each made and undone all the time.

Writes how often it did each to the file that it is given, and ends well when its standard input does. A child that
ends otherwise than it should ends it with an error.
"""
import ctypes
import mmap
import os
import subprocess
import sys
import threading
import time

over = threading.Event()
did = {"threads": 0, "mappings": 0, "forks": 0, "programs": 0, "beats": 0}
libc = ctypes.CDLL(None, use_errno=True)
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]


def threads():
    while not over.is_set():
        born = [threading.Thread(target=lambda: [object() for _ in range(50)]) for _ in range(8)]
        for thread in born:
            thread.start()
        for thread in born:
            thread.join()
        did["threads"] += len(born)


def mappings():
    while not over.is_set():
        for pages in (1, 3, 64):
            block = mmap.mmap(-1, pages * mmap.PAGESIZE)
            block[:8] = b"mapped  "
            address = ctypes.addressof(ctypes.c_char.from_buffer(block))
            for protection in (0, 1, 3):
                assert libc.mprotect(address, pages * mmap.PAGESIZE, protection) == 0
            assert block[:6] == b"mapped"
            del block
            did["mappings"] += 1
        time.sleep(0)


def children():
    while not over.is_set():
        child = os.fork()
        if child == 0:
            os._exit(3)
        assert os.waitpid(child, 0)[1] == 3 << 8
        did["forks"] += 1
        assert subprocess.run(["true"]).returncode == 0
        did["programs"] += 1


def guarded(work):
    try:
        work()
    except BaseException as error:
        sys.stderr.write("%s: %r\n" % (work.__name__, error))
        sys.stderr.flush()
        os._exit(9)


def beat(path):
    while not over.is_set():
        did["beats"] += 1
        with open(path + ".new", "w") as file:
            file.write(" ".join(map(str, did.values())))
        os.rename(path + ".new", path)
        time.sleep(0.002)


work = [threads, mappings, children, lambda: beat(sys.argv[1])]
running = [threading.Thread(target=guarded, args=(task,)) for task in work]
for thread in running:
    thread.start()
print("ready", flush=True)
sys.stdin.read()
over.set()
for thread in running:
    thread.join()
