//! Nested cells as a treemap: area is retained bytes, what is inside is what hangs below in the dominator tree.

pub mod html;
pub mod paint;
pub mod place;
pub mod squarify;
mod svg;
mod words;

pub use words::{Label, label, share, title, tooltip};

use super::picture::{DrawOptions, Drawn, Picture, PictureFormat, ThemeChoice};
use super::scene::Piece;
use crate::analysis::retained::Cells;
use crate::error::Result;
use crate::snapshot::Snapshot;
use place::Place;
use squarify::Rect;

/// Width and height of the part with cells, in user units.
pub const SIZE: (f64, f64) = (1216.0, 720.0);

/// What treemaps and flame graphs are written as.
pub const FORMATS: [PictureFormat; 5] =
    [PictureFormat::Svg, PictureFormat::Html, PictureFormat::Png, PictureFormat::Pdf, PictureFormat::Json];

/// Draws cells. `source` is the file's name as the user wrote it.
///
/// # Errors
/// A format that is not one of [`FORMATS`] or not in this build; a resolution that is no positive number.
pub fn draw(
    snapshot: &Snapshot,
    cells: &Cells,
    source: Option<&str>,
    format: PictureFormat,
    options: &DrawOptions,
) -> Result<Picture> {
    if format == PictureFormat::Json {
        return Ok(Picture::text(super::json::pretty(&super::json::cells(snapshot, cells))));
    }
    let how = Options { theme: options.theme, source };
    if format == PictureFormat::Html {
        return Ok(Picture::text(html::write(snapshot, cells, how)));
    }
    let map = Treemap::new(snapshot, cells, how);
    Drawn { svg: map.svg(), size: map.size(), title: Some(&title(snapshot, cells)) }.finish(format, options)
}

/// How to draw.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct Options<'a> {
    /// Which colours.
    pub theme: ThemeChoice,
    /// Where the snapshot comes from, for the foot line: the file's name as the user wrote it.
    pub source: Option<&'a str>,
}

/// A treemap with a place for everything.
pub struct Treemap<'a> {
    snapshot: &'a Snapshot,
    cells: &'a Cells,
    options: Options<'a>,
    places: Vec<Place>,
}

impl<'a> Treemap<'a> {
    /// Finds places. Linear in the cells.
    pub fn new(snapshot: &'a Snapshot, cells: &'a Cells, options: Options<'a>) -> Self {
        let (width, height) = SIZE;
        let places = place::place(cells, Rect { x: 0.0, y: 0.0, width, height });
        Treemap { snapshot, cells, options, places }
    }

    /// Where the cells stand, those around others first.
    pub fn places(&self) -> &[Place] {
        &self.places
    }
}
