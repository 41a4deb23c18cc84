"""Lay a snapshot beside the truth that the same process told, and say what is missing, wrong or too much.

    compare.py TRUTH SNAPSHOT [--json FILE] [thresholds]

Needs pyarrow. Exit code 1 when a threshold is missed. A pair is a holder and a target, however many references run
between them, with the class of the holder left out; `get_referents` is the measure for them.
"""
import argparse
import collections
import json
import math
import sys

import snapshotfile
import truthfile
from reviewed import Reviewed
from snapshotfile import BORROWED, GUESSED, IMMORTAL, KIND, KINDS, ROOT, SYNTHETIC, TYPE, UNTRAVERSED, WEAK
from thresholds import THRESHOLDS

UNTRACKED = 255
FROZEN = 3
#: Counts from here on never fall: PEP 683, and before it what was frozen into the binary (999999999).
IMMORTAL_COUNT = 1 << 29


def top(counter):
    """The most frequent first; ties in order of their text."""
    rows = sorted(counter.items(), key=lambda item: (-item[1], str(item[0])))
    return [[list(what) if isinstance(what, tuple) else [what], count] for what, count in rows]


def share(part, whole):
    """Percent, rounded down to three digits: 100 means all of them."""
    return 100.0 if part == whole else math.floor(100000 * part / whole) / 1000


class Comparison:
    """The two heaps, and names for what is in them."""

    def __init__(self, truth, snapshot):
        self.truth, self.snapshot = truth, snapshot
        self.reviewed = Reviewed(truth.header["python"])
        self.rows = [row for row in range(len(truth)) if truth.addresses[row] not in truth.own]
        self.pairs = [(row, snapshot.rows.get(truth.addresses[row])) for row in self.rows]
        self.found = [(row, seen) for row, seen in self.pairs if seen is not None]

    def name(self, row):
        return self.truth.type_name(row)

    def name_at(self, address):
        row = self.truth.rows.get(address)
        if row is not None:
            return self.name(row)
        row = self.snapshot.rows.get(address)
        return "?" if row is None else self.snapshot.types[row]

    def tracked(self, row):
        return self.truth.generations[row] != UNTRACKED

    def report(self):
        metadata = self.snapshot.metadata
        report = {
            "schema": "heapgraph.fidelity/1",
            "python": self.truth.header["python"],
            "pause_ms": metadata.get("pause_ms"),
            "capture_ms": metadata.get("capture_ms"),
        }
        for part in (self.objects, self.beyond, self.references, self.refcounts, self.overcounted):
            report.update(part())
        return report

    def objects(self):
        truth, snapshot = self.truth, self.snapshot
        missed, wrong_type, wrong_generation, wrong_size, unlike = (collections.Counter() for _ in range(5))
        tracked = tracked_found = 0
        for row, seen in self.pairs:
            name = truth.type_name(row)
            tracked += self.tracked(row)
            if seen is None:
                missed[name, "tracked" if self.tracked(row) else "untracked"] += 1
                continue
            tracked_found += self.tracked(row)
            if snapshot.types[seen] != name and not name.startswith("?."):
                wrong_type[name, snapshot.types[seen]] += 1
            if snapshot.generations[seen] != truth.generations[row]:
                wrong_generation[name, truth.generations[row], snapshot.generations[seen]] += 1
            difference = snapshot.sizes[seen] - truth.sizes[row]
            if difference and truth.sizes[row] and not self.inline_values(row, difference):
                wrong_size[name, difference] += 1
                unlike[name, difference] += not self.reviewed.size(name, difference)
        return {
            "objects": len(self.pairs),
            "objects_found": len(self.found),
            "objects_percent": share(len(self.found), len(self.pairs)),
            "tracked": tracked,
            "tracked_found": tracked_found,
            "tracked_percent": share(tracked_found, tracked),
            "missed_objects": top(missed),
            "wrong_types": sum(wrong_type.values()),
            "wrong_types_list": top(wrong_type),
            "wrong_generations": sum(wrong_generation.values()),
            "wrong_generations_list": top(wrong_generation),
            "sizes_percent": share(len(self.found) - sum(wrong_size.values()), len(self.found)),
            "wrong_sizes": top(wrong_size),
            "unlike_sizes": sum(unlike.values()),
            "unlike_sizes_list": top(+unlike),
        }

    def inline_values(self, row, difference):
        """Whether a difference in size is the values that 3.13 keeps behind an instance and `getsizeof` leaves out."""
        return self.truth.types[row] in self.truth.inline_types and difference > 0 and difference % 8 == 0

    def beyond(self):
        """What the snapshot has and the process does not know of: right for strings, wrong for tracked objects."""
        truth, snapshot = self.truth, self.snapshot
        beyond, false = collections.Counter(), collections.Counter()
        for address, row in snapshot.rows.items():
            if address in truth.rows or address in truth.own or snapshot.flags[row] & SYNTHETIC:
                continue
            beyond[snapshot.types[row]] += 1
            # 3.12 starts with frozen tuples that nothing in its reach refers to.
            if snapshot.generations[row] not in (UNTRACKED, FROZEN):
                false[snapshot.types[row]] += 1
        frozen = snapshot.generations.count(FROZEN)
        twice = sum(1 for address in snapshot.addresses if address) - len(snapshot.rows)
        return {
            "snapshot_objects": len(snapshot),
            "beyond": sum(beyond.values()),
            "beyond_list": top(beyond),
            "falsely_tracked": sum(false.values()),
            "falsely_tracked_list": top(false),
            "frozen": frozen,
            "frozen_differ": abs(frozen - truth.header["frozen"]),
            "addresses_twice": twice,
        }

    def seen_references(self, seen):
        """(address, kind byte, name) of what a row of the snapshot refers to; not weakly, not as a label."""
        snapshot, own = self.snapshot, self.truth.own
        for at in snapshot.span(seen):
            address, tag = snapshot.addresses[snapshot.targets[at]], snapshot.kinds[at]
            if address and address not in own and tag & KIND not in (WEAK, ROOT):
                yield address, tag, snapshot.names[at]

    def references(self):
        tally = Tally(self)
        for row, seen in self.pairs:
            tally.add(row, seen)
        return tally.report()

    def refcounts(self):
        truth, snapshot = self.truth, self.snapshot
        equal = mortal = 0
        wrong = collections.Counter()
        for row, seen in self.found:
            said, read = truth.refcounts[row], snapshot.refcounts[seen]
            if said >= IMMORTAL_COUNT or read >= IMMORTAL_COUNT or snapshot.flags[seen] & IMMORTAL:
                if said < IMMORTAL_COUNT:
                    mortal += 1
                    wrong[self.name(row), "immortal"] += 1
                continue
            mortal += 1
            equal += said == read
            if said != read:
                wrong[self.name(row), read - said] += 1
        return {"refcounts_percent": share(equal, mortal), "wrong_refcounts": top(wrong)}

    def overcounted(self):
        """Objects that more counted references lead to than their refcount says."""
        snapshot = self.snapshot
        counted = [0] * len(snapshot)
        for target, tag in zip(snapshot.targets, snapshot.kinds):
            kind = tag & KIND
            if kind != WEAK and not tag & (GUESSED | BORROWED) and (kind != ROOT or tag & UNTRAVERSED):
                counted[target] += 1
        over, unexplained, held, mortal = collections.Counter(), collections.Counter(), 0, 0
        for row, count in enumerate(counted):
            if snapshot.flags[row] & (SYNTHETIC | IMMORTAL) or snapshot.refcounts[row] >= IMMORTAL_COUNT:
                continue
            mortal += 1
            if count > snapshot.refcounts[row]:
                over[snapshot.types[row]] += 1
            elif count < snapshot.refcounts[row]:
                unexplained[snapshot.types[row]] += 1
        held = sum(unexplained.values())
        return {
            "overcounted": sum(over.values()),
            "overcounted_list": top(over),
            "overcounted_unreviewed": sum(n for name, n in over.items() if not self.reviewed.overcounted(name)),
            "explained_percent": share(mortal - held - sum(over.values()), mortal),
            "unexplained_list": top(unexplained),
        }


class Tally:
    """Adds up references object by object."""

    def __init__(self, comparison):
        self.comparison = comparison
        self.pairs = self.pairs_found = self.all = self.all_found = self.read = self.guessed = 0
        self.tracked = self.tracked_found = 0
        #: By type of the holder.
        self.reads, self.guesses = collections.Counter(), collections.Counter()
        names = "missed fewer unreviewed extra extra_guessed extra_borrowed extra_untraversed excess unsubtracted wrong_class".split()
        self.lists = {name: collections.Counter() for name in names}

    def add(self, row, seen):
        comparison, truth = self.comparison, self.comparison.truth
        cls = truth.types[row]
        said = collections.Counter(address for address in truth.referents(row) if address not in truth.own)
        found = list(comparison.seen_references(seen)) if seen is not None else []
        read = collections.Counter(address for address, _, _ in found)
        self.pairs += len(said) - (cls in said)
        self.all += sum(said.values())
        guessed = sum(1 for _, tag, _ in found if tag & GUESSED)
        self.read += len(found)
        self.guessed += guessed
        self.reads[comparison.name(row)] += len(found)
        self.guesses[comparison.name(row)] += guessed
        for address, times in said.items():
            self.all_found += min(times, read[address])
            other = truth.rows.get(address)
            if address != cls and other is not None and comparison.tracked(row) and comparison.tracked(other):
                self.tracked += 1
                self.tracked_found += address in read
            if address != cls and address in read:
                self.pairs_found += 1
            elif address != cls:
                self.lists["missed"][comparison.name(row), comparison.name_at(address)] += 1
            if 0 < read[address] < times or (address == cls and not read[address]):
                self.lists["fewer"][comparison.name(row), comparison.name_at(address)] += 1
        self.add_extras(row, said, found)

    def add_extras(self, row, said, found):
        """What was read and not said, where both ends are tracked: only there can `collect` go wrong."""
        comparison, truth = self.comparison, self.comparison.truth
        plain = collections.Counter(a for a, tag, _ in found if not tag & (UNTRAVERSED | GUESSED | BORROWED))
        left = plain - said
        for address, tag, name in found:
            if tag & KIND == TYPE and address != truth.types[row]:
                self.lists["wrong_class"][comparison.name(row), comparison.name_at(address)] += 1
            other = truth.rows.get(address)
            if other is None or not comparison.tracked(row) or not comparison.tracked(other):
                continue
            label = (comparison.name(row), KINDS[tag & KIND], name_of(tag, name), comparison.name(other))
            if address in said:
                if tag & UNTRAVERSED:
                    self.lists["unsubtracted"][label] += plain[address] < said[address]
                elif left[address] and not tag & (GUESSED | BORROWED):
                    left[address] -= 1
                    self.lists["excess"][label] += 1
                    self.lists["unreviewed"][label] += not comparison.reviewed.extra(label[0], label[2])
            elif tag & GUESSED:
                self.lists["extra_guessed"][label] += 1
            elif tag & UNTRAVERSED:
                self.lists["extra_untraversed"][label] += 1
            elif tag & BORROWED:  # The collector follows what is reported, counted or not.
                self.lists["extra_borrowed"][label] += 1
            else:
                self.lists["extra"][label] += 1
                self.lists["unreviewed"][label] += not comparison.reviewed.extra(label[0], label[2])

    def scanned(self):
        """Types of which more than one reference in a hundred is a guess, and nobody said that it may be."""
        reviewed = self.comparison.reviewed
        many = {name: count for name, count in self.guesses.items() if 100 * count > self.reads[name]}
        return collections.Counter({name: count for name, count in many.items() if not reviewed.guessed(name)})

    def report(self):
        report = {
            "references": self.pairs,
            "references_found": self.pairs_found,
            "references_percent": share(self.pairs_found, self.pairs),
            "references_all": self.all,
            "references_all_percent": share(self.all_found, self.all),
            "references_tracked": self.tracked,
            "references_tracked_percent": share(self.tracked_found, self.tracked),
            "guessed_percent": share(self.guessed, self.read) if self.read else 0.0,
        }
        scanned = self.scanned()
        report.update(scanned=len(scanned), scanned_list=top(scanned))
        for name, counter in self.lists.items():
            counter = +counter
            report[name] = sum(counter.values())
            report[name + "_list"] = top(counter)
        return report


def name_of(tag, name):
    """Field names tell where to look; keys, variables and attributes of one's own do not."""
    return name if KINDS[tag & KIND] == "internal" or name in (None, "__dict__") else "..."


TEXTS = [
    ("objects_percent", "objects found, %", "missed_objects"),
    ("tracked_percent", "  of the tracked ones, %", None),
    ("wrong_types", "wrong types (true, read)", "wrong_types_list"),
    ("wrong_generations", "wrong generations (true, read)", "wrong_generations_list"),
    ("falsely_tracked", "tracked in the snapshot alone", "falsely_tracked_list"),
    ("frozen_differ", "frozen objects more or less than gc.get_freeze_count()", None),
    ("addresses_twice", "addresses that occur twice", None),
    ("beyond", "objects beyond the truth", "beyond_list"),
    ("sizes_percent", "sizes equal to getsizeof, % (type, read less true)", "wrong_sizes"),
    ("unlike_sizes", "sizes that differ and are not on the reviewed list", "unlike_sizes_list"),
    ("references_percent", "pairs found, %", "missed_list"),
    ("references_tracked_percent", "  of those between tracked objects, %", None),
    ("references_all_percent", "references found, counting parallel ones, %", None),
    ("fewer", "fewer parallel references than there are", "fewer_list"),
    ("wrong_class", "class read wrongly", "wrong_class_list"),
    ("extra", "extra plain references between tracked objects", "extra_list"),
    ("excess", "more parallel plain references than there are", "excess_list"),
    ("unreviewed", "  of those two, not on the reviewed list", "unreviewed_list"),
    ("unsubtracted", "marked untraversed, yet traversed", "unsubtracted_list"),
    ("extra_untraversed", "extra references marked untraversed", "extra_untraversed_list"),
    ("extra_borrowed", "extra references marked borrowed", "extra_borrowed_list"),
    ("extra_guessed", "extra references marked guessed", "extra_guessed_list"),
    ("guessed_percent", "guessed, % of all references read", None),
    ("scanned", "types left to the scan", "scanned_list"),
    ("refcounts_percent", "refcounts equal, % (type, read less true)", "wrong_refcounts"),
    ("overcounted", "more counted references than the refcount", "overcounted_list"),
    ("explained_percent", "refcounts fully explained, %", "unexplained_list"),
]


def show(report, out, limit):
    out.write("CPython {python}: {objects} objects, {tracked} tracked, {references} pairs".format(**report))
    out.write(", {references_all} references; the snapshot has {snapshot_objects} rows\n".format(**report))
    for key, text, items in TEXTS:
        out.write("{:<55} {:>10}\n".format(text, report[key]))
        for what, count in report[items][:limit] if items else []:
            out.write("  {:>8}  {}\n".format(count, " \u2192 ".join(map(str, what))))


def add_thresholds(parser):
    for name, key, default, more in THRESHOLDS:
        text = "at least this many percent" if more else "at most so many"
        parser.add_argument("--" + name, type=type(default or 0.0), default=default, help=text + " ({})".format(key))


def misses(report, arguments):
    """What was asked for and not reached, as sentences."""
    for name, key, _, more in THRESHOLDS:
        wanted = getattr(arguments, name.replace("-", "_"))
        if wanted is not None and (report[key] < wanted if more else report[key] > wanted):
            yield "{}: expected {} {}, found {}".format(key, "at least" if more else "at most", wanted, report[key])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("truth")
    parser.add_argument("snapshot")
    parser.add_argument("--json", help="write the report here as well")
    parser.add_argument("--top", type=int, default=15, help="length of the lists that are printed")
    add_thresholds(parser)
    arguments = parser.parse_args()
    report = Comparison(truthfile.read(arguments.truth), snapshotfile.read(arguments.snapshot)).report()
    report["misses"] = list(misses(report, arguments))
    show(report, sys.stdout, arguments.top)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(report, file, indent=1)
    for miss in report["misses"]:
        sys.stdout.write("MISSED {}\n".format(miss))
    return 1 if report["misses"] else 0


if __name__ == "__main__":
    sys.exit(main())
