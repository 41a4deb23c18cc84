//! Letting a program of our own run until its interpreter is about to be torn down.
//!
//! A breakpoint at `Py_FinalizeEx`, set in our own child alone. A first one at the program's entry point says when its
//! libraries are in place, so that even the shortest program is caught; what loads its interpreter later is looked at
//! again and again. All its threads are followed, so that whichever meets
//! the breakpoint is caught; processes it forks get their copy of the breakpoint removed and are let go.

use super::elf::Symbols;
use super::launch::Go;
use super::process::Process;
use super::stop::{self, Held, Stopped};
use super::target::Target;
use super::trap::Trap;
use crate::error::{Error, Result};
use nix::errno::Errno;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

/// How long to sleep between two looks at a program that has not loaded its interpreter yet.
const LOOK: Duration = Duration::from_millis(1);

/// Runs the child, which waits for it, until it calls `Py_FinalizeEx`; it stands still there until the result is
/// dropped.
///
/// # Errors
/// It ended otherwise, or this machine's processor has no breakpoint rule here.
pub(super) fn run_until_finalize(child: &Child, mut go: Go) -> Result<Stopped> {
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
            go.give().map_err(|error| Error::io("start the program", error))?;
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
        let met = self.until_finalize();
        // On an error too the breakpoint is taken out, and the program goes on when the result is dropped.
        let held = self.hold(met.as_ref().ok().copied());
        met.and(held)
    }

    /// Gives the thread that met the breakpoint at the interpreter's end.
    fn until_finalize(&mut self) -> Result<Pid> {
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
                        return Ok(at);
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
                (self.entry, self.finalize) = (None, None);
                self.looked_at.clear();
                self.entry = entry_point(pid).and_then(|address| Trap::set(pid, address).ok());
                proceed(pid, None);
            }
            WaitStatus::PtraceEvent(pid, _, libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK) => {
                self.note_fork(status);
                proceed(pid, None);
            }
            WaitStatus::PtraceEvent(pid, signal, libc::PTRACE_EVENT_STOP) => self.event_stop(pid, signal),
            WaitStatus::PtraceEvent(pid, ..) => proceed(pid, None),
            WaitStatus::Stopped(pid, Signal::SIGTRAP) if is_at(pid, self.finalize.as_ref()) => return Ok(Some(pid)),
            WaitStatus::Stopped(pid, Signal::SIGTRAP) if is_at(pid, self.entry.as_ref()) => {
                step_back(pid, self.entry.take().as_ref())?;
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

    /// The number of a process that was just forked, from the thread that did it.
    fn note_fork(&mut self, status: WaitStatus) {
        if let WaitStatus::PtraceEvent(pid, _, event @ (libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK)) = status
            && let Ok(new) = ptrace::getevent(pid)
        {
            self.forked(Pid::from_raw(new as i32), event == libc::PTRACE_EVENT_VFORK);
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
        for trap in [&self.entry, &self.finalize].into_iter().flatten().filter(|_| !shared) {
            let _ = trap.remove_from(pid);
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
        let io = |error| Error::io("set a breakpoint", error);
        if let Some(pid) = stopped {
            self.finalize = Some(Trap::set(pid, address).map_err(io)?);
            return Ok(());
        }
        ptrace::interrupt(self.pid).map_err(|error| io(error.into()))?;
        // Whatever stops the thread first will do: memory can be written at any stop.
        let status = waitpid(self.pid, Some(WaitPidFlag::__WALL)).map_err(|error| io(error.into()))?;
        // An exec that was under way ends what was found; the next look finds the new program.
        let replaced = matches!(status, WaitStatus::PtraceEvent(_, _, libc::PTRACE_EVENT_EXEC));
        if !replaced && !matches!(status, WaitStatus::Exited(..) | WaitStatus::Signaled(..)) {
            self.finalize = Some(Trap::set(self.pid, address).map_err(io)?);
        }
        self.handle(status).map(|_| ())
    }

    /// Stops all threads, of which `at` stands still already, and takes the breakpoint out. They stay traced: should
    /// this process die, the kernel lets them all go on.
    fn hold(mut self, at: Option<Pid>) -> Result<Stopped> {
        let target = Process::open(self.pid.as_raw() as u32)?;
        let stopped = Stopped::gather(&target, |thread, since| {
            if Some(thread) == at {
                return self.held_at_trap(thread).map(Some);
            }
            if ptrace::interrupt(thread).is_err() {
                return Ok(None);
            }
            match stop::wait(thread, since)? {
                Some(WaitStatus::Stopped(_, Signal::SIGTRAP)) if is_at(thread, self.finalize.as_ref()) => {
                    self.held_at_trap(thread).map(Some)
                }
                Some(status) => {
                    self.note_fork(status);
                    Ok(Some(Held::at(thread, status)))
                }
                None => Ok(None),
            }
        })?;
        for (fork, shared) in std::mem::take(&mut self.forks) {
            if stop::wait(fork, Instant::now())?.is_some() {
                self.release(fork, shared);
            }
        }
        // Those of which nobody said whether they share memory: there is no breakpoint left to keep.
        self.unclaimed.iter().for_each(|fork| self.release(*fork, false));
        Ok(stopped)
    }

    fn held_at_trap(&self, thread: Pid) -> Result<Held> {
        step_back(thread, self.finalize.as_ref())?;
        Ok(Held { thread, pending: None })
    }
}

/// `AT_ENTRY`: where the loader jumps once all libraries are in place (getauxval(3)).
fn entry_point(pid: Pid) -> Option<u64> {
    const AT_ENTRY: u64 = 9;
    procfs::process::Process::new(pid.as_raw()).ok()?.auxv().ok()?.get(&AT_ENTRY).copied()
}

fn is_at(thread: Pid, trap: Option<&Trap>) -> bool {
    trap.is_some_and(|trap| trap.stopped(thread))
}

/// Puts a thread that met a trap back in front of it, so that it goes on as if there had been none.
fn step_back(thread: Pid, trap: Option<&Trap>) -> Result<()> {
    let done = trap.map_or(Ok(()), |trap| trap.step_back(thread));
    done.map_err(|error| Error::io("leave a breakpoint", error.into()))
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
