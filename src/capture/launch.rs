//! Starting a program and capturing it: after a while, or when it ends.
//!
//! The parent of a process may read it without any further right, which makes this the way for a program of one's own.

use super::{Options, breakpoint, capture_held, capture_pid};
use crate::error::{Error, Result};
use crate::snapshot::Snapshot;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::ffi::OsString;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

/// A program to start, and when to capture it.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// The moment of the capture.
    pub when: When,
}

/// When to capture a program that was started for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// When its work is done and its interpreter is about to be torn down.
    AtEnd,
    /// This long after its start.
    After(Duration),
}

/// A program that was captured and runs on. Dropping this leaves it alone.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Waits for the program's own end.
    ///
    /// # Errors
    /// The operating system does not tell.
    pub fn wait(mut self) -> Result<ExitStatus> {
        self.0.wait().map_err(|error| Error::io("wait for the program", error))
    }
}

/// Starts a program, with this process's own standard streams, and captures it.
///
/// # Errors
/// The program cannot be started, ends before the moment of the capture, is not CPython, or cannot be captured
/// (see [`capture_pid`]); it is left running in the last two cases.
pub fn capture_command(launch: &Launch, options: &Options) -> Result<(Snapshot, Running)> {
    let Some((program, arguments)) = launch.command.split_first() else {
        return Err(Error::invalid("no command was given").with_hint("heapgraph capture -- python3 app.py"));
    };
    let name = program.to_string_lossy().into_owned();
    match launch.when {
        When::AtEnd => {
            let child = start_stopped(&launch.command).map_err(|error| error.at(&name))?;
            let snapshot = breakpoint::run_until_finalize(&child).and_then(|held| capture_held(child.id(), held));
            Ok((snapshot.map_err(|error| error.at(&name))?, Running(child)))
        }
        When::After(delay) => {
            let started = Command::new(program).args(arguments).spawn();
            let mut child = started.map_err(|error| Error::io(format!("start {name}"), error))?;
            sleep_unless_ended(&mut child, delay).map_err(|error| error.at(&name))?;
            let snapshot = capture_pid(child.id(), options).map_err(|error| error.at(&name))?;
            Ok((snapshot, Running(child)))
        }
    }
}

/// Starts a shell that stops itself and then becomes the program: so it can be followed from its first instruction.
fn start_stopped(command: &[OsString]) -> Result<Child> {
    let io = |what: &'static str| move |error| Error::io(what, error);
    let mut shell = Command::new("/bin/sh");
    // Without the look for it, the shell would print an error of its own beside ours.
    let script = "kill -STOP $$; command -v \"$1\" > /dev/null 2>&1 || exit 127; exec \"$@\"";
    shell.args(["-c", script, "sh"]).args(command);
    let child = shell.spawn().map_err(io("start /bin/sh"))?;
    let pid = Pid::from_raw(child.id() as i32);
    match waitpid(pid, Some(WaitPidFlag::WUNTRACED)) {
        Ok(WaitStatus::Stopped(..)) => Ok(child),
        Ok(status) => Err(Error::no_process(format!("ended before it was followed: {status:?}"))),
        Err(error) => Err(io("wait for the program")(error.into())),
    }
}

fn sleep_unless_ended(child: &mut Child, delay: Duration) -> Result<()> {
    let begin = Instant::now();
    while begin.elapsed() < delay {
        let ended = child.try_wait().map_err(|error| Error::io("wait for the program", error))?;
        if let Some(status) = ended {
            return Err(Error::no_process(format!(
                "ended ({status}) after {:.1} s, before the capture at {:.1} s",
                begin.elapsed().as_secs_f64(),
                delay.as_secs_f64()
            ))
            .with_hint("capture earlier, or without --after, when it ends"));
        }
        std::thread::sleep(Duration::from_millis(5).min(delay - begin.elapsed().min(delay)));
    }
    Ok(())
}
