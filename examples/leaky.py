"""A small web shop that leaks: every login puts a session into a store, and nothing ever takes one out.

`heapgraph demo` starts it and looks at it from outside. It prints `ready` when it has leaked, and ends when its
standard input does. Any Python from 3.11 on will do.
"""

import collections
import sys


class User:
    def __init__(self, email):
        self.email = email
        self.sessions = []


class Session:
    def __init__(self, user, token):
        self.user = user
        self.token = token
        self.basket = {"items": [token], "coupon": None}
        # A cycle: session -> user -> list of sessions -> session.
        user.sessions.append(self)


class SessionStore:
    """Is meant to keep the newest sessions only."""

    def __init__(self, limit):
        self.limit = limit
        self.entries = {}

    def put(self, session):
        # The leak: nobody looks at the limit.
        self.entries[session.token] = session


class Metrics:
    """Keeps the newest sessions only."""

    def __init__(self, limit):
        self.recent = collections.deque(maxlen=limit)

    def count(self, session):
        self.recent.append(session)


class Shop:
    def __init__(self):
        self.store = SessionStore(limit=100)
        self.metrics = Metrics(limit=100)
        self.routes = {"/login": self.login}

    def login(self, visit):
        user = User(f"user-{visit}@example.org")
        session = Session(user, f"token-{visit}")
        self.store.put(session)
        self.metrics.count(session)


def serve(shop, visits):
    for visit in range(visits):
        shop.routes["/login"](visit)


SHOP = Shop()
serve(SHOP, visits=20_000)
print("ready", flush=True)
sys.stdin.read()
