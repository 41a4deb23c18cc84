//! Holding every thread of a process still, by ptrace: invisible to its parent, and undone by the kernel if we die.

use super::process::Process;
use super::rights;
use crate::error::{Error, Result};
use nix::errno::Errno;
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::time::{Duration, Instant};

/// A thread that does not stop within this time is in the kernel's hands (a hung disk, a child that shares its memory
/// and has not become another program yet): give up, let all go. The other threads stand still meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often to ask for a thread that somebody else traced and let go of before we could see who.
const TRIES: u32 = 20;

/// A process that stands still until this value is dropped, by the thread that made it.
pub(super) struct Stopped(Vec<Held>);

/// A thread that stands still.
pub(super) struct Held {
    pub(super) thread: Pid,
    /// A signal that was on its way when the thread stopped: it must be delivered when the thread goes on.
    pub(super) pending: Option<Signal>,
}

impl Held {
    /// By what its stop was reported with.
    pub(super) fn at(thread: Pid, status: WaitStatus) -> Self {
        let pending = if let WaitStatus::Stopped(_, signal) = status { Some(signal) } else { None };
        Held { thread, pending }
    }
}

impl Stopped {
    /// Stops every thread, including those that are born meanwhile.
    ///
    /// # Errors
    /// A missing right, another debugger, or a process that ended. Threads stopped so far go on.
    pub(super) fn new(target: &Process) -> Result<Self> {
        Self::gather(target, |thread, since| {
            if !seize(target, thread)? || ptrace::interrupt(thread).is_err() {
                return Ok(None);
            }
            Ok(wait(thread, since)?.map(|status| Held::at(thread, status)))
        })
    }

    /// Every thread as `stop` holds it; it is told when the first one was asked to stop, and gives none that ended.
    ///
    /// # Errors
    /// Those of `stop`, or a process that ended. Threads stopped so far go on.
    pub(super) fn gather(target: &Process, mut stop: impl FnMut(Pid, Instant) -> Result<Option<Held>>) -> Result<Self> {
        let since = Instant::now();
        let mut stopped = Stopped(Vec::new());
        loop {
            let known = |thread: &i32| stopped.0.iter().any(|held| held.thread.as_raw() == *thread);
            let new: Vec<i32> = target.threads()?.into_iter().filter(|thread| !known(thread)).collect();
            let before = stopped.0.len();
            for thread in new {
                stopped.0.extend(stop(Pid::from_raw(thread), since)?);
            }
            // A thread seen while its last sibling was being stopped may have started another one.
            if stopped.0.len() == before {
                break;
            }
        }
        if stopped.0.is_empty() {
            return Err(Error::no_process(format!("process {} ended while it was being stopped", target.pid)));
        }
        Ok(stopped)
    }
}

/// Starts to trace a thread; false if it ended.
fn seize(target: &Process, thread: Pid) -> Result<bool> {
    for _ in 0..TRIES {
        match ptrace::seize(thread, ptrace::Options::empty()) {
            Ok(()) => return Ok(true),
            Err(Errno::ESRCH) => return Ok(false),
            Err(Errno::EPERM | Errno::EACCES) => {}
            Err(error) => return Err(Error::io(format!("stop thread {thread}"), error.into())),
        }
        // Between its end and the moment in which the kernel forgets it a thread is there, and no debugger's.
        if target.is_over(thread) {
            return Ok(false);
        }
        if let Some(tracer) = target.tracer(thread) {
            return Err(debugged(target, &tracer));
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    Err(rights::denied(target.pid))
}

/// Waits until a thread that was asked to stop does; `None` if it ended instead.
///
/// # Errors
/// It did not within a while after `since`.
pub(super) fn wait(thread: Pid, since: Instant) -> Result<Option<WaitStatus>> {
    let mut nap = Duration::from_micros(20);
    loop {
        match waitpid(thread, Some(WaitPidFlag::__WALL | WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => {}
            Ok(WaitStatus::Exited(..) | WaitStatus::Signaled(..)) | Err(Errno::ECHILD) => return Ok(None),
            Ok(status) => return Ok(Some(status)),
            Err(Errno::EINTR) => continue,
            Err(error) => return Err(Error::io(format!("wait for thread {thread}"), error.into())),
        }
        if since.elapsed() > PATIENCE {
            return Err(Error::io(
                format!("thread {thread} did not stop within {PATIENCE:?}"),
                std::io::ErrorKind::TimedOut.into(),
            )
            .with_hint(
                "it hangs in the kernel (state D in `ps`), as on a disk that does not answer: try again, or take a core file",
            ));
        }
        std::thread::sleep(nap);
        nap = (nap * 2).min(Duration::from_millis(1));
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        for held in &self.0 {
            // Nothing to do about an error: the thread ended, which also ends the stop.
            let _ = ptrace::detach(held.thread, held.pending);
        }
    }
}

fn debugged(target: &Process, tracer: &str) -> Error {
    Error::permission(format!(
        "process {} is being debugged by process {tracer}, and a process can have one debugger only",
        target.pid
    ))
    .with_hint("end the debugger (gdb, strace), or wait for another heapgraph to end, then capture again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_thread_that_only_waits_to_be_forgotten_is_passed_over() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let (target, thread) = (Process::open(child.id()).unwrap(), Pid::from_raw(child.id() as i32));
        assert!(!target.is_over(thread));
        drop(child.stdin.take());
        while !target.is_over(thread) {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(!seize(&target, thread).unwrap());
        child.wait().unwrap();
        assert!(!seize(&target, thread).unwrap());
    }
}
