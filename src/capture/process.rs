//! What `/proc` tells of a process: its mappings, threads, command line and files.

use crate::error::{Error, Result};
use procfs::process::{MMPermissions, MMapPath, MemoryMap, Process};
use std::path::{Path, PathBuf};

/// A live process, by number.
pub(super) struct Target {
    pub(super) pid: u32,
    process: Process,
}

/// One line of `/proc/PID/maps`.
#[derive(Clone, Debug)]
pub(super) struct Mapping {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) readable: bool,
    pub(super) writable: bool,
    pub(super) executable: bool,
    pub(super) shared: bool,
    pub(super) file_offset: u64,
    /// In the target's own view of the file system.
    pub(super) file: Option<PathBuf>,
    kernel: bool,
}

impl Mapping {
    /// Whether objects may lie here: private memory that the process can write. Shared memory is never Python's heap,
    /// and the kernel's own pages are nobody's.
    pub(super) fn may_hold_objects(&self) -> bool {
        self.readable && self.writable && !self.shared && !self.kernel
    }
}

impl Target {
    /// Looks the process up.
    ///
    /// # Errors
    /// No such process, or one that ended already and only waits for its parent.
    pub(super) fn open(pid: u32) -> Result<Self> {
        let number = i32::try_from(pid).map_err(|_| gone(pid))?;
        let process = Process::new(number).map_err(|error| from_proc(pid, error))?;
        let target = Target { pid, process };
        let state = target.process.stat().map_err(|error| from_proc(pid, error))?.state;
        if matches!(state, 'Z' | 'X' | 'x') {
            return Err(Error::no_process(format!("process {pid} has ended already and waits for its parent")));
        }
        if target.process.exe().is_err() && target.mappings().is_ok_and(|mappings| mappings.is_empty()) {
            return Err(Error::not_python(format!("process {pid} is a kernel thread")));
        }
        Ok(target)
    }

    /// The mappings, in order of addresses.
    ///
    /// # Errors
    /// The process ended, or may not be looked at.
    pub(super) fn mappings(&self) -> Result<Vec<Mapping>> {
        let maps = self.process.maps().map_err(|error| from_proc(self.pid, error))?;
        Ok(maps.into_iter().map(mapping).collect())
    }

    /// The threads' kernel numbers.
    pub(super) fn threads(&self) -> Result<Vec<i32>> {
        let tasks = self.process.tasks().map_err(|error| from_proc(self.pid, error))?;
        Ok(tasks.filter_map(|task| task.ok().map(|task| task.tid)).collect())
    }

    /// The process's argv; empty where it may not be read.
    pub(super) fn command(&self) -> Vec<String> {
        self.process.cmdline().unwrap_or_default()
    }

    /// The executable, in the target's own view of the file system.
    pub(super) fn executable(&self) -> Option<PathBuf> {
        self.process.exe().ok()
    }

    /// Resident memory in bytes.
    pub(super) fn resident_bytes(&self) -> u64 {
        self.process.statm().map_or(0, |memory| memory.resident.saturating_mul(page_size()))
    }

    /// Who debugs the process already, if somebody does.
    pub(super) fn tracer(&self) -> Option<i32> {
        self.process.status().ok().map(|status| status.tracerpid).filter(|tracer| *tracer != 0)
    }

    /// Where a file of the target's is to be found from here, whatever mount namespace it runs in.
    pub(super) fn path(&self, file: &Path) -> PathBuf {
        let relative = file.strip_prefix("/").unwrap_or(file);
        PathBuf::from(format!("/proc/{}/root", self.pid)).join(relative)
    }

    /// The file with a record per page that tells which pages are there.
    pub(super) fn page_map(&self) -> std::io::Result<std::fs::File> {
        std::fs::File::open(format!("/proc/{}/pagemap", self.pid))
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
        shared: has(MMPermissions::SHARED),
        file_offset: map.offset,
        file,
        kernel: (kernel && !is_named_anonymous(&map.pathname)) || device,
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
        procfs::ProcError::PermissionDenied(_) => super::stop::denied(pid),
        procfs::ProcError::Io(error, _) if error.raw_os_error() == Some(libc::ESRCH) => gone(pid),
        other => Error::io(format!("process {pid}"), std::io::Error::other(other)),
    }
}
