"""Two interpreters beside the main one, each with objects of its own; in one of them a function waits.

    interpreters.py

Prints the address of each one's list `KEPT` as a line of JSON, by number of the interpreter, and `null` where this
Python cannot make interpreters; then waits for the end of its input.
"""
import json
import os
import sys
import threading
import time

try:
    import _interpreters as interpreters  # 3.13 and later.
except ImportError:
    try:
        import _xxsubinterpreters as interpreters
    except ImportError:
        interpreters = None

CODE = """
import os, time

class Own:
    def __init__(self):
        self.me = self

KEPT = [Own() for _ in range(100)]
os.write({answer}, b"%d\\n" % id(KEPT))

def wait(waited_for):
    time.sleep(10**6)
"""


def make():
    """Two interpreters, the address of each one's list by number."""
    kept, answers = {}, []
    for number in (1, 2):
        interpreter = interpreters.create()
        here, there = os.pipe()
        interpreters.run_string(interpreter, CODE.format(answer=there))
        kept[number] = int(os.read(here, 100))
        answers.append((interpreter, here, there))
    last = answers[-1][0]
    threading.Thread(target=interpreters.run_string, args=(last, "wait(KEPT[0])"), daemon=True).start()
    time.sleep(0.5)  # Until it has come to where it waits.
    return kept, answers


made = make() if interpreters else (None, None)
print(json.dumps(made[0]), flush=True)
sys.stdin.read()
os._exit(0)
