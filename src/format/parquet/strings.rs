//! How many rows of strings may be decoded at once: a dictionary's longest entry may stand in every one of them.

use super::decoding;
use super::input::Input;
use crate::error::Result;
use crate::format::Source;
use ::parquet::basic::Type;
use ::parquet::column::page::{Page, PageReader};
use ::parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use ::parquet::file::serialized_reader::SerializedPageReader;
use std::sync::Arc;

/// What the strings of a batch may take in memory.
const BATCH_BYTES: usize = 1 << 26;

/// Rows of these leaf columns that are decoded at once, `most` or fewer.
///
/// # Errors
/// Damaged pages.
pub(super) fn batch_rows(source: &Source, group: &RowGroupMetaData, leaves: &[usize], most: usize) -> Result<usize> {
    let strings = leaves.iter().filter_map(|leaf| group.columns().get(*leaf));
    let strings = strings.filter(|column| column.column_type() == Type::BYTE_ARRAY);
    strings.filter(|column| column.dictionary_page_offset().is_some()).try_fold(most, |rows, column| {
        let longest = decoding(|| longest(source, column, group.num_rows()))?;
        Ok(rows.min((BATCH_BYTES / longest.max(1)).max(1)))
    })
}

/// The length of a dictionary's longest string.
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
