//! A Python program that waits on its standard input, and what can be done to it.

use crate::pythons::Python;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A list to be found again, a class of its own, a cycle, a thread; then it waits.
pub(crate) const WAITING: &str = "
import sys, threading
class Kept:
    def __init__(self, number): self.number, self.me = number, self
kept = [Kept(number) for number in range(500)]
threading.Thread(target=threading.Event().wait, daemon=True, name='waiter').start()
print('ready', flush=True)
sys.stdin.read()
";

/// A child that is ended when dropped.
pub(crate) struct Victim {
    pub(crate) child: Child,
    pub(crate) output: BufReader<ChildStdout>,
    input: Option<ChildStdin>,
}

impl Victim {
    /// Starts a program's text and waits for its first line.
    pub(crate) fn start(python: &Python, program: &str) -> Self {
        Self::telling(python, program).0
    }

    /// The same, with that line.
    pub(crate) fn telling(python: &Python, program: &str) -> (Self, String) {
        let mut command = Command::new(&python.executable);
        command.args(["-I", "-c", program]);
        Self::spawn_telling(&mut command)
    }

    /// Starts a command that prints a line when it is ready.
    pub(crate) fn spawn(command: &mut Command) -> Self {
        Self::spawn_telling(command).0
    }

    fn spawn_telling(command: &mut Command) -> (Self, String) {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take();
        let mut victim = Victim { output: BufReader::new(child.stdout.take().unwrap()), child, input };
        let line = victim.line();
        (victim, line)
    }

    /// The next line that it prints, without its end.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// What it reads from.
    #[allow(dead_code, reason = "some suites only let it end")]
    pub(crate) fn input(&mut self) -> &mut ChildStdin {
        self.input.as_mut().expect("it is closed by `finish` alone")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid().cast_signed()), signal).unwrap();
    }

    /// The letter of its state in `/proc/PID/stat`.
    pub(crate) fn state(&self) -> char {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
        stat.rsplit(") ").next().unwrap().chars().next().unwrap()
    }

    /// Lets it end by itself; whether it ended well.
    pub(crate) fn finish(mut self) -> bool {
        drop(self.input.take());
        self.child.wait().unwrap().success()
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something to become true.
pub(crate) fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < Duration::from_secs(30), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A core file by gdb; `None` where gdb is not installed.
#[allow(dead_code, reason = "some suites look at living processes alone")]
pub(crate) fn gcore(pid: u32, folder: &Path) -> Option<PathBuf> {
    let stem = folder.join("gcore");
    let done = Command::new("gcore").arg("-o").arg(&stem).arg(pid.to_string()).output();
    let Ok(done) = done else {
        println!("not covered: gcore is not installed");
        return None;
    };
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(folder.join(format!("gcore.{pid}")))
}
