//! Starting a program and capturing it: after a while, when it has grown, or when it ends.
//!
//! The parent of a process may read it without any further right, which makes this the way for a program of one's own.

use super::live::{capture_held, capture_pid, on_a_thread};
use super::process::Process;
use super::{Options, breakpoint};
use crate::error::{Error, Result};
use crate::snapshot::Snapshot;
use std::ffi::OsString;
use std::io::{PipeReader, PipeWriter, Write};
use std::os::fd::AsRawFd;
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
    /// When its resident memory has passed so many bytes.
    Resident(u64),
}

/// A program that was started and runs. Dropping this leaves it alone.
#[derive(Debug)]
pub struct Running(Child);

/// How often a program is looked at while its moment is waited for.
const LOOK: Duration = Duration::from_millis(5);

impl Running {
    /// Starts a program, with this process's own standard streams.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(command: &[OsString]) -> Result<Self> {
        let (program, arguments) = split(command)?;
        let started = Command::new(program).args(arguments).spawn();
        let name = program.to_string_lossy();
        started.map(Running).map_err(|error| Error::io(format!("start {name}"), error))
    }

    /// Its process number.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Whether it runs still.
    pub fn is_running(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// Waits for the program's own end.
    ///
    /// # Errors
    /// The operating system does not tell.
    pub fn wait(mut self) -> Result<ExitStatus> {
        self.0.wait().map_err(|error| Error::io("wait for the program", error))
    }

    /// Waits for the moment of a capture; the program's end is no moment that can be waited for here.
    fn wait_until(&mut self, when: When) -> Result<()> {
        let begin = Instant::now();
        while !came(self.pid(), when, begin.elapsed()) {
            let ended = self.0.try_wait().map_err(|error| Error::io("wait for the program", error))?;
            if let Some(status) = ended {
                return Err(ended_before(when, &format!("({status}) after {:.1} s", begin.elapsed().as_secs_f64())));
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }
}

fn came(pid: u32, when: When, elapsed: Duration) -> bool {
    match when {
        When::AtEnd => false,
        When::After(delay) => elapsed >= delay,
        When::Resident(bytes) => Process::open(pid).is_ok_and(|process| process.resident_bytes() > bytes),
    }
}

fn ended_before(when: When, how: &str) -> Error {
    let (moment, hint) = match when {
        When::AtEnd => ("its end".to_owned(), "capture it while it runs"),
        When::After(delay) => (
            format!("the capture at {:.1} s", delay.as_secs_f64()),
            "capture earlier, or without --after, when it ends",
        ),
        When::Resident(bytes) => {
            (format!("its resident memory passed {bytes} bytes"), "a smaller --rss, or without it, when it ends")
        }
    };
    Error::no_process(format!("ended {how}, before {moment}")).with_hint(hint)
}

/// Waits until a process's resident memory has passed so many bytes.
///
/// # Errors
/// The process is not there, or ended before.
pub fn wait_for_resident(pid: u32, bytes: u64) -> Result<()> {
    Process::open(pid)?;
    while !came(pid, When::Resident(bytes), Duration::ZERO) {
        if let Err(error) = Process::open(pid) {
            let ended = error.is_no_process();
            return Err(if ended {
                ended_before(When::Resident(bytes), "").at(format!("process {pid}"))
            } else {
                error
            });
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

/// Starts a program, with this process's own standard streams, and captures it.
///
/// # Errors
/// The program cannot be started, ends before the moment of the capture, is not CPython, or cannot be captured
/// (see [`capture_pid`]); it is left running in the last two cases.
pub fn capture_command(launch: &Launch, options: &Options) -> Result<(Snapshot, Running)> {
    let (program, _) = split(&launch.command)?;
    let name = program.to_string_lossy().into_owned();
    if launch.when == When::AtEnd {
        return on_a_thread(|| capture_at_end(&launch.command, options)).map_err(|error| error.at(&name));
    }
    let running = start_and_wait(launch)?;
    let snapshot = capture_pid(running.pid(), options).map_err(|error| error.at(&name))?;
    Ok((snapshot, running))
}

fn capture_at_end(command: &[OsString], options: &Options) -> Result<(Snapshot, Running)> {
    let (child, go) = start_waiting(command)?;
    let held = breakpoint::run_until_finalize(&child, go)?;
    Ok((capture_held(child.id(), held, options)?, Running(child)))
}

/// Starts a program and waits for the moment of its capture, without capturing it: at least not its end.
///
/// # Errors
/// The program cannot be started, or ends before.
pub fn start_and_wait(launch: &Launch) -> Result<Running> {
    let mut running = Running::start(&launch.command)?;
    let name = launch.command[0].to_string_lossy();
    running.wait_until(launch.when).map_err(|error| error.at(name))?;
    Ok(running)
}

fn split(command: &[OsString]) -> Result<(&OsString, &[OsString])> {
    command
        .split_first()
        .ok_or_else(|| Error::invalid("no command was given").with_hint("heapgraph capture -- python3 app.py"))
}

/// What lets a program begin that was started to be followed. Dropped before, the program never begins.
pub(super) struct Go {
    _read_by_child: PipeReader,
    writer: PipeWriter,
}

impl Go {
    pub(super) fn give(&mut self) -> std::io::Result<()> {
        self.writer.write_all(b"\n")
    }
}

/// Starts a shell that waits for a line and then becomes the program: so it can be followed from its first instruction.
/// It reads from a pipe of ours, so that it ends when we do; a shell that had stopped itself would stay for ever.
fn start_waiting(command: &[OsString]) -> Result<(Child, Go)> {
    let io = |what: &'static str| move |error| Error::io(what, error);
    let (reader, writer) = std::io::pipe().map_err(io("make a pipe"))?;
    let mut shell = Command::new("/bin/sh");
    // Without the look for it, the shell would print an error of its own beside ours.
    let script = "{ read go < \"$0\"; } 2> /dev/null || exit 126
        command -v \"$1\" > /dev/null 2>&1 || exit 127
        exec \"$@\"";
    let pipe = format!("/proc/{}/fd/{}", std::process::id(), reader.as_raw_fd());
    let child = shell.args(["-c", script, &pipe]).args(command).spawn().map_err(io("start /bin/sh"))?;
    Ok((child, Go { _read_by_child: reader, writer }))
}
