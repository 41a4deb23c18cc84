//! The three list columns that are the graph, each read for itself.

use super::columns::File;
use super::numbers::{Column, Number, append};
use super::objects::DictionaryReader;
use super::schema::{KINDS, NAMES, REFERENCES};
use crate::error::{Error, Result};
use crate::snapshot::{NO_NAME, ReferenceColumns, Strings};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, ListArray};
use arrow_schema::DataType;

/// A list column: the values of row i are `offsets[i]..offsets[i + 1]`.
pub(super) struct Lists<T> {
    offsets: Vec<u32>,
    values: Vec<T>,
}

impl<T> Lists<T> {
    fn new(file: &File<'_>) -> Self {
        let mut offsets = Vec::with_capacity(file.rows() + 1);
        offsets.push(0);
        Lists { offsets, values: Vec::new() }
    }
}

/// The target of each reference.
///
/// # Errors
/// Damaged pages; a number that does not fit, with its row.
pub(super) fn read_targets(file: &File<'_>) -> Result<Lists<u32>> {
    read_numbers(file, REFERENCES)
}

/// Kind and marks of each reference.
///
/// # Errors
/// As [`read_targets`].
pub(super) fn read_kinds(file: &File<'_>) -> Result<Lists<u8>> {
    read_numbers(file, KINDS)
}

fn read_numbers<N: Number>(file: &File<'_>, name: &'static str) -> Result<Lists<N>> {
    let mut out = Lists::new(file);
    file.each_batch(&[name], |batch, first| {
        let lists = list(batch.required(name)?, name)?;
        append_offsets(&mut out.offsets, lists, first)?;
        let row_of = |at| first + row_of_element(lists, at);
        append(&mut out.values, &elements(lists), Column { name, absent: None }, row_of)
    })?;
    Ok(out)
}

/// The name of each reference, by its number in a table.
pub(super) struct Names {
    lists: Lists<u32>,
    table: Strings,
    /// Rows without a list, ascending: their references have no names.
    unnamed: Vec<u32>,
}

/// The names of all references; `None` where the file has none.
///
/// # Errors
/// As [`read_targets`]; names that are not strings.
pub(super) fn read_names(file: &File<'_>) -> Result<Option<Names>> {
    if !file.has(NAMES) {
        return Ok(None);
    }
    let (mut lists, mut unnamed, mut names) = (Lists::new(file), Vec::new(), DictionaryReader::default());
    file.each_batch(&[NAMES], |batch, first| {
        let column = batch.required(NAMES)?;
        let rows = first as u32..(first + batch.rows()) as u32;
        if *column.data_type() == DataType::Null {
            let last = lists.offsets.last().copied().unwrap_or(0);
            lists.offsets.resize(lists.offsets.len() + batch.rows(), last);
            unnamed.extend(rows);
            return Ok(());
        }
        let column = list(column, NAMES)?;
        unnamed.extend(rows.filter(|row| column.is_null(*row as usize - first)));
        append_offsets(&mut lists.offsets, column, first)?;
        let row_of = |at| first + row_of_element(column, at);
        let absent = Column { name: NAMES, absent: Some(NO_NAME) };
        names.append(&mut lists.values, &elements(column), absent, row_of)
    })?;
    Ok(Some(Names { lists, table: names.interner.finish(), unnamed }))
}

/// Puts the lists together.
///
/// # Errors
/// Lists of unequal length, with their row.
pub(super) fn together(targets: Lists<u32>, kinds: Lists<u8>, names: Option<Names>) -> Result<ReferenceColumns> {
    same_lengths(&targets.offsets, &kinds.offsets, KINDS, &[])?;
    let (names, name_table) = match names {
        None => (vec![NO_NAME; targets.values.len()], Strings::default()),
        Some(names) if names.lists.offsets == targets.offsets => (names.lists.values, names.table),
        Some(names) => {
            same_lengths(&targets.offsets, &names.lists.offsets, NAMES, &names.unnamed)?;
            (with_unnamed(&targets.offsets, &names), names.table)
        }
    };
    let Lists { offsets, values: targets } = targets;
    Ok(ReferenceColumns { offsets, targets, tags: kinds.values, names, name_table })
}

/// The `unnamed` rows may be of another length.
fn same_lengths(targets: &[u32], others: &[u32], name: &str, unnamed: &[u32]) -> Result<()> {
    let length = |offsets: &[u32], row: usize| offsets[row + 1] - offsets[row];
    let rows = 0..targets.len().min(others.len()) - 1;
    let mut unequal = rows.filter(|row| length(targets, *row) != length(others, *row));
    let Some(row) = unequal.find(|row| unnamed.binary_search(&(*row as u32)).is_err()) else { return Ok(()) };
    let (expected, found) = (length(targets, row), length(others, row));
    let message = format!("expected as many {name} as references, {expected}, found {found}");
    Err(Error::malformed(message).at(format!("row {row}")))
}

/// The names, with none for each reference of the rows that have no list.
fn with_unnamed(offsets: &[u32], names: &Names) -> Vec<u32> {
    let mut out = Vec::with_capacity(offsets.last().copied().unwrap_or(0) as usize);
    for (own, all) in names.lists.offsets.windows(2).zip(offsets.windows(2)) {
        out.extend(&names.lists.values[own[0] as usize..own[1] as usize]);
        out.resize(all[1] as usize, NO_NAME);
    }
    out
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

/// The histogram of definition levels has at its end the number of elements that are there. Nobody vouches for it: what
/// cannot be is no count.
fn counted_in_footer(file: &File<'_>) -> Option<u64> {
    let leaves = file.leaves(REFERENCES);
    let &[leaf] = leaves.as_slice() else { return None };
    let deepest = usize::try_from(file.parquet().file_metadata().schema_descr().column(leaf).max_def_level()).ok()?;
    file.parquet().row_groups().iter().try_fold(0u64, |sum, group| {
        let column = group.columns().get(leaf)?;
        let histogram = column.definition_level_histogram()?.values();
        let present = u64::try_from(*histogram.get(deepest)?).ok()?;
        let most = u64::try_from(column.num_values()).ok()?;
        (histogram.len() == deepest + 1 && present <= most).then(|| sum.checked_add(present))?
    })
}
