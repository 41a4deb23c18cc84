"""The comparison, tried on made snapshots: a perfect one must score 100 %, and every kind of damage must be noticed.

    selftest.py     (needs pyarrow)

A small process tells its truth; a snapshot is written as Parquet from that truth, damaged in one way at a time, read
back and compared.
"""
import os
import subprocess
import sys
import tempfile

import compare
import snapshotfile
import truthfile
from snapshotfile import BORROWED, GUESSED, INTERNAL, ITEM, TYPE, UNTRAVERSED, WEAK

UNTRACKED = 255


class Draft:
    """A snapshot in the making: one list of `[target address, kind, name]` per object, easy to damage."""

    def __init__(self, truth):
        self.objects = {}
        known = truth.rows
        for row, address in enumerate(truth.addresses):
            cls = truth.types[row]
            references = [[target, TYPE if target == cls else ITEM, None] for target in truth.referents(row) if target in known]
            self.objects[address] = {
                "type": truth.type_name(row),
                "size": truth.sizes[row],
                "refcount": min(max(truth.refcounts[row], 0), 2**32 - 1),
                "generation": truth.generations[row],
                "references": references,
            }

    def frozen(self):
        rows = {address: row for row, address in enumerate(self.objects)}
        ends, targets, kinds, names = [], [], [], []
        for one in self.objects.values():
            for target, kind, name in one["references"]:
                if target in rows:
                    targets.append(rows[target])
                    kinds.append(kind)
                    names.append(name)
            ends.append(len(targets))
        column = {name: [one[name] for one in self.objects.values()] for name in ("type", "size", "refcount", "generation")}
        return snapshotfile.Snapshot(
            list(rows), column["type"], column["size"], column["refcount"], column["generation"], [0] * len(rows),
            ends, targets, kinds, names, {"pause_ms": 1.5},
        )


class Samples:
    """Objects to damage: chosen by what they are, not by chance."""

    def __init__(self, truth):
        usable = [row for row in range(len(truth)) if truth.addresses[row] not in truth.own]
        tracked = [row for row in usable if truth.generations[row] != UNTRACKED]
        self.tracked = truth.addresses[next(row for row in tracked if truth.type_name(row) == "builtins.tuple")]
        self.type = truth.addresses[next(row for row in usable if truth.type_name(row) == "builtins.type")]
        self.leaf = truth.addresses[next(row for row in usable if truth.type_name(row) == "builtins.str")]
        self.lists = [truth.addresses[row] for row in tracked if truth.type_name(row) == "builtins.list"]
        self.item_of = {}
        for address in self.lists:
            items = [target for target in truth.referents(truth.rows[address]) if target not in truth.own]
            if items:
                self.item_of[address] = items
        self.holder = next(iter(self.item_of))
        self.twice = next(holder for holder, items in self.item_of.items() if len(set(items)) < len(items))


def drop_object(draft, samples):
    del draft.objects[samples.tracked]


def drop_leaf(draft, samples):
    del draft.objects[samples.leaf]


def wrong_type(draft, samples):
    draft.objects[samples.tracked]["type"] = "builtins.list"


def wrong_generation(draft, samples):
    draft.objects[samples.tracked]["generation"] = UNTRACKED


def wrong_size(draft, samples):
    draft.objects[samples.tracked]["size"] += 8


def known_size(draft, samples):
    """What the reviewed list allows is still told, and not held against anybody."""
    draft.objects[samples.type]["size"] -= 16


def wrong_refcount(draft, samples):
    draft.objects[samples.tracked]["refcount"] += 1


def drop_reference(draft, samples):
    one = draft.objects[samples.holder]
    gone = one["references"][0][0]
    one["references"] = [reference for reference in one["references"] if reference[0] != gone]


def drop_tracked(draft, samples):
    lists = set(samples.lists)
    holder = next(h for h, items in samples.item_of.items() if set(items) & lists)
    one = draft.objects[holder]
    one["references"] = [reference for reference in one["references"] if reference[0] not in lists]


def make_weak(draft, samples):
    for reference in draft.objects[samples.holder]["references"]:
        reference[1] = WEAK


def drop_parallel(draft, samples):
    references = draft.objects[samples.twice]["references"]
    targets = [reference[0] for reference in references]
    del references[next(at for at, target in enumerate(targets) if target in targets[:at])]


def add_reference(draft, samples):
    draft.objects[samples.lists[0]]["references"].append([samples.lists[-1], INTERNAL, "field"])


def add_guess(draft, samples):
    draft.objects[samples.lists[0]]["references"].append([samples.lists[-1], INTERNAL | GUESSED, None])


def scan(draft, samples):
    """All references of one type are guesses."""
    for one in draft.objects.values():
        if one["type"] == "builtins.tuple":
            for reference in one["references"]:
                reference[1] |= GUESSED


def add_borrowed(draft, samples):
    draft.objects[samples.lists[0]]["references"].append([samples.lists[-1], INTERNAL | BORROWED, None])


def add_untraversed(draft, samples):
    draft.objects[samples.lists[0]]["references"].append([samples.lists[-1], INTERNAL | UNTRAVERSED, "field"])


def double_reference(draft, samples):
    # Between two lists, so that both ends are tracked.
    holder = next(h for h, items in samples.item_of.items() if set(items) & set(samples.lists))
    references = draft.objects[holder]["references"]
    references.append(list(next(r for r in references if r[0] in set(samples.lists))))


def mark_untraversed(draft, samples):
    holder = next(h for h, items in samples.item_of.items() if set(items) & set(samples.lists))
    next(r for r in draft.objects[holder]["references"] if r[0] in set(samples.lists))[1] |= UNTRAVERSED


def overcount(draft, samples):
    draft.objects[samples.lists[-1]]["refcount"] = 0


def invent_object(draft, samples):
    draft.objects[8] = dict(draft.objects[samples.lists[0]], references=[])


def wrong_class(draft, samples):
    for one in draft.objects.values():
        for reference in one["references"]:
            if reference[1] == TYPE:
                reference[0] = samples.lists[0]
                return


#: Damage, and what of the report must then differ from that of the undamaged snapshot.
DAMAGES = [
    (drop_object, ["objects_percent", "tracked_percent", "missed_objects", "references_percent"]),
    (drop_leaf, ["objects_percent", "missed_objects", "missed"]),
    (wrong_type, ["wrong_types", "wrong_types_list"]),
    (wrong_generation, ["wrong_generations", "wrong_generations_list"]),
    (wrong_size, ["sizes_percent", "wrong_sizes", "unlike_sizes"]),
    (known_size, ["sizes_percent", "wrong_sizes"]),
    (scan, ["guessed_percent", "scanned", "scanned_list"]),
    (wrong_refcount, ["refcounts_percent", "wrong_refcounts"]),
    (drop_tracked, ["references_percent", "references_tracked_percent"]),
    (drop_reference, ["references_percent", "references_all_percent", "missed_list"]),
    (make_weak, ["references_percent", "missed_list"]),
    (drop_parallel, ["references_all_percent", "fewer"]),
    (add_reference, ["extra", "extra_list", "unreviewed"]),
    (add_guess, ["extra_guessed"]),
    (add_untraversed, ["extra_untraversed"]),
    (add_borrowed, ["extra_borrowed"]),
    (double_reference, ["excess", "unreviewed"]),
    (mark_untraversed, ["unsubtracted"]),
    (overcount, ["overcounted", "overcounted_unreviewed", "refcounts_percent"]),
    (invent_object, ["beyond", "falsely_tracked"]),
    (wrong_class, ["wrong_class", "fewer"]),
]

PERFECT = {
    "objects_percent": 100.0,
    "tracked_percent": 100.0,
    "references_percent": 100.0,
    "references_tracked_percent": 100.0,
    "references_all_percent": 100.0,
    "sizes_percent": 100.0,
    "refcounts_percent": 100.0,
    "guessed_percent": 0.0,
    "pause_ms": 1.5,
}
NOTHING = "wrong_types wrong_generations falsely_tracked addresses_twice beyond missed fewer extra excess unsubtracted".split()
NOTHING += "unlike_sizes unreviewed scanned extra_guessed extra_borrowed extra_untraversed wrong_class overcounted".split()


def compared(truth, draft, folder):
    path = os.path.join(folder, "made.parquet")
    snapshotfile.write(path, draft.frozen())
    return compare.Comparison(truth, snapshotfile.read(path)).report()


def small_truth(folder):
    """A process with next to nothing in it, told to go on at once: both its lines are ends of file."""
    path = os.path.join(folder, "truth")
    program = "import sys; sys.path.insert(0, sys.argv[1]); import oracle; x = [[1]]; x.append(x[0]); oracle.wait(sys.argv[2])"
    ends = os.open(os.devnull, os.O_RDONLY), os.open(os.devnull, os.O_WRONLY)
    settings = "{},{},{}".format(*ends, path)
    here = os.path.dirname(os.path.abspath(__file__))
    subprocess.check_call([sys.executable, "-I", "-S", "-c", program, here, settings], pass_fds=ends)
    return truthfile.read(path)


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        truth = small_truth(folder)
        samples = Samples(truth)
        whole = compared(truth, Draft(truth), folder)
        expected = dict(PERFECT, **dict.fromkeys(NOTHING, 0))
        failures += ["a perfect snapshot: {} = {}".format(key, whole[key]) for key in expected if whole[key] != expected[key]]
        for damage, keys in DAMAGES:
            draft = Draft(truth)
            damage(draft, samples)
            report = compared(truth, draft, folder)
            failures += ["{}: {} did not move".format(damage.__name__, key) for key in keys if report[key] == whole[key]]
            if damage is known_size and report["unlike_sizes"]:
                failures.append("a reviewed size is held against the snapshot")
    for failure in failures:
        print("FAILED", failure)
    print("{} kinds of damage tried, {} failures".format(len(DAMAGES), len(failures)))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
