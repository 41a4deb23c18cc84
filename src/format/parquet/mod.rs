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
mod thrift;
mod write;

pub(super) use read::{read, read_objects};
pub(super) use write::write;

use crate::error::Error;
use ::parquet::errors::ParquetError;

/// The key of our metadata among those of the file.
const METADATA_KEY: &str = "heapgraph";

/// What the parquet crate complains of, in our words. An error of our own that went through it comes back as it was.
fn damaged(error: ParquetError) -> Error {
    let external = match error {
        ParquetError::External(external) => external,
        other => return Error::malformed(format!("damaged Parquet: {other}")),
    };
    match external.downcast::<Error>() {
        Ok(ours) => *ours,
        Err(other) => Error::malformed(format!("damaged Parquet: {other}")),
    }
}
