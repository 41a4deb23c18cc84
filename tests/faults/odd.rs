//! Targets that somebody else holds, that stand still, or that are heapgraph itself.

use crate::entries;
use crate::heapgraph::{Run, heapgraph, run, run_in};
use crate::pythons;
use crate::report::Row;
use crate::restless::Restless;
use crate::rounds;
use crate::victim::{Victim, WAITING, wait_for};
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn capture_in(folder: &tempfile::TempDir, pid: u32) -> Run {
    run_in(folder.path(), &["capture", "-p", &pid.to_string(), "-o", "heap.parquet"])
}

/// Exit 2, one line and at most one hint, and no file.
fn refused(pid: u32, words: &str) {
    let folder = tempfile::tempdir().unwrap();
    let run = capture_in(&folder, pid);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains(words) && run.stderr.lines().count() <= 2, "{}", run.stderr);
    assert!(entries(folder.path()).is_empty());
}

fn row(fault: &str, tried: u64, target: &str, said: &str) {
    let checked = "it is as it was before, goes on when it may, and ends well; a whole file or none";
    Row { fault, tried, target, checked, said }.write("faults");
}

#[test]
fn two_captures_at_once() {
    let restless = Restless::start(&pythons::installed().pop().unwrap());
    let pid = restless.pid().to_string();
    let folder = tempfile::tempdir().unwrap();
    let (mut both, mut one) = (0, 0);
    for _ in 0..2 * rounds() {
        let start = |name: &str| {
            let mut command = heapgraph(&["capture", "-p", &pid, "-o", name]);
            command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let pair = [start("a.parquet"), start("b.parquet")].map(|child| child.wait_with_output().unwrap());
        let failed: Vec<_> = pair.iter().filter(|done| !done.status.success()).collect();
        for done in &failed {
            let stderr = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.code() == Some(2) && stderr.contains("is being debugged by process"), "{stderr}");
            assert!(stderr.contains("(heapgraph)") && stderr.contains("wait for another heapgraph"), "{stderr}");
        }
        assert!(failed.len() < 2, "one of the two is always first");
        assert_eq!(entries(folder.path()).len(), 2 - failed.len());
        (both, one) = (both + u64::from(failed.is_empty()), one + failed.len() as u64);
        for name in entries(folder.path()) {
            std::fs::remove_file(folder.path().join(name)).unwrap();
        }
        restless.goes_on();
    }
    restless.finish();
    let said = format!("{both} times both got it; {one} times one exit 2: being debugged by heapgraph, wait for it");
    row("two captures of one process at once", both + one, "went on", &said);
}

#[test]
fn heapgraph_itself() {
    let program = heapgraph(&[]).get_program().to_owned();
    let script = "exec \"$0\" capture -p $$ -o -";
    let done = Command::new("/bin/sh").args(["-c", script]).arg(program).output().unwrap();
    let stderr = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("not a Python") || stderr.contains("CPython"), "{stderr}");
    row("heapgraph is asked to capture itself", 1, "ended by itself", "exit 2: it is no CPython");
}

#[test]
fn a_process_under_a_debugger() {
    let victim = Victim::start(&pythons::installed()[0], WAITING);
    let pid = Pid::from_raw(victim.pid().cast_signed());
    ptrace::seize(pid, ptrace::Options::empty()).unwrap();
    refused(victim.pid(), &format!("is being debugged by process {}", std::process::id()));
    ptrace::interrupt(pid).unwrap();
    nix::sys::wait::waitpid(pid, None).unwrap();
    refused(victim.pid(), "is being debugged by process");
    assert_eq!(victim.state(), 't', "still the debugger's");
    ptrace::detach(pid, None).unwrap();
    assert!(victim.finish());
    row("the process is under a debugger, running or stopped by it", 2, "stayed the debugger's", "exit 2: whose it is");
}

#[test]
fn a_process_that_is_stopped() {
    for (signal, fault) in
        [(Signal::SIGSTOP, "the process is stopped (SIGSTOP)"), (Signal::SIGTSTP, "Ctrl-Z (SIGTSTP)")]
    {
        // In a group of its own: an orphaned one, as of a job without a terminal, ignores Ctrl-Z.
        let mut command = Command::new(&pythons::installed()[0].executable);
        let victim = Victim::spawn(command.args(["-I", "-c", WAITING]).process_group(0));
        victim.signal(signal);
        wait_for("it stops", || victim.state() == 'T');
        let folder = tempfile::tempdir().unwrap();
        for _ in 0..rounds().div_ceil(2) {
            capture_in(&folder, victim.pid()).text();
            wait_for("it is stopped as before", || victim.state() == 'T');
        }
        victim.signal(Signal::SIGCONT);
        wait_for("it goes on", || victim.state() != 'T');
        assert!(victim.finish());
        row(fault, rounds().div_ceil(2), "stayed stopped, and went on when told to", "exit 0");
    }
}

#[test]
fn a_signal_that_stops_it_meanwhile() {
    let victim = Victim::start(&pythons::installed()[0], WAITING);
    let folder = tempfile::tempdir().unwrap();
    for round in 0..rounds() {
        std::thread::scope(|scope| {
            let captured = scope.spawn(|| capture_in(&folder, victim.pid()));
            std::thread::sleep(Duration::from_millis(3 * round));
            victim.signal(Signal::SIGSTOP);
            captured.join().unwrap().text();
        });
        wait_for("it is stopped", || victim.state() == 'T');
        victim.signal(Signal::SIGCONT);
        wait_for("it goes on", || victim.state() != 'T');
    }
    assert!(victim.finish());
    row("SIGSTOP comes at any moment of a capture", rounds(), "was stopped, and went on when told to", "exit 0");
}

#[test]
fn a_thread_that_waits_in_the_kernel() {
    // The child that posix_spawn makes shares the memory until it becomes another program, and its maker sleeps
    // uninterruptibly; it first opens a pipe that nobody writes to.
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let program = format!(
        "
import os, sys, threading, time
beats = 0
def spawn():
    pid = os.posix_spawn('/bin/true', ['true'], {{}}, file_actions=[(os.POSIX_SPAWN_OPEN, 5, '{}', os.O_RDONLY, 0)])
    print('spawned', os.waitpid(pid, 0)[1], flush=True)
print('ready', flush=True)
spawn()
sys.stdin.read()
",
        pipe.display()
    );
    let python = &pythons::installed()[0];
    let mut victim = Victim::start(python, &program);
    wait_for("it sleeps uninterruptibly", || victim.state() == 'D');
    let begin = Instant::now();
    refused(victim.pid(), "did not stop within");
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    std::fs::write(&pipe, "").unwrap();
    assert_eq!(victim.line(), "spawned 0");
    // What was asked to stop in vain does not stop later.
    run(&["info", "-p", &victim.pid().to_string()]).text();
    assert!(victim.finish());
    row(
        "a thread hangs in the kernel (vfork, state D)",
        1,
        "went on when the kernel let it",
        "exit 2: did not stop within 5 s",
    );
}
