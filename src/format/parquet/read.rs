//! From a file's columns to a snapshot, on two threads.

use super::columns::File;
use super::objects::{read_numbers, read_texts, read_types};
use super::references::{count_references, read_kinds, read_names, read_targets, together};
use super::tasks::{Task, side_by_side};
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
    let (numbers, types) = (Task::new(|| read_numbers(&file)), Task::new(|| read_types(&file)));
    let (targets, kinds) = (Task::new(|| read_targets(&file)), Task::new(|| read_kinds(&file)));
    let (names, texts) = (Task::new(|| read_names(&file)), Task::new(|| read_texts(&file)));
    side_by_side(&[&names, &targets, &texts, &numbers, &kinds, &types]);
    let (objects, references) = checked(
        || distinct_objects(numbers.take()?, types.take()?),
        || References::new(together(targets.take()?, kinds.take()?, names.take()?)?),
    )?;
    Snapshot::of_distinct(objects, texts.take()?, references, metadata)
}

/// Reads all but texts and the names of references.
///
/// # Errors
/// As [`read`], as far as these columns are concerned.
pub(in crate::format) fn read_graph(source: &Source) -> Result<(Objects, References, Metadata)> {
    let file = File::open(source)?;
    let metadata = file.metadata()?;
    let (numbers, types) = (Task::new(|| read_numbers(&file)), Task::new(|| read_types(&file)));
    let (targets, kinds) = (Task::new(|| read_targets(&file)), Task::new(|| read_kinds(&file)));
    side_by_side(&[&targets, &numbers, &kinds, &types]);
    let (objects, references) = checked(
        || distinct_objects(numbers.take()?, types.take()?),
        || References::new(together(targets.take()?, kinds.take()?, None)?),
    )?;
    Ok((objects, references, metadata))
}

fn distinct_objects(numbers: ObjectColumns, types: (Vec<u32>, Interner)) -> Result<Objects> {
    let objects = Objects::new(with_types(numbers, types))?;
    objects.check_distinct()?;
    Ok(objects)
}

/// Both parts, each checked by a thread of its own. The error of the objects comes first.
fn checked(
    objects: impl FnOnce() -> Result<Objects> + Send,
    references: impl FnOnce() -> Result<References>,
) -> Result<(Objects, References)> {
    std::thread::scope(|scope| {
        let objects = scope.spawn(objects);
        let references = references();
        Ok((objects.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?, references?))
    })
}

/// Reads addresses, types, sizes, refcounts, generations and flags, and how many references there are.
///
/// # Errors
/// As [`read`], as far as these columns are concerned.
pub(in crate::format) fn read_objects(source: &Source) -> Result<(Objects, Metadata, u64)> {
    let file = File::open(source)?;
    let metadata = file.metadata()?;
    let (numbers, types) = (Task::new(|| read_numbers(&file)), Task::new(|| read_types(&file)));
    let references = Task::new(|| count_references(&file));
    side_by_side(&[&numbers, &types, &references]);
    Ok((Objects::new(with_types(numbers.take()?, types.take()?))?, metadata, references.take()?))
}

fn with_types(numbers: ObjectColumns, (types, names): (Vec<u32>, Interner)) -> ObjectColumns {
    ObjectColumns { types, type_names: names.finish(), ..numbers }
}
