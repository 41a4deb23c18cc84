//! Letting a program of our own run until its interpreter is about to be torn down.
//!
//! A breakpoint at `Py_FinalizeEx`, set in our own child alone. All its threads are followed, so that whichever meets
//! the breakpoint is caught; processes it forks get their copy of the breakpoint removed and are let go.

use super::elf::Symbols;
use super::process::Target;
use crate::error::{Error, Result};
use nix::errno::Errno;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

/// How long to sleep between two looks at a program that has not loaded its interpreter yet.
const LOOK: Duration = Duration::from_millis(1);
/// `int3`, one byte (Intel SDM, volume 2).
const TRAP: i64 = 0xcc;

/// Runs the child until it calls `Py_FinalizeEx`, and leaves it stopped there (SIGSTOP) and no longer traced.
///
/// # Errors
/// It ended otherwise, or this machine's processor has no breakpoint rule here.
pub(super) fn run_until_finalize(child: &mut Child) -> Result<()> {
    if !cfg!(target_arch = "x86_64") {
        return Err(Error::unsupported("capturing a program at its end needs x86_64").with_hint("use --after SECONDS"));
    }
    let pid = Pid::from_raw(child.id() as i32);
    let follow = Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACEEXEC;
    match ptrace::seize(pid, follow) {
        Ok(()) => Tracer { pid, armed: None, looked_at: Vec::new(), forks: Vec::new(), unclaimed: Vec::new() }.run(),
        Err(Errno::ESRCH | Errno::EPERM) => Err(ended_early("before it could be followed")),
        Err(error) => Err(Error::io("follow the program", error.into())),
    }
}

/// Lets a stopped child go on.
pub(super) fn go_on(pid: u32) {
    // If it is gone, there is nobody to let go on.
    let _ = kill(Pid::from_raw(pid as i32), Signal::SIGCONT);
}

fn ended_early(how: &str) -> Error {
    Error::no_process(format!("ended {how}; nothing was captured"))
        .with_hint("a program that ends by os._exit or a signal skips the interpreter's end: use --after SECONDS")
}

struct Tracer {
    pid: Pid,
    /// Where the breakpoint is, and the word that stood there.
    armed: Option<(u64, i64)>,
    /// Files that were searched for the interpreter and do not have it.
    looked_at: Vec<PathBuf>,
    /// Processes that the child is known to have forked: true if they share its memory (vfork).
    forks: Vec<(Pid, bool)>,
    /// New processes that stopped before their fork was reported.
    unclaimed: Vec<Pid>,
}

impl Tracer {
    fn run(mut self) -> Result<()> {
        loop {
            let flags = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
            let flags = if self.armed.is_some() { flags } else { flags | WaitPidFlag::WNOHANG };
            match waitpid(None, Some(flags)) {
                Ok(WaitStatus::StillAlive) => {
                    self.look_for_interpreter()?;
                    std::thread::sleep(LOOK);
                }
                Ok(status) => {
                    if self.handle(status)? {
                        return Ok(());
                    }
                }
                Err(Errno::EINTR) => {}
                Err(error) => return Err(Error::io("follow the program", error.into())),
            }
        }
    }

    /// Deals with one event; true when the breakpoint was met.
    fn handle(&mut self, status: WaitStatus) -> Result<bool> {
        match status {
            WaitStatus::Exited(pid, code) if pid == self.pid => {
                return Err(ended_early(&format!("with status {code} without the interpreter's end")));
            }
            WaitStatus::Signaled(pid, signal, _) if pid == self.pid => {
                return Err(ended_early(&format!("by {signal}")));
            }
            WaitStatus::PtraceEvent(pid, _, libc::PTRACE_EVENT_EXEC) => {
                // A new program: the breakpoint went with the old one's memory.
                self.armed = None;
                self.looked_at.clear();
                proceed(pid, None);
            }
            WaitStatus::PtraceEvent(pid, _, event @ (libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK)) => {
                if let Ok(new) = ptrace::getevent(pid) {
                    self.forked(Pid::from_raw(new as i32), event == libc::PTRACE_EVENT_VFORK);
                }
                proceed(pid, None);
            }
            WaitStatus::PtraceEvent(pid, signal, libc::PTRACE_EVENT_STOP) => self.event_stop(pid, signal),
            WaitStatus::PtraceEvent(pid, ..) => proceed(pid, None),
            WaitStatus::Stopped(pid, Signal::SIGTRAP) if self.at_breakpoint(pid) => {
                self.leave_stopped(pid)?;
                return Ok(true);
            }
            WaitStatus::Stopped(pid, signal) => proceed(pid, Some(signal)),
            _ => {}
        }
        Ok(false)
    }

    /// A new thread, a new process, or a process that was stopped from outside.
    fn event_stop(&mut self, pid: Pid, signal: Signal) {
        let thread = Path::new(&format!("/proc/{}/task/{pid}", self.pid)).exists();
        if !thread {
            match self.forks.iter().position(|(fork, _)| *fork == pid) {
                Some(known) => {
                    let (_, shared) = self.forks.swap_remove(known);
                    self.release(pid, shared);
                }
                None => self.unclaimed.push(pid),
            }
        } else if signal == Signal::SIGTRAP {
            proceed(pid, None);
        } else {
            listen(pid);
        }
    }

    fn forked(&mut self, new: Pid, shared: bool) {
        match self.unclaimed.iter().position(|waiting| *waiting == new) {
            Some(waiting) => {
                self.unclaimed.swap_remove(waiting);
                self.release(new, shared);
            }
            None => self.forks.push((new, shared)),
        }
    }

    /// Takes the breakpoint out of a forked process and lets it go; a vfork's memory is the child's own.
    fn release(&self, pid: Pid, shared: bool) {
        if let (Some((address, word)), false) = (self.armed, shared) {
            let _ = ptrace::write(pid, address as ptrace::AddressType, word);
        }
        let _ = ptrace::detach(pid, None);
    }

    fn look_for_interpreter(&mut self) -> Result<()> {
        let Ok(target) = Target::open(self.pid.as_raw() as u32) else { return Ok(()) };
        let Ok(mappings) = target.mappings() else { return Ok(()) };
        let files: Vec<PathBuf> =
            mappings.iter().filter(|map| map.executable).filter_map(|map| map.file.clone()).collect();
        for file in files {
            if self.looked_at.contains(&file) {
                continue;
            }
            // A file that cannot be read now is one without an interpreter: the capture itself will say why.
            let symbols = Symbols::of(&target, &mappings, &file, &["Py_FinalizeEx"]).ok().flatten();
            match symbols.and_then(|symbols| symbols.address("Py_FinalizeEx")) {
                Some(address) => return self.arm(address),
                None => self.looked_at.push(file),
            }
        }
        Ok(())
    }

    fn arm(&mut self, address: u64) -> Result<()> {
        let io = |error: Errno| Error::io("set a breakpoint", error.into());
        ptrace::interrupt(self.pid).map_err(io)?;
        // Whatever stops the thread first will do: memory can be written at any stop.
        let status = waitpid(self.pid, Some(WaitPidFlag::__WALL)).map_err(io)?;
        // An exec that was under way ends what was found; the next look finds the new program.
        let replaced = matches!(status, WaitStatus::PtraceEvent(_, _, libc::PTRACE_EVENT_EXEC));
        if !replaced && !matches!(status, WaitStatus::Exited(..) | WaitStatus::Signaled(..)) {
            let word = ptrace::read(self.pid, address as ptrace::AddressType).map_err(io)?;
            ptrace::write(self.pid, address as ptrace::AddressType, (word & !0xff) | TRAP).map_err(io)?;
            self.armed = Some((address, word));
        }
        self.handle(status).map(|_| ())
    }

    #[cfg(target_arch = "x86_64")]
    fn at_breakpoint(&self, pid: Pid) -> bool {
        // The processor stops behind the one-byte trap.
        let at = ptrace::getregs(pid).map(|registers| registers.rip.wrapping_sub(1)).ok();
        self.armed.is_some_and(|(address, _)| at == Some(address))
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn at_breakpoint(&self, _: Pid) -> bool {
        false
    }

    /// Takes the breakpoint out, stops the whole process and stops tracing it.
    fn leave_stopped(&self, at: Pid) -> Result<()> {
        let io = |error: Errno| Error::io("leave the breakpoint", error.into());
        if let Some((address, word)) = self.armed {
            ptrace::write(at, address as ptrace::AddressType, word).map_err(io)?;
        }
        step_back(at).map_err(io)?;
        let target = Target::open(self.pid.as_raw() as u32)?;
        for thread in target.threads()?.into_iter().map(Pid::from_raw).filter(|thread| *thread != at) {
            if ptrace::interrupt(thread).is_ok() && waitpid(thread, Some(WaitPidFlag::__WALL)).is_ok() {
                let _ = ptrace::detach(thread, None);
            }
        }
        ptrace::detach(at, Signal::SIGSTOP).map_err(io)
    }
}

/// Moves a thread back onto the instruction that the trap had replaced.
#[cfg(target_arch = "x86_64")]
fn step_back(pid: Pid) -> nix::Result<()> {
    let mut registers = ptrace::getregs(pid)?;
    registers.rip -= 1;
    ptrace::setregs(pid, registers)
}

#[cfg(not(target_arch = "x86_64"))]
fn step_back(_: Pid) -> nix::Result<()> {
    Err(Errno::ENOSYS)
}

fn proceed(pid: Pid, signal: Option<Signal>) {
    // An error means that the thread is gone, which its own event reports.
    let _ = ptrace::cont(pid, signal);
}

/// Leaves a process stopped that somebody stopped (Ctrl-Z), and hears of it when it goes on.
fn listen(pid: Pid) {
    // SAFETY: PTRACE_LISTEN takes a thread number and no pointers; nix has no wrapper for it.
    #[expect(unsafe_code, reason = "PTRACE_LISTEN has no safe wrapper")]
    let _ = unsafe { libc::ptrace(libc::PTRACE_LISTEN, pid.as_raw(), 0, 0) };
}
