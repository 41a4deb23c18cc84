//! The three list columns that are the graph.

use super::columns::File;
use super::numbers::{Column, append};
use super::objects::DictionaryReader;
use super::schema::{KINDS, NAMES, REFERENCES};
use crate::error::{Error, Result};
use crate::snapshot::{NO_NAME, ReferenceColumns};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, ListArray};
use arrow_schema::DataType;

/// Targets, kinds and names of all references.
///
/// # Errors
/// Damaged pages; lists of unequal length or with a number that does not fit, with their row.
pub(super) fn read_references(file: &File<'_>) -> Result<ReferenceColumns> {
    let mut out = ReferenceColumns { offsets: vec![0], ..ReferenceColumns::default() };
    out.offsets.reserve(file.rows());
    let mut names = DictionaryReader::default();
    file.each_batch(&[REFERENCES, KINDS, NAMES], |batch, first| {
        let targets = list(batch.required(REFERENCES)?, REFERENCES)?;
        append_offsets(&mut out.offsets, targets, first)?;
        let row_of = |at| first + row_of_element(targets, at);
        append(&mut out.targets, &elements(targets), Column { name: REFERENCES, absent: None }, row_of)?;
        let kinds = list(batch.required(KINDS)?, KINDS)?;
        same_lengths(targets, kinds, KINDS, first)?;
        append(&mut out.tags, &elements(kinds), Column { name: KINDS, absent: None }, row_of)?;
        let unnamed = Column { name: NAMES, absent: Some(NO_NAME) };
        match batch.column(NAMES).filter(|column| *column.data_type() != DataType::Null) {
            None => out.names.resize(out.targets.len(), NO_NAME),
            Some(column) => {
                let list = list(column, NAMES)?;
                if list.null_count() == list.len() {
                    out.names.resize(out.targets.len(), NO_NAME);
                    return Ok(());
                }
                same_lengths(targets, list, NAMES, first)?;
                names.append(&mut out.names, &elements(list), unnamed, row_of)?;
            }
        }
        Ok(())
    })?;
    out.name_table = names.interner.finish();
    Ok(out)
}

fn list<'a>(column: &'a ArrayRef, name: &str) -> Result<&'a ListArray> {
    column
        .as_list_opt::<i32>()
        .ok_or_else(|| Error::malformed(format!("expected lists in column {name:?}, found {}", column.data_type())))
}

/// The elements of all lists, without what may stand before the first and behind the last.
fn elements(list: &ListArray) -> ArrayRef {
    let offsets = list.value_offsets();
    let (first, last) = (offsets[0] as usize, offsets[offsets.len() - 1] as usize);
    list.values().slice(first, last - first)
}

/// The row in its batch of an element of all lists.
fn row_of_element(list: &ListArray, at: usize) -> usize {
    let offsets = list.value_offsets();
    offsets.partition_point(|offset| (*offset - offsets[0]) as usize <= at).saturating_sub(1)
}

fn append_offsets(out: &mut Vec<u32>, list: &ListArray, first: usize) -> Result<()> {
    let offsets = list.value_offsets();
    let before = out.last().copied().unwrap_or(0);
    for (row, offset) in offsets[1..].iter().enumerate() {
        let end = before.checked_add((offset - offsets[0]) as u32);
        out.push(
            end.ok_or_else(|| Error::unsupported("more than 2³²−1 references").at(format!("row {}", first + row)))?,
        );
    }
    Ok(())
}

fn same_lengths(targets: &ListArray, other: &ListArray, name: &str, first: usize) -> Result<()> {
    let lengths = |list: &ListArray| list.value_offsets().windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>();
    let start = |list: &ListArray| list.value_offsets()[0];
    let same = start(targets) == start(other) && targets.value_offsets() == other.value_offsets();
    if same || lengths(targets) == lengths(other) {
        return Ok(());
    }
    let unequal = lengths(targets).into_iter().zip(lengths(other)).enumerate().find(|(_, (left, right))| left != right);
    let (row, (targets, others)) = unequal.unwrap_or_default();
    let message = format!("expected as many {name} as references, {targets}, found {others}");
    Err(Error::malformed(message).at(format!("row {}", first + row)))
}

/// How many references a file has: from the footer where the writer counted them, else by reading their targets.
///
/// # Errors
/// Damaged pages.
pub(super) fn count_references(file: &File<'_>) -> Result<u64> {
    if let Some(counted) = counted_in_footer(file) {
        return Ok(counted);
    }
    let mut count = 0;
    file.each_batch(&[REFERENCES], |batch, _| {
        count += elements(list(batch.required(REFERENCES)?, REFERENCES)?).len() as u64;
        Ok(())
    })?;
    Ok(count)
}

/// The histogram of definition levels has at its end the number of elements that are there.
fn counted_in_footer(file: &File<'_>) -> Option<u64> {
    let leaves = file.leaves(REFERENCES);
    let &[leaf] = leaves.as_slice() else { return None };
    let deepest = usize::try_from(file.parquet().file_metadata().schema_descr().column(leaf).max_def_level()).ok()?;
    let counts = file.parquet().row_groups().iter().map(|group| {
        let column = group.columns().get(leaf)?;
        let histogram = column.definition_level_histogram()?.values();
        let present = u64::try_from(*histogram.get(deepest)?).ok()?;
        (histogram.len() == deepest + 1 && present <= column.num_values() as u64).then_some(present)
    });
    counts.sum()
}
