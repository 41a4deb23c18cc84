//! The house keeps its order: who may use whom, what may stand where, and how long it may be.
//!
//! The rules are those of `docs/architecture.md`. There is no list of exceptions.
#![cfg(test)]

mod dependencies;
mod lexer;
mod rules;

use rules::File;
use std::fs;
use std::path::{Path, PathBuf};

/// All Rust files below a folder of the repository, sorted.
fn rust_files(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let (mut pending, mut found) = (vec![root], Vec::new());
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn relative(path: &Path, folder: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    path.strip_prefix(root).unwrap().to_string_lossy().into_owned()
}

#[test]
fn every_room_uses_only_the_rooms_below_it() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let exports = rules::exports(&lib);
    assert_eq!(exports.get("Snapshot").map(String::as_str), Some("snapshot"), "re-exports are read from lib.rs");
    let mut found = Vec::new();
    for path in rust_files("src") {
        let source = fs::read_to_string(&path).unwrap();
        found.extend(rules::violations(&File { path: &relative(&path, "src"), source: &source }, &exports));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn tests_examples_and_benches_fit_a_screen_too() {
    let mut found = Vec::new();
    for folder in ["tests", "examples", "benches", "fuzz/src"] {
        for path in rust_files(folder).into_iter().filter(|path| path.is_file()) {
            let source = fs::read_to_string(&path).unwrap();
            let name = format!("{folder}/{}", relative(&path, folder));
            found.extend(rules::too_long(&File { path: &name, source: &source }, &lexer::tokens(&source)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What the rules say of one line in one file.
fn judge(path: &str, source: &str) -> Vec<String> {
    let exports = rules::exports("pub use error::{Error, Result};\npub use snapshot::{Address, Snapshot};");
    rules::violations(&File { path, source }, &exports)
}

#[test]
fn what_the_table_forbids_is_found_however_it_is_written() {
    let bad = [
        ("graph/scc.rs", "use crate::snapshot::Flags;"),
        ("graph/scc.rs", "fn f() -> crate::Snapshot { todo() }"),
        ("format/json.rs", "fn f() { let x = crate::analysis::census::count(); }"),
        ("format/json.rs", "use crate::{error::Error, render::dot};"),
        ("format/json.rs", "use super::super::analysis;"),
        ("format/mod.rs", "use super::analysis::census;"),
        ("format/json.rs", "mod inner { use super::super::super::render; }"),
        ("format/json.rs", "use crate::*;"),
        ("format/json.rs", "use crate as house;"),
        ("format/json.rs", "use super::super as house;"),
        ("format/json.rs", "use super::super::{self as house};"),
        ("format/json.rs", "macro_rules! m { () => { $crate::render::draw() } }"),
        ("format/json.rs", "use heapgraph::snapshot::Flags;"),
        ("format/json.rs", "extern crate heapgraph as ours;"),
        ("analysis/paths/mod.rs", "use super::super::render::table;"),
        ("analysis/paths/mod.rs", "impl From<crate::format::Format> for X {}"),
        ("analysis/census.rs", "use crate::testkit::sketch;"),
        ("testkit/sketch.rs", "#[cfg(test)] mod tests { use crate::analysis::census; }"),
        ("render/scene.rs", "fn f() { crate::analysis::census::count(o) }"),
        ("render/scene.rs", "use crate::analysis::census::{Census, count};"),
        ("render/scene.rs", "use crate::analysis::neighbourhood;"),
        ("cli/types.rs", "use heapgraph::testkit::sketch;"),
        ("capture/agent.rs", "use crate::format::write;"),
        ("cli/types.rs", "use heapgraph as ours;"),
        ("stray/mod.rs", "use crate::error::Error;"),
        ("snapshot/mod.rs", "fn f() { println!(\"x\") }"),
        ("snapshot/mod.rs", "fn f() { let x = unsafe { *p }; }"),
        ("cli/types.rs", "unsafe fn f() {}"),
        ("cli/types.rs", "#![allow(unsafe_code)]"),
        ("format/mod.rs", "use std::{env, fs};"),
        ("cli/demo.rs", "use std::net::TcpStream;"),
        ("capture/live.rs", "fn f() { std::os::unix::net::UnixStream::pair() }"),
        ("format/mod.rs", "fn f() { std::process::exit(2) }"),
        ("format/mod.rs", "use std::io; fn f() { io::stdout(); }"),
        ("render/mod.rs", "use clap::Parser;"),
    ];
    for (path, source) in bad {
        assert_eq!(judge(path, source).len(), 1, "{path}: {source}\n{:?}", judge(path, source));
    }
}

#[test]
fn what_the_table_allows_is_left_alone() {
    let good = [
        ("format/json.rs", "use crate::error::{Error, Result}; use crate::{Address, Snapshot};"),
        (
            "format/json.rs",
            "// use crate::render;\n/* crate::analysis /* nested */ crate::cli */ //! [x](crate::render)",
        ),
        ("format/json.rs", "const A: &str = \"crate::render\"; const B: &str = r#\"\"crate::render\"#;"),
        (
            "format/json.rs",
            "fn f<'a>(x: &'a str) -> char { let q = '\"'; let r = '\\''; use_it(q, r, \"crate::render\") }",
        ),
        ("format/json.rs", "pub(crate) fn f() {} pub(super) fn g() { super::sniff() }"),
        ("format/json.rs", "#[cfg(test)] mod tests { use super::*; use crate::testkit::sketch; }"),
        ("analysis/paths/walk.rs", "use super::super::census::Census; use super::*;"),
        ("render/scene.rs", "use crate::analysis::neighbourhood::{Direction, Neighbourhood}; use crate::graph::reach;"),
        ("render/scene.rs", "#[cfg(test)] mod tests { use crate::analysis::census; }"),
        ("capture/image.rs", "fn f() { unsafe { libc::getpid() }; }"),
        ("cli/types.rs", "use heapgraph::analysis::census; use crate::cli::output; fn f() { println!(\"\") }"),
        ("cli/mod.rs", "use std::env; fn f() { std::process::exit(2) }"),
        ("main.rs", "mod cli; use heapgraph::Error; fn f() { crate::cli::run() }"),
    ];
    for (path, source) in good {
        assert_eq!(judge(path, source), Vec::<String>::new(), "{path}: {source}");
    }
}

#[test]
fn long_files_and_long_functions_are_found() {
    assert_eq!(judge("format/json.rs", &"// x\n".repeat(401)), ["format/json.rs: 401 lines, at most 400"]);
    let long = format!("\nfn long(\n) {{\n{}}}\nfn short() {{}}\n", "    x();\n".repeat(58));
    assert_eq!(judge("format/json.rs", &long), ["format/json.rs:2: long has 61 lines, at most 60"]);
    let fits = format!("fn fits() {{\n{}}}\n", "    x();\n".repeat(58));
    assert!(judge("format/json.rs", &fits).is_empty());
}
