"""Two DOT texts as graphs, and what differs between them beyond the closed list."""
import collections

Graph = collections.namedtuple("Graph", "defaults nodes edges")

# The closed list. Whatever fits none of these rules fails.
PYTHON_TEXT = "text of a __repr__ written in Python"
FRAME = "a running frame"
DICT = "a dict that objgraph made"
ORDER = "order of statements"
COUNT = "a reference count, which objgraph shows one too low from Python 3.11 on"
ALLOWED = (PYTHON_TEXT, FRAME, DICT, ORDER, COUNT)


def tokens(text):
    """Words, quoted strings (as a str with a quote in front) and signs of Graphviz's language."""
    at = 0
    while at < len(text):
        letter = text[at]
        if letter.isspace():
            at += 1
        elif letter == '"':
            end = at + 1
            while text[end] != '"':
                end += 2 if text[end] == "\\" else 1
            yield '"' + text[at + 1:end]
            at = end + 1
        elif text.startswith("->", at):
            yield "->"
            at += 2
        elif letter in "{}[]=,;":
            yield letter
            at += 1
        else:
            end = at
            while not (text[end].isspace() or text[end] in '{}[]=,;"' or text.startswith("->", end)):
                end += 1
            yield text[at:end]
            at = end


def parse(text):
    """The graph of a DOT text: attributes of each node, the last statement of a name winning, and edges as a multiset."""
    stream = list(tokens(text))
    assert stream[:3] == ["digraph", "ObjectGraph", "{"] and stream[-1] == "}", stream[:3]
    defaults, nodes, edges, statement = {}, collections.OrderedDict(), [], []
    for token in stream[3:-1]:
        if token != ";":
            statement.append(token)
            continue
        names, attributes = statement, {}
        if "[" in statement:
            open_at = statement.index("[")
            assert statement[-1] == "]", statement
            names = statement[:open_at]
            attributes = read_attributes(statement[open_at + 1:-1])
        if names == ["node"]:
            defaults.update(attributes)
        elif len(names) == 3 and names[1] == "->":
            edges.append((names[0], names[2], tuple(sorted(attributes.items()))))
        else:
            assert len(names) == 1, statement
            nodes.setdefault(names[0], {}).update(attributes)
        statement = []
    assert not statement, statement
    return Graph(defaults, nodes, edges)


def read_attributes(words):
    found, at = {}, 0
    while at < len(words):
        if words[at] == ",":
            at += 1
            continue
        assert words[at + 1] == "=", words
        found[words[at]] = words[at + 2]
        at += 3
    return found


def lines(label):
    return label.lstrip('"').split("\\n")


class Comparison:
    """What two drawings of one question have in common, and what not."""

    def __init__(self, theirs, ours, texts_of_python, minor):
        self.theirs, self.ours, self.minor = parse(theirs), parse(ours), minor
        # As they stand in a label.
        self.python_texts = {quoted(text) for text in texts_of_python}
        self.allowed, self.faults = collections.Counter(), []
        if self.theirs.defaults != self.ours.defaults:
            self.faults.append("defaults {} != {}".format(self.theirs.defaults, self.ours.defaults))
        self.nodes()
        self.edges()
        same = list(self.theirs.nodes) == list(self.ours.nodes) and [e[:2] for e in self.theirs.edges] == [e[:2] for e in self.ours.edges]
        if not self.faults and not same:
            self.allowed[ORDER] += 1

    def nodes(self):
        for name in self.theirs.nodes:
            if name not in self.ours.nodes:
                self.lost(name, self.theirs, "objgraph alone has")
        for name, found in self.ours.nodes.items():
            if name not in self.theirs.nodes:
                self.lost(name, self.ours, "heapgraph alone has")
                continue
            expected = self.theirs.nodes[name]
            if found != expected and not self.explained(expected, found):
                self.faults.append("node {}: {} != {}".format(name, show(expected), show(found)))

    def lost(self, name, graph, who):
        self.faults.append("{} node {} {}".format(who, name, show(graph.nodes[name])))

    def explained(self, expected, found):
        """Whether only the label differs, and only in what the closed list allows."""
        rest = lambda attributes: {key: value for key, value in attributes.items() if key != "label"}
        if rest(expected) != rest(found):
            return False
        label = lambda attributes: attributes.get("label", "")
        theirs, ours = label(expected), label(found)
        reasons = []
        first, their_first = ours.split("\\n")[0], theirs.split("\\n")[0]
        if first != their_first:
            if not self.counted(their_first, first):
                return False
            reasons.append(COUNT)
        their_rest, rest_of_ours = theirs.split("\\n", 1)[1], ours.split("\\n", 1)[1]
        if their_rest != rest_of_ours:
            if not any(their_rest == text or their_rest.startswith(text + "\\n") for text in self.python_texts):
                return False
            reasons.append(PYTHON_TEXT)
        for reason in reasons:
            self.allowed[reason] += 1
        return True

    def counted(self, theirs, ours):
        """`name [n]` where objgraph's n is exactly one too low, or that of an immortal object less four."""
        if "[" not in theirs or "[" not in ours:
            return False
        (name, number), (our_name, our_number) = (text.rstrip("]").split(" [") for text in (theirs, ours))
        return self.minor >= 11 and name == our_name and int(our_number) - int(number) in (1, 4)

    def edges(self):
        theirs, ours = collections.Counter(self.theirs.edges), collections.Counter(self.ours.edges)
        missing, extra = theirs - ours, ours - theirs
        for edge in list(missing.elements()):
            other = next((one for one in extra.elements() if one[:2] == edge[:2] and self.same_key(edge, one)), None)
            if other is not None:
                self.allowed[PYTHON_TEXT] += 1
                missing[edge] -= 1
                extra[other] -= 1
        self.faults += ["objgraph alone has edge {}".format(show(edge)) for edge in missing.elements()]
        self.faults += ["heapgraph alone has edge {}".format(show(edge)) for edge in extra.elements()]

    def same_key(self, theirs, ours):
        """Whether two edges differ only in the text of a key that Python code made."""
        their_label, our_label = (lines(dict(edge[2]).get("label", "")) for edge in (theirs, ours))
        return len(their_label) == 2 and their_label[0] == our_label[0] and their_label[1] in self.python_texts


def quoted(text):
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\0", "\\\\0")


def show(thing):
    return str(thing)[:300]
