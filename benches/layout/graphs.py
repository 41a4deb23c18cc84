"""Graphs to lay out, as heaps: random ones that look like what a heap looks like, and shapes that hurt a layout."""
import json
import random

TYPES = [
    ("Dict", "{} items"), ("List", "{} items"), ("Session", "user = 'user-{}'"), ("Node", "name = 'node {}'"),
    ("Handler", "on_event_{}"), ("Plugin", "app.plugins.p{}"), ("Worker", "/srv/app/worker.py:{}"),
    ("Buffer", "'user-{}@example.org'"), ("Кэш", "ключ {} → значение"), ("ノード", "日本語ラベル {}"), ("Entry", "\"quoted\" \\ back {}"),
]
NAMES = ["cache", "parent", "items", "owner", "callback", "_registry", "on_close", "näme", "x", "request_context"]


class Graph:
    """Boxes with their two lines of text, lines with their names (or None), and from where to draw."""

    def __init__(self, name, backwards=False):
        self.name = name
        self.backwards = backwards
        self.boxes = []
        self.lines = []

    def box(self, kind="Session", text=""):
        self.boxes.append((kind, text))
        return len(self.boxes) - 1

    def line(self, holder, target, name=None):
        self.lines.append((holder, target, name))

    def asked(self):
        """The first box, and the first of those that are not reached from there, and so on."""
        near = [[] for _ in self.boxes]
        for holder, target, _ in self.lines:
            near[target if self.backwards else holder].append(holder if self.backwards else target)
        seen, asked = set(), []
        for first in range(len(self.boxes)):
            if first in seen:
                continue
            asked.append(first)
            stack = [first]
            seen.add(first)
            while stack:
                for other in near[stack.pop()]:
                    if other not in seen:
                        seen.add(other)
                        stack.append(other)
        return asked

    def heap(self):
        """As a snapshot in JSON."""
        references = [[] for _ in self.boxes]
        for holder, target, name in self.lines:
            reference = {"to": address(target), "kind": "attribute"}
            if name is not None:
                reference.update(name=name)
            references[holder].append(reference)
        objects = [
            {"address": address(nth), "type": "app." + kind, "text": text, "references": references[nth]}
            for nth, (kind, text) in enumerate(self.boxes)
        ]
        return json.dumps({"schema": "heapgraph.snapshot/1", "metadata": {}, "objects": objects}, ensure_ascii=False)


def address(nth):
    return hex(0x7F0000000000 + 0x40 * nth)


def heap_like(size, seed):
    """A tree of fan-outs of mostly one to four, with a third as many shared and returning references, and from 50 boxes up one
    box that forty hold and one that holds twenty more."""
    chance = random.Random(seed)
    graph, depth, seen = Graph("g{}".format(size)), [], set()

    def add(holder, target, name=None):
        if (holder, target) not in seen:
            seen.add((holder, target))
            graph.line(holder, target, name or (chance.choice(NAMES) if chance.random() < 0.45 else None))

    for nth in range(size):
        kind, text = chance.choice(TYPES)
        graph.box(kind, text.format(chance.randrange(1, 9999)))
    roots = 1 if size < 300 else 3
    deepest = 3 if size <= 10 else 4 if size <= 50 else 5 if size <= 300 else 7
    waiting, depth, following = list(range(roots)), [0] * size, roots
    while following < size:
        holder = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if depth[holder] >= deepest and len(waiting) > 1:
            continue
        wide = size >= 50 and chance.random() < 0.04
        for _ in range(chance.randint(8, 12) if wide else chance.choice([1, 1, 2, 2, 3, 4])):
            if following < size:
                depth[following] = depth[holder] + 1
                add(holder, following)
                waiting.append(following)
                following += 1
    for _ in range(int(size * 0.35)):
        one, other = chance.randrange(size), chance.randrange(size)
        if chance.random() < 0.75 and depth[one] > depth[other]:
            one, other = other, one
        if one != other and (size < 300 or abs(depth[one] - depth[other]) <= 2 or chance.random() < 0.15):
            add(one, other)
    if size >= 50:
        hub = size // 3
        for holder in chance.sample([nth for nth in range(size) if nth != hub], 40):
            add(holder, hub, None if chance.random() < 0.7 else "cls")
        for target in chance.sample(range(roots + 2, size), 20):
            add(roots + 1, target)
    for nth in chance.sample(range(size), max(1, size // 60)):
        add(nth, nth, "self")
    return graph


def from_file(path, name):
    """A graph as {"nodes": [{"label"}], "edges": [{"s", "t", "label"}]}."""
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    graph = Graph(name)
    for node in content["nodes"]:
        kind, _, text = node["label"].partition("\n")
        graph.box(kind.replace(" ", "_"), text)
    for edge in content["edges"]:
        # An own `__dict__` would be folded away, and its box with it.
        graph.line(edge["s"], edge["t"], edge["label"].replace("\n", " ").replace("__dict__", "_dict_") or None)
    return graph


def star(count, inwards):
    graph = Graph("star of {} {}".format(count, "in" if inwards else "out"), backwards=inwards)
    hub = graph.box("Registry", "{} items".format(count))
    for nth in range(count):
        other = graph.box("Session", "user = 'user-{}'".format(nth))
        graph.line(*((other, hub) if inwards else (hub, other)), name="registry" if inwards else "s{}".format(nth))
    return graph


def chain(count):
    graph = Graph("chain of {}".format(count))
    for nth in range(count):
        graph.box("Node", "name = '{}'".format(nth))
        if nth:
            graph.line(nth - 1, nth, "next")
    return graph


def tree(fan, levels):
    graph = Graph("tree, {} each, {} levels".format(fan, levels))
    level = [graph.box("Node", "name = 'root'")]
    for _ in range(levels - 1):
        grown = []
        for holder in level:
            for nth in range(fan):
                grown.append(graph.box("Node", "name = '{}'".format(nth)))
                graph.line(holder, grown[-1], "child_{}".format(nth))
        level = grown
    return graph


def complete(count):
    graph = Graph("K{}".format(count))
    for nth in range(count):
        graph.box("Node", "name = '{}'".format(nth))
    for one in range(count):
        for other in range(one + 1, count):
            graph.line(one, other, "n{}".format(other))
    return graph


def ring(count):
    graph = Graph("ring of {}".format(count))
    for nth in range(count):
        graph.box("Node", "name = '{}'".format(nth))
    for nth in range(count):
        graph.line(nth, (nth + 1) % count, "next")
    return graph


def parallel():
    graph = Graph("parallel and self loops")
    one, other, third = graph.box("Owner", "x"), graph.box("Session", "y"), graph.box("Node", "z")
    for nth in range(12):
        graph.line(one, other, "reference_{}".format(nth))
    for name in ("me", "itself"):
        graph.line(other, other, name)
    graph.line(third, third, "self")
    graph.line(other, third, "node")
    graph.line(third, one, "owner")
    return graph


def components(count):
    """Small trees, rings and single boxes beside each other."""
    chance, graph = random.Random(count), Graph("{} components".format(count))
    for nth in range(count):
        first = graph.box("Session", "user = 'user-{}'".format(nth))
        before = first
        for _ in range(chance.choice([0, 0, 1, 2, 3, 5])):
            other = graph.box("Node", "name = 'n'")
            graph.line(chance.choice([first, before]), other, chance.choice(NAMES))
            before = other
        if before != first and chance.random() < 0.3:
            graph.line(before, first, "parent")
    return graph


def bipartite(holders, targets):
    """Every holder holds every target: nothing can be drawn without crossings."""
    graph = Graph("{} holders of {} each".format(holders, targets))
    top = graph.box("Registry", "")
    held = []
    for nth in range(holders):
        held.append(graph.box("List", "{} items".format(targets)))
        graph.line(top, held[-1], "l{}".format(nth))
    shared = [graph.box("Session", "user = '{}'".format(nth)) for nth in range(targets)]
    for holder in held:
        for other in shared:
            graph.line(holder, other)
    return graph


def all_shapes():
    shapes = [heap_like(10, 1), heap_like(50, 2), heap_like(300, 3), heap_like(2000, 4)]
    shapes += [star(count, inwards) for count in (50, 200, 500) for inwards in (True, False)]
    shapes += [chain(60), chain(500), tree(3, 5), tree(2, 8), ring(40), complete(10), bipartite(6, 8), parallel(), components(40), components(300)]
    return shapes


def sample():
    """A few, small enough for every test run."""
    return [heap_like(10, 1), heap_like(50, 2), star(50, True), star(50, False), tree(3, 4), complete(6), parallel(), components(40)]
