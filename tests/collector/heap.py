"""A random heap, rich in garbage that the collector has not seen yet."""
import gc
import random
import weakref

import pieces

#: What stays alive when a heap is built.
ALIVE = []
#: Makers that more heaps have than others: what is asked for, and what brings most with it.
COMMON = "plain_list plain_dict plain_tuple instance slots deque partial generator closure any_kind".split()
#: What may happen between two epochs.
EVENTS = ["nothing", "collect 0", "collect 1", "collect 2", "freeze"]


class Cluster:
    """Nodes that refer to each other, mostly in cycles."""

    def __init__(self, rng, makers, outside):
        self.nodes, self.puts = [], []
        first, put = pieces.PIECES[rng.choice(("plain_list", "plain_dict", "instance", "slots"))](rng, [None])
        self.add(first, put)
        for _ in range(rng.choice((1, 2, 2, 3, 4, 6))):
            held = [rng.choice(self.nodes) for _ in range(rng.choice((1, 2, 3)))]
            if outside and rng.random() < 0.15:
                held.append(rng.choice(outside))
            self.add(*makers[rng.randrange(len(makers))](rng, held))

    def add(self, node, put):
        self.nodes.append(node)
        if put is not None:
            self.puts.append(put)

    def close(self, rng):
        """References to later nodes: cycles, and parallel ones."""
        for put in self.puts:
            for _ in range(rng.choice((0, 1, 1, 2))):
                other = rng.choice(self.nodes)
                put(other)
                if rng.random() < 0.1:
                    put(other)
        self.puts[0](self.nodes[-1])

    def join(self, rng, other):
        """A cycle through both."""
        rng.choice(self.puts)(rng.choice(other.nodes))
        rng.choice(other.puts)(rng.choice(self.nodes))

    def point_at(self, rng, thing):
        rng.choice(self.puts)(thing)

    def leave(self, rng, fate):
        """Let go of the nodes but for those that live on, by themselves or in a structure."""
        if fate == "kept":
            ALIVE.extend(self.nodes)
        elif fate == "kept by one":
            ALIVE.append({"one": rng.choice(self.nodes)})
        elif fate == "watched":
            node = pieces.referable(rng.choice(self.nodes))
            self.puts[0](node)
            ALIVE.append(watcher(rng, node))
        self.nodes.clear()
        self.puts.clear()


def watcher(rng, node):
    """Something that lives and refers weakly to what dies."""
    choice = rng.randrange(4)
    if choice == 0:
        return weakref.ref(node)
    if choice == 1:
        return weakref.WeakValueDictionary({1: node})
    if choice == 2:
        return weakref.ref(node, ALIVE.count)
    return weakref.WeakSet([pieces.hashable(node)])


def choose(rng, calm):
    """The makers of one heap: a few of all that there are, so that heaps differ. Calm heaps have none that blur."""
    known = [name for name in pieces.PIECES if not (calm and name in pieces.BLURRING)]
    chosen = [name for name in known if rng.random() < (0.35 if name in COMMON else 0.12)]
    chosen = [name for name in chosen if "legacy" not in name]
    if rng.random() < 0.3:
        chosen.extend(("legacy", "held_legacy"))
    return chosen or ["plain_list"]


def happen(event):
    if event == "freeze":
        gc.freeze()
    elif event != "nothing":
        gc.collect(int(event[-1]))


def build(seed):
    """Build the heap of this seed; what is returned says what went into it."""
    rng = random.Random(seed)
    names = choose(rng, calm=rng.random() < 0.4)
    makers = [pieces.PIECES[name] for name in names]
    clusters, outside, events = [], [], []
    ALIVE.extend(({}, [], "alive"))
    for epoch in range(rng.choice((1, 2, 3, 4))):
        if epoch:
            events.append(rng.choices(EVENTS, (2, 4, 3, 2, 2))[0])
            happen(events[-1])
        for _ in range(rng.choice((1, 3, 8, 15))):
            cluster = Cluster(rng, makers, outside)
            cluster.close(rng)
            clusters.append(cluster)
            outside.append(rng.choice(cluster.nodes))
    for _ in range(len(clusters) // 3):
        rng.choice(clusters).join(rng, rng.choice(clusters))
    for cluster in clusters:
        if rng.random() < 0.2:
            cluster.point_at(rng, ALIVE[rng.randrange(2)])
    outside.clear()
    for cluster in clusters:
        cluster.leave(rng, rng.choices(("lost", "kept", "kept by one", "watched"), (12, 2, 2, 3))[0])
    return {"pieces": sorted(names), "events": events}
