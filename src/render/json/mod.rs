//! Reports and pictures as JSON: schemas with a name and a version, addresses as hex strings. One report a file.
//!
//! Other programs rely on these: fields are added, never changed. docs/json.md lists them.

mod census;
mod chains;
mod collect;
mod cycles;
mod diff;
mod leaks;
mod object;
mod picture;
mod retained;
mod summary;
mod waste;

pub use census::census;
pub use chains::chains;
pub use collect::collection;
pub use cycles::cycles;
pub use diff::{diff, kept};
pub use leaks::leaks;
pub use object::objects;
pub use picture::picture;
pub use retained::retained;
pub use summary::summary;
pub use waste::waste;

use crate::snapshot::Address;
use serde::Serialize;
use serde_json::Value;
use std::io::{self, BufWriter, Write};

/// A value as indented text with a line break at its end.
pub fn pretty(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("values with text keys have a text");
    text + "\n"
}

/// The same, written as it is made: for a report that is larger than what it tells of.
///
/// # Errors
/// Those of `out`.
pub fn write(value: &impl Serialize, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn address(address: Option<Address>) -> Value {
    address.map_or(Value::Null, |address| Value::String(address.to_string()))
}
