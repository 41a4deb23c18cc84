//! A breakpoint in a program that this process started, and a guard that takes it out whatever becomes of us.
//!
//! A processor's debug registers would not change the program's memory, but the kernel leaves them set when the tracer
//! dies, and the program then dies at the breakpoint. So the breakpoint is a byte, and a process of a few pages waits
//! for our end to put the old one back.

use nix::errno::Errno;
use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;

/// `int3`, one byte (Intel SDM, volume 2).
const TRAP: u8 = 0xcc;

/// A breakpoint; dropped, it is gone.
pub(super) struct Trap {
    address: u64,
    /// The byte that it replaced.
    byte: u8,
    memory: File,
    _guard: Guard,
}

impl Trap {
    /// Sets it in a process that this thread traces and that stands still.
    pub(super) fn set(pid: Pid, address: u64) -> io::Result<Self> {
        let memory = memory_of(pid)?;
        let mut byte = [0];
        memory.read_exact_at(&mut byte, address)?;
        let guard = Guard::start(&memory, address, byte[0])?;
        memory.write_all_at(&[TRAP], address)?;
        Ok(Trap { address, byte: byte[0], memory, _guard: guard })
    }

    /// Takes the copy of it out of a process that was forked.
    pub(super) fn remove_from(&self, fork: Pid) -> io::Result<()> {
        memory_of(fork)?.write_all_at(&[self.byte], self.address)
    }

    /// Whether a thread has just run into it: the processor stops behind its one byte.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn stopped(&self, thread: Pid) -> bool {
        ptrace::getregs(thread).is_ok_and(|registers| registers.rip.wrapping_sub(1) == self.address)
    }

    /// Moves a thread that ran into it back onto the instruction that it had replaced.
    #[cfg(target_arch = "x86_64")]
    pub(super) fn step_back(&self, thread: Pid) -> nix::Result<()> {
        let mut registers = ptrace::getregs(thread)?;
        registers.rip = self.address;
        ptrace::setregs(thread, registers)
    }

    #[cfg(not(target_arch = "x86_64"))]
    pub(super) fn stopped(&self, _: Pid) -> bool {
        false
    }

    #[cfg(not(target_arch = "x86_64"))]
    pub(super) fn step_back(&self, _: Pid) -> nix::Result<()> {
        Err(Errno::ENOSYS)
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        // It fails where that memory is gone: the program ended, or became another one.
        let _ = self.memory.write_all_at(&[self.byte], self.address);
    }
}

/// The memory stays the one that the process has now: should it become another program, writes go nowhere.
fn memory_of(pid: Pid) -> io::Result<File> {
    File::options().read(true).write(true).open(format!("/proc/{pid}/mem"))
}

/// A process that puts a byte back when this process ends, however it ends.
struct Guard {
    process: Pid,
    /// Closed by the kernel at our end, which is what the guard waits for.
    _we_live: PipeWriter,
}

impl Guard {
    fn start(memory: &File, address: u64, byte: u8) -> io::Result<Self> {
        let (our_end, we_live) = io::pipe()?;
        // SAFETY: other threads of this process may hold locks; until it ends, the child calls only system calls that
        // are safe in a signal handler (signal-safety(7)) and touches no memory but its own stack.
        #[expect(unsafe_code, reason = "fork has no safe wrapper")]
        match unsafe { fork() }? {
            ForkResult::Parent { child } => Ok(Guard { process: child, _we_live: we_live }),
            ForkResult::Child => stand_guard(&our_end, memory, address, byte),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = kill(self.process, Signal::SIGKILL);
        while waitpid(self.process, Some(WaitPidFlag::__WALL)) == Err(Errno::EINTR) {}
    }
}

/// What the guard does: nothing of the parent's stays open in it, and no signal for all of the terminal ends it.
#[expect(unsafe_code, reason = "between fork and the end bare system calls alone are safe")]
fn stand_guard(our_end: &PipeReader, memory: &File, address: u64, byte: u8) -> ! {
    const NAME: &std::ffi::CStr = c"heapgraph-guard";
    // SAFETY: system calls only, on descriptors that were open at the fork and on memory of this stack frame.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const all, std::ptr::null_mut());
        libc::prctl(libc::PR_SET_NAME, NAME.as_ptr());
        // Both are new descriptors above the three standard ones, so neither overwrites the other.
        libc::dup2(our_end.as_raw_fd(), 0);
        libc::dup2(memory.as_raw_fd(), 1);
        libc::syscall(libc::SYS_close_range, 2, libc::c_uint::MAX, 0);
        let mut nothing = 0u8;
        while libc::read(0, (&raw mut nothing).cast(), 1) < 0 && *libc::__errno_location() == libc::EINTR {}
        libc::pwrite(1, (&raw const byte).cast(), 1, address.cast_signed());
        libc::_exit(0)
    }
}
