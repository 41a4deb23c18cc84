//! What `/proc` tells of a process: its mappings, threads, command line and files.

use super::rights;
use super::target::{Mapping, Target, open_regular, open_within};
use crate::error::{Error, Result};
use nix::errno::Errno;
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;
use procfs::process::{MMPermissions, MMapPath, MemoryMap};
use std::fmt;
use std::fs::File;
use std::io::IoSliceMut;
use std::path::{Path, PathBuf};

/// A live process, by number.
pub(super) struct Process {
    pub(super) pid: u32,
    entry: procfs::process::Process,
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.pid)
    }
}

impl Process {
    /// Looks the process up.
    ///
    /// # Errors
    /// No such process, or one that ended already and only waits for its parent.
    pub(super) fn open(pid: u32) -> Result<Self> {
        let number = i32::try_from(pid).map_err(|_| gone(pid))?;
        let entry = procfs::process::Process::new(number).map_err(|error| from_proc(pid, error))?;
        let process = Process { pid, entry };
        let stat = process.entry.stat().map_err(|error| from_proc(pid, error))?;
        if rights::is_over(&stat) {
            return Err(Error::no_process(format!("process {pid} has ended already and waits for its parent")));
        }
        if process.entry.exe().is_err() && process.mappings().is_ok_and(|mappings| mappings.is_empty()) {
            return Err(Error::not_python(format!("process {pid} is a kernel thread")));
        }
        Ok(process)
    }

    /// The threads' kernel numbers.
    pub(super) fn threads(&self) -> Result<Vec<i32>> {
        let tasks = self.entry.tasks().map_err(|error| from_proc(self.pid, error))?;
        Ok(tasks.filter_map(|task| task.ok().map(|task| task.tid)).collect())
    }

    /// The process's argv; empty where it may not be read.
    pub(super) fn command(&self) -> Vec<String> {
        self.entry.cmdline().unwrap_or_default()
    }

    /// Resident memory in bytes.
    pub(super) fn resident_bytes(&self) -> u64 {
        self.entry.statm().map_or(0, |memory| memory.resident.saturating_mul(page_size()))
    }

    /// Whether a thread has ended or is on its way out: nobody may trace it then, and for the same error as if somebody
    /// did.
    pub(super) fn is_over(&self, thread: Pid) -> bool {
        self.entry.task_from_tid(thread.as_raw()).and_then(|task| task.stat()).is_ok_and(|stat| rights::is_over(&stat))
    }

    /// Who debugs a thread already, if somebody does: number and name, `4711 (gdb)`.
    pub(super) fn tracer(&self, thread: Pid) -> Option<String> {
        let status = self.entry.task_from_tid(thread.as_raw()).and_then(|task| task.status());
        // The kernel names the thread that traces.
        let thread = status.ok().map(|status| status.tracerpid).filter(|tracer| *tracer != 0)?;
        let tracer = procfs::process::Process::new(thread).and_then(|tracer| tracer.status());
        Some(tracer.map_or_else(|_| thread.to_string(), |tracer| format!("{} ({})", tracer.tgid, tracer.name)))
    }

    /// The process's number in its own pid namespace, where that is another one than ours.
    pub(super) fn namespace_pid(&self) -> Option<u32> {
        let numbers = self.entry.status().ok()?.nspid?;
        let inner = u32::try_from(*numbers.last()?).ok()?;
        (inner != self.pid).then_some(inner)
    }

    /// The file with a record per page that tells which pages are there.
    pub(super) fn page_map(&self) -> std::io::Result<File> {
        File::open(format!("/proc/{}/pagemap", self.pid))
    }
}

impl Target for Process {
    fn mappings(&self) -> Result<Vec<Mapping>> {
        let maps = self.entry.maps().map_err(|error| from_proc(self.pid, error))?;
        Ok(maps.into_iter().map(mapping).collect())
    }

    fn executable(&self) -> Option<PathBuf> {
        self.entry.exe().ok()
    }

    /// By the mapping (proc_pid_map_files(5), which takes CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE): that is the file that
    /// is mapped, whatever became of its name. Without the right by its name through the target's root, whatever mount
    /// namespace it runs in, or as `/proc/PID/exe`.
    fn open(&self, mapping: &Mapping) -> Result<File> {
        let Some(file) = mapping.file.as_deref() else {
            return Err(Error::invalid(format!("{self}: no file at {:#x}", mapping.start)));
        };
        let map_file = format!("/proc/{}/map_files/{:x}-{:x}", self.pid, mapping.start, mapping.end);
        if let Ok(found) = open_regular(Path::new(&map_file)) {
            return Ok(found);
        }
        let by_name = open_within(Path::new(&format!("/proc/{}/root", self.pid)), file);
        // The kernel adds " (deleted)" to the name of a file that lost it, so another one's name is never taken.
        let error = match by_name {
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        // Who may not even see the root lacks the right to all of it.
        if error.kind() == std::io::ErrorKind::PermissionDenied
            && std::fs::read_link(format!("/proc/{}/root", self.pid)).is_err()
        {
            return Err(rights::denied(self.pid));
        }
        if self.executable().as_deref() == Some(file)
            && let Ok(found) = open_regular(Path::new(&format!("/proc/{}/exe", self.pid)))
        {
            return Ok(found);
        }
        Err(Error::io(format!("open {} of {self}", file.display()), error).with_hint(
            "the file was replaced or deleted while the program runs: as root it is still to be had, \
             or take a core file (gcore) and name the old file with --exe or --sysroot",
        ))
    }

    fn read(&self, address: u64, buffer: &mut [u8]) -> Result<usize> {
        let mut done = 0;
        while done < buffer.len() {
            // The kernel moves at most 2 GiB at a time.
            let chunk = (buffer.len() - done).min(1 << 30);
            let remote = RemoteIoVec { base: address as usize + done, len: chunk };
            let mut local = [IoSliceMut::new(&mut buffer[done..done + chunk])];
            match process_vm_readv(Pid::from_raw(self.pid as i32), &mut local, &[remote]) {
                Ok(0) | Err(Errno::EFAULT | Errno::EIO) => break,
                Ok(count) => done += count,
                Err(Errno::EPERM | Errno::ENOSYS) => return Err(rights::denied(self.pid)),
                Err(Errno::ESRCH) => {
                    return Err(Error::no_process(format!("{self} ended while it was being copied")));
                }
                Err(error) => return Err(Error::io(format!("read memory of {self}"), error.into())),
            }
        }
        Ok(done)
    }
}

fn mapping(map: MemoryMap) -> Mapping {
    let file = match &map.pathname {
        MMapPath::Path(path) => Some(path.clone()),
        _ => None,
    };
    let kernel = matches!(map.pathname, MMapPath::Vdso | MMapPath::Vvar | MMapPath::Vsyscall | MMapPath::Other(_));
    // A device's memory may have side effects when read; its path says what it is.
    let device = file.as_deref().is_some_and(|path| path.starts_with("/dev/") && !path.starts_with("/dev/shm"));
    let has = |permission| map.perms.contains(permission);
    Mapping {
        start: map.address.0,
        end: map.address.1,
        readable: has(MMPermissions::READ),
        writable: has(MMPermissions::WRITE),
        executable: has(MMPermissions::EXECUTE),
        foreign: has(MMPermissions::SHARED) || (kernel && !is_named_anonymous(&map.pathname)) || device,
        file_offset: map.offset,
        file,
    }
}

/// `[anon:…]`, as a process may name its own memory (PR_SET_VMA_ANON_NAME): glibc and CPython 3.13 do.
fn is_named_anonymous(path: &MMapPath) -> bool {
    matches!(path, MMapPath::Other(name) if name.starts_with("anon"))
}

/// Bytes per page of memory.
pub(super) fn page_size() -> u64 {
    procfs::page_size()
}

fn gone(pid: u32) -> Error {
    Error::no_process(format!("there is no process {pid}")).with_hint("ps ax | grep python")
}

fn from_proc(pid: u32, error: procfs::ProcError) -> Error {
    match error {
        procfs::ProcError::NotFound(_) => gone(pid),
        procfs::ProcError::PermissionDenied(_) => rights::denied(pid),
        procfs::ProcError::Io(error, _) if error.raw_os_error() == Some(libc::ESRCH) => gone(pid),
        other => Error::io(format!("process {pid}"), std::io::Error::other(other)),
    }
}
