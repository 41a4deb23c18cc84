//! A [`Source`] as the parquet crate reads it: by position.

use crate::format::Source;
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::reader::{ChunkReader, Length};
use bytes::Bytes;
use std::io::{BufReader, Read};

/// Page headers are read through this; the pages themselves come in one piece.
const HEADER_BUFFER: usize = 1 << 10;

/// The bytes of a file, for the parquet crate.
#[derive(Clone)]
pub(super) struct Input(pub(super) Source);

impl Length for Input {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Input {
    type T = BufReader<Position>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::with_capacity(HEADER_BUFFER, Position { source: self.0.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let bytes = self.0.read_at(start, length as u64).map_err(|error| ParquetError::External(Box::new(error)))?;
        if bytes.len() == length {
            return Ok(bytes.into());
        }
        Err(ParquetError::EOF(format!("expected {length} bytes at {start}, found {}", bytes.len())))
    }
}

/// A reader that stands somewhere in a source.
pub(super) struct Position {
    source: Source,
    at: u64,
}

impl Read for Position {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let bytes = self.source.read_at(self.at, buffer.len() as u64).map_err(std::io::Error::other)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }
}
