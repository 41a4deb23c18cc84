//! What a capture finds is what the process says of itself, on every Python installed here.
//!
//! `tests/truth/run.py` starts a program, captures it with the built binary, has the program write down its own heap
//! (`gc.get_objects`, closed over `gc.get_referents`), and compares the two. What it prints is shown when it fails.
#![cfg(test)]

#[path = "support/program.rs"]
mod program;
#[path = "support/pythons.rs"]
mod pythons;

use heapgraph::analysis::paths;
use heapgraph::capture::{Options, capture_pid};
use heapgraph::snapshot::{Address, Flags, RootKind, Snapshot};
use program::Program;
use pythons::Python;
use std::path::Path;
use std::process::{Command, Output};

/// The least that a capture has to find, beside what `compare.py` asks for by itself.
const THRESHOLDS: [&str; 3] = ["--refcounts=99.9", "--sizes=85", "--top=15"];

/// The programs of `tests/truth` that nobody wrote for this.
const FOREIGN: [&str; 4] = ["asyncio", "package", "orm", "extensions"];

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

/// Objects that more counted references lead to than their refcount says, by type.
fn overcounted(snapshot: &Snapshot) -> Vec<&str> {
    let objects = snapshot.objects();
    let explained = snapshot.explained();
    let mortal = objects.real_ids().filter(|id| !objects.flags(*id).contains(Flags::IMMORTAL));
    let over = mortal.filter(|id| explained[id.index()] > objects.refcount(*id));
    over.map(|id| objects.type_name(id)).collect()
}

#[test]
fn every_interpreter_of_a_process_is_found_with_its_own_roots() {
    let mut covered = 0;
    for python in pythons::installed() {
        let program = Program::start(&python, "tests/truth/interpreters.py");
        let Some(kept) = program.truth.as_object() else { continue };
        let snapshot = capture_pid(program.pid(), &Options::default()).unwrap();
        assert!(snapshot.verify().is_ok(), "{}", python.version);
        assert_eq!(overcounted(&snapshot), [""; 0], "{}", python.version);
        for (number, address) in kept {
            let list = snapshot.objects().find(Address(address.as_u64().unwrap()));
            let list = list.unwrap_or_else(|| panic!("{}: KEPT of interpreter {number}", python.version));
            let chains = paths::chains(&snapshot, &[list], &paths::Options::default());
            let found: Vec<String> = chains.chains.iter().map(|chain| chain.arrows(&snapshot)).collect();
            assert_eq!(found, [format!("module __main__ of interpreter {number} → KEPT")], "{}", python.version);
            let of_own = snapshot
                .references()
                .of(list)
                .filter(|item| snapshot.objects().type_name(item.target) == "__main__.Own");
            assert_eq!(of_own.count(), 100, "{}", python.version);
        }
        let roots = snapshot.root_entries();
        let waiting = roots.iter().find(|root| root.kind == RootKind::Frame && root.name == Some("waited_for"));
        let path = waiting.expect("the function that waits has its variable").path.join(" ");
        assert!(path.contains("of interpreter 2 frame") && path.ends_with(":12 wait"), "{}: {path}", python.version);
        assert!(program.finish(), "the target ends well");
        covered += 1;
    }
    assert!(covered > 0, "no Python that makes interpreters is installed");
}

#[test]
#[ignore = "installs packages and takes minutes"]
fn programs_that_nobody_wrote_for_this_are_found_whole() {
    for program in FOREIGN {
        on_every_python(&pythons::installed(), program, "100");
    }
}
