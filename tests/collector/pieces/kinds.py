"""Every kind of object that captures are compared by (`tests/truth/kinds`), in garbage."""
import os
import sys

from . import piece

TRUTH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "truth")


@piece(blurs=True)
def any_kind(rng, held):
    """A few of what these makers make: they know nothing of `held`, but all that they make hangs on the node."""
    if TRUTH not in sys.path:
        sys.path.insert(0, TRUTH)
    import kinds  # Only now: it imports half of the library, and few heaps want it.

    makers = [make for make, every in kinds.load() if every <= 10]
    items = [rng.choice(makers)(rng.randint(0, 9)) for _ in range(rng.randint(1, 3))]
    items.extend(held)
    items.append(items)
    return items, items.append
