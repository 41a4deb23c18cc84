//! A parsed SVG to PDF's drawing operators.

use std::sync::Arc;

use pdf_writer::types::{LineCapStyle, LineJoinStyle};
use pdf_writer::{Content, Name, Str};
use resvg::tiny_skia::{PathSegment, Point, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::layout::{PositionedGlyph, Span};
use resvg::usvg::{ClipPath, Fill, FillRule, Group, LineCap, LineJoin, Node, Paint, PaintOrder, Path, Stroke, Text};

use super::fonts::{Font, Fonts};
use crate::error::{Error, Result};

/// Where operators go, and what they name.
pub(super) struct Canvas {
    content: Content,
    fonts: Fonts,
    /// Pairs of opacities for filling and stroking, in order of first use.
    opacities: Vec<(f32, f32)>,
}

/// A drawn page.
pub(super) struct Drawn {
    pub(super) operators: Vec<u8>,
    pub(super) fonts: Vec<Font>,
    pub(super) opacities: Vec<(f32, f32)>,
}

/// What a page calls its nth font.
pub(super) fn font_name(nth: usize) -> String {
    format!("F{nth}")
}

/// What a page calls its nth pair of opacities.
pub(super) fn state_name(nth: usize) -> String {
    format!("A{nth}")
}

impl Canvas {
    pub(super) fn new(fonts: &Arc<Database>) -> Self {
        Canvas { content: Content::new(), fonts: Fonts::new(fonts), opacities: Vec::new() }
    }

    pub(super) fn draw(&mut self, root: &Group, page: [f32; 6]) -> Result<()> {
        self.content.save_state().transform(page);
        self.group(root, 1.0)?;
        self.content.restore_state();
        Ok(())
    }

    pub(super) fn finish(self) -> Drawn {
        let operators = self.content.finish().into_vec();
        Drawn { operators, fonts: self.fonts.into_used(), opacities: self.opacities }
    }

    /// Recurses as deep as the SVG's groups are nested, which is three in ours whatever they show. A group's opacity
    /// goes to each thing in it: where these overlap, they shine through each other.
    fn group(&mut self, group: &Group, opacity: f32) -> Result<()> {
        if group.mask().is_some() || !group.filters().is_empty() {
            return Err(undrawable("a mask or a filter"));
        }
        let opacity = opacity * group.opacity().get();
        self.content.save_state().transform(matrix(group.transform()));
        if let Some(clip) = group.clip_path() {
            self.clip(clip)?;
        }
        for child in group.children() {
            match child {
                Node::Group(group) => self.group(group, opacity)?,
                Node::Path(path) => self.path(path, opacity)?,
                Node::Text(text) => self.text(text, opacity)?,
                Node::Image(_) => return Err(undrawable("a picture of pixels")),
            }
        }
        self.content.restore_state();
        Ok(())
    }

    fn clip(&mut self, clip: &ClipPath) -> Result<()> {
        let mut rule = FillRule::NonZero;
        for child in clip.root().children() {
            let Node::Path(path) = child else { return Err(undrawable("a clip path of more than shapes")) };
            rule = path.fill().map_or(rule, Fill::rule);
            self.outline(path.data(), clip.transform().pre_concat(clip.root().transform()));
        }
        match rule {
            FillRule::NonZero => self.content.clip_nonzero(),
            FillRule::EvenOdd => self.content.clip_even_odd(),
        };
        self.content.end_path();
        Ok(())
    }

    fn path(&mut self, path: &Path, opacity: f32) -> Result<()> {
        if !path.is_visible() {
            return Ok(());
        }
        let stroke_first = path.paint_order() == PaintOrder::StrokeAndFill;
        for stroking in [stroke_first, !stroke_first] {
            match (stroking, path.fill(), path.stroke()) {
                (true, _, Some(stroke)) => self.stroke(path, stroke, opacity)?,
                (false, Some(fill), _) => self.fill(path, fill, opacity)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn fill(&mut self, path: &Path, fill: &Fill, opacity: f32) -> Result<()> {
        self.set_fill(fill, opacity)?;
        self.outline(path.data(), Transform::identity());
        match fill.rule() {
            FillRule::NonZero => self.content.fill_nonzero(),
            FillRule::EvenOdd => self.content.fill_even_odd(),
        };
        Ok(())
    }

    fn set_fill(&mut self, fill: &Fill, opacity: f32) -> Result<()> {
        let [red, green, blue] = colour(fill.paint())?;
        self.set_opacity(fill.opacity().get() * opacity, 1.0);
        self.content.set_fill_rgb(red, green, blue);
        Ok(())
    }

    fn stroke(&mut self, path: &Path, stroke: &Stroke, opacity: f32) -> Result<()> {
        let [red, green, blue] = colour(stroke.paint())?;
        self.set_opacity(1.0, stroke.opacity().get() * opacity);
        let dash = stroke.dasharray().unwrap_or_default();
        self.content
            .set_stroke_rgb(red, green, blue)
            .set_line_width(stroke.width().get())
            .set_dash_pattern(dash.iter().copied(), stroke.dashoffset())
            .set_miter_limit(stroke.miterlimit().get())
            .set_line_cap(match stroke.linecap() {
                LineCap::Butt => LineCapStyle::ButtCap,
                LineCap::Round => LineCapStyle::RoundCap,
                LineCap::Square => LineCapStyle::ProjectingSquareCap,
            })
            .set_line_join(match stroke.linejoin() {
                LineJoin::Miter | LineJoin::MiterClip => LineJoinStyle::MiterJoin,
                LineJoin::Round => LineJoinStyle::RoundJoin,
                LineJoin::Bevel => LineJoinStyle::BevelJoin,
            });
        self.outline(path.data(), Transform::identity());
        self.content.stroke();
        Ok(())
    }

    fn set_opacity(&mut self, fill: f32, stroke: f32) {
        if self.opacities.is_empty() && (fill, stroke) == (1.0, 1.0) {
            return;
        }
        let wanted = (fill, stroke);
        let nth = self.opacities.iter().position(|known| *known == wanted).unwrap_or_else(|| {
            self.opacities.push(wanted);
            self.opacities.len() - 1
        });
        self.content.set_parameters(Name(state_name(nth).as_bytes()));
    }

    fn outline(&mut self, path: &resvg::tiny_skia::Path, transform: Transform) {
        let place = |mut point: Point| {
            transform.map_point(&mut point);
            point
        };
        let mut last = Point::zero();
        for segment in path.segments() {
            match segment {
                PathSegment::MoveTo(to) => {
                    last = place(to);
                    self.content.move_to(last.x, last.y);
                }
                PathSegment::LineTo(to) => {
                    last = place(to);
                    self.content.line_to(last.x, last.y);
                }
                PathSegment::QuadTo(control, to) => {
                    // PDF has cubic curves only; this one is the same curve.
                    let (control, to) = (place(control), place(to));
                    let third =
                        |end: Point| (end.x + (control.x - end.x) * 2.0 / 3.0, end.y + (control.y - end.y) * 2.0 / 3.0);
                    let ((x1, y1), (x2, y2)) = (third(last), third(to));
                    self.content.cubic_to(x1, y1, x2, y2, to.x, to.y);
                    last = to;
                }
                PathSegment::CubicTo(one, other, to) => {
                    let (one, other) = (place(one), place(other));
                    last = place(to);
                    self.content.cubic_to(one.x, one.y, other.x, other.y, last.x, last.y);
                }
                PathSegment::Close => {
                    self.content.close_path();
                }
            }
        }
    }

    /// A halo around the letters is drawn as outlines, so that the text stands in the page once.
    fn text(&mut self, text: &Text, opacity: f32) -> Result<()> {
        let has_font = |glyph: &PositionedGlyph| self.fonts.can_embed(glyph.font);
        if !text.layouted().iter().flat_map(|span| &span.positioned_glyphs).all(has_font) {
            // Pictures instead of letters, as emoji fonts have them: what resvg makes of them.
            return self.group(text.flattened(), opacity);
        }
        for path in text.flattened().children() {
            if let Node::Path(path) = path
                && let Some(stroke) = path.stroke()
            {
                self.stroke(path, stroke, opacity)?;
            }
        }
        for span in text.layouted().iter().filter(|span| span.visible) {
            if let Some(fill) = &span.fill {
                self.set_fill(fill, opacity)?;
                self.span(span);
            }
        }
        Ok(())
    }

    /// Glyphs on one line in one font go together; where they are not where the font would put them, they are moved.
    fn span(&mut self, span: &Span) {
        let size = span.font_size.get();
        let mut glyphs = span.positioned_glyphs.as_slice();
        while let Some(first) = glyphs.first() {
            let to_units = self.fonts.get(first.font).1.upem() / size;
            let start = text_matrix(first, to_units);
            let place = |glyph: &PositionedGlyph| offset(start, text_matrix(glyph, to_units));
            let in_line = |glyph: &&PositionedGlyph| glyph.font == first.font && place(glyph).is_some();
            let count = glyphs.iter().take_while(in_line).count().max(1);
            let (line, rest) = glyphs.split_at(count);
            let line: Vec<_> = line.iter().map(|glyph| (glyph, place(glyph).unwrap_or_default())).collect();
            self.line(&line, start, size);
            glyphs = rest;
        }
    }

    /// Glyphs of one font, with how far right of the start they stand.
    fn line(&mut self, glyphs: &[(&PositionedGlyph, f32)], start: Transform, size: f32) {
        let Some((first, _)) = glyphs.first() else { return };
        let (nth, font) = self.fonts.get(first.font);
        self.content.begin_text().set_font(Name(font_name(nth).as_bytes()), size).set_text_matrix(matrix(start));
        let mut shown = self.content.show_positioned();
        let (mut items, mut expected, mut codes) = (shown.items(), 0.0, Vec::new());
        for (glyph, here) in glyphs {
            let off = (expected - here) / size * 1000.0;
            if off.abs() >= 0.5 {
                items.show(Str(&codes)).adjust(off);
                codes.clear();
            }
            let number = font.encode(glyph.id.0, &glyph.text);
            codes.extend(number.to_be_bytes());
            expected = here + font.advance(number) * size / 1000.0;
        }
        items.show(Str(&codes));
        drop(items);
        drop(shown);
        self.content.end_text();
    }
}

/// From the font's letters, which stand upright, to where the glyph is; without its size, which goes with the font.
fn text_matrix(glyph: &PositionedGlyph, to_units: f32) -> Transform {
    glyph.outline_transform().pre_scale(to_units, to_units)
}

/// How far right of the start of a line another place is; `None` if it is not on that line.
fn offset(start: Transform, place: Transform) -> Option<f32> {
    let place = start.invert()?.pre_concat(place);
    let upright = (place.sx - 1.0).abs() < 1e-3 && (place.sy - 1.0).abs() < 1e-3;
    let straight = place.kx.abs() < 1e-3 && place.ky.abs() < 1e-3 && place.ty.abs() < 1e-2;
    (upright && straight).then_some(place.tx)
}

fn matrix(transform: Transform) -> [f32; 6] {
    [transform.sx, transform.ky, transform.kx, transform.sy, transform.tx, transform.ty]
}

fn colour(paint: &Paint) -> Result<[f32; 3]> {
    match paint {
        Paint::Color(colour) => Ok([colour.red, colour.green, colour.blue].map(|part| f32::from(part) / 255.0)),
        _ => Err(undrawable("a gradient or a pattern")),
    }
}

fn undrawable(what: &str) -> Error {
    Error::unsupported(format!("expected a picture of shapes and text, found {what}")).with_hint("write .svg or .png")
}
