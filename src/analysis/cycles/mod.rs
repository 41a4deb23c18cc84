//! Which objects hold each other in cycles: alive or garbage, grouped by shape, with who holds them and what to cut.
//!
//! A cycle is a strongly connected component. In garbage every reference counts but weak ones. Among what is alive those
//! to classes, bases and module globals count for nothing: an instance leads to its class, the class to its methods,
//! these to their module and that to everything. What a class or a module has of cycles by itself is summed up apart.

mod cut;
mod drawn;
mod example;
mod holders;
mod knots;
mod links;
mod shapes;
mod walk;

use super::paths;
use crate::graph::ShortestPaths;
use crate::snapshot::{ObjectId, ReferenceKind, Snapshot};
use cut::Cutter;
pub use drawn::{Drawn, Gap, draw};
use knots::{Found, Knots};
use links::Links;
pub(super) use links::label as reference_text;
use shapes::Shapes;

/// What to count and what to describe.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Follow references to classes, bases and globals among the living too.
    pub all_references: bool,
    /// List the members of every cycle.
    pub members: bool,
    /// Put shapes with garbage first.
    pub garbage_first: bool,
    /// Describe at most so many shapes, the first; the rest is counted.
    pub shapes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { all_references: false, members: false, garbage_first: false, shapes: usize::MAX }
    }
}

/// The cycles of a heap.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Cycles {
    /// How many, and what is on them; those of classes and modules by themselves are not among them.
    pub all: Sum,
    /// Of these, what no root reaches.
    pub garbage: Sum,
    /// Living cycles of classes and modules by themselves: a class in its own `__mro__`, a cell for `super()`.
    pub own: Sum,
    /// Most bytes first, then most cycles, then by lowest row; if asked for, those with garbage before the others.
    pub shapes: Vec<Shape>,
    /// How many shapes there are beyond these.
    pub more_shapes: u64,
}

/// Some cycles.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Sum {
    /// How many.
    pub cycles: u64,
    /// Objects on them.
    pub objects: u64,
    /// Bytes of these objects.
    pub bytes: u64,
}

impl Sum {
    fn add(&mut self, rows: &[u32], sizes: &[u64]) {
        self.cycles += 1;
        self.objects += rows.len() as u64;
        self.bytes = rows.iter().fold(self.bytes, |sum, row| sum.saturating_add(sizes[*row as usize]));
    }
}

/// Cycles of one shape: with equal multisets of holder type, name and target type of the references between members.
///
/// An instance's, module's or class's own `__dict__` is folded into it where nothing else on the cycle refers to it:
/// `Parent.children` is the same whether attributes stand in a dict or in the object.
#[derive(Clone, PartialEq, Debug)]
pub struct Shape {
    /// The example in words: `Parent.children → list[] → Child.parent`.
    pub text: String,
    /// The cycles and what is on them.
    pub sum: Sum,
    /// How many of the cycles no root reaches.
    pub garbage: u64,
    /// Members of each of them, own `__dict__`s not counted.
    pub objects: u64,
    /// The references between these: most frequent first, at most 50 different ones.
    pub references: Vec<Link>,
    /// How many different ones there are beyond these.
    pub more_references: u64,
    /// A shortest cycle in the first of them, each object referring to the next and the last to the first; at most 50.
    pub example: Vec<ObjectId>,
    /// How many objects that shortest cycle has.
    pub example_length: u64,
    /// What to take away so that no cycle is left.
    pub cut: Cut,
    /// Who holds members from outside of their cycle: most references first, at most 10 groups.
    pub holders: Vec<Holder>,
    /// How many groups there are beyond these.
    pub more_holders: u64,
    /// Members whose class defines `__del__`.
    pub finalizers: u64,
    /// Members with `tp_del`: the collector never frees these, nor what they reach.
    pub legacy_finalizers: u64,
    /// The rows of each cycle, ascending, if asked for.
    pub members: Vec<Vec<ObjectId>>,
}

/// A reference between members, without its addresses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// As in a cut: `Parent.children`, `dict['k']`, `list[]`.
    pub name: String,
    /// The target's type, as short as in a name.
    pub target: String,
    /// How many each cycle has.
    pub count: u64,
}

/// Names of references whose removal leaves no cycle of a shape.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Cut {
    /// In order of their texts.
    pub names: Vec<CutName>,
    /// Whether no smaller set would do. Else it is only known that none of the names can be left out.
    pub smallest: bool,
    /// Whether none of the names can be left out. False only for a knot so large that looking would take too long.
    pub minimal: bool,
}

/// One name, and how a program would do without it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CutName {
    /// `Child.parent`, `Session['owner']`, `list[]`: the type's last part, all of it where two types share that.
    pub text: String,
    /// The kind of the first such reference.
    pub kind: ReferenceKind,
    /// Where it is a position: who holds the container, if that is one name only: `Parent.children`.
    pub container: Option<String>,
    /// A type that stands against a weak reference: one of its targets', which `weakref.ref` refuses, or a tuple's, whose
    /// positions are for good.
    pub refuses: Option<String>,
}

/// References from outside of the cycles with one name.
#[derive(Clone, PartialEq, Debug)]
pub struct Holder {
    /// `Request.session`, `dict[…]`: all keys are one.
    pub name: String,
    /// How many references.
    pub references: u64,
    /// How many objects have them.
    pub holders: u64,
    /// One of them, with the way to it from a root: `module app → CACHE → .entries → 'user-1'`.
    pub example: String,
}

/// Finds all cycles. Linear in the heap, but for what is searched for each shape described: its example (10⁶ references,
/// or four times those of the cycle) and its cut (2×10⁸ for the smallest set, as many again for one of which no name can
/// be left out, and one pass more where that does not suffice: [`Cut::minimal`] is false then). A reference back
/// that a search takes, and a node that it clears, counts as one looked at.
///
/// ```
/// use heapgraph::analysis::cycles::{Options, find};
/// let heap = heapgraph::testkit::sketch(
///     "p:app.Parent#48 > l.children; l:list#64 > c[], d[]; c:app.Child#48 > p.parent; d:app.Child#48 > p.parent",
/// );
/// let cycles = find(&heap, &Options::default());
/// assert_eq!((cycles.all.cycles, cycles.all.objects, cycles.garbage.cycles), (1, 4, 1));
/// assert_eq!(cycles.shapes[0].text, "Parent.children → list[] → Child.parent and 1 more object");
/// assert_eq!(cycles.shapes[0].cut.names[0].text, "Child.parent");
/// ```
pub fn find(snapshot: &Snapshot, options: &Options) -> Cycles {
    std::thread::scope(|scope| {
        // How a root leads to the holders is told last: a second core finds it out meanwhile.
        let ways = scope.spawn(|| paths::from_roots(snapshot, &paths::Options::default()));
        find_with(snapshot, options, || ways.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

fn find_with(snapshot: &Snapshot, options: &Options, ways: impl FnOnce() -> ShortestPaths) -> Cycles {
    let living = paths::living(snapshot.objects(), snapshot.references());
    let mut report = Cycles::default();
    let Found { rules, components, own } = Found::new(snapshot, &living, options.all_references);
    let sizes = &snapshot.objects().columns().sizes;
    for (rows, own) in components.iter().zip(&own) {
        let sum = if *own { &mut report.own } else { &mut report.all };
        sum.add(rows, sizes);
        if !own && !living.contains(rows[0]) {
            report.garbage.add(rows, sizes);
        }
    }
    let mut links = Links::new(snapshot);
    let knots = Knots::new(snapshot, components, &own, &rules, &mut links);
    let mut shapes = Shapes::new(snapshot, &knots, &links);
    let garbage = |cycle: &u32| !living.contains(knots.rows_of(*cycle)[0]);
    if options.garbage_first {
        shapes.put_first(garbage);
    }
    report.more_shapes = shapes.order().len().saturating_sub(options.shapes) as u64;
    let described = &shapes.order()[..shapes.order().len() - report.more_shapes as usize];
    let outside = holders::Outside::new(snapshot, &knots, &shapes, &rules, &links, described);
    let mut cutter = Cutter::new(&knots, &links);
    let tree = ways();
    for (place, &shape) in described.iter().enumerate() {
        let cycles = shapes.cycles(shape);
        let (cut, example) = (cutter.cut(cycles, &outside), example::shortest(&knots, cycles[0], &outside));
        let (holders, more_holders) = outside.holders(snapshot, &tree, &links, place);
        let mut described = shapes.describe(snapshot, &knots, &links, shape, options.members);
        described.text = example.text(&links, &knots, described.objects);
        described.garbage = cycles.iter().filter(|cycle| garbage(cycle)).count() as u64;
        described.example_length = example.edges.len() as u64;
        described.example = example.objects(&knots);
        report.shapes.push(Shape { cut, holders, more_holders, ..described });
    }
    report
}
