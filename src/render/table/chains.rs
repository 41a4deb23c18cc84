//! `chain`.

use crate::analysis::paths::Chains;
use crate::render::text::clean;
use crate::snapshot::Snapshot;

/// One chain a line, folded; garbage is told by the caller.
pub fn chains(snapshot: &Snapshot, chains: &Chains) -> String {
    let lines = chains.chains.iter().map(|chain| clean(&chain.arrows(snapshot)) + "\n");
    lines.collect()
}
