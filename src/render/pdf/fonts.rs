//! The fonts of a page: of each the glyphs that were used, with their text, so that a reader can search and copy.

use std::sync::Arc;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use resvg::usvg::fontdb::{Database, ID};
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId};

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
            let tables = Face::parse(data, index).map(|face| face.tables().clone());
            tables.is_ok_and(|tables| tables.colr.is_none() && (tables.glyf.is_some() || tables.cff.is_some()))
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

impl Font {
    fn new((data, index): (Vec<u8>, u32)) -> Self {
        let upem = Face::parse(&data, index).map_or(1000.0, |face| f32::from(face.units_per_em()));
        let mut font = Font { data, index, glyphs: GlyphRemapper::new(), written: Vec::new(), upem };
        font.encode(0, UNKNOWN);
        font
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
            let face = Face::parse(&self.data, self.index).ok();
            let advance = face.and_then(|face| face.glyph_hor_advance(GlyphId(glyph))).unwrap_or_default();
            self.written.push((f32::from(advance) / self.upem * 1000.0, text.to_owned()));
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
        let face = Face::parse(&self.data, self.index).ok();
        let subset = subsetter::subset(&self.data, self.index, &self.glyphs).unwrap_or_else(|_| self.data.clone());
        let is_cff = face.as_ref().is_some_and(|face| face.tables().cff.is_some());
        let name = self.name(face.as_ref(), font);
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

        self.describe(pdf, descriptor, name, face.as_ref(), (file, is_cff));
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

    fn describe(&self, pdf: &mut Pdf, id: Ref, name: Name<'_>, face: Option<&Face<'_>>, (file, is_cff): (Ref, bool)) {
        let scaled = |units: i16| f32::from(units) / self.upem * 1000.0;
        let bounds = face.map(Face::global_bounding_box);
        let bounds = bounds.map_or([0.0; 4], |all| [all.x_min, all.y_min, all.x_max, all.y_max].map(scaled));
        let mut about = pdf.font_descriptor(id);
        about.name(name).flags(FontFlags::SYMBOLIC).italic_angle(0.0).stem_v(80.0);
        about.bbox(Rect::new(bounds[0], bounds[1], bounds[2], bounds[3]));
        let heights = face.map(|face| [face.ascender(), face.descender(), face.capital_height().unwrap_or_default()]);
        let [ascent, descent, capitals] = heights.unwrap_or_default().map(scaled);
        about.ascent(ascent).descent(descent).cap_height(capitals);
        if is_cff {
            about.font_file3(file)
        } else {
            about.font_file2(file)
        };
    }

    /// `AAAABA+HeapgraphSans-Bold`: six letters that tell subsets of one font apart, as PDF wants them.
    fn name(&self, face: Option<&Face<'_>>, font: Ref) -> String {
        let mut number = font.get().unsigned_abs();
        let mut tag = [b'A'; 6];
        for letter in tag.iter_mut().rev() {
            *letter += (number % 26) as u8;
            number /= 26;
        }
        let own = face.and_then(|face| {
            let names = face.names().into_iter();
            names.filter(|name| name.name_id == ttf_parser::name_id::POST_SCRIPT_NAME).find_map(|name| name.to_string())
        });
        let fit = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-';
        let own: String = own.unwrap_or_else(|| "Font".to_owned()).chars().filter(fit).take(60).collect();
        format!("{}+{own}", String::from_utf8_lossy(&tag))
    }
}
