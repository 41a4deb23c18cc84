//! JSON that is as safe to print as a table: control characters and bidirectional marks only as escapes.
//!
//! JSON itself asks for escapes below U+0020 alone. A terminal obeys U+0080 to U+009F too, and the marks reorder what is
//! read. Whoever parses it gets the same text.

use crate::render::text::is_unfit_for_a_line;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter, Serializer};
use std::io::{self, Write};

/// Indented, and plain in every string.
pub(super) fn serializer<W: Write>(out: W) -> Serializer<W, Plain> {
    Serializer::with_formatter(out, Plain(PrettyFormatter::new()))
}

/// serde_json's pretty layout, with more escapes.
pub(super) struct Plain(PrettyFormatter<'static>);

impl Formatter for Plain {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut written = 0;
        // ASCII but for DEL was looked at by serde_json already.
        let unfit = fragment.char_indices().filter(|(_, letter)| *letter >= '\u{7f}' && is_unfit_for_a_line(*letter));
        for (at, letter) in unfit {
            out.write_all(&fragment.as_bytes()[written..at])?;
            for unit in letter.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            written = at + letter.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[written..])
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        self.0.write_char_escape(out, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::pretty;

    #[test]
    fn whatever_a_terminal_obeys_is_an_escape_that_reads_back() {
        let text = "a\u{1b}[2J\u{7f}\u{9b}31m\u{202e}\n\u{10ffff} 日本 \"\\";
        let json = pretty(&text);
        assert_eq!(json, "\"a\\u001b[2J\\u007f\\u009b31m\\u202e\\n\\udbff\\udfff 日本 \\\"\\\\\"\n");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn the_layout_is_serde_jsons() {
        let value = serde_json::json!({"a": [1, {"b": []}, {}], "c": null, "d": "x"});
        assert_eq!(pretty(&value), serde_json::to_string_pretty(&value).unwrap() + "\n");
    }
}
