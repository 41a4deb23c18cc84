"""A program whose names would move a terminal's cursor, set its title, or begin a line of their own."""

import sys
import threading

BAD = "\x1b]0;EVIL\x07\x1b[2J\x9b31m\u202e\nEVIL\rEVIL\x7f\u2028"

Evil = type("Evil" + BAD, (), {})
cache = [Evil() for _ in range(200)]
for one in cache:
    setattr(one, "other" + BAD, [one])
    one.text = "".join(["text", BAD])
globals()["cache" + BAD] = {"key" + BAD: cache}
exec(compile("def wait(said):\n    said.set()\n    sys.stdin.read()\n", "evil" + BAD + ".py", "exec"))
started = threading.Event()
waiting = threading.Thread(target=wait, args=(started,), name="thread" + BAD)
waiting.start()
started.wait()
print("ready", flush=True)
waiting.join()
