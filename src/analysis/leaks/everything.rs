//! Everything that a report on one page shows, bounded however large the heap is.

use super::{Leaks, Options, find_by};
use crate::analysis::census::{self, TypeCount};
use crate::analysis::cycles::{self, Drawn};
use crate::analysis::diff;
use crate::analysis::neighbourhood::{self, Direction, Neighbourhood, RootPath};
use crate::analysis::paths::{self, Chain};
use crate::analysis::retained::{Bounds, Cells, Of, Retained, cells_of};
use crate::analysis::summary::{Summary, summarize};
use crate::analysis::waste::{self, Waste};
use crate::snapshot::{ObjectId, Referrers, Snapshot};

/// Holders and shapes that get pictures.
const SUSPECTS: usize = 6;
const SHAPES: usize = 6;
/// Holders that grew in one picture.
const GROWN: usize = 8;
/// How far from a suspect its picture looks for holders, and how many it shows.
const DEPTH: u32 = 2;
const TOO_MANY: usize = 6;
/// Types that are listed.
const TYPES: usize = 40;

/// What `leaks` finds, with all that its pictures and tables need.
#[derive(Clone, Debug)]
pub struct Everything {
    /// The report itself.
    pub leaks: Leaks,
    /// The process, and the heap in a few numbers.
    pub summary: Summary,
    /// Who owns which part of the heap.
    pub cells: Cells,
    /// Of the first suspects, in their order: who holds them.
    pub suspects: Vec<Neighbourhood>,
    /// The examples of the first shapes of cycles.
    pub cycles: Vec<Drawn>,
    /// The types that retain most.
    pub types: Vec<TypeCount>,
    /// How many types there are beyond these.
    pub more_types: u64,
    /// What could be saved.
    pub waste: Waste,
    /// The holders that grew since the earlier snapshot, where there is one.
    pub growth: Option<Neighbourhood>,
}

/// Finds it all: as long as all the questions take that it answers, each once.
pub fn everything(snapshot: &Snapshot, since: Option<&Snapshot>, options: &Options) -> Everything {
    let (objects, references) = (snapshot.objects(), snapshot.references());
    let retained = Retained::of_living(objects, references);
    let (leaks, referrers) = (find_by(snapshot, &retained, since, options), snapshot.referrers());
    let holders: Vec<ObjectId> = leaks.suspects.iter().take(SUSPECTS).map(|suspect| suspect.holder).collect();
    let suspects = held(snapshot, &referrers, &retained, &holders);
    let cells = cells_of(snapshot, &retained, Of::Living, &Bounds::default());
    let mut types = census::count_retained_of(objects, references, &retained, &census::Options::default()).types;
    drop(retained);
    let more_types = types.len().saturating_sub(TYPES) as u64;
    types.truncate(TYPES);
    Everything {
        summary: summarize(objects, snapshot.metadata(), references.len() as u64),
        cells,
        suspects,
        cycles: cycles::draw(snapshot, &referrers, &leaks.cycles, SHAPES),
        types,
        more_types,
        waste: waste::find(snapshot, &waste::Options::default()),
        growth: leaks.growth.as_ref().map(|diff| diff::draw(snapshot, &referrers, diff, diff.holders.len().min(GROWN))),
        leaks,
    }
}

/// Who holds each of these, with the way from a root.
fn held(snapshot: &Snapshot, referrers: &Referrers, retained: &Retained, of: &[ObjectId]) -> Vec<Neighbourhood> {
    let chains = paths::chains(snapshot, of, &paths::Options::default()).chains;
    let picture = |id: &ObjectId| {
        let chain: Vec<Chain> = chains.iter().find(|chain| chain.object() == *id).cloned().into_iter().collect();
        let options = neighbourhood::Options {
            max_depth: DEPTH,
            too_many: TOO_MANY,
            root_path: RootPath::Given(&chain),
            retained: Some(retained),
            ..neighbourhood::Options::default()
        };
        neighbourhood::walk(snapshot, referrers, &[*id], Direction::Backrefs, &options)
    };
    of.iter().map(picture).collect()
}
