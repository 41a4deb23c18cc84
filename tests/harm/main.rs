//! The target is never harmed: not by captures in a row, and not by a capture that is killed half-way.
#![cfg(test)]

#[path = "../support/heapgraph.rs"]
mod heapgraph;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/pythons.rs"]
mod pythons;
#[path = "../support/report.rs"]
mod report;

use program::Program;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How many captures a busy target has to bear here; `tests/long.sh` asks for more.
fn captures() -> u64 {
    report::rounds("HEAPGRAPH_TEST_CAPTURES", 15)
}

/// A busy program and the files it writes.
struct Busy {
    program: Program,
    tally: PathBuf,
}

impl Busy {
    fn start(python: &pythons::Python) -> Self {
        let program = Program::start(python, "tests/harm/busy.py");
        let tally = PathBuf::from(program.truth.as_str().unwrap());
        let busy = Busy { program, tally };
        busy.wait_for_beat();
        busy
    }

    fn beats(&self) -> u64 {
        let text = std::fs::read_to_string(self.tally.with_extension("beat"));
        text.ok().and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    /// Waits until the program shows a new sign of life.
    fn wait_for_beat(&self) {
        let (before, begin) = (self.beats(), Instant::now());
        while self.beats() <= before {
            assert!(begin.elapsed() < Duration::from_secs(20), "the target stands still");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn signal(&self) {
        // 34 is the first real-time signal that glibc leaves to programs.
        assert!(Command::new("kill").args(["-34", &self.program.pid().to_string()]).status().unwrap().success());
    }

    /// Ends the program and reads what it counted.
    fn finish(self) -> Value {
        assert!(self.program.finish(), "the target ends well");
        let tally = serde_json::from_str(&std::fs::read_to_string(&self.tally).unwrap()).unwrap();
        let _ = std::fs::remove_file(&self.tally);
        let _ = std::fs::remove_file(self.tally.with_extension("beat"));
        tally
    }
}

fn tracer(pid: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    status.lines().find(|line| line.starts_with("TracerPid")).unwrap().to_owned()
}

fn entries(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

#[test]
fn captures_in_a_row_lose_no_signal_no_byte_no_thread_and_no_child() {
    for python in pythons::installed() {
        let busy = Busy::start(&python);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("busy.parquet").display().to_string();
        let pid = busy.program.pid().to_string();
        for _ in 0..captures() {
            busy.signal();
            heapgraph::run(&["capture", "-p", &pid, "-o", &file]).text();
            busy.signal();
        }
        assert_eq!(tracer(busy.program.pid()), "TracerPid:\t0");
        let tally = busy.finish();
        println!("{}: {} captures, {tally}", python.version, captures());
        assert_eq!(tally["signals"], 2 * captures());
        assert_eq!(tally["sent"], tally["received"]);
        assert!(tally["threads"].as_u64() > Some(0) && tally["children"].as_u64() > Some(0));
        report::Row {
            fault: &format!("a busy CPython {} is captured again and again", python.version),
            tried: captures(),
            target: &format!("went on: {} threads, {} children meanwhile", tally["threads"], tally["children"]),
            checked: "no queued signal, byte of a socket, thread or child is lost; not traced, ends well",
            said: "exit 0 each time",
        }
        .write("harm");
    }
}

#[test]
fn a_capture_killed_at_any_moment_leaves_the_target_running_and_no_partial_file() {
    let python = pythons::installed().pop().unwrap();
    let busy = Busy::start(&python);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("killed.parquet");
    let path = file.display().to_string();
    let pid = busy.program.pid().to_string();
    let mut cut_short = 0;
    for milliseconds in [1, 2, 3, 5, 8, 12, 18, 25, 35, 50, 70, 100, 150, 250, 400] {
        let mut command = heapgraph::heapgraph(&["capture", "-p", &pid, "-o", &path]);
        let mut capture = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        let _ = capture.kill();
        cut_short += u32::from(!capture.wait().unwrap().success());
        busy.wait_for_beat();
        if file.exists() {
            assert_eq!(heapgraph::run(&["info", &path, "--json"]).json()["schema"], "heapgraph.info/1");
            std::fs::remove_file(&file).unwrap();
        }
    }
    assert!(cut_short > 3, "most of these captures are meant to be killed, {cut_short} were");
    // What the killed ones left under other names goes with the next capture.
    heapgraph::run(&["capture", "-p", &pid, "-o", &path]).text();
    assert_eq!(entries(folder.path()), ["killed.parquet"]);
    assert_eq!(busy.finish()["signals"], 0);
}

#[test]
fn a_process_that_was_stopped_before_is_stopped_afterwards() {
    let python = pythons::installed().pop().unwrap();
    let busy = Busy::start(&python);
    let pid = busy.program.pid().to_string();
    let kill = |signal: &str| assert!(Command::new("kill").args([signal, pid.as_str()]).status().unwrap().success());
    kill("-STOP");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stopped.parquet").display().to_string();
    heapgraph::run(&["capture", "-p", &pid, "-o", &file]).text();
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    assert_eq!(state.rsplit(") ").next().unwrap().chars().next(), Some('T'), "left as found");
    kill("-CONT");
    busy.wait_for_beat();
    busy.finish();
}
