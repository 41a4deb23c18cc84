//! SIGINT and SIGTERM: end at once, with no file half written and the right exit code. SIGXFSZ: an error like any other.

use heapgraph::format::{AtomicFile, Overwrite};
use heapgraph::{Error, Result};
use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Knows which temporary files exist, so that a signal can take them away.
///
/// A file is made and named only under its lock, and the thread that ends the process never lets go of it: so no file
/// can appear between the clearing up and the end. A process that stands still for a capture goes on by itself, because
/// the kernel lets go of it when its tracer ends.
#[derive(Clone, Default)]
pub(crate) struct Stop {
    temporary: Arc<Mutex<Vec<PathBuf>>>,
}

impl Stop {
    /// Starts to wait for signals, in a thread of its own.
    pub(crate) fn watch() -> Result<Self> {
        let stop = Stop::default();
        let mut signals =
            Signals::new([SIGINT, SIGTERM]).map_err(|error| Error::io("cannot wait for signals", error))?;
        // Past a limit on the size of files a write then fails, instead of ending us with a file half written.
        signal_hook::flag::register(SIGXFSZ, Arc::default())
            .map_err(|error| Error::io("cannot wait for signals", error))?;
        let theirs = stop.clone();
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                let files = theirs.files();
                for file in files.iter() {
                    // It may be gone already, and there is nobody left to tell of anything else.
                    let _ = if file.is_dir() { std::fs::remove_dir_all(file) } else { std::fs::remove_file(file) };
                }
                std::process::exit(128 + signal);
            }
        });
        Ok(stop)
    }

    /// Starts a file that a signal will take away until it has its name.
    pub(crate) fn create(&self, path: &Path, overwrite: Overwrite) -> Result<AtomicFile> {
        let mut files = self.files();
        let file = AtomicFile::create(path, overwrite)?;
        files.extend(file.temporary_path().map(Path::to_owned));
        Ok(file)
    }

    /// Takes a temporary folder away on a signal.
    pub(crate) fn remember(&self, folder: &Path) {
        self.files().push(folder.to_owned());
    }

    /// Gives a file its name.
    pub(crate) fn commit(&self, file: AtomicFile) -> Result<()> {
        let mut files = self.files();
        files.retain(|known| Some(known.as_path()) != file.temporary_path());
        file.commit()
    }

    fn files(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.temporary.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
