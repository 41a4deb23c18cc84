//! Who grew, as a picture: how roots lead to the holders that grew most.

use super::Diff;
use crate::analysis::neighbourhood::{self, Direction, Neighbourhood, Options, RootPath};
use crate::analysis::paths;
use crate::snapshot::{ObjectId, Referrers, Snapshot};

/// The first `most` holders of a diff in the new snapshot, and how a root leads to each of them. A few passes over the
/// heap.
pub fn draw(new: &Snapshot, referrers: &Referrers, diff: &Diff, most: usize) -> Neighbourhood {
    let holders: Vec<ObjectId> = diff.holders.iter().take(most).map(|holder| holder.object).collect();
    let chains = paths::chains(new, &holders, &paths::Options::default()).chains;
    let options =
        Options { max_depth: 0, too_many: usize::MAX, root_path: RootPath::Given(&chains), ..Options::default() };
    neighbourhood::walk(new, referrers, &holders, Direction::Backrefs, &options)
}
