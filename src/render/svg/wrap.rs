//! Sentences on as many lines as they need.

use crate::render::font::{Fonts, Weight};
use crate::render::scene::Piece;

/// Breaks lines of pieces so that none is wider than this: between words, a path before its dots and brackets, and what
/// is wider by itself between any two letters. Breaks no line that fits.
pub(super) fn wrap(lines: &[Vec<Piece>], size: f64, most: f64, fonts: &Fonts) -> Vec<Vec<Piece>> {
    lines.iter().flat_map(|line| wrap_line(line, size, most, fonts)).collect()
}

fn wrap_line(line: &[Piece], size: f64, most: f64, fonts: &Fonts) -> Vec<Vec<Piece>> {
    let width = |text: &str, stressed: bool| fonts.width(text, size, weight(stressed));
    let total: f64 = line.iter().map(|piece| width(&piece.text, piece.stressed)).sum();
    if total <= most {
        return vec![line.to_vec()];
    }
    let (mut lines, mut used) = (vec![Vec::<Piece>::new()], 0.0);
    for piece in line {
        for part in parts(&piece.text, piece.stressed) {
            for part in fitting(part, &|text| width(text, piece.stressed), most) {
                let wide = width(part.trim_end(), piece.stressed);
                if used > 0.0 && used + wide > most {
                    lines.push(Vec::new());
                    used = 0.0;
                }
                let last = lines.last_mut().expect("there is a line from the start");
                used += width(part, piece.stressed);
                match last.last_mut().filter(|before| before.stressed == piece.stressed) {
                    Some(before) => before.text.push_str(part),
                    None => last.push(Piece { text: part.to_owned(), stressed: piece.stressed }),
                }
            }
        }
    }
    lines
}

/// The weight of a piece.
pub(super) fn weight(stressed: bool) -> Weight {
    if stressed { Weight::Bold } else { Weight::Regular }
}

/// Where a text may be broken: behind blanks, and a path before its dots and brackets too.
fn parts(text: &str, is_path: bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        let here = before == ' ' && letter != ' ' || is_path && matches!(letter, '.' | '[') && before != '.';
        if at > start && here {
            parts.push(&text[start..at]);
            start = at;
        }
        before = letter;
    }
    parts.push(&text[start..]);
    parts
}

/// A part in pieces that fit, by halves.
fn fitting<'t>(part: &'t str, width: &impl Fn(&str) -> f64, most: f64) -> Vec<&'t str> {
    let (mut done, mut rest) = (Vec::new(), vec![part]);
    while let Some(text) = rest.pop() {
        let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
        if middle == 0 || width(text) <= most {
            done.push(text);
        } else {
            rest.push(&text[middle..]);
            rest.push(&text[..middle]);
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: &[Vec<Piece>]) -> Vec<String> {
        lines.iter().map(|line| line.iter().map(|piece| piece.text.as_str()).collect()).collect()
    }

    #[test]
    fn nothing_is_lost_and_no_line_is_too_wide() {
        let fonts = Fonts::new();
        let plain = "One root reaches it here; the nearest path is ";
        let path = "app.CACHE.entries['a key with blanks']['user-7'].owner.sessions[17]".repeat(3);
        let line = vec![
            Piece { text: plain.to_owned(), stressed: false },
            Piece { text: path.clone() + &"x".repeat(200), stressed: true },
        ];
        for most in [120.0, 300.0, 640.0] {
            let wrapped = wrap(std::slice::from_ref(&line), 13.0, most, &fonts);
            assert_eq!(texts(&wrapped).concat(), texts(std::slice::from_ref(&line)).concat());
            for line in &wrapped {
                let width: f64 =
                    line.iter().map(|piece| fonts.width(piece.text.trim_end(), 13.0, weight(piece.stressed))).sum();
                assert!(width <= most + 1.0, "{width} of {most}: {:?}", texts(std::slice::from_ref(line)));
            }
        }
        assert_eq!(wrap(std::slice::from_ref(&line), 13.0, 1e6, &fonts), [line]);
    }

    #[test]
    fn a_path_is_broken_before_its_steps() {
        assert_eq!(parts("app.cache['k'].x", true), ["app", ".cache", "['k']", ".x"]);
        assert_eq!(parts("two words", false), ["two ", "words"]);
    }
}
