"""Where references come from: a name, a second name, a list, a dict, an attribute, an argument.

Prints how many references each object has by `sys.getrefcount`, and waits inside a call.
`heapgraph object --pid PID __main__.once` says who holds each of them.
"""

import json
import sys


class Thing:
    pass


once = Thing()

twice = Thing()
again = twice

in_list = Thing()
shelf = [in_list, in_list]

in_dict = Thing()
drawer = {"thing": in_dict}

in_attribute = Thing()
owner = Thing()
owner.thing = in_attribute

passed = Thing()


def call(argument):
    names = ["once", "twice", "in_list", "in_dict", "in_attribute", "passed"]
    # getrefcount counts its own argument too; not a variable's value from 3.14 on, which is lent to it.
    counts = {name: sys.getrefcount(globals()[name]) - 1 for name in names}
    print(json.dumps(counts), flush=True)
    sys.stdin.read()


call(passed)
