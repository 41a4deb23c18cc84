//! Strings.

/// `text` as `repr()` writes a str: quotes that need no escape, and escapes for whatever `str.isprintable` denies.
///
/// ```
/// use heapgraph::cpython::repr::str_repr;
/// assert_eq!(str_repr("it's\u{200b}\n"), r#""it's\u200b\n""#);
/// ```
pub fn str_repr(text: &str) -> String {
    let mark = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(mark);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character == mark => out.extend(['\\', mark]),
            _ if is_printable(character) => out.push(character),
            _ => out.push_str(&escape(u32::from(character))),
        }
    }
    out.push(mark);
    out
}

fn escape(code: u32) -> String {
    match code {
        0..0x100 => format!("\\x{code:02x}"),
        0x100..0x1_0000 => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    }
}

/// Neither Other nor Separator, but for the space: Rust's rule for `escape_debug` is the same as Python's. Behind
/// another character, so that combining marks are not escaped for standing at the start.
fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    let pair: String = ['a', character].iter().collect();
    pair.escape_debug().nth(1) == Some(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each from CPython 3.12.
    #[test]
    fn what_cannot_be_printed_is_escaped_as_python_does() {
        for (text, expected) in [
            ("\u{a0}\u{ad}\u{85}", r"'\xa0\xad\x85'"),
            ("\u{2028}\u{feff}\u{3000}", r"'\u2028\ufeff\u3000'"),
            ("\u{e0001}\u{e000}", r"'\U000e0001\ue000'"),
            ("e\u{301} 日本 😀", "'e\u{301} 日本 😀'"),
            ("\u{301}", "'\u{301}'"),
            ("\0\x07\x7f", r"'\x00\x07\x7f'"),
            ("a\"'", "'a\"\\''"),
        ] {
            assert_eq!(str_repr(text), expected);
        }
    }
}
