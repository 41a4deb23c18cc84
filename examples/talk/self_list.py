"""A list that contains itself: its reference count never falls to zero by itself.

Prints where it is and how many references it has, and waits.
"""

import json
import sys

loop = []
loop.append(loop)

# getrefcount counts its own argument too.
print(json.dumps({"id": id(loop), "references": sys.getrefcount(loop) - 1}), flush=True)
sys.stdin.read()
