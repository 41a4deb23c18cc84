"""A pytest plugin: stop inside the test of this number, once its fixtures are set up."""
import os

import oracle

countdown = int(os.environ["HEAPGRAPH_STOP_IN_TEST"])


def pytest_runtest_call(item):
    global countdown
    countdown -= 1
    if countdown == 0:
        oracle.wait()
