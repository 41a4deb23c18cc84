//! The fonts of a page: of each the glyphs that were used, with their text, so that a reader can search and copy.

use std::sync::Arc;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use resvg::usvg::fontdb::{Database, ID};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::Metrics;
use skrifa::string::StringId;
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};
use subsetter::GlyphRemapper;

use super::packed;

/// Glyphs are addressed by the number that they get in the subset.
const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
/// What a glyph stands for that no font has: the sign of a replaced character.
const UNKNOWN: &str = "\u{fffd}";

/// All fonts of a page, in order of first use.
pub(super) struct Fonts {
    known: Arc<Database>,
    used: Vec<(ID, Font)>,
}

/// One of them.
pub(super) struct Font {
    data: Vec<u8>,
    index: u32,
    glyphs: GlyphRemapper,
    /// By number in the subset: the advance in thousandths of the size, and what it was written for.
    written: Vec<(f32, String)>,
    upem: f32,
}

impl Fonts {
    pub(super) fn new(known: &Arc<Database>) -> Self {
        Fonts { known: Arc::clone(known), used: Vec::new() }
    }

    /// Whether a font has outlines, which a page can embed.
    pub(super) fn can_embed(&self, id: ID) -> bool {
        let has_outlines = |data: &[u8], index: u32| {
            let font = FontRef::from_index(data, index);
            font.is_ok_and(|font| !has(&font, b"COLR") && (has(&font, b"glyf") || has(&font, b"CFF ")))
        };
        self.used.iter().any(|(known, _)| *known == id)
            || self.known.with_face_data(id, has_outlines).unwrap_or_default()
    }

    /// The font and its number. One of those that can be embedded.
    pub(super) fn get(&mut self, id: ID) -> (usize, &mut Font) {
        let nth = self.used.iter().position(|(known, _)| *known == id).unwrap_or_else(|| {
            let data = self.known.with_face_data(id, |data, index| (data.to_vec(), index)).unwrap_or_default();
            self.used.push((id, Font::new(data)));
            self.used.len() - 1
        });
        (nth, &mut self.used[nth].1)
    }

    pub(super) fn into_used(self) -> Vec<Font> {
        self.used.into_iter().map(|(_, font)| font).collect()
    }
}

fn has(font: &FontRef<'_>, table: &[u8; 4]) -> bool {
    font.table_data(Tag::new(table)).is_some()
}

/// Its lengths in units of its outlines.
fn metrics(font: &FontRef<'_>) -> Metrics {
    font.metrics(Size::unscaled(), LocationRef::default())
}

impl Font {
    fn new((data, index): (Vec<u8>, u32)) -> Self {
        let upem = FontRef::from_index(&data, index).map_or(0, |font| metrics(&font).units_per_em);
        let upem = if upem == 0 { 1000.0 } else { f32::from(upem) };
        let mut font = Font { data, index, glyphs: GlyphRemapper::new(), written: Vec::new(), upem };
        font.encode(0, UNKNOWN);
        font
    }

    fn read(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(&self.data, self.index).ok()
    }

    /// Units of its outlines in the size.
    pub(super) fn upem(&self) -> f32 {
        self.upem
    }

    /// The number under which a page shows a glyph, which was written for this text. A glyph that stands for several
    /// texts keeps the first.
    pub(super) fn encode(&mut self, glyph: u32, text: &str) -> u16 {
        // PDF's fonts end here; glyphs beyond are shown as one that no font has.
        let glyph = u16::try_from(glyph).unwrap_or_default();
        let number = self.glyphs.remap(glyph);
        if usize::from(number) == self.written.len() {
            let glyphs = self.read().map(|font| font.glyph_metrics(Size::unscaled(), LocationRef::default()));
            let advance = glyphs.and_then(|glyphs| glyphs.advance_width(GlyphId::from(glyph))).unwrap_or_default();
            self.written.push((advance / self.upem * 1000.0, text.to_owned()));
        }
        number
    }

    /// By its number, in thousandths of the size.
    pub(super) fn advance(&self, number: u16) -> f32 {
        self.written.get(usize::from(number)).map_or(0.0, |(advance, _)| *advance)
    }

    /// Writes the font; gives what a page refers to.
    pub(super) fn write(&self, pdf: &mut Pdf, next: &mut Ref) -> Ref {
        let [font, descendant, descriptor, file, texts] = std::array::from_fn(|_| next.bump());
        let read = self.read();
        let subset = subsetter::subset(&self.data, self.index, &self.glyphs).unwrap_or_else(|_| self.data.clone());
        let is_cff = read.as_ref().is_some_and(|font| has(font, b"CFF "));
        let name = self.name(read.as_ref(), font);
        let name = Name(name.as_bytes());

        let mut outer = pdf.type0_font(font);
        outer.base_font(name).encoding_predefined(Name(b"Identity-H")).descendant_font(descendant).to_unicode(texts);
        outer.finish();
        let mut inner = pdf.cid_font(descendant);
        inner.subtype(if is_cff { CidFontType::Type0 } else { CidFontType::Type2 });
        inner.base_font(name).system_info(IDENTITY).font_descriptor(descriptor).default_width(0.0);
        if !is_cff {
            inner.cid_to_gid_map_predefined(Name(b"Identity"));
        }
        inner.widths().consecutive(0, self.written.iter().map(|(advance, _)| *advance));
        inner.finish();

        self.describe(pdf, descriptor, name, (file, is_cff));
        let bytes = packed(&subset);
        let mut stream = pdf.stream(file, &bytes);
        stream.filter(Filter::FlateDecode);
        if is_cff {
            stream.pair(Name(b"Subtype"), Name(b"OpenType"));
        }
        stream.finish();

        let mut map = UnicodeCmap::new(Name(b"Texts"), IDENTITY);
        for (number, (_, text)) in self.written.iter().enumerate().filter(|(_, (_, text))| !text.is_empty()) {
            let number = u16::try_from(number).expect("a font has at most 65,535 glyphs");
            map.pair_with_multiple(number, text.chars());
        }
        pdf.cmap(texts, &packed(&map.finish())).filter(Filter::FlateDecode);
        font
    }

    fn describe(&self, pdf: &mut Pdf, id: Ref, name: Name<'_>, (file, is_cff): (Ref, bool)) {
        let scaled = |units: f32| units / self.upem * 1000.0;
        let metrics = self.read().map(|font| metrics(&font)).unwrap_or_default();
        let bounds = metrics.bounds.unwrap_or_default();
        let bounds = [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(scaled);
        let mut about = pdf.font_descriptor(id);
        about.name(name).flags(FontFlags::SYMBOLIC).italic_angle(0.0).stem_v(80.0);
        about.bbox(Rect::new(bounds[0], bounds[1], bounds[2], bounds[3]));
        let heights = [metrics.ascent, metrics.descent, metrics.cap_height.unwrap_or_default()];
        let [ascent, descent, capitals] = heights.map(scaled);
        about.ascent(ascent).descent(descent).cap_height(capitals);
        if is_cff {
            about.font_file3(file)
        } else {
            about.font_file2(file)
        };
    }

    /// `AAAABA+HeapgraphSans-Bold`: six letters that tell subsets of one font apart, as PDF wants them.
    fn name(&self, read: Option<&FontRef<'_>>, font: Ref) -> String {
        let mut number = font.get().unsigned_abs();
        let mut tag = [b'A'; 6];
        for letter in tag.iter_mut().rev() {
            *letter += (number % 26) as u8;
            number /= 26;
        }
        let own = read.and_then(|font| font.localized_strings(StringId::POSTSCRIPT_NAME).english_or_first());
        let fit = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-';
        let own: String =
            own.map_or_else(|| "Font".to_owned(), |own| own.to_string()).chars().filter(fit).take(60).collect();
        format!("{}+{own}", String::from_utf8_lossy(&tag))
    }
}
