"""What is wrong with a drawing, and how good it is: counted by geometry alone, the same for whoever drew it."""
import math
from collections import namedtuple

import numpy

from drawn import union

# Frames that share less than this are side by side.
TOUCH = 0.5
# A line may graze a foreign box by this.
GRAZE = 1.0
# So near a line counts as on it.
ON = 0.05
# Farther than this from a line counts as plainly on one side of it: what arithmetic blurs.
SIDE = 1e-6
# A line ends at its box when it is not farther from its border.
NEAR = 4.0

Findings = namedtuple("Findings", "boxes lines box_overlaps through names beyond loose crossings of_strangers overlaid width height turns")


def check(drawn):
    """Every count of one drawing."""
    frames = numpy.array(drawn.boxes, dtype=float).reshape(-1, 4)
    names = numpy.array([name for name in drawn.names if name is not None], dtype=float).reshape(-1, 4)
    segments = Segments(drawn.lines)
    crossings, of_strangers, overlaid = crossings_of(drawn, segments)
    everything = [union(drawn.boxes)] if drawn.boxes else []
    everything += [tuple(frame) for frame in names]
    everything += [(min(p[0] for p in line), min(p[1] for p in line), max(p[0] for p in line), max(p[1] for p in line)) for line in drawn.lines]
    left, top, right, bottom = union(everything) if everything else (0, 0, 0, 0)
    return Findings(
        boxes=len(drawn.boxes),
        lines=len(drawn.lines),
        box_overlaps=overlaps(frames, frames, same=True),
        through=through(drawn, frames, segments),
        names=overlaps(names, names, same=True) + overlaps(names, frames, same=False),
        beyond=sum(not holds(box, text) for box, inside in zip(drawn.boxes, drawn.texts) for text in inside),
        loose=sum(loose(drawn, nth) for nth in range(len(drawn.lines))),
        crossings=crossings,
        of_strangers=of_strangers,
        overlaid=overlaid,
        width=right - left,
        height=bottom - top,
        turns=sum(turning(line) for line in drawn.lines),
    )


class Segments:
    """All straight pieces of all lines, sorted by their left end."""

    def __init__(self, lines):
        starts, ends, owner = [], [], []
        for nth, line in enumerate(lines):
            for a, b in zip(line, line[1:]):
                if a != b:
                    starts.append(a)
                    ends.append(b)
                    owner.append(nth)
        self.a = numpy.array(starts, dtype=float).reshape(-1, 2)
        self.b = numpy.array(ends, dtype=float).reshape(-1, 2)
        self.owner = numpy.array(owner, dtype=int)
        order = numpy.argsort(numpy.minimum(self.a[:, 0], self.b[:, 0]), kind="stable")
        self.a, self.b, self.owner = self.a[order], self.b[order], self.owner[order]
        self.low = numpy.minimum(self.a, self.b)
        self.high = numpy.maximum(self.a, self.b)


def overlaps(some, others, same):
    """Pairs of frames that share more than a border."""
    count = 0
    for nth, frame in enumerate(some):
        rest = others[:nth] if same else others
        hit = (rest[:, 0] + TOUCH < frame[2]) & (frame[0] + TOUCH < rest[:, 2])
        hit &= (rest[:, 1] + TOUCH < frame[3]) & (frame[1] + TOUCH < rest[:, 3])
        count += int(hit.sum())
    return count


def holds(box, text):
    return box[0] <= text[0] + TOUCH and box[1] <= text[1] + TOUCH and text[2] <= box[2] + TOUCH and text[3] <= box[3] + TOUCH


def loose(drawn, nth):
    """Whether a line does not begin at its holder's border or not end at its target's."""
    line, (tail, head) = drawn.lines[nth], drawn.ends[nth]
    return off_border(line[0], drawn.boxes[tail]) > NEAR or off_border(line[-1], drawn.boxes[head]) > NEAR


def off_border(point, frame):
    x, y = point
    outside = math.hypot(max(frame[0] - x, x - frame[2], 0), max(frame[1] - y, y - frame[3], 0))
    inside = min(x - frame[0], frame[2] - x, y - frame[1], frame[3] - y)
    return outside if outside > 0 else max(inside, 0)


def through(drawn, frames, segments):
    """Pairs of a line and a box that it runs through and does not belong to. Its own boxes count further in."""
    found = set()
    if not len(segments.owner):
        return 0
    ends = numpy.array(drawn.ends)
    for nth, (left, top, right, bottom) in enumerate(frames):
        near = (segments.low[:, 0] < right) & (segments.high[:, 0] > left) & (segments.low[:, 1] < bottom) & (segments.high[:, 1] > top)
        for at in numpy.nonzero(near)[0]:
            owner = segments.owner[at]
            graze = NEAR if nth in ends[owner] else GRAZE
            inner = (left + graze, top + graze, right - graze, bottom - graze)
            if clips(segments.a[at], segments.b[at], inner):
                found.add((int(owner), nth))
    return len(found)


def clips(a, b, frame):
    """Whether a straight piece enters a frame (Liang and Barsky)."""
    enter, leave = 0.0, 1.0
    for start, delta, low, high in ((a[0], b[0] - a[0], frame[0], frame[2]), (a[1], b[1] - a[1], frame[1], frame[3])):
        if high <= low:
            return False
        if delta == 0:
            if not low < start < high:
                return False
            continue
        near, far = sorted(((low - start) / delta, (high - start) / delta))
        enter, leave = max(enter, near), min(leave, far)
        if enter >= leave:
            return False
    return True


def crossings_of(drawn, segments):
    """How often two lines cross, how often two without a common box do, and how many of these pairs run on top of each other.

    Lines with a common box may share a piece of their way (a trunk) and part from it: only where one plainly passes from one
    side of the other to its other side is it a crossing. Strangers that touch at all cross there.
    """
    plain, touching, overlaid = {}, {}, set()
    ends = numpy.array(drawn.ends).reshape(-1, 2)
    low, high, owner = segments.low, segments.high, segments.owner
    for at in range(len(owner)):
        stop = numpy.searchsorted(low[:, 0], high[at, 0] + ON, side="right")
        if stop <= at + 1:
            continue
        rest = numpy.arange(at + 1, stop)
        near = (low[rest, 1] <= high[at, 1] + ON) & (high[rest, 1] >= low[at, 1] - ON) & (owner[rest] != owner[at])
        rest = rest[near]
        if not len(rest):
            continue
        a, b = segments.a[at], segments.b[at]
        c, d = segments.a[rest], segments.b[rest]
        one, other = side(a, b, c), side(a, b, d)
        first, second = side_of(c, d, a), side_of(c, d, b)
        apart = (numpy.minimum(one, other) > ON) | (numpy.maximum(one, other) < -ON)
        apart |= (numpy.minimum(first, second) > ON) | (numpy.maximum(first, second) < -ON)
        proper = (numpy.minimum(numpy.abs(one), numpy.abs(other)) > SIDE) & (numpy.minimum(numpy.abs(first), numpy.abs(second)) > SIDE)
        share = one / numpy.where(one - other == 0, 1, one - other)
        point = c + (d - c) * share[:, None]
        for nth in numpy.nonzero(~apart)[0]:
            pair = (int(owner[at]), int(owner[rest[nth]]))
            pair = pair if pair[0] < pair[1] else pair[::-1]
            if proper[nth] and one[nth] * other[nth] < 0 and first[nth] * second[nth] < 0:
                plain.setdefault(pair, []).append(tuple(point[nth]))
            elif not set(ends[pair[0]]) & set(ends[pair[1]]):
                reach = overlap_of(a, b, c[nth], d[nth])
                if reach is None:
                    continue
                touching.setdefault(pair, []).append(reach[0])
                if reach[1] > 2.0:
                    overlaid.add(pair)
    count = sum(len(points) for points in plain.values())
    of_strangers = sum(len(points) for pair, points in plain.items() if not set(ends[pair[0]]) & set(ends[pair[1]]))
    touches = sum(clusters(points, plain.get(pair, [])) for pair, points in touching.items())
    return count + touches, of_strangers + touches, len(overlaid)


def side(a, b, points):
    """How far points lie to the side of the line through a and b."""
    along = (b - a) / math.hypot(*(b - a))
    return along[0] * (points[:, 1] - a[1]) - along[1] * (points[:, 0] - a[0])


def side_of(a, b, point):
    """How far a point lies to the side of many lines."""
    along = (b - a) / numpy.hypot(b[:, 0] - a[:, 0], b[:, 1] - a[:, 1])[:, None]
    return along[:, 0] * (point[1] - a[:, 1]) - along[:, 1] * (point[0] - a[:, 0])


def overlap_of(a, b, c, d):
    """Where two pieces that touch do so, and for how long."""
    length = math.hypot(*(b - a))
    along = (b - a) / length
    low, high = sorted((float(numpy.dot(c - a, along)), float(numpy.dot(d - a, along))))
    low, high = max(low, 0.0), min(high, length)
    across = [abs(float(along[0] * (p[1] - a[1]) - along[1] * (p[0] - a[0]))) for p in (c, d)]
    if max(across) <= ON:
        if high < low - ON:
            return None
        return tuple(a + along * max(low, 0)), high - low
    # They meet in one point at most: an end of one on the other.
    for point, (one, other) in ((c, (a, b)), (d, (a, b)), (a, (c, d)), (b, (c, d))):
        reach = math.hypot(*(other - one))
        way = (other - one) / reach
        along_it = float(numpy.dot(point - one, way))
        aside = abs(float(way[0] * (point[1] - one[1]) - way[1] * (point[0] - one[0])))
        if aside <= ON and -ON <= along_it <= reach + ON:
            return tuple(point), 0.0
    return None


def clusters(points, known):
    """How many places the points stand for: those within two pixels are one, and none where a crossing is known."""
    centres = list(known)
    for point in sorted(points):
        if all(math.hypot(point[0] - centre[0], point[1] - centre[1]) > 2.0 for centre in centres):
            centres.append(point)
    return len(centres) - len(known)


def turning(line):
    """How much a line turns, in right angles."""
    total, before = 0.0, None
    for a, b in zip(line, line[1:]):
        if math.hypot(b[0] - a[0], b[1] - a[1]) < 0.01:
            continue
        now = math.atan2(b[1] - a[1], b[0] - a[0])
        if before is not None:
            total += abs((now - before + math.pi) % (2 * math.pi) - math.pi)
        before = now
    return total / (math.pi / 2)
