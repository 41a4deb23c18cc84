//! The target does not hold still: it changes under the capture, or ends.

use crate::heapgraph::run;
use crate::pythons;
use crate::report::Row;
use crate::restless::Restless;
use crate::victim::Victim;
use crate::{entries, moments, rounds, whole_if_there};
use nix::sys::signal::Signal;
use std::time::Duration;

#[test]
fn a_target_that_never_rests() {
    for python in pythons::installed() {
        let restless = Restless::start(&python);
        let pid = restless.pid().to_string();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heap.parquet").display().to_string();
        let before = restless.counts();
        let tried = rounds().div_ceil(2);
        for _ in 0..tried {
            run(&["capture", "-p", &pid, "-o", &path]).text();
            restless.goes_on();
        }
        let after = restless.counts();
        let [threads, mappings, forks, programs, _] = std::array::from_fn(|at| after[at] - before[at]);
        assert!(threads > 0 && mappings > 0 && forks > 0 && programs > 0, "{before:?} {after:?}");
        restless.finish();
        Row {
            fault: &format!("threads, mappings, forks and programs come and go, CPython {}", python.version),
            tried,
            target: &format!("went on: {threads} threads, {mappings} mappings, {forks} forks, {programs} programs"),
            checked: "every one of these ends as it should; it beats, is neither stopped nor traced, ends well",
            said: "exit 0 each time",
        }
        .write("faults");
    }
}

/// Captures a program that ends at a moment of its own; whole files and errors that say so.
fn ending(fault: &str, code: i32, program: impl Fn(Duration) -> String, end: impl Fn(&Victim, Duration) + Sync) {
    let python = pythons::installed().pop().unwrap();
    let (mut captured, mut told) = (0, 0);
    for moment in moments(4 * rounds(), Duration::from_millis(120)) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("heap.parquet");
        let mut victim = Victim::start(&python, &program(moment));
        let run = std::thread::scope(|scope| {
            scope.spawn(|| end(&victim, moment));
            run(&["capture", "-p", &victim.pid().to_string(), "-o", &file.display().to_string()])
        });
        if whole_if_there(&file) {
            assert_eq!(run.code, Some(0), "{}", run.stderr);
            captured += 1;
        } else {
            let known = ["ended", "no process", "the interpreter has not started yet, or is gone"];
            assert!(run.code == Some(2) && known.iter().any(|words| run.stderr.contains(words)), "{}", run.stderr);
            assert!(entries(folder.path()).is_empty());
            told += 1;
        }
        let status = victim.child.wait().unwrap();
        use std::os::unix::process::ExitStatusExt;
        assert_eq!(status.code().or(status.signal().map(|signal| -signal)), Some(code));
    }
    assert!(told > 0, "no capture came too late");
    Row {
        fault,
        tried: captured + told,
        target: "ended as it would have",
        checked: "its exit code; a whole file or none",
        said: &format!("{captured} captured; {told} times exit 2, that it ended"),
    }
    .write("faults");
}

const HEAP: &str = "import sys, time\nkept = [[n] for n in range(100000)]\nprint('ready', flush=True)";

#[test]
fn a_target_that_is_killed_meanwhile() {
    let kill = |victim: &Victim, moment| {
        std::thread::sleep(moment);
        victim.signal(Signal::SIGKILL);
    };
    ending("the target is killed while it is captured", -9, |_| format!("{HEAP}\nsys.stdin.read()"), kill);
}

#[test]
fn a_target_that_ends_by_itself_meanwhile() {
    let program = |moment: Duration| format!("{HEAP}\ntime.sleep({})\nsys.exit(5)", moment.as_secs_f64());
    ending("the target ends by itself while it is captured", 5, program, |_, _| {});
}
