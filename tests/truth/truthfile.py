"""Read and write truth files: one line of JSON, then columns of numbers (see `oracle.COLUMNS`)."""
import array
import json
import sys


class Truth:
    """The columns by name, the header's facts, and the row of each address."""

    def __init__(self, header, columns):
        self.header = header
        self.type_names = {int(address): name for address, name in header["type_names"].items()}
        self.inline_types = frozenset(header.get("inline_types", ()))
        self.addresses = columns["addresses"]
        self.types = columns["types"]
        self.sizes = columns["sizes"]
        self.refcounts = array.array("q", (count - header["correction"] for count in columns["refcounts"]))
        self.generations = columns["generations"]
        self.ends = columns["ends"]
        self.targets = columns["targets"]
        #: What the comparison leaves out: the oracle's own objects, and dead ones on free lists.
        self.own = frozenset(header["own"]).union(
            address for address, count in zip(self.addresses, self.refcounts) if count <= 0
        )
        self.rows = {address: row for row, address in enumerate(self.addresses)}

    def __len__(self):
        return len(self.addresses)

    def referents(self, row):
        """Addresses that the object refers to, each as often as it does."""
        return self.targets[self.ends[row - 1] if row else 0 : self.ends[row]]

    def type_name(self, row):
        """`module.qualname`; its module is `?` where the process itself cannot say."""
        return self.type_names.get(self.types[row], "?.?")


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.readline())
        if header.get("schema") != "heapgraph.truth/1" or header["byteorder"] != sys.byteorder:
            raise SystemExit("{}: not a truth file of this machine".format(path))
        columns = {}
        for name, code, length in header["columns"]:
            columns[name] = array.array(code)
            columns[name].fromfile(file, length)
    return Truth(header, columns)
