//! From a file's columns to a snapshot, on two threads.

use super::columns::File;
use super::objects::{read_numbers, read_texts, read_types};
use super::references::{count_references, read_references};
use crate::error::Result;
use crate::format::Source;
use crate::snapshot::{Interner, Metadata, ObjectColumns, Objects, References, Snapshot};

/// Reads the whole snapshot.
///
/// # Errors
/// Cut short, damaged, of a newer major version, or with values that make no heap: with the row.
pub(in crate::format) fn read(source: &Source) -> Result<Snapshot> {
    let file = File::open(source)?;
    let metadata = file.metadata()?;
    let (objects, references) = both(
        || {
            let columns = with_types(read_numbers(&file)?, read_types(&file)?);
            Ok((Objects::new(columns)?, read_texts(&file)?))
        },
        || References::new(read_references(&file)?),
    )?;
    let (objects, texts) = objects;
    Snapshot::new(objects, texts, references, metadata)
}

/// Reads addresses, types, sizes, refcounts, generations and flags, and how many references there are.
///
/// # Errors
/// As [`read`], as far as these columns are concerned.
pub(in crate::format) fn read_objects(source: &Source) -> Result<(Objects, Metadata, u64)> {
    let file = File::open(source)?;
    let metadata = file.metadata()?;
    let (numbers, types) = both(|| read_numbers(&file), || Ok((read_types(&file)?, count_references(&file)?)))?;
    let (types, references) = types;
    Ok((Objects::new(with_types(numbers, types))?, metadata, references))
}

fn with_types(numbers: ObjectColumns, (types, names): (Vec<u32>, Interner)) -> ObjectColumns {
    ObjectColumns { types, type_names: names.finish(), ..numbers }
}

/// Runs both at the same time. The error of the left one comes first, whichever was faster.
fn both<L: Send, R>(left: impl FnOnce() -> Result<L> + Send, right: impl FnOnce() -> Result<R>) -> Result<(L, R)> {
    let (left, right) = std::thread::scope(|scope| {
        let left = scope.spawn(left);
        let right = right();
        (left.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), right)
    });
    Ok((left?, right?))
}
