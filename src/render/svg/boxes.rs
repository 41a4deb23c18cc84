//! Boxes, pills and cards.

use std::fmt::Write;

use super::{Drawing, Set, measure, number};
use crate::render::layout::{Point, Rect};
use crate::render::scene::{BoxRole, Look, SceneBox};
use crate::render::style::{self, BoxPaint, LIGHT};
use crate::render::text::xml;

impl Drawing {
    pub(super) fn write_box(&self, out: &mut String, at: usize) -> std::fmt::Result {
        let (one, rect) = (&self.scene.boxes[at], &self.arrangement.boxes[at]);
        let paint = LIGHT.paint_box(one.role, one.asked);
        writeln!(out, r#"<g id="node{}" class="node"><title>{}</title>"#, at + 1, xml(&one.id))?;
        if one.role == BoxRole::Card {
            self.write_sheets(out, at, rect, &paint)?;
        }
        write_shape(out, one, rect, &paint, self.scene.look)?;
        self.write_lines(out, one, rect, &paint)?;
        writeln!(out, "</g>")
    }

    fn write_lines(&self, out: &mut String, one: &SceneBox, rect: &Rect, paint: &BoxPaint) -> std::fmt::Result {
        let look = self.scene.look;
        let baselines = measure::baselines(one, look, rect.extent.height);
        for (nth, (line, baseline)) in one.lines.iter().zip(baselines).enumerate() {
            let (size, weight) = measure::line_set(one, line.role, look);
            let colour = if nth == 0 { &paint.title } else { &paint.detail };
            let centred = look == Look::Objgraph || one.role == BoxRole::Root;
            let slack = rect.extent.width - self.fonts.width(&line.text, size, weight);
            let inside = if centred { slack / 2.0 } else { style::PADDING };
            let at = Point { x: rect.at.x + inside, y: rect.at.y + baseline };
            self.write_text(out, at, &line.text, &Set { size, weight, colour, halo: false })?;
        }
        Ok(())
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
                LIGHT.container[1],
            )?;
        }
        Ok(())
    }
}

fn write_shape(out: &mut String, one: &SceneBox, rect: &Rect, paint: &BoxPaint, look: Look) -> std::fmt::Result {
    let radius = match (look, one.role) {
        (Look::Objgraph, _) => 0.0,
        (Look::Ours, BoxRole::Root) => (rect.extent.height / 2.0).min(style::PILL),
        (Look::Ours, _) => style::CORNER,
    };
    let dash = paint.dash.map(|dash| format!(r#" stroke-dasharray="{dash}""#)).unwrap_or_default();
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
