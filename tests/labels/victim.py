"""A program that holds every text of texts.py, prints the address of each holder as JSON, and waits."""
import json
import os
import sys
import types

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import texts  # noqa: E402


class Holder:
    pass


def holder(name, text):
    made = Holder()
    made.value, made.keys, made.list = text, {text: [text], (text, 1): text}, [text, text.encode("utf-8", "surrogatepass")]
    setattr(made, text or "nothing", made.list)
    try:
        made.instance = type(text[:100].replace("\0", "0") or "Empty", (), {})()
        made.module = types.ModuleType(text[:100])
        made.module.holder = made.list
        sys.modules["module of " + name] = made.module
    except (ValueError, UnicodeEncodeError):
        pass  # No type can be called so.
    made.function = types.FunctionType((lambda: 0).__code__.replace(co_name=text), {}, text)
    return made


HELD = {name: holder(name, text) for name, text in {**texts.TEXTS, **texts.SURROGATES}.items()}
everything = HELD["everything"] = Holder()
everything.list = list(HELD.values())[:-1]
for made in everything.list:
    setattr(everything, made.value or "nothing", made.keys)
print(json.dumps({name: {"holder": hex(id(made)), "held": hex(id(made.list))} for name, made in HELD.items()}), flush=True)
sys.stdin.read()
