"""A comparison that finds nothing proves nothing: one drawing, changed in every way, and what must be said of each."""
import sys

from compare import COUNT, FRAME, ORDER, PYTHON_TEXT, QUOTES, Comparison

DRAWING = r"""digraph ObjectGraph {
  node[shape=box, style=filled, fillcolor=white];
  o10[fontcolor=red];
  o10[label="dict [7]\n2 items"];
  o10[fillcolor="0,0,1"];
  o10 -> o20 [label="key",weight=2];
  o10 -> o30 [label="Key\n<named \"x\">"];
  o20[label="list [3]\n1 items"];
  o20[fillcolor="0,0,0.5"];
  o20 -> o30;
  o20 -> o30;
  o30[label="Key [2]\n<named \"x\">"];
  o30[fillcolor="0,0,0.3"];
  o30[fontcolor=white];
  o30->too_many_o30[color=red,style=dotted,len=0.25,weight=10];
  too_many_o30[label="4 more references",shape=box,height=0.25,color=red,fillcolor="0,1,0.3",fontsize=6];
  too_many_o30[fontcolor=white];
}
"""
TRUTH = {"texts_of_python": ['<named "x">'], "running_frames": []}
# What is changed into what, and the rule that must explain it; None: it must fail.
CHANGES = [
    ("", "", "same"),
    (r"2 items", r"3 items", None),
    (r'weight=2];', r'weight=3];', None),
    (r'[label="key",weight=2]', r'', None),
    ("  o20 -> o30;\n  o20 -> o30;\n", "  o20 -> o30;\n", None),
    ('o20[fillcolor="0,0,0.5"]', 'o20[fillcolor="0,0,0.6"]', None),
    ("o10[fontcolor=red]", "o20[fontcolor=red]", None),
    ("  o30[fontcolor=white];\n", "", None),
    ("4 more", "5 more", None),
    ("fontsize=6", "fontsize=7", None),
    ("style=filled, ", "", None),
    ("list [3]", "list [4]", COUNT),
    ("list [3]", "list [5]", None),
    ("list [3]", "tuple [3]", None),
    (r'Key [2]\n<named \"x\">', r'Key [2]\n<app.Key object at 0x1e>', PYTHON_TEXT),
    (r'[label="Key\n<named \"x\">"]', r'[label="Key\n<app.Key object at 0x1e>"]', PYTHON_TEXT),
    (r'[label="Key\n<named \"x\">"]', r'[label="Kay\n<named \"x\">"]', None),
    ('  o10 -> o20 [label="key",weight=2];\n  o10 -> o30 [label="Key\\n<named \\"x\\">"];\n', '  o10 -> o30 [label="Key\\n<named \\"x\\">"];\n  o10 -> o20 [label="key",weight=2];\n', ORDER),
]


def main():
    wrong = []
    for before, after, rule in CHANGES:
        assert before in DRAWING, before
        found = Comparison(DRAWING, DRAWING.replace(before, after, 1) if before else DRAWING, TRUTH, 12)
        said = None if found.faults else "same" if not found.allowed else next(iter(found.allowed))
        if said != rule:
            wrong.append("{!r} for {!r}: {} instead of {}: {}".format(after, before, said, rule, found.faults))
    framed = Comparison(DRAWING, DRAWING.replace("  o20 -> o30;\n", "", 1), dict(TRUTH, running_frames=[20]), 12)
    if framed.faults or framed.allowed[FRAME] != 1:
        wrong.append("a running frame: {} {}".format(framed.faults, framed.allowed))
    text = lambda label: DRAWING.replace(r"list [3]\n1 items", label)
    theirs, ours = r'str [3]\n\"' + "a" * 39, r"str [3]\n'" + "a" * 39
    cut = Comparison(text(theirs), text(ours), TRUTH, 12)
    if cut.faults or cut.allowed != {QUOTES: 1}:
        wrong.append("quotes: {} {}".format(cut.faults, cut.allowed))
    print("\n".join(wrong) or "{} changes judged rightly".format(len(CHANGES) + 2))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
