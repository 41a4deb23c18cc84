//! Every Rust program of `examples/` runs and says what it promises.
#![cfg(test)]

#[path = "../support/golden.rs"]
mod golden;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/pythons.rs"]
mod pythons;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// `cargo test` builds the examples beside the binary.
fn example(name: &str, arguments: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_BIN_EXE_heapgraph")).parent().unwrap().join("examples");
    let mut command = Command::new(folder.join(name));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.output().unwrap_or_else(|error| panic!("{name}: {error}; cargo test --examples builds it"))
}

fn text(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_answers_its_question_on_the_fixture() {
    for name in ["count_types", "why_alive", "who_holds", "build_by_hand"] {
        golden::check(&format!("examples/{name}.txt"), &text(example(name, &[])));
    }
    assert!(text(example("draw_backrefs", &[])).contains("<svg "));
}

#[test]
fn a_process_is_captured() {
    let python = pythons::installed().remove(0);
    let program = program::Program::start(&python, "examples/talk/identity.py");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.parquet").display().to_string();
    assert!(text(example("capture_process", &[&program.pid().to_string(), &file])).starts_with(&file));
    assert!(program.truth["words"].is_u64());
    assert!(text(example("why_alive", &[&file, "__main__.words"])).contains("module __main__ → words"));
    assert!(program.finish());
}

#[test]
fn no_example_is_left_out_and_none_is_long() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let rust: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect();
    assert_eq!(rust.len(), 6);
    for path in rust {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 60, "{}: {lines} lines", path.display());
    }
}
