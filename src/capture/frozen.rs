//! A core's memory that can be damaged and read again without a file in between: for tests and fuzzing of the readers.

use super::core::Core;
use super::{CoreFile, Values, check, freeze, no_interpreter, read_objects};
use super::{Unsettled, image::Image, runtime::Runtime};
use crate::error::Result;
use crate::snapshot::Snapshot;

/// Copied memory, and where the interpreter is in it.
pub struct Frozen {
    image: Image,
    writable: Vec<(u64, u64)>,
    runtime: Runtime,
}

impl Frozen {
    /// The memory of a core file, with the constants of the files that its process had mapped.
    ///
    /// # Errors
    /// As [`capture_core`](super::capture_core), as far as finding the interpreter is concerned.
    pub fn open(file: &CoreFile) -> Result<Self> {
        let core = Core::open(file)?;
        let (mappings, runtime, image) = freeze(&core)?;
        let writable = mappings.iter().filter(|mapping| mapping.may_hold_objects());
        Ok(Frozen { writable: writable.map(|mapping| (mapping.start, mapping.end)).collect(), image, runtime })
    }

    /// Reads the heap as it is now.
    ///
    /// # Errors
    /// As [`capture_core`](super::capture_core).
    pub fn read(&self) -> Result<Snapshot> {
        if let Err(Unsettled::NoInterpreter) = check(&self.image, &self.runtime) {
            return Err(no_interpreter());
        }
        let (builder, metadata) = read_objects(&self.image, &self.runtime, Values::Shown)?;
        builder.finish(metadata)
    }

    /// First address and end of each piece of memory that the process could write, in order.
    pub fn writable(&self) -> impl Iterator<Item = (u64, u64)> {
        self.writable.iter().copied()
    }

    /// The word at an address.
    pub fn word(&self, address: u64) -> Option<u64> {
        self.image.view().word(address)
    }

    /// Puts another word at an address; nothing happens where there is no memory.
    pub fn set_word(&mut self, address: u64, word: u64) {
        self.image.set_word(address, word);
    }
}
