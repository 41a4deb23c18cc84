"""What a capture has to reach: read by the comparison, and by the table that is made of many."""

#: Name of the option, key of the report, default, and whether more is better.
THRESHOLDS = [
    ("objects", "objects_percent", 100.0, True),
    ("tracked", "tracked_percent", 100.0, True),
    ("references", "references_percent", 99.98, True),
    ("references-tracked", "references_tracked_percent", 99.98, True),
    ("references-all", "references_all_percent", 99.98, True),
    ("guessed", "guessed_percent", 1.0, False),
    ("scanned", "scanned", 0, False),
    ("unlike-sizes", "unlike_sizes", 0, False),
    ("unreviewed", "unreviewed", 0, False),
    ("unsubtracted", "unsubtracted", 0, False),
    ("sizes", "sizes_percent", None, True),
    ("refcounts", "refcounts_percent", None, True),
    ("wrong-types", "wrong_types", 0, False),
    ("wrong-generations", "wrong_generations", 0, False),
    ("falsely-tracked", "falsely_tracked", 0, False),
    ("addresses-twice", "addresses_twice", 0, False),
    ("frozen-differ", "frozen_differ", 0, False),
    ("wrong-classes", "wrong_class", 0, False),
    ("extra", "extra", None, False),
    ("extra-borrowed", "extra_borrowed", 0, False),
    ("overcounted", "overcounted_unreviewed", 0, False),
]
