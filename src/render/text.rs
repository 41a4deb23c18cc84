//! Text that any format can take: without control characters, cut to a length, escaped for XML.

use std::fmt::Write;

pub use crate::cpython::label::grouped;

/// Replaces what no line of text may hold: controls, line breaks, bidirectional marks and characters that XML forbids
/// become escapes as Python writes them (`\n`, `\x01`, `\u202e`), so that nothing is lost. Linear.
pub fn clean(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|letter| push_clean(&mut out, letter));
    out
}

/// The same, cut with `…` to at most `limit` characters, of which a cut leaves the beginning. Looks at no more of
/// the text than it keeps, so a text of any length costs the same.
pub fn cut(text: &str, limit: usize) -> String {
    if text.len() <= limit && is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for letter in text.chars() {
        let start = out.len();
        push_clean(&mut out, letter);
        used += out[start..].chars().count();
        if used > limit {
            let keep = out.char_indices().nth(limit.saturating_sub(1)).map_or(0, |(at, _)| at);
            // Never half an escape: the last letter goes whole.
            out.truncate(keep.min(start));
            out.push('…');
            break;
        }
    }
    out
}

/// Nothing in it but what ASCII can print, as in most texts: then no letter needs a look of its own.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn push_clean(out: &mut String, letter: char) {
    match letter {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        letter if letter.is_control() => push_escape(out, "x", 2, letter),
        letter if is_unfit_for_a_line(letter) && letter <= '\u{ffff}' => push_escape(out, "u", 4, letter),
        letter if is_unfit_for_a_line(letter) => push_escape(out, "U", 8, letter),
        letter => out.push(letter),
    }
}

fn push_escape(out: &mut String, mark: &str, digits: usize, letter: char) {
    let code = u32::from(letter);
    write!(out, "\\{mark}{code:0digits$x}").expect("writing to a string cannot fail");
}

/// Control characters, line separators, bidirectional controls (which would reorder what stands around them) and
/// non-characters.
pub(super) fn is_unfit_for_a_line(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
        || u32::from(letter) & 0xfffe == 0xfffe
}

/// The text as XML character data or attribute value. Control characters must be gone already.
pub fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // A parser would make a space of it in an attribute.
            '\n' => out.push_str("&#10;"),
            letter => out.push(letter),
        }
    }
    out
}

/// Bytes for a person: `952 B`, `4.2 kB`, `38.2 MB`, in powers of 1000.
pub fn bytes(number: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if number < 1000 {
        return format!("{number} B");
    }
    let mut value = number as f64 / 1000.0;
    let mut unit = 0;
    // 999.95 would print as 1000.0.
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_become_pythons_escapes_and_nothing_else_changes() {
        assert_eq!(clean("a\nb\0\u{1b}[31m\u{202e}x\u{ffff}"), "a\\nb\\x00\\x1b[31m\\u202ex\\uffff");
        assert_eq!(clean("\u{10ffff}"), "\\U0010ffff");
        assert_eq!(clean("日本 Ж 🦀 \\ \" é"), "日本 Ж 🦀 \\ \" é");
    }

    #[test]
    fn a_cut_keeps_the_beginning_and_never_half_an_escape() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
        assert_eq!(cut("abc\0\0", 6), "abc…");
        assert_eq!(cut("ЖЖЖЖ", 3), "ЖЖ…");
        assert_eq!(cut(&"x".repeat(200_000), 3), "xx…");
    }

    #[test]
    fn numbers_are_for_people() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0, 999, 1000, 999_949, 999_950, 38_200_000].map(bytes),
            ["0 B", "999 B", "1.0 kB", "999.9 kB", "1.0 MB", "38.2 MB"]
        );
        assert_eq!(bytes(u64::MAX), "18.4 EB");
    }
}
