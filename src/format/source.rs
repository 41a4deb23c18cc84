//! Where a snapshot is read from.

use crate::error::{Error, Result};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A file, or bytes in memory. Cheap to clone; may be read from several threads.
#[derive(Clone)]
pub struct Source {
    name: String,
    length: u64,
    data: Data,
}

#[derive(Clone)]
enum Data {
    // Seeking moves the one position that all copies of a file share, so reads take turns.
    File(Arc<Mutex<File>>),
    Memory(Arc<[u8]>),
}

impl Source {
    /// Opens the file at `path`; `-` is standard input. What cannot be read by position, such as a pipe, is read to its
    /// end at once.
    ///
    /// # Errors
    /// What the file system refuses, with the path.
    pub fn open(path: &Path) -> Result<Self> {
        if path.as_os_str() == "-" {
            return Self::stdin();
        }
        let name = path.display().to_string();
        let cannot = |error| Error::io("cannot open it", error).at(&name);
        let mut file = File::open(path).map_err(cannot)?;
        let about = file.metadata().map_err(cannot)?;
        if about.is_dir() {
            return Err(Error::malformed("expected a snapshot file, found a folder").at(&name));
        }
        if about.is_file() {
            return Ok(Source { name, length: about.len(), data: Data::File(Arc::new(Mutex::new(file))) });
        }
        let bytes = read_to_end(&mut file).map_err(|error| error.at(&name))?;
        Ok(Source { name, ..Self::from_bytes(bytes) })
    }

    /// Reads standard input to its end.
    ///
    /// # Errors
    /// What the operating system refuses.
    pub fn stdin() -> Result<Self> {
        let name = "standard input".to_owned();
        let bytes = read_to_end(&mut std::io::stdin().lock()).map_err(|error| error.at(&name))?;
        Ok(Source { name, ..Self::from_bytes(bytes) })
    }

    /// Bytes that are already in memory.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Source { name: "bytes in memory".into(), length: bytes.len() as u64, data: Data::Memory(bytes) }
    }

    /// What errors call it: the path, or `standard input`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// `length` bytes from `offset` on, or as many as there are.
    ///
    /// # Errors
    /// What the file system refuses; a file that became shorter meanwhile.
    pub(super) fn read_at(&self, offset: u64, length: u64) -> Result<Vec<u8>> {
        let start = offset.min(self.length);
        let length = length.min(self.length - start);
        match &self.data {
            Data::Memory(bytes) => Ok(bytes[start as usize..(start + length) as usize].to_vec()),
            Data::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                let mut bytes = vec![0; length as usize];
                let read = file.seek(SeekFrom::Start(start)).and_then(|_| file.read_exact(&mut bytes));
                read.map_err(|error| Error::io(format!("cannot read {length} bytes at {start}"), error))?;
                Ok(bytes)
            }
        }
    }

    /// All bytes.
    pub(super) fn read_all(&self) -> Result<Vec<u8>> {
        self.read_at(0, self.length)
    }
}

fn read_to_end(input: &mut impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(|error| Error::io("cannot read it", error))?;
    Ok(bytes)
}
