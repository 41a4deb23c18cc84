//! The answer of `retained`.

use super::names::expressions;
use super::outline::{Outline, outline, owners, without_their_dict};
use super::set::{SetRetained, of_set};
use super::{Owned, Retained};
use crate::snapshot::{ObjectId, Snapshot};

/// What to report.
#[derive(Clone, Debug)]
pub struct Options {
    /// The garbage in place of what a root reaches.
    pub garbage: bool,
    /// At most so many objects, and outermost lines.
    pub rows: usize,
    /// The outline's levels below its outermost lines; `None` for no outline at all, which saves the search for names.
    pub levels: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Options { garbage: false, rows: usize::MAX, levels: Some(0) }
    }
}

/// What objects retain.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Report {
    /// The objects asked for, or all, most bytes first, then by row.
    pub objects: Vec<Owned>,
    /// All that were asked for together; `None` where nothing was.
    pub set: Option<SetRetained>,
    /// Objects asked for that are not in the tree: garbage, or with [`Options::garbage`] what is none.
    pub without: Vec<ObjectId>,
    /// Modules asked for whose namespace others hold as well, as a rule functions, so that they do not retain it.
    pub without_namespace: Vec<ObjectId>,
    /// The objects asked for, or those that a root or a module holds, from the top down.
    pub outline: Outline,
    /// How many outermost lines there would be without a limit.
    pub outermost: u64,
    /// How many objects a root reaches, or how much garbage there is.
    pub reached: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What each of these objects retains, and all of them together; of all objects, if none are asked for.
///
/// Practically linear in the heap, whatever is asked.
///
/// ```
/// use heapgraph::analysis::retained::{Options, report};
/// use heapgraph::testkit::{id, sketch};
/// let heap = sketch("<modules> > app; app:module=app > ns.__dict__; ns:dict > a['A'], b['B']; a > s; b > s; s#100");
/// let (a, b) = (id(&heap, "a"), id(&heap, "b"));
/// let report = report(&heap, Some(&[a, b]), &Options::default());
/// assert_eq!(report.objects.iter().map(|one| one.retained).collect::<Vec<_>>(), [0, 0]);
/// assert_eq!(report.set.unwrap().retained, 100);
/// ```
pub fn report(snapshot: &Snapshot, asked: Option<&[ObjectId]>, options: &Options) -> Report {
    let (objects, references) = (snapshot.objects(), snapshot.references());
    let retained = match options.garbage {
        true => Retained::of_garbage(objects, references),
        false => Retained::of_living(objects, references),
    };
    let (reached, bytes) = retained.total();
    let mut report = Report { reached, bytes, ..Report::default() };
    let listed = match asked {
        Some(asked) => {
            let (within, without) = asked.iter().partition(|id| retained.contains(**id));
            report.without = without;
            if !options.garbage {
                report.without_namespace = without_their_dict(snapshot, &retained, asked);
            }
            report.set = Some(of_set(objects, references, &retained, asked));
            retained.by_size(within, options.rows)
        }
        None => retained.largest(options.rows),
    };
    report.objects = listed.iter().filter_map(|id| retained.owned(*id)).collect();
    if let Some(levels) = options.levels {
        let outermost = match asked {
            Some(asked) => {
                report.outermost = asked.len() as u64 - report.without.len() as u64;
                listed
            }
            None => {
                let (owners, count) = owners(snapshot, &retained, options.rows);
                report.outermost = count;
                owners
            }
        };
        let names = match options.garbage {
            // No root leads there.
            true => vec![None; outermost.len()],
            false => expressions(snapshot, &outermost),
        };
        report.outline = outline(snapshot, &retained, &outermost, names, levels);
    }
    report
}
