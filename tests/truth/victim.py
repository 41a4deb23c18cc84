"""A heap of every kind of object, which then waits to be captured.

    victim.py [-n N]        N of each kind (about 3300 objects per unit, 1500 of them tracked)

Say by `HEAPGRAPH_TRUTH` where to wait for the oracle, see `oracle.py`; without it the program sleeps.
"""
import argparse
import gc
import os
import sys
import time
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import blocked  # noqa: E402
import kinds  # noqa: E402
import oracle  # noqa: E402


def build(n):
    """N of each kind, with collections in between so that every generation has its share of each."""
    gc.disable()
    kept = {}
    for i in range(n):
        for make, every in kinds.load():
            if i % every == 0:
                kept.setdefault(make.__module__ + "." + make.__name__, []).append(make(i))
        if i == n // 3:
            gc.collect()
        if i == n * 2 // 3:
            gc.collect(0)
    return kept


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=20)
    warnings.simplefilter("ignore")
    kept = build(parser.parse_args().n)
    threads = blocked.start()
    time.sleep(0.3)  # Until each thread has come to where it waits.
    local_of_main = [object()]
    if oracle.VARIABLE in os.environ:
        oracle.wait()
    else:
        print("pid", os.getpid(), "kinds", len(kept), flush=True)
        time.sleep(10**6)
    os._exit(0)
    return kept, threads, local_of_main


if __name__ == "__main__":
    main()
