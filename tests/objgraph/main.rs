//! objgraph's style beside objgraph itself: it draws in a process, heapgraph captures that process at the same moment and
//! draws the same question, and the two graphs are equal, node by node and edge by edge, but for a closed list.
#![cfg(test)]

#[path = "../support/python.rs"]
mod python;
#[path = "../support/pythons.rs"]
mod pythons;

use std::path::Path;

/// objgraph 3.7 runs on 3.10 and later; its rules were written for interpreters up to 3.13.
const MINORS: std::ops::RangeInclusive<u32> = 10..=13;

fn script(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/objgraph").join(name).display().to_string()
}

fn run(arguments: &[String]) -> String {
    let arguments: Vec<_> = arguments.iter().map(AsRef::as_ref).collect();
    python::run(Path::new("python3"), &arguments)
}

#[test]
fn the_same_process_gives_the_same_graph() {
    let mut arguments = vec![script("run.py"), "--heapgraph".into(), env!("CARGO_BIN_EXE_heapgraph").into()];
    let mut covered = Vec::new();
    for found in pythons::installed().into_iter().filter(|python| MINORS.contains(&python.minor)) {
        // One build of each version will do. Debian's come without what makes an environment.
        if covered.contains(&found.minor) || !python::makes_environments(&found.executable) {
            continue;
        }
        covered.push(found.minor);
        let base = found.executable.display().to_string();
        let with_objgraph = python::environment(&base, &format!("objgraph-3.{}", found.minor), &["objgraph==3.7.0"]);
        arguments.extend(["--python".into(), with_objgraph.display().to_string()]);
    }
    if covered.is_empty() {
        println!("skipped: no CPython 3.10 to 3.13 with venv and ensurepip is installed");
        return;
    }
    println!("{}", run(&arguments));
}

#[test]
fn the_comparison_finds_every_planted_difference() {
    run(&[script("selftest.py")]);
}
