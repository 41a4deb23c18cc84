"""Differences between capture and truth that somebody has looked into: `reviewed.json`, with the reason of each.

`extra`: plain references that the process does not report. `sizes`: types whose size is not what `sys.getsizeof` says;
`differs` names the only differences that are meant. `guessed`: types whose references may be found by scanning.
`overcounted`: types of which more counted references may be found than the refcount says. Types, fields and `python`,
the version that an entry is for, are patterns as in `fnmatch`.
"""
import fnmatch
import json
import os

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reviewed.json")


class Reviewed:
    """The entries that are for one version of Python."""

    def __init__(self, python):
        with open(PATH) as file:
            lists = json.load(file)
        self.lists = {
            name: [entry for entry in entries if fnmatch.fnmatchcase(python, entry.get("python", "*"))]
            for name, entries in lists.items()
        }

    def extra(self, holder, field):
        """Whether this reference is known to be real and not reported."""
        return any(
            fnmatch.fnmatchcase(holder, entry["holder"]) and fnmatch.fnmatchcase(str(field), entry["field"])
            for entry in self.lists["extra"]
        )

    def size(self, name, difference):
        """Whether objects of this type may differ in size by so many bytes."""
        return any(
            fnmatch.fnmatchcase(name, entry["type"]) and difference in entry.get("differs", [difference])
            for entry in self.lists["sizes"]
        )

    def guessed(self, name):
        """Whether references of this type may be found by scanning."""
        return any(fnmatch.fnmatchcase(name, entry["type"]) for entry in self.lists["guessed"])

    def overcounted(self, name):
        """Whether objects of this type may have more counted references than they say."""
        return any(fnmatch.fnmatchcase(name, entry["type"]) for entry in self.lists["overcounted"])
