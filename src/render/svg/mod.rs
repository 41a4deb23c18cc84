//! A scene with places to SVG: grouped as Graphviz groups it, ids as in the picture JSON, the same bytes every run.
//!
//! The group's `<title>` is the id, so that other programs find their way; the tooltip is the `<title>` of the shape,
//! and text lets the mouse through to it.

mod boxes;
mod lines;
mod measure;
mod signs;
mod words;
mod wrap;

use std::fmt::Write;

use super::font::{FAMILY, Fonts, Weight};
use super::layout::{Arrangement, Extent, Layout, Plan, PlanLine, Point};
use super::scene::{EdgeRole, Look, Scene};
use super::style::{self, LIGHT, Theme};
use super::text::xml;
use crate::error::Result;
use words::{Footer, Header};

/// A scene with a place for everything.
pub struct Drawing {
    scene: Scene,
    fonts: Fonts,
    arrangement: Arrangement,
    /// Where the arrangement's origin stands in the picture.
    origin: Point,
    extent: Extent,
    header: Header,
    footer: Footer,
    theme: &'static Theme,
}

impl Drawing {
    /// Measures every text and asks the layout for places.
    ///
    /// # Errors
    /// Those of the layout.
    pub fn new(scene: &Scene, layout: &dyn Layout) -> Result<Self> {
        let (scene, fonts) = (scene.drawable(), Fonts::new());
        let arrangement = layout.arrange(&plan(&scene, &fonts))?;
        // A card's stack stands out of its box.
        let sheets = 2.0 * style::CARD_SHEET;
        let inside = arrangement.extent.width + 2.0 * sheets;
        let header = Header::above(&scene, &fonts, inside);
        let footer = Footer::below(&scene, &fonts, inside.max(header.extent.width).max(style::TEXT_WIDTH));
        let origin = Point { x: style::MARGIN + sheets, y: style::MARGIN + header.extent.height + sheets };
        let extent = Extent {
            width: (inside.max(header.extent.width).max(footer.extent.width) + 2.0 * style::MARGIN).ceil(),
            height: (origin.y + arrangement.extent.height + footer.extent.height + style::MARGIN).ceil(),
        };
        Ok(Drawing { scene, fonts, arrangement, origin, extent, header, footer, theme: &LIGHT })
    }

    /// The same in other colours than [`LIGHT`]. Objgraph's style has its own.
    #[must_use]
    pub fn with_theme(mut self, theme: &'static Theme) -> Self {
        if self.scene.look == Look::Ours {
            self.theme = theme;
        }
        self
    }

    /// Width and height in user units.
    pub fn size(&self) -> (u32, u32) {
        (self.extent.width as u32, self.extent.height as u32)
    }

    /// Where everything stands, for a check of the drawing.
    pub fn arrangement(&self) -> &Arrangement {
        &self.arrangement
    }

    /// The file.
    pub fn write(&self) -> String {
        let mut out = String::new();
        self.compose(&mut out).expect("writing to a string cannot fail");
        out
    }

    fn compose(&self, out: &mut String) -> std::fmt::Result {
        let (width, height) = self.size();
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="'{FAMILY}', 'DejaVu Sans', Verdana, sans-serif" xml:space="preserve">"#,
        )?;
        if let Some(title) = &self.scene.title {
            writeln!(out, "<title>{}</title>", xml(title))?;
        }
        writeln!(
            out,
            r#"<rect class="background" width="{width}" height="{height}" fill="{}"/>"#,
            self.theme.background
        )?;
        self.write_header(out)?;
        writeln!(out, r#"<g id="graph0" class="graph" transform="translate({},{})">"#, self.origin.x, self.origin.y)?;
        // Lines first: boxes and names stand above them.
        for at in 0..self.scene.edges.len() {
            self.write_line(out, at)?;
        }
        self.write_discs(out)?;
        for at in 0..self.scene.boxes.len() {
            self.write_box(out, at)?;
        }
        writeln!(out, "</g>")?;
        self.write_footer(out)?;
        writeln!(out, "</svg>")
    }

    /// One line of text, as wide as it was measured whatever font the viewer has.
    fn write_text(&self, out: &mut String, at: Point, text: &str, set: &Set<'_>) -> std::fmt::Result {
        if text.is_empty() {
            return Ok(());
        }
        let width = self.fonts.width(text, set.size, set.weight);
        let bold = if set.weight == Weight::Bold { r#" font-weight="bold""# } else { "" };
        // Halo: the ground shines through around the letters where a line passes.
        let halo = if set.halo {
            format!(
                r#" stroke="{}" stroke-width="4" stroke-linejoin="round" paint-order="stroke""#,
                self.theme.background
            )
        } else {
            String::new()
        };
        writeln!(
            out,
            r#"<text x="{}" y="{}" font-size="{}"{bold} fill="{}"{halo} textLength="{}" pointer-events="none">{}</text>"#,
            number(at.x),
            number(at.y),
            set.size,
            set.colour,
            number(width),
            xml(text)
        )
    }
}

/// How a text is set.
struct Set<'a> {
    size: f64,
    weight: Weight,
    colour: &'a str,
    halo: bool,
}

/// What the layout has to place.
fn plan(scene: &Scene, fonts: &Fonts) -> Plan {
    let boxes = scene.boxes.iter().map(|one| measure::box_extent(one, scene.look, fonts)).collect();
    let lines = scene.edges.iter().map(|edge| PlanLine {
        from: edge.from,
        to: edge.to,
        label: measure::label_extent(edge, scene.look, fonts),
        main: edge.role == EdgeRole::Path,
        back: edge.back,
        width: LIGHT.paint_line(edge.role, scene.look).width,
    });
    Plan { boxes, lines: lines.collect(), top_down: scene.top_down }
}

/// A coordinate with at most two decimals.
fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    // -0 would print its sign.
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}
