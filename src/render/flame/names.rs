//! What stands in the frames: inferno cuts a name by a guess at the width of a letter, and may leave half of a number,
//! which reads as another number. Here, and in the script that cuts anew when a reader zooms, it is cut before one.

use crate::render::font::{Fonts, Weight};
use crate::render::text::xml;

/// Takes the place of the functions of these names in inferno's script, behind which it stands.
const SCRIPT: &str = include_str!("names.js");
/// Between a frame's border and its name, on either side.
const PADDING: f64 = 3.0;

/// Writes into each frame as much of its name as it has room for. `frames` is how wide all are together. Linear.
pub(super) fn fitted(svg: &str, frames: f64, size: f64) -> String {
    let fonts = Fonts::new();
    let mut parts = svg.split("</title>");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let title = out.rsplit("<title>").next().unwrap_or_default();
        let name = plain(title.rsplit_once(" (").map_or(title, |(name, _)| name));
        out.push_str("</title>");
        match places(part) {
            Some((before, percent, after)) => {
                let room = percent / 100.0 * frames - 2.0 * PADDING;
                out.extend([before, &xml(&fit(&name, room, size, &fonts)), after]);
            }
            None => out.push_str(part),
        }
    }
    match out.rfind("]]>") {
        Some(end) if out[end..].starts_with("]]>\n</script>") || out[end..].starts_with("]]></script>") => {
            out.insert_str(end, SCRIPT);
            out
        }
        _ => out,
    }
}

/// Of what follows a frame's title: up to its text, how wide its rectangle is in percent of all, and what is behind its text.
fn places(part: &str) -> Option<(&str, f64, &str)> {
    let width = part.split_once(" width=\"")?.1.split_once('%')?.0.parse().ok()?;
    let start = part.find("<text")?;
    let start = start + part[start..].find('>')? + 1;
    let end = start + part[start..].find("</text>")?;
    Some((&part[..start], width, &part[end..]))
}

/// XML's entities as the characters that they stand for.
fn plain(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    entities.into_iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

/// As much of a name as there is room for, and nothing where that is next to nothing.
fn fit(name: &str, room: f64, size: f64, fonts: &Fonts) -> String {
    let width = |text: &str| fonts.width(text, size, Weight::Regular);
    if width(name) <= room {
        return name.to_owned();
    }
    let (mut left, mut end) = (room - width("…"), 0);
    for (at, letter) in name.char_indices() {
        let behind = at + letter.len_utf8();
        left -= width(&name[at..behind]);
        if left < 0.0 {
            break;
        }
        end = behind;
    }
    let number = |letter: char| letter.is_ascii_digit() || matches!(letter, ',' | '.');
    let head = &name[..end];
    let head = if name[end..].starts_with(number) { head.trim_end_matches(number) } else { head };
    let head = head.trim_end_matches([' ', '(', ',']);
    if head.chars().count() > 1 { format!("{head}…") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cut_before_a_number_and_never_in_it() {
        let fonts = Fonts::new();
        let name = ".entries (dict, 40,012 items)";
        let numbers = ["", "40,012"];
        for room in 0..220 {
            let fitted = fit(name, f64::from(room), 12.0, &fonts);
            assert!(fonts.width(&fitted, 12.0, Weight::Regular) <= f64::from(room), "{fitted} in {room}");
            let digits: String = fitted.chars().filter(|letter| letter.is_ascii_digit() || *letter == ',').collect();
            assert!(numbers.contains(&digits.trim_matches(',')), "{fitted}");
        }
        assert_eq!(fit(name, 1000.0, 12.0, &fonts), name);
        assert_eq!(fit("100,000 Sessions", 40.0, 12.0, &fonts), "");
    }

    #[test]
    fn frames_are_found_and_their_texts_replaced() {
        let svg = "<g><title>a&amp;b 1,234 (9 bytes, 50%)</title><rect x=\"0%\" width=\"50.0%\"/><text x=\"1\">a&amp;..</text></g>";
        assert!(fitted(svg, 400.0, 12.0).contains("<text x=\"1\">a&amp;b 1,234</text>"));
        assert!(fitted(svg, 110.0, 12.0).contains("<text x=\"1\">a&amp;b…</text>"));
    }
}
