//! Boxes, pills and cards.

use std::fmt::Write;

use super::{Drawing, Set, measure, number};
use crate::analysis::neighbourhood::Mark;
use crate::render::layout::{Point, Rect};
use crate::render::scene::{BoxRole, Line, LineRole, Look, SceneBox};
use crate::render::style::{self, BoxPaint};
use crate::render::text::xml;

impl Drawing {
    pub(super) fn write_box(&self, out: &mut String, at: usize) -> std::fmt::Result {
        let (one, rect) = (&self.scene.boxes[at], &self.arrangement.boxes[at]);
        let paint = self.theme.paint_of(one);
        writeln!(out, r#"<g id="node{}" class="node"><title>{}</title>"#, at + 1, xml(&one.id))?;
        if one.role == BoxRole::Card {
            self.write_sheets(out, at, rect, &paint)?;
        }
        write_shape(out, one, rect, &paint, self.scene.look)?;
        if one.marks.contains(&Mark::Frozen) {
            write_inner_border(out, rect, &paint)?;
        }
        if one.highlighted && self.scene.look == Look::Ours {
            self.write_highlight(out, rect)?;
        }
        self.write_lines(out, one, rect, &paint)?;
        writeln!(out, "</g>")
    }

    /// A bar along the left border: a shape that no other role has.
    pub(super) fn write_highlight(&self, out: &mut String, rect: &Rect) -> std::fmt::Result {
        let (inset, width) = style::HIGHLIGHT;
        writeln!(
            out,
            r#"<path class="highlight" d="M{} {}v{}" fill="none" stroke="{}" stroke-width="{width}" stroke-linecap="round"/>"#,
            number(rect.at.x + inset),
            number(rect.at.y + inset),
            number(rect.extent.height - 2.0 * inset),
            self.theme.highlight,
        )
    }

    fn write_lines(&self, out: &mut String, one: &SceneBox, rect: &Rect, paint: &BoxPaint) -> std::fmt::Result {
        let look = self.scene.look;
        let baselines = measure::baselines(one, look, rect.extent.height);
        for (nth, (line, baseline)) in one.lines.iter().zip(baselines).enumerate() {
            let (size, weight) = measure::line_set(one, line.role, look);
            let colour = match line.role {
                LineRole::Mark(mark) => self.theme.mark(mark),
                LineRole::Cycles => self.theme.cycle[1],
                _ if nth == 0 => &paint.title,
                _ => &paint.detail,
            };
            let centred = look == Look::Objgraph || matches!(one.role, BoxRole::Root | BoxRole::Steps);
            let slack = rect.extent.width - self.fonts.width(&line.text, size, weight);
            let inside = match line.role {
                LineRole::Mark(_) => style::PADDING + style::SIGN + style::AFTER_SIGN,
                _ if centred => slack / 2.0,
                _ => style::PADDING,
            };
            let at = Point { x: rect.at.x + inside, y: rect.at.y + baseline };
            self.write_beside(out, one, line, rect, at)?;
            self.write_text(out, at, &line.text, &Set { size, weight, colour, halo: false })?;
        }
        Ok(())
    }

    /// The bar, the sign or the discs that go with a line of text.
    fn write_beside(&self, out: &mut String, one: &SceneBox, line: &Line, rect: &Rect, at: Point) -> std::fmt::Result {
        let middle = at.y - style::line_size(line.role) * 0.36;
        let right = rect.right() - style::PADDING;
        match line.role {
            LineRole::Keeps(share) => {
                let corner = Point { x: right - style::BAR.0, y: middle - style::BAR.1 / 2.0 };
                self.write_bar(out, corner, f64::from(share) / 1000.0, one.asked)
            }
            LineRole::Mark(mark) => {
                let centre = Point { x: rect.at.x + style::PADDING + style::SIGN / 2.0, y: middle };
                self.write_sign(out, mark, centre)
            }
            LineRole::Cycles => {
                let rule = at.y - style::line_size(line.role) * 0.36 - style::DISC - 2.0 - measure::RULED / 2.0;
                let (left, width) = (rect.at.x + style::PADDING, rect.extent.width - 2.0 * style::PADDING);
                let (x, y, colour) = (number(left), number(rule), self.theme.paint_box(one.role, false).border);
                writeln!(out, r#"<path d="M{x} {y}h{}" fill="none" stroke="{colour}"/>"#, number(width))?;
                let shown = measure::discs(one);
                for (nth, cycle) in one.cycles.iter().take(shown).enumerate() {
                    let from_right = (shown - 1 - nth) as f64 * style::DISC_STEP + style::DISC;
                    self.write_disc(out, Point { x: right - from_right, y: middle }, *cycle)?;
                }
                Ok(())
            }
            LineRole::Title => {
                for (nth, mark) in one.signs.iter().rev().enumerate() {
                    let x = right - style::SIGN / 2.0 - nth as f64 * measure::SIGN_STEP;
                    self.write_sign(out, *mark, Point { x, y: middle })?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Two more sheets behind a card, away from the side its line is on.
    fn write_sheets(&self, out: &mut String, at: usize, rect: &Rect, paint: &BoxPaint) -> std::fmt::Result {
        let side = if self.scene.edges.iter().any(|edge| edge.from == at) { -1.0 } else { 1.0 };
        for sheet in [2.0, 1.0] {
            let shift = sheet * style::CARD_SHEET;
            let (x, y) = (rect.at.x + side * shift, rect.at.y - shift);
            let (w, h) = (rect.extent.width, rect.extent.height);
            let r = style::CORNER;
            writeln!(
                out,
                r#"<path class="sheet" d="M{} {}h{}a{r} {r} 0 0 1 {r} {r}v{}a{r} {r} 0 0 1 -{r} {r}h-{}a{r} {r} 0 0 1 -{r} -{r}v-{}a{r} {r} 0 0 1 {r} -{r}z" fill="{}" stroke="{}" stroke-width="1"/>"#,
                number(x + r),
                number(y),
                number(w - 2.0 * r),
                number(h - 2.0 * r),
                number(w - 2.0 * r),
                number(h - 2.0 * r),
                paint.fill,
                self.theme.container[1],
            )?;
        }
        Ok(())
    }
}

fn write_shape(out: &mut String, one: &SceneBox, rect: &Rect, paint: &BoxPaint, look: Look) -> std::fmt::Result {
    let radius = match (look, one.role) {
        (Look::Objgraph, _) => 0.0,
        (Look::Ours, BoxRole::Root | BoxRole::Steps) => (rect.extent.height / 2.0).min(style::PILL),
        (Look::Ours, _) => style::CORNER,
    };
    // What no root reaches has no firm ground: its border is dotted.
    let dash = paint.dash.or(one.marks.contains(&Mark::Garbage).then_some(style::DOTTED));
    let dash = dash.map(|dash| format!(r#" stroke-dasharray="{dash}""#)).unwrap_or_default();
    writeln!(
        out,
        r#"<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{}" stroke="{}" stroke-width="{}"{dash}><title>{}</title></rect>"#,
        number(rect.at.x),
        number(rect.at.y),
        number(rect.extent.width),
        number(rect.extent.height),
        number(radius),
        paint.fill,
        paint.border,
        paint.width,
        xml(&one.tooltip),
    )
}

/// A second border inside the first: what is frozen is set in a frame.
fn write_inner_border(out: &mut String, rect: &Rect, paint: &BoxPaint) -> std::fmt::Result {
    let inner = rect.grown(-(1.5 + paint.width));
    writeln!(
        out,
        r#"<path d="M{} {}h{}v{}h-{}z" fill="none" stroke="{}" stroke-width="1"/>"#,
        number(inner.at.x),
        number(inner.at.y),
        number(inner.extent.width),
        number(inner.extent.height),
        number(inner.extent.width),
        paint.border,
    )
}
