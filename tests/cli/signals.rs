//! SIGINT and SIGTERM: the right exit code, no file half written, and the program left running.

use crate::files;
use crate::heapgraph::heapgraph;
use crate::pythons;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A program that says its pid, and ends well when its standard input does.
const PROGRAM: &str = "import os, sys\nprint(os.getpid(), flush=True)\nsys.stdin.read()\nprint('well', flush=True)";

struct Waiting {
    heapgraph: Child,
    output: BufReader<std::process::ChildStdout>,
    pid: i32,
}

/// heapgraph, waiting for the moment to capture a program that it started.
fn waiting(folder: &Path, extra: &[&str]) -> Waiting {
    let executable = pythons::installed()[0].executable.display().to_string();
    let line = [&["capture", "-o", "out.parquet"], extra, &["--", &executable, "-I", "-c", PROGRAM]].concat();
    let mut command = heapgraph(&line);
    command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut heapgraph = command.spawn().unwrap();
    let mut output = BufReader::new(heapgraph.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    Waiting { heapgraph, output, pid: line.trim().parse().unwrap() }
}

fn is_running(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

#[test]
fn a_signal_ends_it_with_its_code_no_file_and_the_program_running() {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        for extra in [&["--after", "60"][..], &[]] {
            let folder = tempfile::tempdir().unwrap();
            let mut waiting = waiting(folder.path(), extra);
            assert_eq!(files(folder.path()).len(), 1, "the file was started under another name");
            kill(Pid::from_raw(waiting.heapgraph.id().cast_signed()), signal).unwrap();
            let input = waiting.heapgraph.stdin.take();
            assert_eq!(waiting.heapgraph.wait().unwrap().code(), Some(code), "{signal} {extra:?}");
            assert!(files(folder.path()).is_empty(), "{signal} {extra:?}: {:?}", files(folder.path()));
            assert!(is_running(waiting.pid), "{signal} {extra:?}: the program runs on");
            drop(input);
            let mut rest = String::new();
            waiting.output.read_line(&mut rest).unwrap();
            assert_eq!(rest, "well\n", "{signal} {extra:?}: and ends well");
        }
    }
}

#[test]
fn after_a_kill_the_next_run_sweeps() {
    let folder = tempfile::tempdir().unwrap();
    let mut killed = waiting(folder.path(), &["--after", "60"]);
    killed.heapgraph.kill().unwrap();
    let input = killed.heapgraph.stdin.take();
    killed.heapgraph.wait().unwrap();
    let left = files(folder.path());
    assert!(left.len() == 1 && left[0] != "out.parquet", "{left:?}");
    assert!(is_running(killed.pid));
    drop(input);
    let mut next = waiting(folder.path(), &["--after", "0.2"]);
    drop(next.heapgraph.stdin.take().filter(|_| wait_for(&folder.path().join("out.parquet"))));
    assert!(next.heapgraph.wait().unwrap().success());
    assert_eq!(files(folder.path()), ["out.parquet"]);
}

fn wait_for(file: &Path) -> bool {
    let begin = Instant::now();
    while !file.exists() && begin.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(20));
    }
    file.exists()
}
