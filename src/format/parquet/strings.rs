//! How many rows of strings may be decoded at once: a dictionary's longest entry may stand in every one of them.

use super::input::Input;
use super::{decoding, guard};
use crate::error::{Error, Result};
use crate::format::Source;
use ::parquet::basic::Type;
use ::parquet::column::page::{Page, PageReader};
use ::parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use ::parquet::file::serialized_reader::SerializedPageReader;
use std::sync::Arc;

/// What the strings of a batch may take in memory.
const BATCH_BYTES: usize = 1 << 26;
/// How much more than a column the strings of one list may take: every one is reckoned as long as the longest.
const ROW_BYTES: u64 = 4;

/// Rows of these leaf columns that are decoded at once, `most` or fewer.
///
/// # Errors
/// Damaged pages.
pub(super) fn batch_rows(source: &Source, group: &RowGroupMetaData, leaves: &[usize], most: usize) -> Result<usize> {
    let strings = leaves.iter().filter_map(|leaf| group.columns().get(*leaf));
    let mut strings = strings.filter(|column| column.column_type() == Type::BYTE_ARRAY);
    strings.try_fold(most, |rows, column| {
        let longest = decoding(|| longest(source, column, group.num_rows()))?;
        check_row(source, column, longest)?;
        Ok(rows.min((BATCH_BYTES / longest.max(1)).max(1)))
    })
}

/// A list is decoded whole. Its strings stay numbers, unless it crosses the end of what the dictionary is used for.
fn check_row(source: &Source, column: &ColumnChunkMetaData, longest: usize) -> Result<()> {
    let bytes = |count: u64| count.saturating_mul(longest as u64);
    let most = guard::most_bytes_of_column(source).saturating_mul(ROW_BYTES);
    if column.column_descr().max_rep_level() == 0 || bytes(column.num_values() as u64) <= most {
        return Ok(());
    }
    let (count, length) = (guard::values_before_plain(source, column)?, source.len());
    if bytes(count) <= most {
        return Ok(());
    }
    let message = format!("{count} strings of up to {longest} bytes, more than {most} in a file of {length}");
    let error = Error::unsupported(message).at(format!("column {}", column.column_path().string()));
    Err(error.with_hint("write it with smaller row groups, or with a dictionary that holds all names"))
}

/// The length of the longest string of the dictionary that the first page is, whatever the footer says of it.
fn longest(source: &Source, column: &ColumnChunkMetaData, rows: i64) -> ::parquet::errors::Result<usize> {
    let input = Arc::new(Input(source.clone()));
    let mut pages = SerializedPageReader::new(input, column, rows as usize, None)?;
    let Some(Page::DictionaryPage { buf, .. }) = pages.get_next_page()? else { return Ok(0) };
    // Each string behind its length. What does not add up is for the decoder to refuse.
    let (mut rest, mut longest) = (&buf[..], 0);
    while let Some((length, behind)) = rest.split_first_chunk() {
        let length = u32::from_le_bytes(*length) as usize;
        longest = longest.max(length);
        rest = behind.get(length..).unwrap_or_default();
    }
    Ok(longest)
}
