"""Two interpreters beside the main one, each with objects of its own; one of them waits inside a function.

    interpreters.py

Prints a line `NUMBER ADDRESS` for the list `KEPT` of each interpreter, then `ready`, and sleeps. Exit code 3: this
Python has no module for interpreters.
"""
import sys
import threading
import time

for name in ("_interpreters", "_xxsubinterpreters"):
    try:
        interpreters = __import__(name)
        break
    except ImportError:
        pass
else:
    sys.exit(3)

CODE = """
import sys, time, threading

class Own:
    def __init__(self, number):
        self.number = number
        self.me = self

KEPT = [Own({number}) for _ in range(100)]
sys.stdout.write("{number} %#x\\n" % id(KEPT))
sys.stdout.flush()

def wait(waited_for):
    time.sleep({seconds})
"""


def main():
    numbers = [interpreters.create() for _ in range(2)]
    for number, interpreter in enumerate(numbers, 1):
        interpreters.run_string(interpreter, CODE.format(number=number, seconds=10**6))
    waiting = threading.Thread(target=interpreters.run_string, args=(numbers[1], "wait(KEPT[0])"), daemon=True)
    waiting.start()
    time.sleep(0.5)  # Until it has come to where it waits.
    print("ready", flush=True)
    time.sleep(10**6)
    return numbers


main()
