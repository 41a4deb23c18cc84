//! Several processes, a process with its children, growth, and series.

use crate::heapgraph::{heapgraph, run, run_in};
use crate::pythons;
use crate::victim::{Victim, WAITING, wait_for};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::Path;
use std::process::Stdio;

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn python() -> String {
    pythons::installed()[0].executable.display().to_string()
}

#[test]
fn several_processes_make_a_file_each() {
    let folder = tempfile::tempdir().unwrap();
    let victims = pythons::installed().iter().map(|python| Victim::start(python, WAITING)).collect::<Vec<_>>();
    let pids: Vec<String> = victims.iter().map(|victim| victim.pid().to_string()).collect();
    let run = run_in(folder.path(), &["capture", "-p", &pids.join(","), "-o", "app-{pid}.parquet"]);
    assert_eq!(run.text(), "");
    let mut expected: Vec<String> = pids.iter().map(|pid| format!("app-{pid}.parquet")).collect();
    expected.sort();
    assert_eq!(files(folder.path()), expected);
    let plain = run_in(folder.path(), &["capture", "-p", &pids[0], "-p", &pids[1], "-o", "app.parquet"]);
    assert_eq!(plain.code, Some(2));
    assert!(plain.stderr.contains("{pid}") && plain.stderr.contains("FOLDER"), "{}", plain.stderr);
    // One that cannot be captured does not keep the other from it, and is not passed over in silence.
    let folder = tempfile::tempdir().unwrap();
    let run = run_in(folder.path(), &["capture", "-p", &pids[0], "-p", "4194305", "-o", "./"]);
    assert!(run.code == Some(2) && run.stderr.contains("no process 4194305"), "{:?} {}", run.code, run.stderr);
    assert_eq!(files(folder.path()), [format!("heapgraph-{}.parquet", pids[0])]);
}

/// A shell that starts a Python that starts two, one by fork as gunicorn does and one anew, and a sleep.
const FAMILY: &str = "
import os, subprocess, sys, time
kept = ['parent']
if os.fork() == 0:
    kept = ['forked']; time.sleep(60); os._exit(0)
worker = subprocess.Popen([sys.executable, '-I', '-c', 'import time; print(1, flush=True); time.sleep(60)'], stdout=subprocess.PIPE)
worker.stdout.readline()
sleep = subprocess.Popen(['sleep', '60'])
print('ready', flush=True)
sys.stdin.read()
worker.kill(); sleep.kill()
";

#[test]
fn children_are_captured_and_what_is_no_python_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut shell = std::process::Command::new("/bin/sh");
    // The second command keeps the shell from becoming the first.
    let victim = Victim::spawn(shell.args(["-c", "\"$@\"; true", "sh", &python(), "-I", "-c", FAMILY]));
    let out = folder.path().join("out/");
    std::fs::create_dir(&out).unwrap();
    let pid = victim.pid().to_string();
    let taken = run(&["capture", "-p", &pid, "--children", "-o", out.to_str().unwrap()]);
    assert_eq!(taken.text(), "");
    assert_eq!(files(&out).len(), 3, "{}", taken.stderr);
    let skipped = taken.stderr.lines().filter(|line| line.starts_with("skipped: ")).count();
    assert_eq!(skipped, 2, "the shell and the sleep: {}", taken.stderr);
    for pid in ::heapgraph::capture::descendants(victim.pid()) {
        let _ = kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL);
    }
}

#[test]
fn a_program_is_captured_when_it_has_grown() {
    let folder = tempfile::tempdir().unwrap();
    let program = "
import time
kept = []
for _ in range(100):
    kept.append(bytearray(1 << 20)); time.sleep(0.02)
print('done')";
    let line = ["capture", "--rss", "60M", "-o", "grown.parquet", "--", &python(), "-I", "-c", program];
    let run = run_in(folder.path(), &line);
    assert_eq!(run.text(), "done\n");
    let info = run_in(folder.path(), &["info", "grown.parquet", "--json"]).json();
    let resident = info["memory"]["resident_bytes"].as_u64().unwrap();
    assert!((60 << 20..140 << 20).contains(&resident), "{resident}");

    let line = ["capture", "--rss", "2G", "-o", "small.parquet", "--", &python(), "-I", "-c", "pass"];
    let run = run_in(folder.path(), &line);
    assert!(run.code == Some(2) && run.stderr.contains("before its resident memory passed"), "{}", run.stderr);
    assert_eq!(files(folder.path()), ["grown.parquet"]);
}

#[test]
fn a_series_keeps_the_last_and_ends_with_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let program = "import time\nfor n in range(40): time.sleep(0.1)";
    let line = ["capture", "--every", "0.5", "--keep", "2", "-o", "app.parquet", "--", &python(), "-I", "-c", program];
    let run = run_in(folder.path(), &line);
    assert_eq!(run.text(), "");
    let names = files(folder.path());
    assert!(run.stderr.contains("the series ends after"), "{}", run.stderr);
    assert_eq!(names.len(), 2, "{names:?}");
    let number = |name: &str| name["app-".len().."app-".len() + 4].parse::<u32>().unwrap();
    assert!(number(&names[0]) > 1 && number(&names[1]) == number(&names[0]) + 1, "{names:?}");
}

#[test]
fn a_series_by_number_ends_with_a_signal_and_leaves_whole_files() {
    let folder = tempfile::tempdir().unwrap();
    let victim = Victim::start(&pythons::installed()[0], WAITING);
    let mut command = heapgraph(&["capture", "-p", &victim.pid().to_string(), "--every", "0.2", "--keep", "50"]);
    command.current_dir(folder.path()).stderr(Stdio::null());
    let mut series = command.spawn().unwrap();
    wait_for("a few files", || files(folder.path()).len() >= 4);
    kill(Pid::from_raw(series.id().cast_signed()), Signal::SIGINT).unwrap();
    assert_eq!(series.wait().unwrap().code(), Some(130));
    let names = files(folder.path());
    assert!(names.len() >= 3, "{names:?}");
    for (number, name) in names.iter().enumerate() {
        assert_eq!(*name, format!("heapgraph-{}-{:04}.parquet", victim.pid(), number + 1));
        assert_eq!(run_in(folder.path(), &["info", name, "--json"]).json()["pid"], victim.pid());
    }
    assert!(victim.finish(), "it runs on");
}
