//! Title, answer, legend and foot line.

use std::fmt::Write;

use super::wrap::{weight, wrap};
use super::{Drawing, Set, number};
use crate::render::font::{Fonts, Weight};
use crate::render::layout::{Extent, Point, Rect};
use crate::render::scene::{BoxRole, EdgeRole, LegendEntry, Look, Piece, Scene, SceneBox};
use crate::render::style;

/// From the answer's last line to the drawing.
const BELOW_HEADER: f64 = 22.0;
const TITLE_STEP: f64 = 30.0;
const ANSWER_STEP: f64 = 21.0;
/// From the drawing to the rule, and from there to the legend's baseline.
const ABOVE_RULE: f64 = 26.0;
const BELOW_RULE: f64 = 26.0;
/// A legend entry's sign, and the room after its words.
const SIGN: f64 = 26.0;
const AFTER_SIGN: f64 = 8.0;
const AFTER_ENTRY: f64 = 26.0;
/// The number in the disc of the legend.
const EXAMPLE: u32 = 1;

/// Title and answer, broken into lines.
#[derive(Default)]
pub(super) struct Header {
    title: Vec<Vec<Piece>>,
    answer: Vec<Vec<Piece>>,
    pub(super) extent: Extent,
}

impl Header {
    /// Above a drawing of this width; a narrow one is no reason for short lines.
    pub(super) fn above(scene: &Scene, fonts: &Fonts, width: f64) -> Self {
        let Some(title) = &scene.title else { return Header::default() };
        let most = width.max(style::TEXT_WIDTH);
        let title = vec![Piece { text: title.clone(), stressed: true }];
        let title = wrap(&[title], style::TITLE_SIZE, most, fonts);
        let answer = wrap(&scene.answer, style::ANSWER_SIZE, most, fonts);
        let wide = |lines: &[Vec<Piece>], size: f64| {
            let line = |line: &Vec<Piece>| {
                line.iter().map(|piece| fonts.width(&piece.text, size, weight(piece.stressed))).sum::<f64>()
            };
            lines.iter().map(line).fold(0.0, f64::max)
        };
        let width = wide(&title, style::TITLE_SIZE).max(wide(&answer, style::ANSWER_SIZE));
        let height = TITLE_STEP * title.len() as f64 + ANSWER_STEP * answer.len() as f64 + BELOW_HEADER;
        Header { title, answer, extent: Extent { width, height } }
    }
}

/// Legend and foot line: where each of their parts stands.
#[derive(Default)]
pub(super) struct Footer {
    /// By entry of the legend, its place from the left and its row.
    entries: Vec<(f64, usize)>,
    /// Row of the foot line, and how wide it is.
    foot: (usize, f64),
    pub(super) extent: Extent,
}

impl Footer {
    /// Below what is this wide: the legend in as many rows as it needs, the foot line behind it where it fits.
    pub(super) fn below(scene: &Scene, fonts: &Fonts, width: f64) -> Self {
        if scene.legend.is_empty() && scene.foot.is_empty() {
            return Footer::default();
        }
        let foot = fonts.width(&scene.foot, style::FOOT_SIZE, Weight::Regular);
        let (mut entries, mut x, mut row, mut widest) = (Vec::new(), 0.0, 0, foot);
        for entry in &scene.legend {
            let wide = SIGN + AFTER_SIGN + fonts.width(entry.words(), style::FOOT_SIZE, Weight::Regular);
            if x > 0.0 && x + wide > width {
                (x, row) = (0.0, row + 1);
            }
            entries.push((x, row));
            widest = f64::max(widest, x + wide);
            x += wide + AFTER_ENTRY;
        }
        let below = x > 0.0 && x + foot > width;
        let foot_row = row + usize::from(below);
        if !below {
            widest = widest.max(x + foot);
        }
        let height = ABOVE_RULE + BELOW_RULE + ANSWER_STEP * foot_row as f64;
        Footer { entries, foot: (foot_row, foot), extent: Extent { width: widest, height } }
    }
}

impl Drawing {
    pub(super) fn write_header(&self, out: &mut String) -> std::fmt::Result {
        let mut y = style::MARGIN + style::TITLE_SIZE * 0.8;
        for line in &self.header.title {
            let set = Set { size: style::TITLE_SIZE, weight: Weight::Bold, colour: self.theme.text, halo: false };
            self.write_pieces(out, line, Point { x: style::MARGIN, y }, &set)?;
            y += TITLE_STEP;
        }
        for line in &self.header.answer {
            let set = Set { size: style::ANSWER_SIZE, weight: Weight::Regular, colour: self.theme.faint, halo: false };
            self.write_pieces(out, line, Point { x: style::MARGIN, y }, &set)?;
            y += ANSWER_STEP;
        }
        Ok(())
    }

    /// A line of a sentence; stressed pieces in their own weight and colour, those of a title in the title's.
    fn write_pieces(&self, out: &mut String, line: &[Piece], mut at: Point, plain: &Set<'_>) -> std::fmt::Result {
        for piece in line {
            let weight = weight(piece.stressed);
            let stressed = piece.stressed && plain.weight == Weight::Regular;
            let colour = if stressed { self.theme.stress } else { plain.colour };
            let text = piece.text.trim_end();
            self.write_text(out, at, text, &Set { weight, colour, ..*plain })?;
            at.x += self.fonts.width(&piece.text, plain.size, weight);
        }
        Ok(())
    }

    pub(super) fn write_footer(&self, out: &mut String) -> std::fmt::Result {
        if self.scene.legend.is_empty() && self.scene.foot.is_empty() {
            return Ok(());
        }
        let (left, right) = (style::MARGIN, self.extent.width - style::MARGIN);
        let rule = self.origin.y + self.arrangement.extent.height + ABOVE_RULE;
        writeln!(
            out,
            r#"<path class="rule" d="M{left} {y}H{right}" fill="none" stroke="{}" stroke-width="1"/>"#,
            self.theme.rule,
            y = number(rule)
        )?;
        let baseline = |row: usize| rule + BELOW_RULE + ANSWER_STEP * row as f64;
        for (entry, (x, row)) in self.scene.legend.iter().zip(&self.footer.entries) {
            self.write_entry(out, *entry, Point { x: left + x, y: baseline(*row) })?;
        }
        let (row, width) = self.footer.foot;
        let alone = !self.footer.entries.iter().any(|(_, other)| *other == row) && !self.footer.entries.is_empty();
        let x = if alone { left } else { right - width };
        self.write_text(out, Point { x, y: baseline(row) }, &self.scene.foot, &self.foot_set())
    }

    fn foot_set(&self) -> Set<'_> {
        Set { size: style::FOOT_SIZE, weight: Weight::Regular, colour: self.theme.faint, halo: false }
    }

    fn write_entry(&self, out: &mut String, entry: LegendEntry, at: Point) -> std::fmt::Result {
        let middle = at.y - style::FOOT_SIZE * 0.36;
        let centre = Point { x: at.x + SIGN / 2.0, y: middle };
        match sign(entry) {
            Sign::Box(one) => self.write_small_box(out, &one, Point { x: at.x, y: middle - 7.0 })?,
            Sign::Line(role) => {
                let paint = self.theme.paint_line(role, Look::Ours);
                let dash = paint.dash.map(|dash| format!(r#" stroke-dasharray="{dash}""#)).unwrap_or_default();
                writeln!(
                    out,
                    r#"<path d="M{} {}h{SIGN}" fill="none" stroke="{}" stroke-width="{}"{dash}/>"#,
                    number(at.x),
                    number(middle),
                    paint.colour,
                    paint.width
                )?;
            }
            Sign::Disc => self.write_disc(out, centre, EXAMPLE)?,
            Sign::Bar => {
                // Half of it: the legend's signs are narrower than a bar.
                let corner = Point { x: at.x, y: middle - style::BAR.1 / 2.0 };
                self.write_small_bar(out, corner)?;
            }
            Sign::Mark(mark) => self.write_sign(out, mark, Point { x: at.x + SIGN - style::SIGN / 2.0, ..centre })?,
        }
        self.write_text(out, Point { x: at.x + SIGN + AFTER_SIGN, y: at.y }, entry.words(), &self.foot_set())
    }

    fn write_small_box(&self, out: &mut String, one: &SceneBox, at: Point) -> std::fmt::Result {
        let paint = self.theme.paint_of(one);
        let radius = if matches!(one.role, BoxRole::Root | BoxRole::Steps) { 7.0 } else { 3.0 };
        let dash = paint.dash.map(|dash| format!(r#" stroke-dasharray="{dash}""#)).unwrap_or_default();
        writeln!(
            out,
            r#"<rect x="{}" y="{}" width="{SIGN}" height="14" rx="{radius}" fill="{}" stroke="{}" stroke-width="{}"{dash}/>"#,
            number(at.x),
            number(at.y),
            paint.fill,
            paint.border,
            paint.width.min(1.5)
        )?;
        if one.highlighted {
            let extent = Extent { width: SIGN, height: 14.0 };
            self.write_highlight(out, &Rect { at, extent })?;
        }
        Ok(())
    }

    fn write_small_bar(&self, out: &mut String, at: Point) -> std::fmt::Result {
        for (colour, width) in [(self.theme.bar[1], SIGN), (self.theme.bar[0], SIGN * 0.6)] {
            let (x, y, height) = (number(at.x), number(at.y), style::BAR.1);
            writeln!(out, r#"<path d="M{x} {y}h{width}v{height}h-{width}z" fill="{colour}"/>"#)?;
        }
        Ok(())
    }
}

enum Sign {
    Box(Box<SceneBox>),
    Line(EdgeRole),
    Disc,
    Bar,
    Mark(crate::analysis::neighbourhood::Mark),
}

fn sign(entry: LegendEntry) -> Sign {
    let small = |one| Sign::Box(Box::new(one));
    let plain = |role| small(SceneBox { role, ..SceneBox::default() });
    match entry {
        LegendEntry::Root => plain(BoxRole::Root),
        LegendEntry::Asked => small(SceneBox { asked: true, ..SceneBox::default() }),
        LegendEntry::Highlighted => small(SceneBox { highlighted: true, ..SceneBox::default() }),
        LegendEntry::Path => Sign::Line(EdgeRole::Path),
        LegendEntry::Cycle => Sign::Line(EdgeRole::Cycle),
        LegendEntry::Disc => Sign::Disc,
        LegendEntry::Weak => Sign::Line(EdgeRole::Weak),
        LegendEntry::Collapsed => plain(BoxRole::Card),
        LegendEntry::Steps => plain(BoxRole::Steps),
        LegendEntry::Retained => Sign::Bar,
        LegendEntry::Mark(mark) => Sign::Mark(mark),
    }
}
