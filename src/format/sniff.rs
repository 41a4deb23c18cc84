//! Formats are told apart by their first bytes, never by a file's name.

use super::Format;
use crate::error::{Error, Result};

/// How many first bytes [`sniff`] looks at.
pub(super) const SNIFFED: u64 = 512;

/// What is no snapshot, but often met in place of one: first bytes, what to call it, what to try.
const OTHERS: [(&[u8], &str, &str); 6] = [
    (b"\x1f\x8b", "gzip data", "unpack it first: gunzip -c FILE | heapgraph … -"),
    (b"\x28\xb5\x2f\xfd", "zstd data", "unpack it first: zstd -dc FILE | heapgraph … -"),
    (b"PK\x03\x04", "a zip archive", "unpack it first"),
    (b"\x7fELF", "an ELF file", "if it is a core file: heapgraph capture --core FILE"),
    (b"PARE", "an encrypted Parquet file", "write it without encryption"),
    (b"ARROW1", "an Arrow IPC file", "write it as Parquet"),
];

/// The format of these first bytes of a file, by content alone: `PAR1` for Parquet, `{` behind white space for JSON.
///
/// # Errors
/// None of the known formats: says what was found and what was looked for.
///
/// ```
/// use heapgraph::format::{Format, sniff};
/// assert_eq!(sniff(b"PAR1...").unwrap(), Format::Parquet);
/// assert_eq!(sniff(b"\n  { \"schema\": \"heapgraph.snapshot/1\" }").unwrap(), Format::Json);
/// assert!(sniff(b"\x7fELF").unwrap_err().hint().unwrap().contains("core"));
/// ```
pub fn sniff(start: &[u8]) -> Result<Format> {
    if start.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    // Some editors put a byte order mark in front of text.
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    match text.trim_ascii_start().first() {
        Some(b'{') => return Ok(Format::Json),
        None if start.is_empty() => return Err(unknown("an empty file")),
        None => return Err(unknown("only white space")),
        Some(_) => {}
    }
    match OTHERS.iter().find(|(magic, ..)| start.starts_with(magic)) {
        Some((_, name, hint)) => Err(unknown(name).with_hint(*hint)),
        None => Err(unknown(&format!("bytes that begin with \"{}\"", start[..start.len().min(12)].escape_ascii()))),
    }
}

fn unknown(found: &str) -> Error {
    Error::malformed(format!("expected a snapshot (Parquet, or JSON of schema heapgraph.snapshot/1), found {found}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_snapshot_is_named() {
        for (start, found) in [
            (&b""[..], "an empty file"),
            (b" \n\t", "only white space"),
            (b"\x1f\x8b\x08\x00", "gzip data"),
            (b"PARE\x00", "an encrypted Parquet file"),
            (b"[1, 2]", "bytes that begin with \"[1, 2]\""),
            (b"\x00\xff\"", "bytes that begin with \"\\x00\\xff\\\"\""),
        ] {
            let error = sniff(start).unwrap_err();
            assert!(error.is_malformed() && error.to_string().ends_with(found), "{error}");
        }
    }

    #[test]
    fn a_byte_order_mark_does_not_hide_json() {
        assert_eq!(sniff(b"\xef\xbb\xbf {").unwrap(), Format::Json);
    }
}
