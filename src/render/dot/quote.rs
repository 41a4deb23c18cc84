//! Any text as a quoted string of Graphviz's language that every Graphviz reads as that text.

use crate::render::text::clean;

/// Graphviz 2.43 reads no token of more than 16384 bytes; a rest is cut with `…`.
const LONGEST: usize = 16_000;

/// Quotes a text. Line breaks stay line breaks.
///
/// Quotes and backslashes are escaped (so that `\N`, `\l` and a backslash at the end mean themselves); `&` is written
/// as an entity because Graphviz expands entities in labels; control characters become visible escapes because they
/// would go raw into the SVG that Graphviz makes, which XML forbids.
pub fn quote(text: &str) -> String {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'\\' | b'"' | b'&');
    let mut out = String::with_capacity(text.len().min(LONGEST) + 2);
    out.push('"');
    for (nth, line) in text.split('\n').enumerate() {
        if nth > 0 {
            out.push_str("\\n");
        }
        if line.len() <= LONGEST && line.bytes().all(plain) {
            out.push_str(line);
        } else {
            // One letter becomes at most ten bytes: looking further than the limit changes nothing.
            let end = line.char_indices().nth(LONGEST).map_or(line.len(), |(at, _)| at);
            clean(&line[..end]).chars().for_each(|letter| push(&mut out, letter));
        }
        if out.len() > LONGEST {
            shorten(&mut out);
            break;
        }
    }
    out.push('"');
    out
}

fn push(out: &mut String, letter: char) {
    match letter {
        '\\' => out.push_str("\\\\"),
        '"' => out.push_str("\\\""),
        '&' => out.push_str("&amp;"),
        letter => out.push(letter),
    }
}

/// Cuts at a place where no escape or entity is torn.
fn shorten(out: &mut String) {
    let mut end = LONGEST;
    while !out.is_char_boundary(end) {
        end -= 1;
    }
    out.truncate(end);
    if let Some(at) = out.rfind('&').filter(|at| !out[*at..].contains(';')) {
        out.truncate(at);
    }
    let slashes = out.len() - out.trim_end_matches('\\').len();
    if slashes % 2 == 1 {
        out.pop();
    }
    out.push('…');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_graphviz_would_read_otherwise_is_escaped() {
        assert_eq!(quote(r#"say "hi" \N"#), r#""say \"hi\" \\N""#);
        assert_eq!(quote("a\nb"), r#""a\nb""#);
        assert_eq!(quote("&#65; <b>"), r#""&amp;#65; <b>""#);
        assert_eq!(quote("\0\u{1}\\"), r#""\\x00\\x01\\""#);
        assert_eq!(quote("node"), r#""node""#);
        assert_eq!(quote(""), r#""""#);
    }

    #[test]
    fn a_long_text_is_cut_where_no_escape_is_torn() {
        for text in ["\\".repeat(200_000), "&".repeat(200_000), "Ж".repeat(200_000), "\"".repeat(200_000)] {
            let quoted = quote(&text);
            assert!(quoted.len() < 16_384 && quoted.ends_with("…\""), "{}", quoted.len());
            let slashes = quoted.trim_end_matches("…\"").chars().rev().take_while(|letter| *letter == '\\').count();
            assert_eq!(slashes % 2, 0, "a torn escape");
            assert_eq!(quoted.matches('&').count(), quoted.matches("&amp;").count());
        }
    }
}
