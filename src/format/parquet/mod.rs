//! The snapshot file proper: one row per object, one column per question.
//!
//! Written so that pandas, polars, DuckDB and Spark open it as it is; read from whoever wrote these columns. Every
//! length in a file is checked against the file's size before anything is allocated for it: see `guard`.

mod columns;
mod guard;
mod input;
mod numbers;
mod objects;
mod read;
mod references;
mod schema;
mod strings;
mod tasks;
mod thrift;
mod write;

pub(super) use read::{read, read_graph, read_objects};
pub(super) use write::write;

use crate::error::{Error, Result};
use ::parquet::errors::ParquetError;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The key of our metadata among those of the file.
const METADATA_KEY: &str = "heapgraph";

/// What the parquet crate complains of, in our words. An error of our own that went through it comes back as it was.
fn damaged(error: ParquetError) -> Error {
    let external = match error {
        ParquetError::External(external) => external,
        ParquetError::NYI(what) => return Error::unsupported(format!("Parquet of this kind: {what}")),
        other => return Error::malformed(format!("damaged Parquet: {other}")),
    };
    match external.downcast::<Error>() {
        Ok(ours) => *ours,
        Err(other) => Error::malformed(format!("damaged Parquet: {other}")),
    }
}

/// Runs one step of the parquet crate's decoding on bytes that nobody vouches for.
///
/// What the headers say was checked by `guard`. Inside a page, parquet 60.1 still panics on some bytes, as a run of
/// random damage over small files shows: an index past the end in its byte stream split decoder, a division by zero
/// in the one for delta lengths, a subtraction below zero in delta packing, a dictionary page that is not there, levels
/// that disagree with the values. None of it touches memory that is not its own, so unwinding is safe, and what was
/// half decoded is dropped.
fn decoding<T>(step: impl FnOnce() -> Result<T, ParquetError>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(decoded) => decoded.map_err(damaged),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            Err(Error::malformed(format!(
                "damaged Parquet: the decoder stopped: {}",
                text.unwrap_or("no reason given")
            )))
        }
    }
}
