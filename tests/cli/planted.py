"""Holds a secret in every place where a program may have one, prints what its secrets are, and waits.

Started with one secret in argv and one in the environment; every secret has the same beginning and a number.
"""
import json
import os
import pathlib
import sys
import threading

SECRET = "planted-secret-%d"
NUMBER = 918273645546372819


class Customer:
    def __init__(self, name):
        self.card_number = name
        self.extra = {SECRET % 3: SECRET % 4, NUMBER: "a number as key", b"planted-secret-5": 1.0}


class Slotted:
    __slots__ = ("api_token",)

    def __init__(self):
        self.api_token = SECRET % 6


class Attributes(dict):
    """A dict that is its own namespace: its keys are data all the same."""

    def __init__(self, **items):
        dict.__init__(self, items)
        self.__dict__ = self


def charge(customer, amount_due):
    local_password = SECRET % 7
    try:
        raise ValueError(SECRET % 8)
    except ValueError as error:
        kept_error = error
    nested = {("tuple", SECRET % 9): [SECRET % 10], frozenset([SECRET % 11]): bytearray(b"planted-secret-12")}
    print(json.dumps({"pid": os.getpid(), "amount_due": amount_due}), flush=True)
    sys.stdin.read()
    return local_password, kept_error, nested


MODULE_LEVEL = [Customer(SECRET % 2), Slotted(), pathlib.Path("/" + SECRET % 13) / "file", NUMBER, NUMBER * 1.5]
DYNAMIC = Attributes(**{"planted_secret_14".replace("_", "-"): SECRET % 15})
SPLIT = vars(Customer("dropped"))
threading.Thread(target=threading.Event().wait, name=SECRET % 16, daemon=True).start()
charge(MODULE_LEVEL[0], NUMBER)
