//! Colours that everybody can read and tell apart.

use super::*;
use crate::analysis::neighbourhood::Mark;
use crate::render::scene::{BoxRole, EdgeRole, Look};

const THEMES: [(&str, Theme); 2] = [("light", LIGHT), ("dark", DARK)];
const MARKS: [Mark; 4] = [Mark::Garbage, Mark::HeldOutside, Mark::Finalizer, Mark::Frozen];
const LINES: [EdgeRole; 5] = [EdgeRole::Path, EdgeRole::Cycle, EdgeRole::Plain, EdgeRole::Weak, EdgeRole::Collapsed];

#[test]
fn hsv_becomes_rgb_as_graphviz_does_it() {
    assert_eq!(rgb([0.0, 0.0, 1.0]), "#ffffff");
    assert_eq!(rgb([0.0, 1.0, 1.0]), "#ff0000");
    assert_eq!(rgb([0.3, 1.0, 1.0]), "#33ff00");
    assert_eq!(rgb([0.6, 0.6, 1.0]), "#66a3ff");
    assert_eq!(rgb([0.0, 0.0, 0.3]), "#4d4d4d");
}

/// Red, green and blue as light, each 0 to 1: sRGB's curve undone (IEC 61966-2-1).
fn linear(colour: &str) -> [f64; 3] {
    [1, 3, 5].map(|at| {
        let part = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    })
}

/// Relative luminance as WCAG 2 defines it.
fn luminance(colour: &str) -> f64 {
    let [red, green, blue] = linear(colour);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_can_be_read_on_its_ground() {
    let roles = [BoxRole::Instance, BoxRole::Container, BoxRole::Code, BoxRole::Root, BoxRole::Card, BoxRole::Steps];
    for (name, theme) in THEMES {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (role, asked) in roles.into_iter().flat_map(|role| [(role, false), (role, true)]) {
            let paint = theme.paint_box(role, asked);
            let marks = MARKS.map(|mark| theme.mark(mark).to_owned());
            let texts = [paint.title, paint.detail, theme.cycle[1].to_owned()].into_iter().chain(marks);
            pairs.extend(texts.map(|text| (text, paint.fill.clone())));
        }
        let lines = LINES.map(|role| theme.paint_line(role, Look::Ours).text);
        let ground = [theme.text, theme.faint, theme.stress].into_iter().chain(lines);
        pairs.extend(ground.map(|text| (text.to_owned(), theme.background.to_owned())));
        pairs.push((theme.cycle[1].to_owned(), theme.cycle[2].to_owned()));
        for (text, ground) in pairs {
            let ratio = contrast(&text, &ground);
            assert!(ratio >= 4.5, "{name}: {text} on {ground} has {ratio:.2}");
        }
    }
}

/// What a line or a bar shows is no text, but has to be seen: 3 : 1, as WCAG 2.1 asks of graphics (1.4.11). Lines that
/// are faint on purpose are dashed as well, and lead to what says in words what it is.
#[test]
fn every_line_can_be_seen_on_the_ground() {
    for (name, theme) in THEMES {
        let lines = [EdgeRole::Path, EdgeRole::Cycle, EdgeRole::Plain];
        for colour in lines.map(|role| theme.paint_line(role, Look::Ours).colour) {
            assert!(contrast(colour, theme.background) >= 3.0, "{name}: {colour}");
        }
        for (bar, track) in [(theme.bar[0], theme.bar[1]), (theme.bar[2], theme.bar[3])] {
            assert!(contrast(bar, track) >= 3.0, "{name}: {bar} on {track}");
        }
    }
}

/// Full colour blindness of each kind in linear RGB: Machado, Oliveira and Fernandes, "A physiologically-based model for
/// simulation of color vision deficiency", 2009, table 1, severity 1.0.
const BLINDNESS: [(&str, [[f64; 3]; 3]); 3] = [
    ("protanopia", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    (
        "deuteranopia",
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ),
    ("tritanopia", [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
];

fn seen_by(matrix: &[[f64; 3]; 3], colour: &str) -> [f64; 3] {
    let light = linear(colour);
    matrix.map(|row| row.iter().zip(light).map(|(weight, part)| weight * part).sum::<f64>().clamp(0.0, 1.0))
}

/// CIE L*a*b* (1976) of linear RGB, by sRGB's primaries and white.
fn lab([red, green, blue]: [f64; 3]) -> [f64; 3] {
    let x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505;
    let y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089;
    let [x, y, z] = [x, y, z].map(|part: f64| if part > 0.008856 { part.cbrt() } else { 7.787 * part + 16.0 / 116.0 });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// How different two colours look: 2.3 is just noticeable (CIE 1976).
fn difference(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (lab(one), lab(other));
    one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt()
}

/// Lines differ by width by a third at least, by dash, or by a colour that nobody confuses.
#[test]
fn roles_of_lines_are_told_apart_by_the_colour_blind() {
    const CLEAR: f64 = 15.0;
    for (name, theme) in THEMES {
        for (kind, matrix) in &BLINDNESS {
            for (nth, one) in LINES.iter().enumerate() {
                for other in &LINES[..nth] {
                    // Both lead to what is not shown in full, and say so in words at their end.
                    if [*one, *other] == [EdgeRole::Collapsed, EdgeRole::Weak] {
                        continue;
                    }
                    let paints = [one, other].map(|role| theme.paint_line(*role, Look::Ours));
                    let widths = paints.map(|paint| paint.width);
                    let shape = paints[0].dash != paints[1].dash
                        || widths[0].max(widths[1]) / widths[0].min(widths[1]) > 4.0 / 3.0;
                    let [a, b] = paints.map(|paint| seen_by(matrix, paint.colour));
                    let far = difference(a, b);
                    assert!(shape || far > CLEAR, "{name}, {kind}: {one:?} and {other:?} differ by {far:.1}");
                }
            }
        }
    }
}

/// Kinds of boxes differ by their first lines too; what was asked for and roots, by border and shape. Here: that no
/// simulated eye sees the stressed border as that of another box.
#[test]
fn the_border_of_what_was_asked_for_stands_out_to_every_eye() {
    for (name, theme) in THEMES {
        for (kind, matrix) in &BLINDNESS {
            let asked = theme.paint_box(BoxRole::Instance, true);
            for role in [BoxRole::Instance, BoxRole::Container, BoxRole::Code, BoxRole::Root] {
                let other = theme.paint_box(role, false);
                let far = difference(seen_by(matrix, &asked.border), seen_by(matrix, &other.border));
                assert!(far > 15.0 || asked.width / other.width > 1.5, "{name}, {kind}: {role:?} by {far:.1}");
            }
        }
    }
}
