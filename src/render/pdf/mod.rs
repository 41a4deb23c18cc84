//! Our SVG as one page of PDF: lines stay lines, and text stays text that can be searched and copied.
//!
//! resvg's parser reads the SVG and shapes its text, as it does for a PNG, so both look the same; `canvas` writes what
//! it found as PDF's drawing operators, `fonts` embeds the glyphs that were used. The same bytes every run: no dates,
//! no random identifiers.

mod canvas;
mod fonts;

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, TextStr};

use super::picture::Picture;
use super::shaped;
use crate::error::Result;
use canvas::Canvas;

/// Points for a unit of the SVG: 72 points make an inch, 96 units do.
const POINTS: f32 = 0.75;
/// The longest side of a page that readers show, in units of the page.
const LONGEST: f32 = 14_400.0;
/// Of 0 to 10: most of what can be had, in a fraction of the time.
const COMPRESSION: u8 = 6;

/// Draws an SVG of this size on one page as large as it, named by its title. Linear in the SVG's size.
///
/// # Errors
/// An SVG that cannot be read, or with what is not drawn here: gradients, patterns, masks, filters. Ours have none.
pub fn write(svg: &str, size: (u32, u32), title: Option<&str>, system_fonts: bool) -> Result<Picture> {
    let tree = shaped::parse(svg, system_fonts)?;
    let (width, height) = (size.0 as f32 * POINTS, size.1 as f32 * POINTS);
    // Where a side is longer than readers show, a unit of the page is made larger than a point.
    let unit = (width.max(height) / LONGEST).max(1.0);
    let scale = POINTS / unit;
    let mut canvas = Canvas::new(tree.fontdb());
    // PDF counts upwards from the lower border.
    canvas.draw(tree.root(), [scale, 0.0, 0.0, -scale, 0.0, height / unit])?;

    let (mut pdf, mut next) = (Pdf::new(), Ref::new(1));
    let [catalog, pages, page, content, info] = std::array::from_fn(|_| next.bump());
    pdf.set_version(1, 6);
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page]).count(1);
    let mut about = pdf.document_info(info);
    about.producer(TextStr("heapgraph"));
    about.title(TextStr(title.unwrap_or("heapgraph")));
    about.finish();

    let drawn = canvas.finish();
    let fonts: Vec<Ref> = drawn.fonts.iter().map(|font| font.write(&mut pdf, &mut next)).collect();
    let states: Vec<Ref> = drawn.opacities.iter().map(|_| next.bump()).collect();
    for (id, (fill, stroke)) in states.iter().zip(&drawn.opacities) {
        pdf.ext_graphics(*id).non_stroking_alpha(*fill).stroking_alpha(*stroke);
    }
    let mut about = pdf.page(page);
    about.parent(pages).contents(content).media_box(Rect::new(0.0, 0.0, width / unit, height / unit));
    if unit > 1.0 {
        about.user_unit(unit);
    }
    let mut resources = about.resources();
    let mut names = resources.fonts();
    for (nth, id) in fonts.iter().enumerate() {
        names.pair(Name(canvas::font_name(nth).as_bytes()), id);
    }
    names.finish();
    let mut names = resources.ext_g_states();
    for (nth, id) in states.iter().enumerate() {
        names.pair(Name(canvas::state_name(nth).as_bytes()), id);
    }
    names.finish();
    resources.finish();
    about.finish();
    pdf.stream(content, &packed(&drawn.operators)).filter(Filter::FlateDecode);
    Ok(Picture {
        bytes: pdf.finish(),
        size: Some(size),
        notices: shaped::notice(svg, system_fonts).into_iter().collect(),
    })
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec_zlib(bytes, COMPRESSION)
}
