//! `diff` on programs that grow between two captures, and on files.

use crate::heapgraph::{Run, run};
use crate::pythons::{self, Python};
use crate::{Failed, Shop, golden};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A program that grows when told to.
struct Growing {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    folder: tempfile::TempDir,
}

impl Growing {
    fn start(python: &Python) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/growing.py");
        let mut command = Command::new(&python.executable);
        let mut child = command.arg("-I").arg(path).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Growing { child, stdin, stdout, folder: tempfile::tempdir().unwrap() }
    }

    /// Lets it grow, and reads what it says of itself. The first time it only says that it is there.
    fn step(&mut self) -> Value {
        self.stdin.write_all(b"\n").unwrap();
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn capture(&self, name: &str) -> String {
        let file = self.folder.path().join(name).display().to_string();
        run(&["capture", "--pid", &self.child.id().to_string(), "-o", &file]).text();
        file
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The holder with this expression.
fn holder<'r>(report: &'r Value, expression: &str) -> &'r Value {
    let holders = report["holders"].as_array().unwrap();
    let found = holders.iter().find(|one| one["expression"] == expression);
    found.unwrap_or_else(|| panic!("no {expression} in {report:#}"))
}

fn of_type<'r>(report: &'r Value, name: &str) -> &'r Value {
    report["types"].as_array().unwrap().iter().find(|one| one["type"] == name).unwrap()
}

#[test]
fn leaks_fails_on_growth_that_is_as_much_as_was_asked_for() {
    let python = pythons::installed().pop().expect("a Python");
    let mut program = Growing::start(&python);
    program.step();
    let old = program.capture("old.parquet");
    program.step();
    let new = program.capture("new.parquet");
    let leaks = |fail_on: &str| run(&["leaks", &new, "--since", &old, "--fail-on", fail_on]);
    let grown = leaks("growth=5%");
    assert_eq!(grown.code, Some(1), "{}", grown.stderr);
    assert_eq!(leaks("growth=5000%").code, Some(0));
}

#[test]
fn the_holder_that_grew_is_named_with_the_exact_number() {
    for python in pythons::installed() {
        let mut program = Growing::start(&python);
        program.step();
        let old = program.capture("old.parquet");
        let truth = program.step();
        let new = program.capture("new.parquet");
        let report = run(&["diff", &old, &new, "--json"]).json();
        assert_eq!((&report["schema"], &report["same_process"]), (&"heapgraph.diff/1".into(), &true.into()));
        let entries = holder(&report, "__main__.CACHE.entries");
        assert_eq!((entries["old"].as_u64(), entries["new"].as_u64()), (Some(0), Some(1234)), "{}", python.version);
        assert_eq!((&entries["new_length"], &entries["change"]), (&truth["entries"], &"grew".into()));
        assert_eq!(entries["address"], format!("{:#x}", truth["entries_id"].as_u64().unwrap()));
        assert_eq!(entries["added"], serde_json::json!([{"type": "__main__.Session", "references": 1234}]));
        assert_eq!(holder(&report, "__main__.Registry.handlers")["references"], 77);
        assert_eq!(holder(&report, "__main__.REBUILT")["change"], "replaced");
        assert_eq!(holder(&report, "__main__.REBUILT")["references"], 300);
        // Attributes stand in an own dict or inline, by version: the owner grew in any case.
        assert_eq!(holder(&report, "__main__.CACHE")["references"], 11, "{}", python.version);
        let sessions = of_type(&report, "__main__.Session");
        let count = 1234 + 77 + 11 + 60;
        assert_eq!((&sessions["old"], &sessions["new"]), (&0.into(), &count.into()));
        assert_eq!((&sessions["appeared"], &sessions["gone"]), (&count.into(), &0.into()));

        let text = run(&["diff", &old, &new]);
        assert!(text.text().contains("__main__.CACHE.entries: dict (+ 1,234 Session)"), "{}", text.text());
        assert_eq!(text.stderr, "", "one process, nothing to warn of");

        let live = run(&["diff", &new, "--pid", &program.child.id().to_string(), "--json"]).json();
        assert_eq!(live["types"].as_array().map(Vec::len), Some(0), "a process that waits does not change: {live:#}");
        program.step();
        let three = run(&["diff", &old, &new, "-p", &program.child.id().to_string(), "--json"]).json();
        assert_eq!(three["schema"], "heapgraph.diff3/1");
        // The sixty that are made anew each time do not count as kept, but where a new one took an old one's address.
        let kept = of_type(&three, "__main__.Session")["kept"].as_u64().unwrap();
        assert!((1234 + 77 + 11..=count).contains(&kept), "{kept} kept on {}", python.version);
        let under = three["under"].as_array().unwrap();
        let first = under.iter().find(|one| one["expression"] == "__main__.CACHE.entries").unwrap();
        assert!(first["objects"].as_u64().unwrap() >= 3 * 1234, "{first:#}");
    }
}

#[test]
fn two_processes_are_compared_by_path_with_a_warning() {
    let python = pythons::installed().remove(0);
    let (mut one, mut other) = (Growing::start(&python), Growing::start(&python));
    one.step();
    other.step();
    other.step();
    let report = run(&["diff", &one.capture("a.parquet"), &other.capture("b.parquet"), "--json"]);
    assert!(report.stderr.contains("not of one process (pid "), "{}", report.stderr);
    let report = report.json();
    assert_eq!((&report["same_process"], &report["appeared"]), (&false.into(), &Value::Null));
    assert_eq!(holder(&report, "__main__.CACHE.entries")["references"], 1234);
    let three = run(&["diff", &one.capture("a.parquet"), &other.capture("b.parquet"), &other.capture("b.parquet")]);
    assert!(three.error().contains("one process"), "{}", three.stderr);
}

#[test]
fn a_session_at_the_terminal() {
    let shop = Shop::new();
    let text = std::fs::read_to_string(shop.path("app.json")).unwrap();
    let mut heap: Value = serde_json::from_str(&text).unwrap();
    let objects = heap["objects"].as_array_mut().unwrap();
    objects.retain(|one| one["address"] != "0x10f0");
    let entries = objects.iter_mut().find(|one| one["size"] == 640).unwrap();
    for number in 3..103 {
        let to = format!("{:#x}", 0x20_0000 + number * 64);
        let reference = serde_json::json!({"to": to, "kind": "key", "name": format!("'user-{number}'")});
        entries["references"].as_array_mut().unwrap().push(reference);
        entries["size"] = 9312.into();
        entries["length"] = (number - 1).into();
    }
    entries.as_object_mut().unwrap().remove("refcount");
    for number in 3..103 {
        let address = format!("{:#x}", 0x20_0000 + number * 64);
        objects.push(serde_json::json!({"address": address, "type": "app.Session", "size": 56}));
    }
    std::fs::write(shop.path("later.json"), heap.to_string()).unwrap();
    let mut session = String::new();
    for line in [
        "diff app.json later.json",
        "diff app.json later.json -n 1 --bytes",
        "diff app.json app.parquet",
        "diff later.json app.json",
        "diff app.json later.json later.json",
    ] {
        let run: Run = shop.run(line);
        session += &format!("$ heapgraph {line}\n{}", run.text());
        run.stderr.lines().for_each(|note| session += &format!("stderr: {note}\n"));
        session.push('\n');
    }
    golden::check("cli/diff.txt", &session);
}

#[test]
fn one_snapshot_is_an_error_that_says_what_to_write() {
    let shop = Shop::new();
    assert!(shop.run("diff app.json").error().contains("--pid PID"));
    assert!(shop.run("diff app.json app.json app.json --pid 1").error().contains("at most three"));
}
