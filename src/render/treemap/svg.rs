//! A treemap to SVG: a group for each cell with its tooltip, the same bytes every run.

use std::fmt::Write;

use super::paint::{Family, Palette};
use super::place::{HEAD, Place};
use super::squarify::Rect;
use super::words::{self, Label};
use super::{SIZE, Treemap};
use crate::analysis::retained::{Cell, CellContent};
use crate::render::font::{FAMILY, Fonts, Weight};
use crate::render::style;
use crate::render::text::{bytes, xml};

/// From the top to the cells, and from the cells to the bottom.
const ABOVE: f64 = 106.0;
const BELOW: f64 = 78.0;
/// Size of the text in cells, and from one of its baselines to the next.
const TEXT: f64 = 11.5;
const LEADING: f64 = 15.0;
/// From a cell's border to its text.
const PADDING: f64 = 6.0;
/// What is narrower than this is not drawn: its room stays, in the colour of what is around it.
const THIN: f64 = 1.0;
/// From one stripe to the next, across.
const STRIPE: f64 = 8.0;
/// Text of fewer characters says nothing.
const FEWEST: usize = 3;

/// How a text is set.
#[derive(Clone, Copy)]
struct Set {
    size: f64,
    weight: Weight,
    colour: &'static str,
}

impl Treemap<'_> {
    /// Width and height in user units.
    pub fn size(&self) -> (u32, u32) {
        ((SIZE.0 + 2.0 * style::MARGIN) as u32, (ABOVE + SIZE.1 + BELOW) as u32)
    }

    /// The file.
    pub fn svg(&self) -> String {
        let writer = Writer { map: self, palette: Palette::of(self.options.theme), fonts: Fonts::new() };
        let mut out = String::new();
        writer.compose(&mut out).expect("writing to a string cannot fail");
        out
    }
}

struct Writer<'a> {
    map: &'a Treemap<'a>,
    palette: &'static Palette,
    fonts: Fonts,
}

impl Writer<'_> {
    fn compose(&self, out: &mut String) -> std::fmt::Result {
        let ((width, height), palette) = (self.map.size(), self.palette);
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="'{FAMILY}', 'DejaVu Sans', Verdana, sans-serif" xml:space="preserve">"#,
        )?;
        let title = words::title(self.map.snapshot, self.map.cells);
        writeln!(out, "<title>{}</title>", xml(&title))?;
        writeln!(out, r#"<rect class="background" width="{width}" height="{height}" fill="{}"/>"#, palette.background)?;
        self.write_header(out, &title)?;
        writeln!(out, r#"<g class="treemap" transform="translate({},{ABOVE})">"#, style::MARGIN)?;
        // The outermost cell is the picture.
        for place in self.map.places.iter().skip(usize::from(self.map.places.len() > 1)) {
            self.write_cell(out, place)?;
        }
        writeln!(out, "</g>")?;
        self.write_footer(out)?;
        writeln!(out, "</svg>")
    }

    fn write_header(&self, out: &mut String, title: &str) -> std::fmt::Result {
        let mut at = (style::MARGIN, style::MARGIN + style::TITLE_SIZE * 0.8);
        self.write_text(
            out,
            at,
            title,
            Set { size: style::TITLE_SIZE, weight: Weight::Bold, colour: self.palette.text },
        )?;
        at.1 += 30.0;
        for piece in words::answer(self.map.snapshot, self.map.cells) {
            let (weight, colour) = match piece.stressed {
                true => (Weight::Bold, self.palette.stress),
                false => (Weight::Regular, self.palette.faint),
            };
            self.write_text(out, at, &piece.text, Set { size: style::ANSWER_SIZE, weight, colour })?;
            at.0 += self.fonts.width(&piece.text, style::ANSWER_SIZE, weight);
        }
        Ok(())
    }

    fn write_cell(&self, out: &mut String, place: &Place) -> std::fmt::Result {
        let (rect, cell) = (place.rect, &self.map.cells.cells[place.cell]);
        if rect.width < THIN || rect.height < THIN {
            return Ok(());
        }
        let tooltip = words::tooltip(self.map.snapshot, self.map.cells, cell);
        write!(out, r#"<g class="cell" id="cell-{}"><title>{}</title>"#, place.cell, xml(&tooltip))?;
        self.write_frame(out, rect, cell)?;
        let label = words::label(self.map.snapshot, self.map.cells, cell);
        match place.inside {
            Some(_) => self.write_head(out, rect, cell, &label)?,
            None => self.write_lines(out, rect, cell, &label)?,
        }
        writeln!(out, "</g>")
    }

    fn family(&self, cell: &Cell) -> Family {
        let around = |cell: &Cell| cell.parent.map(|parent| &self.map.cells.cells[parent]);
        let of = if cell.content == CellContent::Own { around(cell).unwrap_or(cell) } else { cell };
        Family::of(self.map.snapshot, of)
    }

    /// A rectangle, half a unit inside its place, so that neighbours' borders stand beside each other.
    fn write_frame(&self, out: &mut String, rect: Rect, cell: &Cell) -> std::fmt::Result {
        let (family, line) = (self.family(cell), rect.inset(0.5));
        let [fill, border] = self.palette.family(family);
        let dash = match cell.content {
            CellContent::Group { .. } | CellContent::Rest { .. } => r#" stroke-dasharray="4 3""#,
            _ => "",
        };
        let radius = if line.width > 12.0 && line.height > 12.0 { 3 } else { 0 };
        write!(
            out,
            r#"<rect x="{}" y="{}" width="{}" height="{}" rx="{radius}" fill="{fill}" stroke="{border}" stroke-width="1"{dash}/>"#,
            number(line.x),
            number(line.y),
            number(line.width),
            number(line.height)
        )?;
        if cell.content == CellContent::Own { stripes(out, line.inset(1.0), border) } else { Ok(()) }
    }

    /// The name on top of a cell with others in it, what it is behind that, and its bytes at the right.
    fn write_head(&self, out: &mut String, rect: Rect, cell: &Cell, label: &Label) -> std::fmt::Result {
        let baseline = rect.y + HEAD - 5.0;
        let (left, room) = (rect.x + PADDING, rect.width - 2.0 * PADDING);
        let name = self.name(label, room);
        let used = self.fonts.width(&name, TEXT, Weight::Bold);
        self.write_text(out, (left, baseline), &name, self.bold())?;
        let mut free = room - used - 8.0;
        let size = self.sum(cell, free);
        if !size.is_empty() {
            let wide = self.fonts.width(&size, TEXT, Weight::Regular);
            self.write_text(out, (left + room - wide, baseline), &size, self.plain())?;
            free -= wide + 8.0;
            let more = self.fit(&label.more(), free, Weight::Regular);
            self.write_text(out, (left + used + 8.0, baseline), &more, self.plain())?;
        }
        Ok(())
    }

    /// The lines in a cell without others in it: as many as there is room for.
    fn write_lines(&self, out: &mut String, rect: Rect, cell: &Cell, label: &Label) -> std::fmt::Result {
        let room = rect.width - 2.0 * PADDING;
        let lines = ((rect.height - 6.0) / LEADING).max(0.0) as usize;
        let (what, size) = (label.more(), self.sum(cell, room));
        let name = self.name(label, room);
        let mut wanted = vec![(name.as_str(), self.bold())];
        match lines {
            0 => return Ok(()),
            1 => {}
            2 => wanted.push((size.as_str(), self.plain())),
            _ => wanted.extend([(what.as_str(), self.plain()), (size.as_str(), self.plain())]),
        }
        let mut baseline = rect.y + LEADING;
        for (text, set) in wanted.into_iter().filter(|(text, _)| !text.is_empty()) {
            let text = self.fit(text, room, set.weight);
            self.write_text(out, (rect.x + PADDING, baseline), &text, set)?;
            baseline += LEADING;
        }
        Ok(())
    }

    /// The name as far as there is room for it, or a shorter one.
    fn name(&self, label: &Label, room: f64) -> String {
        let fits = self.fonts.width(&label.name, TEXT, Weight::Bold) <= room;
        let name = label.short.as_ref().filter(|_| !fits).unwrap_or(&label.name);
        self.fit(name, room, Weight::Bold)
    }

    /// The bytes and their share of the heap, as much as there is room for: a number is not cut.
    fn sum(&self, cell: &Cell, room: f64) -> String {
        let bytes = bytes(cell.retained);
        let both = format!("{bytes} · {}", words::share(cell.retained, self.map.cells.bytes));
        let fits = |text: &String| self.fonts.width(text, TEXT, Weight::Regular) <= room;
        [both, bytes].into_iter().find(fits).unwrap_or_default()
    }

    fn bold(&self) -> Set {
        Set { size: TEXT, weight: Weight::Bold, colour: self.palette.text }
    }

    fn plain(&self) -> Set {
        Set { size: TEXT, weight: Weight::Regular, colour: self.palette.faint }
    }

    /// The beginning of a text that fits into this width; nothing where that would say nothing.
    fn fit(&self, text: &str, room: f64, weight: Weight) -> String {
        if self.fonts.width(text, TEXT, weight) <= room {
            return text.to_owned();
        }
        let mut kept = String::new();
        for letter in text.chars() {
            kept.push(letter);
            kept.push('…');
            let fits = self.fonts.width(&kept, TEXT, weight) <= room;
            kept.truncate(kept.len() - '…'.len_utf8());
            if !fits {
                kept.truncate(kept.len() - letter.len_utf8());
                break;
            }
        }
        if kept.chars().count() < FEWEST { String::new() } else { kept + "…" }
    }

    /// The families that occur, the signs that occur, and where the picture comes from.
    fn write_footer(&self, out: &mut String) -> std::fmt::Result {
        let rule = ABOVE + SIZE.1 + 18.0;
        let right = style::MARGIN + SIZE.0;
        writeln!(out, r#"<path class="rule" d="M{} {rule}H{right}" stroke="{}"/>"#, style::MARGIN, self.palette.rule)?;
        let mut at = (style::MARGIN, rule + 24.0);
        for (family, sign, words) in self.legend() {
            let [fill, border] = self.palette.family(family);
            let dash = if sign == Sign::Many { r#" stroke-dasharray="4 3""# } else { "" };
            write!(
                out,
                r#"<rect x="{}" y="{}" width="20" height="13" rx="3" fill="{fill}" stroke="{border}"{dash}/>"#,
                number(at.0),
                number(at.1 - 10.5)
            )?;
            if sign == Sign::Own {
                stripes(out, Rect { x: at.0 + 1.0, y: at.1 - 9.5, width: 18.0, height: 11.0 }, border)?;
            }
            let set = Set { size: style::FOOT_SIZE, ..self.plain() };
            self.write_text(out, (at.0 + 26.0, at.1), words, set)?;
            at.0 += 26.0 + self.fonts.width(words, style::FOOT_SIZE, Weight::Regular) + 18.0;
        }
        let foot = words::foot(self.map.snapshot, self.map.cells, &self.map.options);
        let set = Set { size: style::FOOT_SIZE, ..self.plain() };
        let width = self.fonts.width(&foot, style::FOOT_SIZE, Weight::Regular);
        let below = if at.0 + width > right { 20.0 } else { 0.0 };
        self.write_text(out, (right - width, at.1 + below), &foot, set)
    }

    fn legend(&self) -> Vec<(Family, Sign, &'static str)> {
        let drawn = || self.map.places.iter().skip(1).map(|place| &self.map.cells.cells[place.cell]);
        let occurs = |family: &Family| drawn().any(|cell| self.family(cell) == *family);
        let families = Family::ALL.into_iter().filter(occurs);
        let mut entries: Vec<_> = families.map(|family| (family, Sign::Plain, family.word())).collect();
        let many = |cell: &Cell| matches!(cell.content, CellContent::Group { .. } | CellContent::Rest { .. });
        entries.extend(drawn().any(many).then_some((Family::Mixed, Sign::Many, "many, counted")));
        let own = |cell: &Cell| cell.content == CellContent::Own;
        entries.extend(drawn().any(own).then_some((Family::Mixed, Sign::Own, "own bytes")));
        entries
    }

    /// One line of text, as wide as it was measured whatever font the viewer has.
    fn write_text(&self, out: &mut String, at: (f64, f64), text: &str, set: Set) -> std::fmt::Result {
        if text.is_empty() {
            return Ok(());
        }
        let bold = if set.weight == Weight::Bold { r#" font-weight="bold""# } else { "" };
        writeln!(
            out,
            r#"<text x="{}" y="{}" font-size="{}"{bold} fill="{}" textLength="{}" pointer-events="none">{}</text>"#,
            number(at.0),
            number(at.1),
            set.size,
            set.colour,
            number(self.fonts.width(text, set.size, set.weight)),
            xml(text)
        )
    }
}

/// How an entry of the legend is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plain,
    Many,
    Own,
}

/// Diagonal lines through a rectangle. Lines rather than a pattern: not every reader of SVG knows these.
fn stripes(out: &mut String, rect: Rect, colour: &str) -> std::fmt::Result {
    let (right, bottom) = (rect.x + rect.width, rect.y + rect.height);
    write!(out, r#"<path d=""#)?;
    // Along each x + y is the same.
    let mut sum = rect.x + rect.y + STRIPE;
    while sum < right + bottom {
        let (from, to) = (rect.x.max(sum - bottom), right.min(sum - rect.y));
        write!(out, "M{} {}L{} {}", number(from), number(sum - from), number(to), number(sum - to))?;
        sum += STRIPE;
    }
    write!(out, r#"" fill="none" stroke="{colour}" stroke-width="0.4" pointer-events="none"/>"#)
}

/// A coordinate with at most two decimals.
fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    // -0 would print its sign.
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}
