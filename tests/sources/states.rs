//! Processes in odd states: captured and left as found, or refused with a reason.

use crate::pythons;
use crate::victim::{Victim, WAITING, wait_for};
use heapgraph::Error;
use heapgraph::capture::{Options, capture_pid};
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use std::io::Write;
use std::time::{Duration, Instant};

fn refused(pid: u32) -> Error {
    let begin = Instant::now();
    let error = capture_pid(pid, &Options::default()).map(|_| ()).unwrap_err();
    assert!(begin.elapsed() < Duration::from_secs(60), "it ends by itself");
    assert!(error.to_string().contains(&pid.to_string()), "{error}");
    error
}

#[test]
fn a_stopped_process_is_captured_and_left_stopped() {
    for python in pythons::installed() {
        let victim = Victim::start(&python, WAITING);
        victim.signal(Signal::SIGSTOP);
        wait_for("it stops", || victim.state() == 'T');
        for _ in 0..3 {
            capture_pid(victim.pid(), &Options::default()).unwrap();
            wait_for("it is stopped as before", || victim.state() == 'T');
            std::thread::sleep(Duration::from_millis(20));
            assert_eq!(victim.state(), 'T');
        }
        victim.signal(Signal::SIGCONT);
        assert!(victim.finish());
    }
}

#[test]
fn a_process_under_a_debugger_names_the_debugger() {
    let victim = Victim::start(&pythons::installed()[0], WAITING);
    let pid = Pid::from_raw(victim.pid().cast_signed());
    ptrace::seize(pid, ptrace::Options::empty()).unwrap();
    let error = refused(victim.pid());
    let we = format!("is being debugged by process {}", std::process::id());
    assert!(error.is_permission() && error.to_string().contains(&we), "{error}");
    assert!(error.hint().unwrap().contains("gdb"));
    ptrace::interrupt(pid).unwrap();
    nix::sys::wait::waitpid(pid, None).unwrap();
    ptrace::detach(pid, None).unwrap();
    assert!(victim.finish(), "it goes on, and ends well");
}

#[test]
fn a_zombie_and_a_process_that_is_gone() {
    let mut victim = Victim::start(&pythons::installed()[0], WAITING);
    let pid = victim.pid();
    victim.signal(Signal::SIGKILL);
    wait_for("it is a zombie", || victim.state() == 'Z');
    let error = refused(pid);
    assert!(error.is_no_process() && error.to_string().contains("has ended already"), "{error}");
    victim.child.wait().unwrap();
    let error = refused(pid);
    assert!(error.is_no_process() && error.to_string().contains("no process"), "{error}");
}

#[test]
fn a_process_that_ends_meanwhile_is_captured_or_said_to_have_ended() {
    let python = pythons::installed().pop().unwrap();
    let (mut captured, mut ended) = (0, 0);
    for microseconds in (0..40).map(|step| step * 2500) {
        let program =
            format!("import sys, time, os\nprint('ready', flush=True)\ntime.sleep({microseconds}e-6)\nos._exit(0)");
        let victim = Victim::start(&python, &program);
        match capture_pid(victim.pid(), &Options::default()) {
            Ok(_) => captured += 1,
            Err(error) => {
                assert!(error.is_no_process() || error.is_not_python(), "{error:?}");
                ended += 1;
            }
        }
    }
    println!("{captured} captured, {ended} ended");
    assert!(captured > 0 && ended > 0);
}

#[test]
fn a_process_that_becomes_another_program_all_the_time() {
    let python = pythons::installed().pop().unwrap();
    let program = "
import os, sys, time
left = int(sys.argv[1])
time.sleep(0.03)
if left == 60: print('ready', flush=True)
if left == 0: sys.stdin.read()
else: os.execv(sys.executable, [sys.executable, '-I', '-S', __file__, str(left - 1)])
";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("exec.py");
    std::fs::File::create(&file).unwrap().write_all(program.as_bytes()).unwrap();
    let mut command = std::process::Command::new(&python.executable);
    let victim = Victim::spawn(command.args(["-I", "-S"]).arg(&file).arg("60"));
    let (mut captured, mut told) = (0, 0);
    for _ in 0..10 {
        match capture_pid(victim.pid(), &Options::default()) {
            Ok(snapshot) => {
                assert!(snapshot.objects().len() > 1000);
                captured += 1;
            }
            // For a moment it is no Python yet: only its loader is there.
            Err(error) => {
                assert!(error.is_not_python() || error.is_malformed() || error.is_io(), "{error:?}");
                told += 1;
            }
        }
    }
    println!("{captured} captured, {told} not");
    assert!(captured > 0);
    assert!(victim.finish(), "it got through all its programs");
}
