//! What a capture finds is what the process says of itself, on every Python installed here.
//!
//! `tests/truth/run.py` starts a program, captures it with the built binary, has the program write down its own heap
//! (`gc.get_objects`, closed over `gc.get_referents`), and compares the two. What it prints is shown when it fails.
#![cfg(test)]

#[path = "support/pythons.rs"]
mod pythons;

use pythons::Python;
use std::path::Path;
use std::process::{Command, Output};

/// The least that a capture has to find.
const THRESHOLDS: [&str; 12] = [
    "--objects=100",
    "--tracked=100",
    "--references=99.9",
    "--wrong-types=0",
    "--wrong-generations=0",
    "--falsely-tracked=0",
    "--addresses-twice=0",
    "--frozen-differ=0",
    "--wrong-classes=0",
    "--refcounts=99.9",
    "--sizes=85",
    "--top=15",
];

/// The programs of `tests/truth` that nobody wrote for this.
const FOREIGN: [&str; 3] = ["asyncio", "package", "orm"];

/// Runs a script of `tests/truth` by an interpreter that can install packages.
fn script(driver: &Python, name: &str, arguments: &[&str]) -> Output {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/truth").join(name);
    Command::new(&driver.executable)
        .arg("-B")
        .arg(path)
        .args(arguments)
        .output()
        .expect("it was started when it was looked for")
}

/// The newest Python that has pip: it fills the virtual environments.
fn driver(installed: &[Python]) -> &Python {
    let has_pip = |python: &&Python| {
        let asked = Command::new(&python.executable).args(["-m", "pip", "--version"]).output();
        asked.is_ok_and(|output| output.status.success())
    };
    installed.iter().rev().find(has_pip).expect("no installed Python has pip: apt install python3-pip")
}

/// Compares one capture with the truth; `Err` is all that was printed.
fn compared(driver: &Python, python: &Python, program: &str, size: &str) -> Result<(), String> {
    let target = python.executable.to_str().expect("the interpreter printed its own path as text");
    let binary = env!("CARGO_BIN_EXE_heapgraph");
    let asked = ["--python", target, "--program", program, "--heapgraph", binary, "-n", size];
    let output = script(driver, "run.py", &[&asked[..], &THRESHOLDS].concat());
    let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(()) } else { Err(format!("{program} on {target}:\n{printed}")) }
}

/// Every Python is tried, whatever the others say, and no test passes without having tried one.
fn on_every_python(installed: &[Python], program: &str, size: &str) {
    let driver = driver(installed);
    let failures: Vec<String> =
        installed.iter().filter_map(|python| compared(driver, python, program, size).err()).collect();
    assert!(failures.is_empty(), "{} of {} Pythons:\n{}", failures.len(), installed.len(), failures.join("\n"));
}

#[test]
fn a_heap_of_every_kind_of_object_is_found_whole() {
    on_every_python(&pythons::installed_builds(), "victim", "3");
}

#[test]
fn the_comparison_notices_every_kind_of_damage() {
    let installed = pythons::installed();
    let output = script(driver(&installed), "run.py", &["--self-test"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[ignore = "installs packages and takes minutes"]
fn programs_that_nobody_wrote_for_this_are_found_whole() {
    for program in FOREIGN {
        on_every_python(&pythons::installed(), program, "100");
    }
}
