"""Texts that are hard to write down: quotes, newlines, backslashes, control characters, other scripts, very long ones."""


class Plain:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


TEXTS = [
    "it's", 'say "hi"', "both ' and \"", "back\\slash", "end\\", "new\nline", "tab\tcr\r", "nul\0nul", "bell\x07", "del\x7f", "c1\x85\x9b",
    "\u2028\u2029", "\ufeffbom", "\u200b\u200f", "\u0628\u0627\u0644", "日本語", "кэш", "😀👩‍👩‍👧", "e\u0301", "&#65; <b>&amp;", "]]></script>", "%s{}", "\\N\\l\\G", "x" * 500, "'" * 300, "\\" * 60, "",
    "\xa0nbsp", "\xad", "\u0378", "\ue000", "\U000e0001", "\u3000",
]
BYTES = [b"it's", b'say "hi"', b"both ' and \"", b"\0\x01\xff", b"back\\slash\n\r\t", b"y" * 500, b""]
KEYS = {text: [number] for number, text in enumerate(TEXTS)}
BYTE_KEYS = {text: [number] for number, text in enumerate(BYTES)}
HOLDER = Plain(**{text: [number] for number, text in enumerate(TEXTS[:20])})
TYPES = [type(name, (), {})() for name in ("Кэш", "ノード", "With space", 'Quo"ted', "<b>")]
NUMBERS = [10 ** 15, -10 ** 60, 1e22, 5e-324, -0.0, 1e16, 123456789.123, 2 ** 1900]

QUESTIONS = [
    {"ask": "refs", "of": ["TEXTS"], "too_many": 100},
    {"ask": "refs", "of": ["BYTES"], "too_many": 100},
    {"ask": "refs", "of": ["KEYS"], "too_many": 100, "max_depth": 1},
    {"ask": "refs", "of": ["BYTE_KEYS"], "too_many": 100, "max_depth": 1},
    {"ask": "refs", "of": ["HOLDER"], "too_many": 100, "max_depth": 2},
    {"ask": "refs", "of": ["TYPES"], "too_many": 100, "max_depth": 2},
    {"ask": "refs", "of": ["NUMBERS"], "max_depth": 1},
]
