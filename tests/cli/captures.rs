//! `capture` and `--pid` on live programs: where the file goes, and that the program goes on.

use crate::heapgraph::{run, run_in};
use crate::program::Program;
use crate::{Failed, files, pythons};

const WAITING: &str = "examples/talk/self_list.py";

#[test]
fn without_o_the_file_is_named_after_process_and_time_and_replaces_nothing() {
    let program = Program::start(&pythons::installed()[0], WAITING);
    let folder = tempfile::tempdir().unwrap();
    let pid = program.pid().to_string();
    for _ in 0..3 {
        let run = run_in(folder.path(), &["capture", "--pid", &pid]);
        assert_eq!(run.text(), "", "a name is no data");
        assert!(run.stderr.starts_with(&format!("wrote heapgraph-{pid}-")), "{}", run.stderr);
    }
    let names = files(folder.path());
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.iter().all(|name| name.starts_with(&format!("heapgraph-{pid}-2")) && name.ends_with(".parquet")));
    assert!(program.finish());
}

#[test]
fn a_dash_streams_the_snapshot() {
    let program = Program::start(&pythons::installed()[0], WAITING);
    let run = run(&["capture", "--pid", &program.pid().to_string(), "-o", "-"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.starts_with(b"PAR1") && run.stdout.ends_with(b"PAR1"));
    assert!(run.stderr.contains("wrote standard output"), "{}", run.stderr);
    assert!(program.finish());
}

#[test]
fn every_reading_command_captures_on_the_spot() {
    let program = Program::start(&pythons::installed()[0], WAITING);
    let pid = program.pid().to_string();
    let folder = tempfile::tempdir().unwrap();
    let address = format!("{:#x}", program.truth["id"].as_u64().unwrap());
    assert_eq!(run(&["info", "--pid", &pid, "--json"]).json()["pid"], program.pid());
    assert!(run(&["types", "-p", &pid]).text().contains("builtins.list"));
    assert_eq!(run(&["object", "-p", &pid, "__main__.loop", "--json"]).json()["objects"][0]["address"], address);
    for command in ["chain", "refs", "backrefs"] {
        assert!(run(&[command, "-p", &pid, &address]).text().contains("loop") || command == "refs");
    }
    run_in(folder.path(), &["export", "-p", &pid, "-o", "x.json"]).text();
    assert_eq!(run_in(folder.path(), &["info", "x.json", "--json"]).json()["pid"], program.pid());
    assert!(program.finish());
}

#[test]
fn a_command_is_captured_at_its_end_and_keeps_its_own_output() {
    for python in pythons::installed() {
        let folder = tempfile::tempdir().unwrap();
        let executable = python.executable.display().to_string();
        let program = "class Leak: pass\nkept = [Leak() for _ in range(7)]\nprint('done')";
        let run = run_in(folder.path(), &["capture", "-o", "end.parquet", "--", &executable, "-I", "-c", program]);
        assert_eq!(run.text(), "done\n", "{}", python.version);
        let object = run_in(folder.path(), &["object", "end.parquet", "__main__.kept", "--json"]).json();
        assert_eq!(object["objects"][0]["length"], 7, "{}", python.version);
        assert_eq!(files(folder.path()), ["end.parquet"]);
    }
}

#[test]
fn a_command_is_captured_after_a_while_and_runs_on() {
    let python = pythons::installed().remove(0);
    let folder = tempfile::tempdir().unwrap();
    let executable = python.executable.display().to_string();
    let program = "import time\nbusy = [1, 2, 3]\ntime.sleep(2)\nprint('done')";
    let line = ["capture", "--after", "0.7", "-o", "later.json", "--", &executable, "-I", "-c", program];
    let run = run_in(folder.path(), &line);
    assert_eq!(run.text(), "done\n", "heapgraph waits for it");
    let object = run_in(folder.path(), &["object", "later.json", "__main__.busy", "--json"]).json();
    assert_eq!(object["objects"][0]["length"], 3);
}

#[test]
fn a_command_and_standard_output_do_not_mix() {
    let run = run(&["capture", "-o", "-", "--", "python3", "-c", "pass"]);
    assert!(run.error().contains("standard output"), "{}", run.stderr);
}

#[test]
fn without_values_no_string_of_the_program_is_in_the_file() {
    let program = Program::start(&pythons::installed()[0], "examples/talk/identity.py");
    let folder = tempfile::tempdir().unwrap();
    let pid = program.pid().to_string();
    let holds = |extra: &[&str], name: &str| {
        run_in(folder.path(), &[&["capture", "-p", &pid, "-o", name], extra].concat()).text();
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        (text.contains("a text of some length"), text.contains("\"origin\"") || text.contains("'origin'"))
    };
    assert_eq!(holds(&[], "with.json"), (true, true));
    assert_eq!(holds(&["--no-values"], "without.json"), (false, true), "names stay");
    assert!(program.finish());
}
