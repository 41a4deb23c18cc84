//! Where a snapshot is read from.

use super::sniff::{SNIFFED, sniff};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// What is kept in memory of what cannot be read by position, at most: a snapshot of six hundred million objects.
const LARGEST_PIPED: u64 = 8 << 30;

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

    /// All bytes of a text. A hole in a file reads as zeros, which no text has: so a file that is mostly hole takes no more
    /// memory than its bytes on the disk.
    pub(super) fn read_text(&self) -> Result<Vec<u8>> {
        const PIECE: u64 = 1 << 20;
        let mut text = Vec::new();
        while (text.len() as u64) < self.length {
            let piece = self.read_at(text.len() as u64, PIECE)?;
            if let Some(zero) = piece.iter().position(|byte| *byte == 0) {
                let message = format!("expected text, found a zero at byte {}", text.len() + zero);
                return Err(Error::malformed(message).with_hint("the file is damaged, or was never written to its end"));
            }
            text.extend(piece);
        }
        Ok(text)
    }
}

/// What never ends is mostly no snapshot, which its first bytes tell.
fn read_to_end(input: &mut impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let cannot = |error| Error::io("cannot read it", error);
    input.take(SNIFFED).read_to_end(&mut bytes).map_err(cannot)?;
    sniff(&bytes)?;
    input.take(LARGEST_PIPED - SNIFFED).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 == LARGEST_PIPED {
        let error = Error::unsupported(format!("more than {LARGEST_PIPED} bytes through a pipe"));
        return Err(error.with_hint("write it to a file: of that only the columns that are needed are read"));
    }
    Ok(bytes)
}
