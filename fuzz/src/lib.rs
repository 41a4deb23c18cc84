//! The fuzz targets' library. [`bodies`] is a module of `tests/fuzz` too.

pub mod bodies;
mod slim;

pub use slim::slim;

use std::path::PathBuf;

/// Writes the seeds of a target into the folder where libFuzzer looks for them, if `HEAPGRAPH_FUZZ_SEEDS` names one.
pub fn write_seeds(target: &str) {
    let Some(folder) = std::env::var_os("HEAPGRAPH_FUZZ_SEEDS").map(PathBuf::from) else { return };
    for (number, seed) in bodies::seeds::of(target).into_iter().enumerate() {
        let file = folder.join(target).join(format!("seed-{number:02}"));
        std::fs::write(&file, seed).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}
