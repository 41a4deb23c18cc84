//! What finding and reading an interpreter asks of the place where its memory is: a live process or a core file.

use crate::error::{Error, Result};
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};
use std::fmt;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Component, Path, PathBuf};

/// A process, live or as a core file. Its text names it in messages: `process 4711`, `core app.core`.
pub(super) trait Target: fmt::Display {
    /// The mappings, in order of addresses.
    ///
    /// # Errors
    /// The process ended, or may not be looked at.
    fn mappings(&self) -> Result<Vec<Mapping>>;

    /// The executable, in the target's own view of the file system.
    fn executable(&self) -> Option<PathBuf>;

    /// The file behind a mapping, as the target sees it, wherever it is to be found from here.
    ///
    /// # Errors
    /// It is not there, may not be opened, or is not the one that was mapped.
    fn open(&self, mapping: &Mapping) -> Result<File>;

    /// Reads memory up to the first page that is not there; gives the number of bytes read.
    ///
    /// # Errors
    /// The right to read is missing, or the process is gone.
    fn read(&self, address: u64, buffer: &mut [u8]) -> Result<usize>;

    /// A few bytes: for what does not change.
    ///
    /// # Errors
    /// As [`read`](Target::read), or there is no memory at that address.
    fn peek(&self, address: u64, length: usize) -> Result<Vec<u8>> {
        let mut buffer = vec![0; length];
        if self.read(address, &mut buffer)? < length {
            return Err(Error::malformed(format!("{self}: no {length} bytes at {address:#x}")));
        }
        Ok(buffer)
    }

    /// The 64-bit word at an address.
    ///
    /// # Errors
    /// As [`peek`](Target::peek).
    fn peek_word(&self, address: u64) -> Result<u64> {
        let bytes = self.peek(address, 8)?;
        Ok(bytes.try_into().map_or(0, u64::from_le_bytes))
    }
}

/// One piece of a process's address space: a line of `/proc/PID/maps`, or a segment of a core file.
#[derive(Clone, Debug)]
pub(super) struct Mapping {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) readable: bool,
    pub(super) writable: bool,
    pub(super) executable: bool,
    /// Shared memory, the kernel's own pages and devices: never Python's heap, and not always safe to read.
    pub(super) foreign: bool,
    pub(super) file_offset: u64,
    /// In the target's own view of the file system.
    pub(super) file: Option<PathBuf>,
}

impl Mapping {
    /// Whether objects may lie here: private memory that the process can write.
    pub(super) fn may_hold_objects(&self) -> bool {
        self.readable && self.writable && !self.foreign
    }

    pub(super) fn len(&self) -> u64 {
        self.end - self.start
    }
}

/// Opens a file by a name that the target gave. Anything may stand there by now: to open a pipe would wait for its other
/// end, and a device may act on it. So what is there is looked at before it is opened.
///
/// # Errors
/// It is not there, may not be opened, or is no regular file.
pub(super) fn open_regular(path: &Path) -> std::io::Result<File> {
    regular(File::options().read(true).custom_flags(libc::O_PATH).open(path)?)
}

/// How often to ask for a file that others' renaming keeps from being found.
const OPEN_TRIES: u32 = 50;

/// As [`open_regular`], by the full name that a file has under another root: no `..` and no link leads out of there, and
/// a link to a full name leads to the one there.
///
/// # Errors
/// As [`open_regular`].
pub(super) fn open_within(root: &Path, name: &Path) -> std::io::Result<File> {
    let folder = File::options().read(true).custom_flags(libc::O_PATH | libc::O_DIRECTORY).open(root)?;
    let how = OpenHow::new().flags(OFlag::O_PATH | OFlag::O_CLOEXEC).resolve(ResolveFlag::RESOLVE_IN_ROOT);
    // Where anything on the machine is renamed meanwhile, `..` has to be asked for again (openat2(2)).
    let mut tries = (0..OPEN_TRIES).map(|_| openat2(&folder, name, how));
    match tries.find(|opened| !matches!(opened, Err(Errno::EAGAIN))).unwrap_or(Err(Errno::EAGAIN)) {
        Ok(handle) => regular(handle.into()),
        // Linux has it since 5.6, and filters of system calls that are older forbid it: then links are followed as they
        // are.
        Err(Errno::ENOSYS | Errno::EPERM) => open_regular(&below(root, name)),
        Err(error) => Err(error.into()),
    }
}

/// A full name under another root; `..` stops there.
pub(super) fn below(root: &Path, name: &Path) -> PathBuf {
    let mut steps = Vec::new();
    for step in name.components() {
        match step {
            Component::Normal(step) => steps.push(step),
            Component::ParentDir => _ = steps.pop(),
            _ => {}
        }
    }
    root.join(steps.into_iter().collect::<PathBuf>())
}

fn regular(handle: File) -> std::io::Result<File> {
    if !handle.metadata()?.is_file() {
        return Err(std::io::Error::other("not a regular file"));
    }
    File::open(format!("/proc/self/fd/{}", handle.as_raw_fd()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_pipe_is_not_waited_for_and_a_device_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let [pipe, file, link] = ["pipe", "file", "link"].map(|name| folder.path().join(name));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        std::fs::write(&file, "bytes").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        for other in [pipe.as_path(), Path::new("/dev/null"), folder.path()] {
            assert_eq!(open_regular(other).unwrap_err().to_string(), "not a regular file", "{}", other.display());
        }
        for path in [&file, &link] {
            let mut text = String::new();
            open_regular(path).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "bytes");
        }
        assert_eq!(open_regular(&folder.path().join("none")).unwrap_err().kind(), std::io::ErrorKind::NotFound);
    }

    #[test]
    fn no_name_leads_out_of_another_root() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        std::fs::create_dir_all(root.join("lib")).unwrap();
        std::fs::write(folder.path().join("python"), "outside").unwrap();
        std::fs::write(root.join("python"), "inside").unwrap();
        std::os::unix::fs::symlink("/python", root.join("full")).unwrap();
        std::os::unix::fs::symlink("../python", root.join("upwards")).unwrap();
        for name in ["/python", "/../python", "/full", "/upwards", "/lib/../../python"] {
            let name = Path::new(name);
            assert_eq!(below(&root, name).parent(), Some(root.as_path()), "{}", name.display());
            let mut text = String::new();
            open_within(&root, name).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "inside", "{}", name.display());
        }
        assert_eq!(open_within(&root, Path::new("/none")).unwrap_err().kind(), std::io::ErrorKind::NotFound);
    }
}
