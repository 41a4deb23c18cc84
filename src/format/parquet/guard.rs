//! What a file claims, held against what it can be, before the parquet crate believes it.
//!
//! Sizes and counts in footers and page headers become allocations. So each is checked first: chunks and pages lie
//! inside the file, and no column has more values, no page more bytes than a file of that length could mean.

use super::thrift;
use crate::error::{Error, Result};
use crate::format::Source;
use ::parquet::basic::Compression;
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use flate2::read::MultiGzDecoder;
use lz4_flex::frame::FrameDecoder;
use std::io::{Read, copy, sink};

const MAGIC: &[u8; 4] = b"PAR1";
const TAIL: u64 = 8;

/// Heaps have ten bytes an object in a file. Equal objects in a row take next to nothing; such a file is padded.
const VALUES_PER_BYTE: u64 = 16;
const SMALLEST_VALUES: u64 = 1 << 20;
const PAGE_BYTES_PER_BYTE: u64 = 1 << 10;
const SMALLEST_PAGE: u64 = 1 << 24;
/// What all pages of one column may unpack to, per byte of the file: heaps have about ten bytes an object in a file,
/// and no column but texts has more than eight unpacked.
const COLUMN_BYTES_PER_BYTE: u64 = 64;
const SMALLEST_COLUMN: u64 = 1 << 26;
/// A hundred million objects in row groups of 100,000 have a footer of 2 MB.
const LARGEST_FOOTER: u64 = 1 << 24;
/// Columns in columns; each of our lists has two. The crate goes down into them by recursion.
const MOST_GROUPS: usize = 256;

/// The bytes of the footer, walked once.
///
/// # Errors
/// A file that is cut short or has something else at its end.
pub(super) fn footer(source: &Source) -> Result<Vec<u8>> {
    let cut_short = |found: String| {
        let error = Error::malformed(format!("expected Parquet's footer and \"PAR1\" at the end, found {found}"));
        error.with_hint("the file is cut short: copy or capture it again")
    };
    let length = source.len();
    if length < TAIL + MAGIC.len() as u64 {
        return Err(cut_short(format!("only {length} bytes")));
    }
    let tail = source.read_at(length - TAIL, TAIL)?;
    let [size @ .., a, b, c, d] = tail.as_slice() else { return Err(cut_short("no bytes".into())) };
    if [*a, *b, *c, *d] == *b"PARE" {
        return Err(Error::unsupported("an encrypted Parquet file").with_hint("write it without encryption"));
    }
    if [*a, *b, *c, *d] != *MAGIC {
        return Err(cut_short(format!("\"{}\"", tail[4..].escape_ascii())));
    }
    let size = size.iter().rev().fold(0, |size, byte| size << 8 | u64::from(*byte));
    if size > length - TAIL - MAGIC.len() as u64 {
        return Err(cut_short(format!("a footer of {size} bytes in a file of {length}")));
    }
    if size > LARGEST_FOOTER {
        let error = Error::unsupported(format!("a footer of {size} bytes, more than {LARGEST_FOOTER}"));
        return Err(error.with_hint("write it with fewer columns or larger row groups"));
    }
    let footer = source.read_at(length - TAIL - size, size)?;
    let (mut groups, mut most_children) = (0, 0);
    let walked = thrift::walk(&footer, |path, integer| {
        // The number of children of a schema's element.
        if let ([2, -1, 5], Some(children @ 1..)) = (path, integer) {
            groups += 1;
            most_children = most_children.max(children as u64);
        }
    });
    walked.map_err(|error| error.at("footer"))?;
    if groups > MOST_GROUPS {
        let error = Error::unsupported(format!("{groups} groups of columns, more than {MOST_GROUPS}"));
        return Err(error.with_hint("write the columns of a snapshot alone"));
    }
    if most_children > size {
        return Err(Error::malformed(format!("damaged Parquet: {most_children} columns in a footer of {size} bytes")));
    }
    Ok(footer)
}

/// Checks the counts of a whole file; returns the number of rows.
pub(super) fn rows(source: &Source, metadata: &ParquetMetaData) -> Result<usize> {
    let most = most_values(source);
    let claimed = metadata.row_groups().iter().try_fold(0i64, |sum, group| match group.num_rows() {
        rows if rows < 0 => None,
        rows => sum.checked_add(rows),
    });
    match claimed.map(|rows| rows as u64) {
        Some(rows) if rows <= most && metadata.file_metadata().num_rows() as u64 == rows => Ok(rows as usize),
        _ => {
            let rows = metadata.file_metadata().num_rows();
            Err(Error::malformed(format!("damaged Parquet: {rows} rows in {} bytes", source.len())))
        }
    }
}

/// How long a file must be for so many values in a column, and so many bytes of text, to be believed.
pub(super) fn least_length(values: u64, bytes: u64) -> u64 {
    let of_values = if values > SMALLEST_VALUES { values.div_ceil(VALUES_PER_BYTE) } else { 0 };
    // Beside each text stands its length, which packs as well as the text does.
    let bytes = bytes.saturating_add(values.saturating_mul(4));
    let of_bytes = if bytes > SMALLEST_COLUMN { bytes.div_ceil(COLUMN_BYTES_PER_BYTE) } else { 0 };
    of_values.max(of_bytes)
}

/// How many values a column of this file may claim.
fn most_values(source: &Source) -> u64 {
    (source.len().saturating_mul(VALUES_PER_BYTE)).max(SMALLEST_VALUES).min(u64::from(u32::MAX))
}

/// What a column of this file may unpack to.
pub(super) fn most_bytes_of_column(source: &Source) -> u64 {
    source.len().saturating_mul(COLUMN_BYTES_PER_BYTE).max(SMALLEST_COLUMN)
}

/// Checks every page of these leaf columns.
pub(super) fn pages(source: &Source, metadata: &ParquetMetaData, leaves: &[usize]) -> Result<()> {
    for &leaf in leaves {
        let mut unpacked = 0;
        for (number, group) in metadata.row_groups().iter().enumerate() {
            let Some(column) = group.columns().get(leaf) else {
                return Err(Error::malformed(format!("damaged Parquet: row group {number} has no column {leaf}")));
            };
            let place = || format!("column {}, row group {number}", column.column_path().string());
            unpacked += chunk(source, column, group.num_rows()).map_err(|error| error.at(place()))?;
            let most = most_bytes_of_column(source);
            if unpacked > most {
                let message = format!("it unpacks to {unpacked} bytes, more than {most} in a file of {}", source.len());
                return Err(Error::unsupported(message).at(place()).with_hint("write it without compression"));
            }
        }
    }
    Ok(())
}

/// Checks the pages of a column in a row group; returns what they unpack to.
fn chunk(source: &Source, column: &ColumnChunkMetaData, rows: i64) -> Result<u64> {
    let damaged = |what: String| Err(Error::malformed(format!("damaged Parquet: {what}")));
    if matches!(column.compression(), Compression::BROTLI(_) | Compression::LZO) {
        let error = Error::unsupported(format!("a column compressed as {}", column.compression()));
        return Err(error.with_hint("write it with zstd, snappy, gzip or lz4"));
    }
    let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
    let (start, length) = (start as u64, column.compressed_size() as u64);
    // A negative number is a huge one here.
    if start.checked_add(length).is_none_or(|end| end > source.len()) {
        return damaged(format!("{length} bytes at {start} in a file of {}", source.len()));
    }
    let claimed = column.num_values() as u64;
    if claimed > most_values(source) || claimed < rows as u64 {
        return damaged(format!("{claimed} values for {rows} rows in {} bytes", source.len()));
    }
    let (mut at, end, mut values, mut unpacked) = (start, start + length, 0u64, 0u64);
    while at < end {
        let page = page_header(source, at, end)?;
        if page.compressed > end - at - page.header
            || page.bytes > most_bytes(page.compressed)
            || page.levels > page.bytes
        {
            return damaged(format!("a page of {} bytes, packed in {}", page.bytes, page.compressed));
        }
        // The crate would take another dictionary for those of the values that follow.
        if page.is_dictionary && at != start {
            return damaged("a second dictionary".into());
        }
        // A dictionary may list more than its column uses.
        let most = if page.is_dictionary { most_values(source) } else { claimed - values };
        if page.values > most {
            return damaged(format!("a page of {} values, when {most} are left", page.values));
        }
        if unpacks_to_more(source, column.compression(), at, &page)? {
            return damaged(format!("a page that unpacks to more than its {} bytes", page.bytes));
        }
        values += if page.is_dictionary { 0 } else { page.values };
        unpacked += page.bytes;
        at += page.header + page.compressed;
    }
    if values == claimed { Ok(unpacked) } else { damaged(format!("{values} values instead of {claimed}")) }
}

/// How many values of a column are numbers in its dictionary, where others are written out, as writers do when a
/// dictionary becomes too long; else none.
///
/// # Errors
/// Damaged pages.
pub(super) fn values_before_plain(source: &Source, column: &ColumnChunkMetaData) -> Result<u64> {
    let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset()) as u64;
    let (mut at, end, mut coded, mut plain) = (start, start + column.compressed_size() as u64, 0, 0);
    while at < end {
        let page = page_header(source, at, end)?;
        match page {
            Page { is_dictionary: true, .. } => {}
            Page { is_coded: true, .. } => coded += page.values,
            _ => plain += page.values,
        }
        at += page.header + page.compressed;
    }
    Ok(if plain > 0 { coded } else { 0 })
}

/// The crate unpacks two codecs to their end, whatever the page's header says of it.
fn unpacks_to_more(source: &Source, codec: Compression, at: u64, page: &Page) -> Result<bool> {
    if !matches!(codec, Compression::GZIP(_) | Compression::LZ4) {
        return Ok(false);
    }
    let packed = source.read_at(at + page.header, page.compressed)?;
    let packed = packed.get(page.levels as usize..).unwrap_or_default();
    let most = page.bytes + 1;
    let unpacked = match codec {
        Compression::GZIP(_) => copy(&mut MultiGzDecoder::new(packed).take(most), &mut sink()),
        _ => copy(&mut FrameDecoder::new(packed).take(most), &mut sink()),
    };
    // What cannot be unpacked is told by the crate, which knows LZ4 without frames too.
    Ok(unpacked.is_ok_and(|unpacked| unpacked == most))
}

fn most_bytes(compressed: u64) -> u64 {
    compressed.saturating_mul(PAGE_BYTES_PER_BYTE).max(SMALLEST_PAGE).min(i32::MAX as u64)
}

/// What a page says of itself; what is negative in the file is huge here.
#[derive(Default)]
struct Page {
    header: u64,
    bytes: u64,
    compressed: u64,
    values: u64,
    levels: u64,
    is_dictionary: bool,
    /// Its values are numbers in the dictionary.
    is_coded: bool,
}

/// `Encoding` in parquet.thrift: `PLAIN_DICTIONARY` and `RLE_DICTIONARY`.
const CODED: [i64; 2] = [2, 8];

/// Reads the header at `at`, which may go on until `end`: more of it is read until it is whole.
fn page_header(source: &Source, at: u64, end: u64) -> Result<Page> {
    let mut window = 128;
    loop {
        let bytes = source.read_at(at, window.min(end - at))?;
        let (mut page, mut kind, mut headers, mut odd) = (Page::default(), None, Vec::new(), false);
        let walked = thrift::walk(&bytes, |path, integer| {
            let Some(integer) = integer else {
                // Of numbers, of which the crate takes any type for one: `is_sorted` and `is_compressed` alone are none.
                odd |= matches!(path, [_] | [5 | 8, 1..=6] | [7, 1..=2]);
                return;
            };
            match path {
                [1] => kind = Some(integer),
                [2] => page.bytes = integer as u64,
                [3] => page.compressed = integer as u64,
                // Data pages of both versions begin with their number of values, and so do dictionaries.
                [header @ (5 | 7 | 8), 1] => {
                    page.values = integer as u64;
                    headers.push(*header);
                }
                [5, 2] | [8, 4] => page.is_coded = CODED.contains(&integer),
                [8, 5 | 6] => page.levels = page.levels.saturating_add(integer as u64),
                _ => {}
            }
        });
        page.is_dictionary = kind == Some(2);
        match walked {
            Ok(header) => {
                // `PageType` in parquet.thrift, and the header that belongs to it: the crate goes by the type alone.
                let fits = matches!((kind, &headers[..]), (Some(0), [5]) | (Some(2), [7]) | (Some(3), [8]));
                if !fits || odd {
                    let message = format!("damaged Parquet: a page of type {kind:?} with the headers {headers:?}");
                    return Err(Error::malformed(message).at(format!("page at byte {at}")));
                }
                return Ok(Page { header: header as u64, ..page });
            }
            Err(error) if window >= end - at => return Err(error.at(format!("page at byte {at}"))),
            Err(_) => window = window.saturating_mul(8),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of this type, of 8 bytes in 8, with 1 value in the header of this field.
    fn header(kind: u8, field: u8) -> Vec<u8> {
        let mut bytes = vec![0x15, kind * 2, 0x15, 16, 0x15, 16];
        bytes.extend([(field - 3) << 4 | 0x0c, 0x15, 2, 0x15, 0, 0, 0]);
        bytes
    }

    fn read(bytes: Vec<u8>) -> Result<Page> {
        let end = bytes.len() as u64;
        page_header(&Source::from_bytes(bytes), 0, end)
    }

    #[test]
    fn a_page_is_what_its_type_says_or_refused() {
        for (kind, field, is_dictionary) in [(0, 5, false), (2, 7, true), (3, 8, false)] {
            let page = read(header(kind, field)).unwrap();
            assert_eq!((page.is_dictionary, page.values, page.bytes, page.header), (is_dictionary, 1, 8, 13));
        }
        for (kind, field) in [(0, 7), (0, 8), (2, 5), (3, 5), (1, 6), (9, 5)] {
            let error = read(header(kind, field)).map(|_| ()).unwrap_err();
            assert!(error.to_string().contains("a page of type"), "{error}");
        }
    }

    #[test]
    fn a_number_is_not_a_boolean_that_the_crate_takes_for_one() {
        let mut bytes = header(0, 5);
        // `crc` as a boolean between the sizes and the header: {…, 4: true, 5: {…}}.
        bytes.splice(6..7, [0x11, 0x1c]);
        assert!(read(bytes).map(|_| ()).unwrap_err().to_string().contains("damaged Parquet"));
    }
}
