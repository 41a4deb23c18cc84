//! The embedded font: measures what [`svg`](super::svg) and [`png`](super::png) draw, with or without fonts on the
//! machine.
//!
//! Two subsets of DejaVu Sans (Latin, Greek, Cyrillic, arrows, maths, boxes) lie beside this file with their licence and
//! the script that made them. Text in other scripts is measured by estimate and drawn by whatever font the viewer has (in PNG and PDF as
//! a box, unless the machine's fonts are asked for); `textLength` keeps it inside its box.

use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

/// The family name of both faces.
pub const FAMILY: &str = "Heapgraph Sans";
/// The bytes of the regular face.
pub const REGULAR: &[u8] = include_bytes!("font/HeapgraphSans-Regular.ttf");
/// The bytes of the bold face.
pub const BOLD: &[u8] = include_bytes!("font/HeapgraphSans-Bold.ttf");

/// Which of the two faces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// Most text.
    Regular,
    /// Titles and root paths.
    Bold,
}

/// Both faces, ready to measure.
pub struct Fonts {
    regular: Face,
    bold: Face,
}

/// What measuring one of them takes.
struct Face {
    letters: Charmap<'static>,
    glyphs: GlyphMetrics<'static>,
    units_per_em: u16,
}

impl Face {
    fn new(bytes: &'static [u8]) -> Self {
        let font = FontRef::new(bytes).expect("the embedded fonts are whole");
        let (size, location) = (Size::unscaled(), LocationRef::default());
        Face {
            letters: font.charmap(),
            glyphs: font.glyph_metrics(size, location),
            units_per_em: font.metrics(size, location).units_per_em,
        }
    }

    /// In units of the em.
    fn advance(&self, letter: char) -> f64 {
        match self.letters.map(letter).and_then(|glyph| self.glyphs.advance_width(glyph)) {
            Some(units) => f64::from(units),
            // East Asian letters and emoji fill a square in every font; the rest is near a Latin letter.
            None if letter >= '\u{1100}' => f64::from(self.units_per_em),
            None => f64::from(u32::from(self.units_per_em) * 3 / 5),
        }
    }
}

impl Default for Fonts {
    fn default() -> Self {
        Fonts::new()
    }
}

impl Fonts {
    /// Reads the tables of both faces: microseconds.
    pub fn new() -> Self {
        Fonts { regular: Face::new(REGULAR), bold: Face::new(BOLD) }
    }

    /// How wide one line of text is, in pixels. Linear.
    pub fn width(&self, text: &str, size: f64, weight: Weight) -> f64 {
        let face = self.face(weight);
        let units: f64 = text.chars().map(|letter| face.advance(letter)).sum();
        units * size / f64::from(face.units_per_em)
    }

    /// Whether the embedded face can draw this character; others need a font of the machine.
    pub fn covers(&self, letter: char) -> bool {
        self.regular.letters.map(letter).is_some()
    }

    fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_dejavu_sans() {
        let fonts = Fonts::new();
        // Advance widths of the original font in 1/2048 em: d 1300, i 569, c 1126, t 803.
        assert_eq!(fonts.width("dict", 2048.0, Weight::Regular), 3798.0);
        assert!(fonts.width("dict", 12.5, Weight::Bold) > fonts.width("dict", 12.5, Weight::Regular));
        assert_eq!(fonts.width("", 12.5, Weight::Regular), 0.0);
    }

    #[test]
    fn every_script_that_the_font_promises_is_in_both_faces() {
        let fonts = Fonts::new();
        for letter in "AzÄßłÿΩλЖяѐ←→⇒∀∞≤√─│┌█◼…–“€™�".chars() {
            assert!(fonts.covers(letter), "{letter} {:x}", u32::from(letter));
            assert!(fonts.bold.letters.map(letter).is_some(), "bold {letter}");
        }
        assert!(!fonts.covers('日'));
        assert_eq!(fonts.width("日本", 10.0, Weight::Regular), 20.0);
    }
}
