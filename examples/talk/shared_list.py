"""objgraph's own example: one list that is in another list twice over, and in a dict.

Prints where they are, and waits. `heapgraph refs --pid PID __main__.y` draws 4 boxes and 5 lines.
"""

import json
import sys

x = []
y = [x, [x], dict(x=x)]

print(json.dumps({"x": id(x), "y": id(y), "list in y": id(y[1]), "dict in y": id(y[2])}), flush=True)
sys.stdin.read()
