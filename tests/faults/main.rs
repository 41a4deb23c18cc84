//! Faults while capturing: whatever happens to heapgraph, to its output or to the target, the target goes on, no file
//! is left in part, and the error says what it was.
//!
//! `HEAPGRAPH_TEST_FAULTS=FOLDER` leaves a row a fault there, of which `table.py` makes docs/faults.md;
//! `HEAPGRAPH_TEST_ROUNDS=200` asks for as many rounds of what is left to chance.
#![cfg(test)]

#[path = "../support/heapgraph.rs"]
mod heapgraph;
mod killed;
mod moving;
mod names;
mod odd;
mod output;
#[path = "../support/pythons.rs"]
mod pythons;
#[path = "../support/report.rs"]
mod report;
mod restless;
#[path = "../support/victim.rs"]
mod victim;

use std::path::Path;
use std::time::Duration;

/// How often what is left to chance is tried.
fn rounds() -> u64 {
    report::rounds("HEAPGRAPH_TEST_ROUNDS", 8)
}

/// Moments spread over a time, one a round.
fn moments(rounds: u64, over: Duration) -> impl Iterator<Item = Duration> {
    let step = over / u32::try_from(rounds).unwrap_or(u32::MAX).max(1);
    (0..rounds).map(move |round| step * u32::try_from(round).unwrap_or(0))
}

fn entries(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Whether a snapshot is there; one that is there is whole.
fn whole_if_there(file: &Path) -> bool {
    if file.exists() {
        let path = file.display().to_string();
        assert_eq!(heapgraph::run(&["info", &path, "--json"]).json()["schema"], "heapgraph.info/1");
    }
    file.exists()
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
}
