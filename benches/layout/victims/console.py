"""rich: a tree, a table and a progress bar, drawn and kept."""
import io
import sys

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.tree import Tree

console = Console(file=io.StringIO(), record=True)
tree = Tree("root")
for nth in range(8):
    branch = tree.add("branch {}".format(nth))
    for other in range(nth):
        branch.add("leaf {}".format(other))
table = Table("name", "value")
for nth in range(10):
    table.add_row("row {}".format(nth), str(nth))
console.print(tree, table)
progress = Progress(console=console)
tasks = [progress.add_task("task {}".format(nth), total=nth) for nth in range(5)]
print("ready", flush=True)
sys.stdin.read()
