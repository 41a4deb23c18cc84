"""A program that draws itself with objgraph and then waits to be captured.

    victim.py PROGRAM.py

Runs the program as the module `program` and draws each of its QUESTIONS twice: drawing makes dicts that were not there, so
that only the second drawing shows the heap that stands afterwards. Prints one line of JSON: for every question the command
line of heapgraph, objgraph's text, and the texts that a `__repr__` written in Python gave; then waits for the end of input.
"""
import fnmatch
import gc
import io
import json
import sys
import types

import objgraph


def load(path):
    module = types.ModuleType("program")
    module.__file__ = path
    sys.modules["program"] = module
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), module.__dict__)
    return module


def passes(patterns):
    """heapgraph's patterns as a function: type globs, each maybe negated."""
    if not patterns:
        return None
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    unwanted = [pattern[1:] for pattern in patterns if pattern.startswith("!")]

    def fits(thing, pattern):
        kind = type(thing)
        long = kind.__module__ + "." + kind.__qualname__
        return fnmatch.fnmatchcase(long, pattern) or "." not in pattern and fnmatch.fnmatchcase(kind.__name__, pattern)

    def test(thing):
        some = not wanted or any(fits(thing, pattern) for pattern in wanted)
        return some and not any(fits(thing, pattern) for pattern in unwanted)

    return test


EXTRA = {"address": lambda thing: hex(id(thing))}


def ask(module, question):
    """The objects asked for, and objgraph's own arguments."""
    rest = dict(question)
    kind, things = rest.pop("ask"), [eval(text, module.__dict__) for text in rest.pop("of")]
    # What is asked for must be found outside Python's own frames: alive before and after.
    arguments = {key: rest[key] for key in ("max_depth", "too_many") if key in rest}
    if rest.get("long_names"):
        arguments["shortnames"] = False
    if rest.get("refcounts"):
        arguments["refcounts"] = True
    for key in ("filter", "highlight"):
        if key in rest:
            arguments[key] = passes(rest[key])
    if "ignore" in rest:
        arguments["extra_ignore"] = [id(eval(text, module.__dict__)) for text in rest["ignore"]]
    if "extra_info" in rest:
        arguments["extra_info"] = EXTRA[rest["extra_info"]]
    return kind, things, arguments


def draw(module, question):
    """objgraph's text."""
    kind, things, arguments = ask(module, question)
    output = io.StringIO()
    if kind == "chain":
        chains = [objgraph.find_backref_chain(thing, objgraph.is_proper_module) for thing in things]
        del things
        objgraph.show_chain(*chains, output=output, **arguments)
    else:
        show = objgraph.show_refs if kind == "refs" else objgraph.show_backrefs
        show(things, output=output, **arguments)
    return output.getvalue()


def command(module, question):
    """The same question to heapgraph, with FILE for the snapshot and OUT for the picture."""
    kind, things, arguments = ask(module, question)
    words = [kind, "FILE"] + [hex(id(thing)) for thing in things] + ["--style", "objgraph", "-o", "OUT"]
    for key, option in (("max_depth", "--max-depth"), ("too_many", "--too-many")):
        words += [option, str(arguments[key])] if key in arguments else []
    words += ["--limit", "0"]
    words += [word for key in ("filter", "highlight") for pattern in question.get(key, []) for word in ("--" + key, pattern)]
    words += [word for number in arguments.get("extra_ignore", []) for word in ("--ignore", hex(number))]
    words += ["--extra-info", question["extra_info"]] if "extra_info" in question else []
    words += [word for word in ("--long-names", "--refcounts") if question.get(word[2:].replace("-", "_"))]
    return words


def texts_of_python(module):
    """Every text of objgraph's that Python code made: what no look from outside can know."""
    found, original = set(), objgraph._short_repr

    def watched(thing):
        ran = []
        sys.setprofile(lambda frame, event, argument: ran.append(frame) if event == "call" and frame.f_code.co_name == "__repr__" else None)
        try:
            text = original(thing)
        except Exception:
            # objgraph writes so, one level up.
            found.update({"(unrepresentable)"} if ran else ())
            raise
        finally:
            sys.setprofile(None)
        if ran:
            found.add(text)
        return text

    objgraph._short_repr = watched
    for question in module.QUESTIONS:
        draw(module, question)
    objgraph._short_repr = original
    return sorted(found)


def running_frames():
    """The frames of every thread."""
    for frame in sys._current_frames().values():
        while frame is not None:
            yield frame
            frame = frame.f_back


def main():
    gc.disable()
    module = load(sys.argv[1])
    for question in module.QUESTIONS:
        draw(module, question)
    texts = texts_of_python(module)
    # Twice more: the first brings the collector's lists into the order in which they stay.
    for question in module.QUESTIONS:
        draw(module, question)
    drawn = [(command(module, question), draw(module, question)) for question in module.QUESTIONS]
    answer = [{"question": question, "command": words, "dot": dot} for question, (words, dot) in zip(module.QUESTIONS, drawn)]
    frames = [id(frame) for frame in running_frames()]
    sys.stdout.write(json.dumps({"questions": answer, "texts_of_python": texts, "running_frames": frames}) + "\n")
    sys.stdout.flush()
    del drawn, answer, frames
    sys.stdin.read()


main()
