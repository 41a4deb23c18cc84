//! Files that are there whole or not at all.

use super::Overwrite;
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempPath};

/// How much of the target's name goes into the temporary one: both together stay below the 255 bytes of most file
/// systems.
const NAME_BYTES: usize = 180;

/// A file that gets its name when it is whole: for snapshots, pictures and everything else that is asked for by name.
///
/// Until [`commit`](AtomicFile::commit) it is called `.NAME.PID.RANDOM.tmp`, in the same folder and readable by its
/// owner alone: a heap holds secrets. Dropped before, it is removed. A process that is killed leaves it behind; the
/// next one that writes the same target sweeps it. While a writer lives it holds a lock on its file, so a process
/// number that was given out again deceives nobody.
///
/// What is no regular file (`/dev/stdout`, a pipe) is written directly. A symbolic link stays, its target is replaced.
pub struct AtomicFile {
    target: PathBuf,
    overwrite: Overwrite,
    // The file is closed, and so unlocked, before the path is dropped, and so removed.
    file: BufWriter<File>,
    temporary: Option<TempPath>,
}

impl AtomicFile {
    /// Starts a file that will be called `path`.
    ///
    /// # Errors
    /// What the file system refuses; a file that is there already, with [`Overwrite::Refuse`].
    pub fn create(path: &Path, overwrite: Overwrite) -> Result<Self> {
        Self::start(path, overwrite).map_err(|error| error.at(path.display()))
    }

    fn start(path: &Path, overwrite: Overwrite) -> Result<Self> {
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let about = fs::metadata(&target).ok();
        if about.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(Error::invalid("expected the name of a file to write, found a folder"));
        }
        if about.as_ref().is_some_and(|about| !about.is_file()) || names_a_descriptor(path) {
            let file = fs::OpenOptions::new().write(true).truncate(true).open(path);
            let file = file.map_err(|error| Error::io("cannot open it for writing", error))?;
            return Ok(AtomicFile { target, overwrite, file: BufWriter::new(file), temporary: None });
        }
        if overwrite == Overwrite::Refuse && about.is_some() {
            return Err(exists());
        }
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let Some(name) = target.file_name() else {
            return Err(Error::invalid("expected the name of a file to write"));
        };
        let prefix = format!(".{}.", cut(&name.to_string_lossy()));
        sweep(folder, &prefix);
        let (file, temporary) = create_locked(folder, &prefix)?;
        Ok(AtomicFile { target, overwrite, file: BufWriter::with_capacity(1 << 16, file), temporary: Some(temporary) })
    }

    /// What it will be called.
    pub fn path(&self) -> &Path {
        &self.target
    }

    /// What it is called until it has its name, for whoever has to clear up after a signal; `None` where it is written
    /// directly.
    pub fn temporary_path(&self) -> Option<&Path> {
        self.temporary.as_deref()
    }

    /// Gives it its name. A machine that loses power right afterwards may still lose the file: nothing waits for the disk.
    ///
    /// # Errors
    /// What the file system refuses; nothing is left behind then.
    pub fn commit(mut self) -> Result<()> {
        let done = match self.file.flush() {
            Ok(()) => self.rename(),
            Err(error) => Err(Error::io("cannot write it", error)),
        };
        done.map_err(|error| error.at(self.target.display()))
    }

    fn rename(&mut self) -> Result<()> {
        let Some(temporary) = self.temporary.take() else { return Ok(()) };
        let renamed = match self.overwrite {
            Overwrite::Replace => temporary.persist(&self.target),
            Overwrite::Refuse => temporary.persist_noclobber(&self.target),
        };
        renamed.map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => exists(),
            _ => Error::io("cannot give it its name", error.error),
        })
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

fn exists() -> Error {
    Error::invalid("a file of that name is there already").with_hint("name it with -o to replace it")
}

/// `/dev/stdout` of a shell's `> file` resolves to a regular file, which must not be replaced under the shell's feet.
fn names_a_descriptor(path: &Path) -> bool {
    ["/dev/stdout", "/dev/stderr"].iter().any(|name| path == Path::new(name))
        || path.starts_with("/dev/fd")
        || path.starts_with("/proc")
}

fn cut(name: &str) -> &str {
    &name[..name.floor_char_boundary(NAME_BYTES)]
}

/// Removes what writers of the same target left behind. Only tidies up: whatever fails is left for the next time.
fn sweep(folder: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && is_temporary(&name.to_string_lossy(), prefix) {
            let _ = remove_if_stale(&entry.path());
        }
    }
}

/// Whether this is `PREFIX PID.RANDOM.tmp`.
fn is_temporary(name: &str, prefix: &str) -> bool {
    let middle = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(".tmp"));
    let parts = middle.and_then(|middle| middle.split_once('.'));
    parts.is_some_and(|(pid, random)| {
        !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit()) && !random.contains('.')
    })
}

fn remove_if_stale(path: &Path) -> std::io::Result<()> {
    let file = File::open(path)?;
    // The lock is free: nobody writes it any more. Somebody else may have swept it since it was opened, though.
    if file.try_lock().is_ok() && is_at(&file, path) {
        fs::remove_file(path)?;
    }
    Ok(())
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let here = file.metadata().map(|about| (about.dev(), about.ino()));
    let there = fs::symlink_metadata(path).map(|about| (about.dev(), about.ino()));
    matches!((here, there), (Ok(here), Ok(there)) if here == there)
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

fn create_locked(folder: &Path, prefix: &str) -> Result<(File, TempPath)> {
    let prefix = format!("{prefix}{}.", std::process::id());
    let cannot = |error| Error::io(format!("cannot create a file in {}", folder.display()), error);
    // Between creation and lock a sweeper may take the file for a stale one: then there is another try.
    for _ in 0..16 {
        let created = tempfile::Builder::new().prefix(&prefix).suffix(".tmp").tempfile_in(folder);
        let (file, path) = created.map(NamedTempFile::into_parts).map_err(cannot)?;
        let locked = file.try_lock();
        // A file system without locks has no sweeping either, and works all the same.
        let unsupported = matches!(&locked, Err(fs::TryLockError::Error(_)));
        if unsupported || (locked.is_ok() && is_at(&file, &path)) {
            return Ok((file, path));
        }
    }
    Err(cannot(std::io::ErrorKind::ResourceBusy.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_whole_and_private_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.json");
        let mut file = AtomicFile::create(&path, Overwrite::Refuse).unwrap();
        file.write_all(b"half").unwrap();
        file.flush().unwrap();
        assert!(!path.exists() && names(folder.path())[0].starts_with(".app.json."));
        drop(file);
        assert_eq!(names(folder.path()), [""; 0]);

        let mut file = AtomicFile::create(&path, Overwrite::Refuse).unwrap();
        file.write_all(b"whole").unwrap();
        file.commit().unwrap();
        assert_eq!((names(folder.path()), fs::read(&path).unwrap()), (vec!["app.json".into()], b"whole".to_vec()));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_is_there_is_replaced_only_when_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.json");
        let late = AtomicFile::create(&path, Overwrite::Refuse).unwrap();
        fs::write(&path, "old").unwrap();
        for refused in [AtomicFile::create(&path, Overwrite::Refuse).err(), late.commit().err()] {
            let refused = refused.expect("a file of that name is there");
            assert!(refused.is_invalid() && refused.to_string().contains("there already"), "{refused}");
        }
        AtomicFile::create(&path, Overwrite::Replace).unwrap().commit().unwrap();
        assert_eq!((names(folder.path()), fs::read(&path).unwrap()), (vec!["app.json".into()], Vec::new()));
    }

    #[test]
    fn only_stale_temporaries_of_the_same_target_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let living = AtomicFile::create(&path, Overwrite::Replace).unwrap();
        let others =
            [".a.json.tmp", ".a.json.12.x.y.tmp", ".b.json.12.abc.tmp", "a.json.12.abc.tmp", ".a.json.1x.a.tmp"];
        for name in others.into_iter().chain([".a.json.12.abc.tmp"]) {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let second = AtomicFile::create(&path, Overwrite::Replace).unwrap();
        assert_eq!(names(folder.path()).len(), others.len() + 2);
        assert!(others.iter().all(|name| folder.path().join(name).exists()));
        living.commit().unwrap();
        second.commit().unwrap();
        assert!(path.exists());
    }

    #[test]
    fn a_link_is_followed_and_a_folder_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("app.json"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("app.json", &link).unwrap();
        AtomicFile::create(&link, Overwrite::Replace).unwrap().commit().unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink() && fs::read(&path).unwrap().is_empty());
        assert!(AtomicFile::create(folder.path(), Overwrite::Replace).err().expect("a folder").is_invalid());
        let nowhere = AtomicFile::create(&folder.path().join("no/a.json"), Overwrite::Replace);
        assert!(nowhere.err().expect("no such folder").is_io());
    }

    #[test]
    fn a_name_as_long_as_a_file_system_takes_works() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ä".repeat(127));
        AtomicFile::create(&path, Overwrite::Refuse).unwrap().commit().unwrap();
        assert!(path.exists());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_no_regular_file_is_written_directly() {
        let mut file = AtomicFile::create(Path::new("/dev/null"), Overwrite::Refuse).unwrap();
        file.write_all(b"gone").unwrap();
        file.commit().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
