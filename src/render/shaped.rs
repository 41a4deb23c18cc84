//! What PNG and PDF begin with: our SVG, parsed, its text shaped with the embedded fonts.

use std::sync::Arc;

use resvg::usvg::{Options, Tree};

use super::font;
use crate::error::{Error, Result};

/// Reads an SVG. What the embedded fonts lack is an empty box, the same on every machine, or with `system_fonts` what
/// the machine's fonts make of it.
pub(super) fn parse(svg: &str, system_fonts: bool) -> Result<Tree> {
    Tree::from_str(svg, &options(system_fonts && !is_covered(svg)))
        .map_err(|error| Error::invalid(format!("cannot draw: {error}")))
}

/// That letters are missing from a picture, and where they are not.
pub(super) fn notice(svg: &str, system_fonts: bool) -> Option<String> {
    let why = "letters that the built-in font lacks are drawn as boxes; --system-fonts takes them from this machine's \
               fonts, and .svg and .html have them in any case";
    (!system_fonts && !is_covered(svg)).then(|| why.to_owned())
}

fn is_covered(svg: &str) -> bool {
    let known = font::Fonts::new();
    svg.is_ascii() || svg.chars().all(|letter| letter.is_control() || known.covers(letter))
}

/// Reading the machine's fonts takes time, and makes the picture depend on them.
fn options(system_fonts: bool) -> Options<'static> {
    let mut options = Options { font_family: font::FAMILY.to_owned(), ..Options::default() };
    let fonts = options.fontdb_mut();
    fonts.load_font_source(resvg::usvg::fontdb::Source::Binary(Arc::new(font::REGULAR)));
    fonts.load_font_source(resvg::usvg::fontdb::Source::Binary(Arc::new(font::BOLD)));
    if system_fonts {
        fonts.load_system_fonts();
    }
    options
}
