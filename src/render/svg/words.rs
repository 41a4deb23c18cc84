//! Title, answer, legend and foot line.

use std::fmt::Write;

use super::{Drawing, Set, number};
use crate::render::font::{Fonts, Weight};
use crate::render::layout::{Extent, Point};
use crate::render::scene::{BoxRole, EdgeRole, LegendEntry, Look, Scene};
use crate::render::style::{self, LIGHT};

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
const AFTER_ENTRY: f64 = 30.0;

/// How much room title and answer take.
pub(super) fn header_extent(scene: &Scene, fonts: &Fonts) -> Extent {
    let Some(title) = &scene.title else { return Extent::default() };
    let answers = scene.answer.iter().map(|line| {
        line.iter().map(|piece| fonts.width(&piece.text, style::ANSWER_SIZE, weight(piece.stressed))).sum::<f64>()
    });
    let width = answers.fold(fonts.width(title, style::TITLE_SIZE, Weight::Bold), f64::max);
    Extent { width, height: TITLE_STEP + ANSWER_STEP * scene.answer.len() as f64 + BELOW_HEADER }
}

/// How much room legend and foot line take below what is this wide: beside each other where they fit.
pub(super) fn footer_extent(scene: &Scene, fonts: &Fonts, above: f64) -> Extent {
    if scene.legend.is_empty() && scene.foot.is_empty() {
        return Extent::default();
    }
    let (legend, foot) = footer_widths(scene, fonts);
    let height = ABOVE_RULE + BELOW_RULE;
    if legend + foot <= above {
        return Extent { width: legend + foot, height };
    }
    Extent { width: legend.max(foot), height: height + ANSWER_STEP }
}

fn footer_widths(scene: &Scene, fonts: &Fonts) -> (f64, f64) {
    let legend = scene.legend.iter().map(|entry| entry_width(*entry, fonts)).sum();
    (legend, fonts.width(&scene.foot, style::FOOT_SIZE, Weight::Regular))
}

fn entry_width(entry: LegendEntry, fonts: &Fonts) -> f64 {
    SIGN + AFTER_SIGN + fonts.width(entry.words(), style::FOOT_SIZE, Weight::Regular) + AFTER_ENTRY
}

fn weight(stressed: bool) -> Weight {
    if stressed { Weight::Bold } else { Weight::Regular }
}

impl Drawing {
    pub(super) fn write_header(&self, out: &mut String) -> std::fmt::Result {
        let Some(title) = &self.scene.title else { return Ok(()) };
        let mut y = style::MARGIN + style::TITLE_SIZE * 0.8;
        let set = Set { size: style::TITLE_SIZE, weight: Weight::Bold, colour: LIGHT.text, halo: false };
        self.write_text(out, Point { x: style::MARGIN, y }, title, &set)?;
        y += TITLE_STEP - ANSWER_STEP;
        for line in &self.scene.answer {
            y += ANSWER_STEP;
            let mut x = style::MARGIN;
            for piece in line {
                let weight = weight(piece.stressed);
                let colour = if piece.stressed { LIGHT.stress } else { LIGHT.faint };
                let set = Set { size: style::ANSWER_SIZE, weight, colour, halo: false };
                self.write_text(out, Point { x, y }, &piece.text, &set)?;
                x += self.fonts.width(&piece.text, set.size, weight);
            }
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
            LIGHT.rule,
            y = number(rule)
        )?;
        let mut at = Point { x: left, y: rule + BELOW_RULE };
        for entry in &self.scene.legend {
            self.write_entry(out, *entry, at)?;
            at.x += entry_width(*entry, &self.fonts);
        }
        let (legend, foot) = footer_widths(&self.scene, &self.fonts);
        let beside = legend + foot <= self.above_footer;
        let at = if beside { Point { x: right - foot, ..at } } else { Point { x: left, y: at.y + ANSWER_STEP } };
        let set = Set { size: style::FOOT_SIZE, weight: Weight::Regular, colour: LIGHT.faint, halo: false };
        self.write_text(out, at, &self.scene.foot, &set)
    }

    fn write_entry(&self, out: &mut String, entry: LegendEntry, at: Point) -> std::fmt::Result {
        let middle = at.y - style::FOOT_SIZE * 0.36;
        match sign(entry) {
            Sign::Box(role, asked) => {
                let paint = LIGHT.paint_box(role, asked);
                let radius = if role == BoxRole::Root { 7.0 } else { 3.0 };
                let dash = paint.dash.map(|dash| format!(r#" stroke-dasharray="{dash}""#)).unwrap_or_default();
                writeln!(
                    out,
                    r#"<rect x="{}" y="{}" width="{SIGN}" height="14" rx="{radius}" fill="{}" stroke="{}" stroke-width="{}"{dash}/>"#,
                    number(at.x),
                    number(middle - 7.0),
                    paint.fill,
                    paint.border,
                    paint.width.min(1.5)
                )?;
            }
            Sign::Line(role) => {
                let paint = LIGHT.paint_line(role, Look::Ours);
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
        }
        let set = Set { size: style::FOOT_SIZE, weight: Weight::Regular, colour: LIGHT.faint, halo: false };
        self.write_text(out, Point { x: at.x + SIGN + AFTER_SIGN, y: at.y }, entry.words(), &set)
    }
}

enum Sign {
    Box(BoxRole, bool),
    Line(EdgeRole),
}

fn sign(entry: LegendEntry) -> Sign {
    match entry {
        LegendEntry::Root => Sign::Box(BoxRole::Root, false),
        LegendEntry::Asked => Sign::Box(BoxRole::Instance, true),
        LegendEntry::Path => Sign::Line(EdgeRole::Path),
        LegendEntry::Weak => Sign::Line(EdgeRole::Weak),
        LegendEntry::Collapsed => Sign::Box(BoxRole::Card, false),
    }
}
