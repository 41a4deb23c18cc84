//! Reports and pictures as JSON: schemas with a name and a version, addresses as hex strings. One report a file.
//!
//! Other programs rely on these: fields are added, never changed. docs/json.md lists them.

mod cells;
mod census;
mod chains;
mod collect;
mod cycles;
mod diff;
mod leaks;
mod object;
mod picture;
mod plain;
mod retained;
mod summary;
mod waste;

pub use cells::cells;
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

use crate::snapshot::{Address, ObjectId, Objects};
use serde::{Serialize, Serializer};
use std::io::{self, BufWriter, Write};

/// A value as indented text with a line break at its end.
pub fn pretty(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    value.serialize(&mut plain::serializer(&mut out)).expect("values with text keys have a text");
    out.push(b'\n');
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// The same, written as it is made: for a report that is larger than what it tells of.
///
/// # Errors
/// Those of `out`.
pub fn write(value: &impl Serialize, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    value.serialize(&mut plain::serializer(&mut out))?;
    out.write_all(b"\n")?;
    out.flush()
}

/// `0x7f…`; null for the rows that stand for roots.
fn address(address: Option<Address>) -> Option<String> {
    address.map(|address| address.to_string())
}

/// A list of addresses, written one by one: it may be all of the heap.
struct Addresses<'a> {
    objects: &'a Objects,
    ids: &'a [ObjectId],
}

impl Serialize for Addresses<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.ids.iter().map(|id| address(self.objects.address(*id))))
    }
}
