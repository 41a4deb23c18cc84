"""Every option that both have."""


class Session:
    def __init__(self, name):
        self.name, self.cache, self.peers = name, {}, []


class Special(Session):
    __slots__ = ()


ALL = [Session(str(number)) for number in range(5)] + [Special("special")]
for one in ALL:
    one.peers = list(ALL)
    one.cache["owner"] = one
CACHE = {"session": ALL[0], "list": ALL, "empty": ()}
NOISE = {"noise": ALL[0]}

QUESTIONS = [
    {"ask": "refs", "of": ["CACHE"], "filter": ["!type"]},
    {"ask": "refs", "of": ["CACHE"], "filter": ["program.*", "list"], "max_depth": 4},
    {"ask": "refs", "of": ["CACHE"], "highlight": ["Special", "dict"], "filter": ["!type"]},
    {"ask": "refs", "of": ["CACHE"], "highlight": ["module", "type"], "max_depth": 5, "too_many": 30},
    {"ask": "refs", "of": ["CACHE"], "ignore": ["ALL[0]", "Session"]},
    {"ask": "backrefs", "of": ["ALL[0]"], "ignore": ["NOISE", "ALL"]},
    {"ask": "backrefs", "of": ["ALL[0]"], "filter": ["!program.*"], "max_depth": 2},
    {"ask": "backrefs", "of": ["ALL[0]", "ALL[5]"], "highlight": ["program.Special"], "max_depth": 2},
    {"ask": "refs", "of": ["CACHE"], "long_names": True},
    {"ask": "refs", "of": ["CACHE"], "refcounts": True, "max_depth": 2, "filter": ["!type"]},
    {"ask": "refs", "of": ["CACHE"], "extra_info": "address"},
    {"ask": "refs", "of": ["CACHE"], "extra_info": "address", "long_names": True, "refcounts": True, "filter": ["!type"]},
    {"ask": "refs", "of": ["CACHE"], "too_many": 1, "max_depth": 6},
    {"ask": "refs", "of": ["CACHE"], "max_depth": 1, "too_many": 2},
    {"ask": "refs", "of": ["ALL[0]"], "max_depth": 7, "too_many": 2},
    {"ask": "backrefs", "of": ["ALL[0]", "ALL[1]", "ALL[2]"], "too_many": 3},
    {"ask": "chain", "of": ["ALL[3]"]},
    {"ask": "chain", "of": ["ALL[3]", "CACHE"]},
]
