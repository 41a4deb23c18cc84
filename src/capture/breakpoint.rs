//! Letting a program of our own run until its interpreter is about to be torn down.
//!
//! A breakpoint at `Py_FinalizeEx`, set in our own child alone. A first one at the program's entry point says when its
//! libraries are in place, so that even the shortest program is caught; what loads its interpreter later is looked at
//! again and again. All its threads are followed, so that whichever meets
//! the breakpoint is caught; processes it forks get their copy of the breakpoint removed and are let go.

use super::elf::Symbols;
use super::process::Process;
use super::stop::Stopped;
use super::target::Target;
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

/// Runs the child, which waits stopped for it, until it calls `Py_FinalizeEx`; it stands still there until the result
/// is dropped.
///
/// # Errors
/// It ended otherwise, or this machine's processor has no breakpoint rule here.
pub(super) fn run_until_finalize(child: &Child) -> Result<Stopped> {
    if !cfg!(target_arch = "x86_64") {
        return Err(Error::unsupported("capturing a program at its end needs x86_64").with_hint("use --after SECONDS"));
    }
    let pid = Pid::from_raw(child.id() as i32);
    let follow = Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACEEXEC;
    match ptrace::seize(pid, follow) {
        Ok(()) => {
            let tracer = Tracer {
                pid,
                started: false,
                entry: None,
                finalize: None,
                looked_at: Vec::new(),
                forks: Vec::new(),
                unclaimed: Vec::new(),
            };
            // It waits for this: a shell that stopped itself before it becomes the program.
            kill(pid, Signal::SIGCONT).map_err(|error| Error::io("start the program", error.into()))?;
            tracer.run()
        }
        Err(Errno::ESRCH | Errno::EPERM) => Err(ended_early("before it could be followed")),
        Err(error) => Err(Error::io("follow the program", error.into())),
    }
}

fn ended_early(how: &str) -> Error {
    Error::no_process(format!("ended {how}; nothing was captured"))
        .with_hint("a program that ends by os._exit or a signal skips the interpreter's end: use --after SECONDS")
}

/// Where a trap stands, and the word that it replaced.
#[derive(Clone, Copy)]
struct Trap {
    address: u64,
    word: i64,
}

impl Trap {
    fn set(pid: Pid, address: u64) -> nix::Result<Self> {
        let word = ptrace::read(pid, address as ptrace::AddressType)?;
        ptrace::write(pid, address as ptrace::AddressType, (word & !0xff) | TRAP)?;
        Ok(Trap { address, word })
    }

    fn remove(self, pid: Pid) -> nix::Result<()> {
        ptrace::write(pid, self.address as ptrace::AddressType, self.word)
    }
}

struct Tracer {
    pid: Pid,
    /// Whether the shell has become the program.
    started: bool,
    /// At the program's first instruction of its own.
    entry: Option<Trap>,
    /// At `Py_FinalizeEx`.
    finalize: Option<Trap>,
    /// Files that were searched for the interpreter and do not have it.
    looked_at: Vec<PathBuf>,
    /// Processes that the child is known to have forked: true if they share its memory (vfork).
    forks: Vec<(Pid, bool)>,
    /// New processes that stopped before their fork was reported.
    unclaimed: Vec<Pid>,
}

impl Tracer {
    fn run(mut self) -> Result<Stopped> {
        loop {
            let flags = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
            let flags = if self.finalize.is_some() { flags } else { flags | WaitPidFlag::WNOHANG };
            match waitpid(None, Some(flags)) {
                Ok(WaitStatus::StillAlive) => {
                    self.look_for_interpreter(None)?;
                    std::thread::sleep(LOOK);
                }
                Ok(status) => {
                    if let Some(at) = self.handle(status)? {
                        return self.stop_all(at);
                    }
                }
                Err(Errno::EINTR) => {}
                Err(error) => return Err(Error::io("follow the program", error.into())),
            }
        }
    }

    /// Deals with one event; gives the thread that met the breakpoint at the interpreter's end.
    fn handle(&mut self, status: WaitStatus) -> Result<Option<Pid>> {
        match status {
            // How a shell says that it could not become the program (POSIX, Shell Command Language 2.8.2).
            WaitStatus::Exited(pid, 126 | 127) if pid == self.pid && !self.started => {
                return Err(Error::io("start the program", std::io::ErrorKind::NotFound.into()));
            }
            WaitStatus::Exited(pid, code) if pid == self.pid => {
                return Err(ended_early(&format!("with status {code} without the interpreter's end")));
            }
            WaitStatus::Signaled(pid, signal, _) if pid == self.pid => {
                return Err(ended_early(&format!("by {signal}")));
            }
            WaitStatus::PtraceEvent(pid, _, libc::PTRACE_EVENT_EXEC) => {
                // A new program: the breakpoints went with the old one's memory.
                self.started = true;
                self.finalize = None;
                self.looked_at.clear();
                self.entry = entry_point(pid).and_then(|address| Trap::set(pid, address).ok());
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
            WaitStatus::Stopped(pid, Signal::SIGTRAP) if is_at(pid, self.finalize) => return Ok(Some(pid)),
            WaitStatus::Stopped(pid, Signal::SIGTRAP) if is_at(pid, self.entry) => {
                leave(pid, self.entry.take())?;
                self.look_for_interpreter(Some(pid))?;
                proceed(pid, None);
            }
            WaitStatus::Stopped(pid, signal) => proceed(pid, Some(signal)),
            _ => {}
        }
        Ok(None)
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
        for trap in self.finalize.into_iter().filter(|_| !shared) {
            let _ = trap.remove(pid);
        }
        let _ = ptrace::detach(pid, None);
    }

    /// Looks through the loaded files; `stopped` is a thread that stands still already.
    fn look_for_interpreter(&mut self, stopped: Option<Pid>) -> Result<()> {
        // One trap is enough, and a second would take the first for the program's own code. Up to its entry point
        // the program will stop by itself.
        if self.finalize.is_some() || (stopped.is_none() && (self.entry.is_some() || !self.started)) {
            return Ok(());
        }
        let Ok(target) = Process::open(self.pid.as_raw() as u32) else { return Ok(()) };
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
                Some(address) => return self.arm(address, stopped),
                None => self.looked_at.push(file),
            }
        }
        Ok(())
    }

    fn arm(&mut self, address: u64, stopped: Option<Pid>) -> Result<()> {
        let io = |error: Errno| Error::io("set a breakpoint", error.into());
        if let Some(pid) = stopped {
            self.finalize = Some(Trap::set(pid, address).map_err(io)?);
            return Ok(());
        }
        ptrace::interrupt(self.pid).map_err(io)?;
        // Whatever stops the thread first will do: memory can be written at any stop.
        let status = waitpid(self.pid, Some(WaitPidFlag::__WALL)).map_err(io)?;
        // An exec that was under way ends what was found; the next look finds the new program.
        let replaced = matches!(status, WaitStatus::PtraceEvent(_, _, libc::PTRACE_EVENT_EXEC));
        if !replaced && !matches!(status, WaitStatus::Exited(..) | WaitStatus::Signaled(..)) {
            self.finalize = Some(Trap::set(self.pid, address).map_err(io)?);
        }
        self.handle(status).map(|_| ())
    }

    /// Takes the breakpoint out and stops the other threads. They stay traced: should this process die, the kernel
    /// lets them all go on.
    fn stop_all(&self, at: Pid) -> Result<Stopped> {
        leave(at, self.finalize)?;
        let target = Process::open(self.pid.as_raw() as u32)?;
        let mut threads = vec![at];
        for thread in target.threads()?.into_iter().map(Pid::from_raw).filter(|thread| *thread != at) {
            if ptrace::interrupt(thread).is_ok() && waitpid(thread, Some(WaitPidFlag::__WALL)).is_ok() {
                threads.push(thread);
            }
        }
        Ok(Stopped::adopt(threads))
    }
}

/// `AT_ENTRY`: where the loader jumps once all libraries are in place (getauxval(3)).
fn entry_point(pid: Pid) -> Option<u64> {
    const AT_ENTRY: u64 = 9;
    procfs::process::Process::new(pid.as_raw()).ok()?.auxv().ok()?.get(&AT_ENTRY).copied()
}

/// Whether a thread has just run into a trap: the processor stops behind its one byte.
#[cfg(target_arch = "x86_64")]
fn is_at(pid: Pid, trap: Option<Trap>) -> bool {
    let at = ptrace::getregs(pid).map(|registers| registers.rip.wrapping_sub(1)).ok();
    trap.is_some_and(|trap| at == Some(trap.address))
}

#[cfg(not(target_arch = "x86_64"))]
fn is_at(_: Pid, _: Option<Trap>) -> bool {
    false
}

/// Takes a trap out under the thread that met it, so that it goes on as if it had never been there.
fn leave(pid: Pid, trap: Option<Trap>) -> Result<()> {
    let Some(trap) = trap else { return Ok(()) };
    let left = trap.remove(pid).and_then(|()| step_back(pid));
    left.map_err(|error| Error::io("leave a breakpoint", error.into()))
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
    let unused = std::ptr::null_mut::<libc::c_void>();
    // SAFETY: the arguments have the types that ptrace(2) declares: the C library takes two pointers out of the variable
    // arguments whatever the request. PTRACE_LISTEN reads neither, and touches no memory of ours.
    #[expect(unsafe_code, reason = "PTRACE_LISTEN has no safe wrapper")]
    let _ = unsafe { libc::ptrace(libc::PTRACE_LISTEN, pid.as_raw(), unused, unused) };
}
