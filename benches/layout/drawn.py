"""What stands in a picture: boxes, lines as polylines, names. Read from an SVG of ours, and from Graphviz's JSON."""
import json
import math
import re
import xml.etree.ElementTree as ElementTree

SVG = "{http://www.w3.org/2000/svg}"
# Points on every curve: enough that no crossing of two curves is lost between them.
CURVE = 16
# Of a letter's size: from the baseline up and down to the edges of its line.
ASCENT, DESCENT = 0.76, 0.24


class Drawn:
    """Boxes as (left, top, right, bottom), y downwards. Lines join boxes by index and are lists of points."""

    def __init__(self):
        self.ids = []
        self.boxes = []
        self.texts = []  # per box the frames of its texts
        self.ends = []  # per line (from, to)
        self.lines = []
        self.names = []  # per line the frame of its name, or None
        self.top_down = False


def read_svg(text):
    """A picture as a stranger reads it: only its groups, shapes, paths and texts."""
    root = ElementTree.fromstring(text)
    drawn, index, edges = Drawn(), {}, []
    for group, shift in groups(root, (0.0, 0.0)):
        title = group.find(SVG + "title")
        if group.get("class", "").split()[0] == "node":
            index[title.text] = len(drawn.ids)
            drawn.ids.append(title.text)
            drawn.boxes.append(max((frame for frame in shapes(group, shift)), key=area))
            drawn.texts.append([frame for frame, _ in texts(group, shift)])
        else:
            edges.append((title.text, group, shift))
    for title, group, shift in edges:
        ends = title.split("->")
        drawn.ends.append((index[ends[0]], index[ends[1]]))
        drawn.lines.append(course(group, shift))
        drawn.names.append(union([frame for frame, _ in texts(group, shift)]))
    drawn.top_down = runs_down(drawn)
    return drawn


def runs_down(drawn):
    """Whether more lines leave and reach their boxes at the upper and lower borders than at the sides."""
    upright = 0
    for line, ends in zip(drawn.lines, drawn.ends):
        for (x, y), end in ((line[0], ends[0]), (line[-1], ends[1])):
            left, top, right, bottom = drawn.boxes[end]
            upright += 1 if min(abs(y - top), abs(y - bottom)) < min(abs(x - left), abs(x - right)) else -1
    return upright > 0


def groups(node, shift):
    """All groups of nodes and edges, with the sum of the translations above them."""
    found = []
    stack = [(node, shift)]
    while stack:
        node, (x, y) = stack.pop()
        moved = re.match(r"translate\(([-\d.e]+)[, ]+([-\d.e]+)\)", node.get("transform", ""))
        if moved:
            x, y = x + float(moved.group(1)), y + float(moved.group(2))
        if node.tag == SVG + "g" and node.get("class", "").split()[:1] in (["node"], ["edge"]):
            found.append((node, (x, y)))
            continue
        stack.extend((child, (x, y)) for child in reversed(list(node)))
    return found


def shapes(group, shift):
    x, y = shift
    for rect in group.iter(SVG + "rect"):
        left, top = float(rect.get("x", 0)) + x, float(rect.get("y", 0)) + y
        yield (left, top, left + float(rect.get("width")), top + float(rect.get("height")))
    for polygon in group.iter(SVG + "polygon"):
        points = corners(polygon, shift)
        yield (min(p[0] for p in points), min(p[1] for p in points), max(p[0] for p in points), max(p[1] for p in points))


def corners(polygon, shift):
    numbers = [float(number) for number in re.split(r"[\s,]+", polygon.get("points").strip())]
    return [(a + shift[0], b + shift[1]) for a, b in zip(numbers[::2], numbers[1::2])]


def texts(group, shift):
    """The room of every text, by its baseline, its size and the length it says."""
    for text in group.iter(SVG + "text"):
        x, y = float(text.get("x", 0)) + shift[0], float(text.get("y", 0)) + shift[1]
        size, length = float(text.get("font-size", 12)), float(text.get("textLength", 0))
        x -= {"middle": length / 2, "end": length}.get(text.get("text-anchor"), 0)
        yield (x, y - ASCENT * size, x + length, y + DESCENT * size), "".join(text.itertext())


def course(group, shift):
    """The line of an edge, with the tip of its arrow as the last point."""
    paths = [points_of(path.get("d"), shift) for path in group.iter(SVG + "path")]
    line = max(paths, key=length_of)
    heads = [corners(polygon, shift) for polygon in group.iter(SVG + "polygon")]
    if heads:
        # The corner of a head that is farthest on is its tip.
        tip = max(heads[0], key=lambda point: sum(distance(point, other) for other in heads[0]))
        line.append(tip)
    return line


def points_of(text, shift):
    """A path of M, L, H, V, Q and C, also relative ones, as a polyline."""
    points, at = [], (0.0, 0.0)
    for command, body in re.findall(r"([A-Za-z])([^A-Za-z]*)", text):
        numbers = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", body)]
        base = at if command.islower() else (0.0, 0.0)
        kind = command.upper()
        if kind == "H":
            at = (base[0] + numbers[-1], at[1])
            points.append(at)
            continue
        if kind == "V":
            at = (at[0], (base[1] if command.islower() else 0.0) + numbers[-1])
            points.append(at)
            continue
        pairs = [(base[0] + a, base[1] + b) for a, b in zip(numbers[::2], numbers[1::2])]
        step = {"M": 1, "L": 1, "Q": 2, "C": 3}.get(kind)
        if step is None:
            raise ValueError("a path with {}: {}".format(command, text[:80]))
        for start in range(0, len(pairs), step):
            controls = [at] + pairs[start:start + step]
            points.extend(bezier(controls) if step > 1 else controls[-1:])
            at = controls[-1]
    return [(x + shift[0], y + shift[1]) for x, y in points]


def bezier(controls):
    """Points on a curve behind its start."""
    found = []
    for nth in range(1, CURVE + 1):
        share, level = nth / CURVE, controls
        while len(level) > 1:
            level = [tuple(a + (b - a) * share for a, b in zip(one, other)) for one, other in zip(level, level[1:])]
        found.append(level[0])
    return found


def dot_question(drawn):
    """The same boxes and names for Graphviz: empty shapes of their size, so that no font decides anything."""
    lines = ["digraph {", "graph [rankdir={} nodesep=0.25 ranksep=0.5]".format("TB" if drawn.top_down else "LR"),
             'node [shape=box fixedsize=true label=""]']
    for nth, (left, top, right, bottom) in enumerate(drawn.boxes):
        lines.append("n{} [width={:.4f} height={:.4f}]".format(nth, (right - left) / 72, (bottom - top) / 72))
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" WIDTH="{:.0f}" HEIGHT="{:.0f}"><TR><TD></TD></TR></TABLE>'
    for nth, ((tail, head), name) in enumerate(zip(drawn.ends, drawn.names)):
        label = ""
        if name is not None:
            label = " label=<{}>".format(table.format(name[2] - name[0], math.ceil(name[3] - name[1])))
        lines.append('n{} -> n{} [id="{}"{}]'.format(tail, head, nth, label))
    return "\n".join(lines + ["}"])


def read_dot(answer, like):
    """Graphviz's JSON for the question about `like`."""
    answer = json.loads(answer)
    top = float(answer["bb"].split(",")[3])
    place = lambda text: (float(text.split(",")[0]), top - float(text.split(",")[1]))
    drawn = Drawn()
    drawn.ids, drawn.ends, drawn.top_down = like.ids, like.ends, like.top_down
    drawn.boxes, drawn.texts = [None] * len(like.boxes), [[] for _ in like.boxes]
    drawn.lines, drawn.names = [None] * len(like.lines), [None] * len(like.lines)
    for node in answer.get("objects", []):
        nth = int(node["name"][1:])
        drawn.boxes[nth] = around(place(node["pos"]), like.boxes[nth])
    for edge in answer.get("edges", []):
        nth = int(edge["id"])
        start, end, points = None, None, []
        for word in edge["pos"].split():
            if word.startswith("e,"):
                end = place(word[2:])
            elif word.startswith("s,"):
                start = place(word[2:])
            else:
                points.append(place(word))
        line = [points[0]]
        for at in range(1, len(points) - 2, 3):
            line.extend(bezier([line[-1]] + points[at:at + 3]))
        drawn.lines[nth] = [point for point in [start] + line + [end] if point is not None]
        if "lp" in edge:
            drawn.names[nth] = around(place(edge["lp"]), like.names[nth])
    return drawn


def around(centre, frame):
    width, height = (frame[2] - frame[0]) / 2, (frame[3] - frame[1]) / 2
    return (centre[0] - width, centre[1] - height, centre[0] + width, centre[1] + height)


def union(frames):
    if not frames:
        return None
    return (min(f[0] for f in frames), min(f[1] for f in frames), max(f[2] for f in frames), max(f[3] for f in frames))


def area(frame):
    return (frame[2] - frame[0]) * (frame[3] - frame[1])


def distance(one, other):
    return math.hypot(one[0] - other[0], one[1] - other[1])


def length_of(line):
    return sum(distance(a, b) for a, b in zip(line, line[1:]))
