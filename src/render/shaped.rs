//! What PNG and PDF begin with: our SVG, parsed, its text shaped with the embedded fonts.

use std::sync::Arc;

use resvg::usvg::{Options, Tree};

use super::font;
use crate::error::{Error, Result};

/// Reads an SVG. Characters that the embedded fonts lack are taken from the machine's fonts where it has some.
pub(super) fn parse(svg: &str) -> Result<Tree> {
    Tree::from_str(svg, &options(svg)).map_err(|error| Error::invalid(format!("cannot draw: {error}")))
}

fn options(svg: &str) -> Options<'static> {
    let mut options = Options { font_family: font::FAMILY.to_owned(), ..Options::default() };
    let fonts = options.fontdb_mut();
    fonts.load_font_source(resvg::usvg::fontdb::Source::Binary(Arc::new(font::REGULAR)));
    fonts.load_font_source(resvg::usvg::fontdb::Source::Binary(Arc::new(font::BOLD)));
    let known = font::Fonts::new();
    // Reading the machine's fonts takes time, and without need would make the picture depend on them.
    if svg.chars().any(|letter| !letter.is_control() && !known.covers(letter)) {
        fonts.load_system_fonts();
    }
    options
}
