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

/// A thread that does not stop within this time is in the kernel's hands (a hung disk, say): give up, let all go.
const PATIENCE: Duration = Duration::from_secs(5);

/// A process that stands still until this value is dropped.
pub(super) struct Stopped {
    threads: Vec<Held>,
    since: Instant,
}

struct Held {
    thread: Pid,
    // A signal that was on its way when the thread stopped: it must be delivered when the thread goes on.
    pending: Option<Signal>,
}

impl Stopped {
    /// Stops every thread, including those that are born meanwhile.
    ///
    /// # Errors
    /// A missing right, another debugger, or a process that ended. Threads stopped so far go on.
    pub(super) fn new(target: &Process) -> Result<Self> {
        let mut stopped = Stopped { threads: Vec::new(), since: Instant::now() };
        loop {
            let known = |thread: &i32| stopped.threads.iter().any(|held| held.thread.as_raw() == *thread);
            let new: Vec<i32> = target.threads()?.into_iter().filter(|thread| !known(thread)).collect();
            let mut caught = 0;
            for thread in new {
                caught += usize::from(stopped.seize(target, Pid::from_raw(thread))?);
            }
            // A thread seen while its last sibling was being stopped may have started another one.
            if caught == 0 {
                break;
            }
        }
        if stopped.threads.is_empty() {
            return Err(Error::no_process(format!("process {} ended while it was being stopped", target.pid)));
        }
        Ok(stopped)
    }

    /// Takes over threads that this process traces and that stand still already.
    pub(super) fn adopt(threads: Vec<Pid>) -> Self {
        let threads = threads.into_iter().map(|thread| Held { thread, pending: None }).collect();
        Stopped { threads, since: Instant::now() }
    }

    /// Asks one thread to stop and waits until it does; false if it ended instead.
    fn seize(&mut self, target: &Process, thread: Pid) -> Result<bool> {
        match ptrace::seize(thread, ptrace::Options::empty()) {
            Ok(()) => {}
            Err(Errno::ESRCH) => return Ok(false),
            Err(Errno::EPERM | Errno::EACCES) => return Err(refused(target)),
            Err(error) => return Err(Error::io(format!("stop thread {thread}"), error.into())),
        }
        self.threads.push(Held { thread, pending: None });
        let alive = ptrace::interrupt(thread).is_ok() && self.wait(thread)?;
        if !alive {
            self.threads.pop();
        }
        Ok(alive)
    }

    fn wait(&mut self, thread: Pid) -> Result<bool> {
        let mut nap = Duration::from_micros(20);
        loop {
            match waitpid(thread, Some(WaitPidFlag::__WALL | WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) => {}
                Ok(WaitStatus::Stopped(_, signal)) => {
                    if let Some(held) = self.threads.last_mut() {
                        held.pending = Some(signal);
                    }
                    return Ok(true);
                }
                Ok(WaitStatus::Exited(..) | WaitStatus::Signaled(..)) | Err(Errno::ECHILD) => return Ok(false),
                Ok(_) => return Ok(true),
                Err(Errno::EINTR) => continue,
                Err(error) => return Err(Error::io(format!("wait for thread {thread}"), error.into())),
            }
            if self.since.elapsed() > PATIENCE {
                return Err(Error::io(
                    format!("thread {thread} did not stop within {PATIENCE:?}"),
                    std::io::ErrorKind::TimedOut.into(),
                )
                .with_hint("it may hang in the kernel (state D in `ps`): try again, or take a core file"));
            }
            std::thread::sleep(nap);
            nap = (nap * 2).min(Duration::from_millis(1));
        }
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        for held in &self.threads {
            // Nothing to do about an error: the thread ended, which also ends the stop.
            let _ = ptrace::detach(held.thread, held.pending);
        }
    }
}

fn refused(target: &Process) -> Error {
    match target.tracer() {
        Some(tracer) => Error::permission(format!(
            "process {} is being debugged by process {tracer}, and a process can have one debugger only",
            target.pid
        ))
        .with_hint("end the debugger (gdb, strace, another heapgraph), then capture again"),
        None => rights::denied(target.pid),
    }
}
