"""Threads that wait in a function: their frames run, and nothing in the heap holds their locals."""
import sys
import threading

HELD = {"held": "by a running local alone"}
FRAMES, WAITING, READY = [], threading.Event(), threading.Event()


class Job:
    def __init__(self, name):
        self.name, self.result = name, [name]


def work(job, held):
    local = [job, held]
    if job.name == "kept":
        FRAMES.append(sys._getframe())
    READY.set()
    WAITING.wait()
    return local


JOB, KEPT = Job("plain"), Job("kept")
for job in (JOB, KEPT):
    READY.clear()
    threading.Thread(target=work, args=(job, HELD), daemon=True).start()
    READY.wait()
del job

QUESTIONS = [
    {"ask": "backrefs", "of": ["HELD"], "max_depth": 2},
    {"ask": "backrefs", "of": ["JOB", "KEPT"], "max_depth": 3},
    {"ask": "refs", "of": ["JOB"], "max_depth": 2},
    {"ask": "refs", "of": ["FRAMES"], "max_depth": 2},
    {"ask": "chain", "of": ["KEPT.result"]},
]
