"""A checker that finds nothing proves nothing: drawings with known faults, and what must be found in them."""
import sys

from checker import check
from drawn import Drawn, points_of, read_svg


def drawing(boxes, lines, names=()):
    drawn = Drawn()
    drawn.ids = [str(nth) for nth in range(len(boxes))]
    drawn.boxes, drawn.texts = boxes, [[] for _ in boxes]
    drawn.ends, drawn.lines = [line[0] for line in lines], [line[1] for line in lines]
    drawn.names = list(names) or [None] * len(lines)
    return drawn


def square(x, y, side=20):
    return (x, y, x + side, y + side)


# Four boxes at the corners of a square.
FOUR = [square(0, 0), square(200, 0), square(0, 200), square(200, 200)]
ACROSS = [((0, 3), [(20, 20), (200, 200)]), ((1, 2), [(200, 20), (20, 200)])]
SPLICE = [((0, 3), [(20, 10), (100, 10), (100, 210), (200, 210)]), ((2, 1), [(20, 210), (90, 210), (90, 100), (100, 100), (100, 60), (110, 60), (110, 10), (200, 10)])]
TRUNK = [((0, 3), [(20, 10), (100, 10), (100, 210), (200, 210)]), ((2, 3), [(20, 210), (200, 210)]), ((1, 3), [(200, 10), (100, 10), (100, 210), (200, 210)])]
EXPECTED = [
    ("two boxes on each other", drawing([square(0, 0), square(10, 10)], []), {"box_overlaps": 1}),
    ("side by side", drawing([square(0, 0), square(20, 0)], []), {"box_overlaps": 0}),
    ("a cross", drawing(FOUR, ACROSS), {"crossings": 1, "of_strangers": 1, "overlaid": 0, "through": 0, "loose": 0}),
    ("a trunk of three with one end", drawing(FOUR, TRUNK), {"crossings": 0, "overlaid": 0}),
    ("strangers on one way, from side to side", drawing(FOUR, SPLICE), {"overlaid": 1}),
    ("strangers that touch", drawing(FOUR, [((0, 1), [(20, 10), (100, 100), (200, 10)]), ((2, 3), [(20, 210), (100, 100), (200, 210)])]), {"crossings": 1}),
    ("relatives that cross", drawing(FOUR, [((0, 3), [(20, 20), (200, 200)]), ((1, 3), [(200, 20), (60, 160), (200, 210)])]), {"crossings": 1, "of_strangers": 0}),
    ("through a stranger", drawing(FOUR[:2] + [square(100, 0)], [((0, 1), [(20, 10), (200, 10)])]), {"through": 1}),
    ("along a stranger's border", drawing(FOUR[:2] + [square(100, 10)], [((0, 1), [(20, 10), (200, 10)])]), {"through": 0}),
    ("through its own box", drawing(FOUR[:2], [((0, 1), [(0, 10), (200, 10)])]), {"through": 1}),
    ("an end in the air", drawing(FOUR[:2], [((0, 1), [(20, 10), (150, 10)])]), {"loose": 1}),
    ("names on each other and on a box", drawing(FOUR, ACROSS, [(90, 90, 130, 110), (120, 100, 210, 210)]), {"names": 2}),
    ("a right angle there and back", drawing(FOUR[:2], [((0, 1), [(20, 10), (100, 10), (100, 50), (200, 50)])]), {"turns": 2.0}),
]
SVG = """<svg xmlns="http://www.w3.org/2000/svg"><g class="graph" transform="translate(10,20)">
<g class="node a"><title>x</title><rect x="0" y="0" width="40" height="20"/><text x="2" y="12" font-size="10" textLength="60">long</text></g>
<g class="node"><title>y</title><polygon points="100,0 140,0 140,20 100,20"/></g>
<g class="edge"><title>x-&gt;y</title><path d="M40 10l10 0Q60 10 60 20V-5H90"/><polygon points="100,10 90,6 90,14"/></g></g></svg>"""


def main():
    wrong = []
    for name, drawn, expected in EXPECTED:
        found = check(drawn)._asdict()
        wrong += ["{}: {} is {}, not {}".format(name, key, found[key], value) for key, value in expected.items() if abs(found[key] - value) > 1e-6]
    drawn = read_svg(SVG)
    if (drawn.boxes, drawn.ends) != ([(10, 20, 50, 40), (110, 20, 150, 40)], [(0, 1)]) or check(drawn).beyond != 1:
        wrong.append("an SVG is not read as it is: {} {}".format(drawn.boxes, drawn.ends))
    if drawn.lines[0][0] != (50, 30) or drawn.lines[0][-2:] != [(100, 15), (110, 30)]:
        wrong.append("a path is not read as it is: {}".format(drawn.lines[0]))
    if points_of("M0,0c0-10,10-10,10 0", (0, 0))[-1] != (10, 0) or points_of("M1.5-2L.3 4", (0, 0)) != [(1.5, -2), (0.3, 4)]:
        wrong.append("numbers of a path are not read as they are")
    print("\n".join(wrong) or "{} drawings judged rightly".format(len(EXPECTED) + 1))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
