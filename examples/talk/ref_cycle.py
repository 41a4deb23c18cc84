"""Two objects that refer to each other, eight times over, with the collector off.

Each call leaves a cycle behind that nobody else refers to. Prints how many there are, and waits.
`heapgraph cycles --pid PID` finds them; afterwards `gc.collect()` tells whether it finds as many objects.
"""

import gc
import json
import sys


class Node:
    pass


def ref_cycle():
    a, b = Node(), Node()
    a.other = b
    b.other = a


gc.collect()
gc.disable()
for _ in range(8):
    ref_cycle()

print(json.dumps({"cycles": 8, "objects": 16}), flush=True)
sys.stdin.read()
# Up to 3.10 attributes stand in dicts, which are on the cycle as well.
found = gc.collect()
assert found in (16, 32), found
assert not gc.garbage, gc.garbage
