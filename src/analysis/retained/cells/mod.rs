//! Who owns which part of a heap's bytes, as nested cells: what a treemap or a flame graph draws.
//!
//! The dominator tree of a heap has as many nodes as the heap. Cells are that tree from the top down, as far as a
//! picture can show it: the largest objects one by one, the others of each type as one counted cell, and what is too
//! small for either as a rest. Nothing is left out: the cells in a cell add up to it, to the byte.

mod below;
mod grow;
mod tops;

use super::Retained;
use super::names::expressions;
use super::outline::Owners;
use super::set::of_set;
use crate::snapshot::{ObjectId, Snapshot};
use grow::Growing;

/// How much to show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Once there are so many cells, no more are opened: there may be a few dozen more.
    pub cells: usize,
    /// The levels below the outermost cell.
    pub levels: usize,
    /// At most so many objects in a cell have cells of their own, the largest.
    pub siblings: usize,
    /// A cell of its own has at least one in so many bytes of the outermost one.
    pub share: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { cells: 300, levels: 6, siblings: 24, share: 1000 }
    }
}

/// What to look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of<'a> {
    /// All that a root reaches.
    Living,
    /// All that none does.
    Garbage,
    /// What these objects retain together.
    Objects(&'a [ObjectId]),
    /// The same among the garbage.
    GarbageObjects(&'a [ObjectId]),
}

/// Nested cells, the outermost first, each before those in it.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Cells {
    /// Empty where there is nothing to show.
    pub cells: Vec<Cell>,
    /// Objects of the whole tree: of all that a root reaches, or of the garbage.
    pub reached: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Objects asked for that are not in that tree.
    pub without: Vec<ObjectId>,
    /// Whether the tree is that of the garbage.
    pub garbage: bool,
}

/// One cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// What it stands for.
    pub content: CellContent,
    /// The cell that it is in, as an index; `None` for the outermost.
    pub parent: Option<usize>,
    /// How many cells it is in.
    pub level: usize,
    /// The bytes of all that it stands for.
    pub retained: u64,
    /// How many objects these are.
    pub objects: u64,
    /// The cells in it, most bytes first. Where there are any, they add up to it.
    pub children: Vec<usize>,
}

/// What a cell stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CellContent {
    /// All of the tree, or all that was asked for.
    Whole {
        /// How many objects were asked for; `None` where none were.
        asked: Option<u64>,
    },
    /// Modules whose names begin alike: `django`.
    Package {
        /// The part of their names before the first dot.
        name: String,
        /// How many.
        modules: u64,
    },
    /// A module with its namespace, whoever else holds that.
    Module {
        /// The module object.
        id: ObjectId,
        /// Its name.
        name: String,
    },
    /// A row that stands for a root: a running call, a thread, what is held outside Python.
    Root(ObjectId),
    /// What several modules or roots hold, so that none of them retains it.
    Shared,
    /// What several of the objects asked for hold, so that it goes only if all of them go.
    SharedByAsked,
    /// An object, its own `__dict__` with it where it owns that.
    Object {
        /// The object.
        id: ObjectId,
        /// How the reference of the object around it names it: `.entries`, `['user-7']`; `None` where that does not
        /// hold it directly, or a group stands around it.
        name: Option<String>,
        /// How a root leads to it: `app.CACHE.entries['user-7']`. `None` in garbage.
        path: Option<String>,
    },
    /// Objects of one type that hang under the same.
    Group {
        /// The long name of their type.
        type_name: String,
        /// How many.
        count: u64,
        /// Whether larger ones of that type have cells beside it.
        more: bool,
    },
    /// Objects of several types, none of which has many bytes.
    Rest {
        /// How many.
        count: u64,
        /// These by type, most bytes first, then by name.
        types: Vec<Owners>,
    },
    /// What is around it by itself, with its own bytes alone: the table of a dict, for instance.
    Own,
}

/// The cells of a heap, or of what some objects retain. Linear in the heap, and in what is opened at each level.
///
/// ```
/// use heapgraph::analysis::retained::{Bounds, CellContent, Of, cells};
/// use heapgraph::testkit::sketch;
/// let heap = sketch(
///     "<modules> > app; app:module#70=app > ns.__dict__; ns:dict#200 > cache['CACHE']; cache:list#30 > s, t; s:str#500; t:str#200",
/// );
/// let found = cells(&heap, Of::Living, &Bounds::default());
/// let texts: Vec<(usize, u64)> = found.cells.iter().map(|cell| (cell.level, cell.retained)).collect();
/// assert_eq!(texts, [(0, 1000), (1, 1000), (2, 730), (2, 270), (3, 500), (3, 200), (3, 30)]);
/// assert!(matches!(&found.cells[2].content, CellContent::Object { path: Some(path), .. } if path == "app.CACHE"));
/// ```
pub fn cells(snapshot: &Snapshot, of: Of<'_>, bounds: &Bounds) -> Cells {
    let (objects, references) = (snapshot.objects(), snapshot.references());
    let garbage = matches!(of, Of::Garbage | Of::GarbageObjects(_));
    let retained = match garbage {
        true => Retained::of_garbage(objects, references),
        false => Retained::of_living(objects, references),
    };
    cells_of(snapshot, &retained, of, bounds)
}

/// The same where the dominator tree is there already.
pub fn cells_of(snapshot: &Snapshot, retained: &Retained, of: Of<'_>, bounds: &Bounds) -> Cells {
    let (reached, bytes) = retained.total();
    let mut growing = Growing::new(snapshot, retained, *bounds);
    let mut without = Vec::new();
    match of {
        Of::Living => growing.start_with_roots((reached, bytes)),
        Of::Garbage => growing.start_with_tops((reached, bytes)),
        Of::Objects(asked) | Of::GarbageObjects(asked) => {
            let (within, others): (Vec<_>, Vec<_>) = asked.iter().partition(|id| retained.contains(**id));
            without = others;
            let set = of_set(snapshot.objects(), snapshot.references(), retained, &within);
            growing.start_with(&within, set);
        }
    }
    growing.grow();
    let garbage = matches!(of, Of::Garbage | Of::GarbageObjects(_));
    let mut cells = growing.finish();
    if !garbage {
        name_paths(snapshot, &mut cells);
    }
    Cells { cells, reached, bytes, without, garbage }
}

/// Tells how a root leads to each object that has a cell: one search for all.
fn name_paths(snapshot: &Snapshot, cells: &mut [Cell]) {
    let id_of = |cell: &Cell| match cell.content {
        CellContent::Object { id, .. } => Some(id),
        _ => None,
    };
    let ids: Vec<ObjectId> = cells.iter().filter_map(id_of).collect();
    let mut paths = expressions(snapshot, &ids).into_iter();
    for cell in cells {
        if let CellContent::Object { path, .. } = &mut cell.content {
            *path = paths.next().flatten();
        }
    }
}
