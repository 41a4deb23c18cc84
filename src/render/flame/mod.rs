//! Nested cells as a flame graph, drawn by inferno: a row for each level, as wide as the retained bytes.
//!
//! The SVG is whole by itself: its script zooms into what is clicked, and searches.

mod names;

use super::font::FAMILY;
use super::html::{Page, element, page};
use super::picture::{DrawOptions, Drawn, Picture, PictureFormat, ThemeChoice};
use super::text::clean;
use super::treemap::paint::{Family, Palette};
use super::treemap::{label, title};
use crate::analysis::retained::{Bounds, Cell, CellContent, Cells};
use crate::error::{Error, Result};
use crate::snapshot::Snapshot;
use foldhash::HashSet;
use inferno::flamegraph::color::{BackgroundColor, Color, PaletteMap, StrokeColor, parse_hex_color};
use inferno::flamegraph::{self, Direction, Options, TextTruncateDirection};
use std::fmt::Write;

/// What a flame graph can hold: its levels are rows, so there may be many.
pub const BOUNDS: Bounds = Bounds { cells: 1500, levels: 40, siblings: 24, share: 1000 };

/// Width in user units, height of a row and size of its text.
const WIDTH: usize = 1280;
const ROW: usize = 18;
const TEXT: usize = 12;
/// What inferno leaves free on either side.
const MARGIN: usize = 10;

/// Cells as folded stacks; inferno has a frame for all of them itself: `module app;CACHE (Cache);.entries (dict) 38200000`. One line
/// for each cell with bytes that no cell in it has; names that several cells of one have are told apart.
pub fn folded(snapshot: &Snapshot, cells: &Cells) -> String {
    let (frames, shift) = (frames(snapshot, cells), shift(cells));
    let mut stacks: Vec<String> = Vec::with_capacity(frames.len());
    let mut out = String::new();
    for (cell, frame) in cells.cells.iter().zip(frames) {
        let above = cell.parent.map(|parent| stacks[parent].as_str()).unwrap_or_default();
        let stack = match (&cell.content, above) {
            (CellContent::Whole { .. }, _) => String::new(),
            (_, "") => frame,
            (_, above) => format!("{above};{frame}"),
        };
        let bytes = cell.retained >> shift;
        if cell.children.is_empty() && bytes > 0 {
            writeln!(out, "{stack} {bytes}").expect("writing to a string cannot fail");
        }
        stacks.push(stack);
    }
    out
}

/// How many bits to leave out so that the sum of all bytes is exact in a double: none, unless a file claims sizes that no
/// heap can have. inferno adds without a look at the end of its numbers.
fn shift(cells: &Cells) -> u32 {
    let leaves = cells.cells.iter().filter(|cell| cell.children.is_empty());
    let sum: u128 = leaves.map(|cell| u128::from(cell.retained)).sum();
    (u128::BITS - sum.leading_zeros()).saturating_sub(f64::MANTISSA_DIGITS)
}

/// Draws cells. `source` is the file's name as the user wrote it.
///
/// # Errors
/// A format that is not one of the treemap's or not in this build; a resolution that is no positive number.
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
    let svg = svg(snapshot, cells, source, options.theme)?;
    let size = (WIDTH as u32, height(&svg));
    if format == PictureFormat::Html {
        let page = in_page(&svg, &title(snapshot, cells), options.theme);
        return Ok(Picture { size: Some(size), ..Picture::text(page) });
    }
    let svg = if format == PictureFormat::Svg { svg } else { still(&svg) };
    Drawn { svg, size, title: Some(&title(snapshot, cells)) }.finish(format, options)
}

fn svg(snapshot: &Snapshot, cells: &Cells, source: Option<&str>, theme: ThemeChoice) -> Result<String> {
    let palette = Palette::of(theme);
    let mut colours = PaletteMap::default();
    colours.insert("", colour(palette.family(Family::Mixed)[0])?);
    for (cell, frame) in cells.cells.iter().zip(frames(snapshot, cells)) {
        colours.insert(frame, colour(palette.family(Family::of(snapshot, cell))[0])?);
    }
    let mut options = Options::default();
    options.title = clean(&title(snapshot, cells));
    options.subtitle = source.map(clean);
    options.palette_map = Some(&mut colours);
    options.bgcolors = Some(BackgroundColor::Flat(colour(palette.background)?));
    options.stroke_color = StrokeColor::Color(colour(palette.family(Family::Mixed)[1])?);
    options.uicolor = colour(palette.text)?;
    options.image_width = Some(WIDTH);
    options.frame_height = ROW;
    options.font_type = FAMILY.to_owned();
    options.font_size = TEXT;
    options.font_width = 0.62;
    options.count_name = "bytes".to_owned();
    options.factor = 2f64.powi(shift(cells) as i32);
    options.name_type = String::new();
    options.direction = Direction::Inverted;
    options.text_truncate_direction = TextTruncateDirection::Right;
    let (folded, mut svg) = (folded(snapshot, cells), Vec::new());
    if folded.is_empty() {
        return Err(Error::invalid("expected objects with bytes to draw, found none")
            .with_hint("a treemap of nothing can be drawn: leave out --as flame"));
    }
    let drawn = flamegraph::from_lines(&mut options, folded.lines(), &mut svg);
    drawn.map_err(|error| Error::io("draw a flame graph", error))?;
    let svg = names::fitted(&String::from_utf8_lossy(&svg), (WIDTH - 2 * MARGIN) as f64, TEXT as f64);
    Ok(styled(&svg, palette))
}

/// inferno writes one font and black text: other fonts for machines without ours, and the theme's text.
fn styled(svg: &str, palette: &Palette) -> String {
    let one = format!("font-family:\"{FAMILY}\"");
    let several = format!("font-family:'{FAMILY}', 'DejaVu Sans', Verdana, sans-serif");
    let rules = format!("#frames text, #subtitle {{ fill:{} }}\n</style>", palette.text);
    // Its ground is a gradient from a colour to itself, which a PDF cannot have.
    let svg = svg.replacen("url(#background)", palette.background, 1);
    svg.replacen(&one, &several, 1).replacen("</style>", &rules, 1)
}

/// Without what only a script gives a meaning: paper cannot be searched by a click.
fn still(svg: &str) -> String {
    let parts = [("<script", "</script>"), ("<text id=\"details\"", "</text>"), ("<text id=\"unzoom\"", "</text>")];
    let more = [("<text id=\"search\"", "</text>"), ("<text id=\"matched\"", "</text>")];
    let without = |svg: String, (start, end): (&str, &str)| take_out(&svg, start, end).0;
    parts.into_iter().chain(more).fold(svg.to_owned(), without)
}

/// The SVG in a page, whose policy lets scripts and styles run by their hashes only: inferno's move into its head.
fn in_page(svg: &str, title: &str, theme: ThemeChoice) -> String {
    let svg = element(svg).replacen(" onload=\"init(evt)\"", "", 1);
    let (svg, style) = take_out(&svg, "<style type=\"text/css\">", "</style>");
    let (svg, script) = take_out(&svg, "<script type=\"text/ecmascript\">", "</script>");
    let script = script.replace("<![CDATA[", "").replace("]]>", "");
    let ground = format!("body {{ background: {} }}", Palette::of(theme).background);
    // It is drawn in one set of colours, so the page does not go by its reader's system.
    let theme = if theme == ThemeChoice::Dark { theme } else { ThemeChoice::Light };
    page(&Page {
        title,
        theme,
        body: &svg,
        styles: &[&style, &ground],
        scripts: &[&script, "init();"],
        ..Page::default()
    })
}

/// A text without what stands between two marks, and that.
fn take_out(text: &str, start: &str, end: &str) -> (String, String) {
    let found = text.split_once(start).and_then(|(before, rest)| Some((before, rest.split_once(end)?)));
    match found {
        Some((before, (inner, after))) => (format!("{before}{after}"), inner.to_owned()),
        None => (text.to_owned(), String::new()),
    }
}

fn colour(hex: &str) -> Result<Color> {
    parse_hex_color(hex).ok_or_else(|| Error::invalid(format!("expected a colour like #1e293b, found {hex}")))
}

/// The height that inferno chose.
fn height(svg: &str) -> u32 {
    let digits = svg.split(" height=\"").nth(1).and_then(|rest| rest.split('"').next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

/// What each cell is called in a stack, no two in one cell alike.
fn frames(snapshot: &Snapshot, cells: &Cells) -> Vec<String> {
    let mut frames: Vec<String> = cells.cells.iter().map(|cell| frame(snapshot, cells, cell)).collect();
    let mut seen = HashSet::default();
    for (nth, cell) in cells.cells.iter().enumerate() {
        while !seen.insert((cell.parent, frames[nth].clone())) {
            let address = match cell.content {
                CellContent::Object { id, .. } => snapshot.objects().address(id).map(|address| address.to_string()),
                _ => None,
            };
            frames[nth] += &format!(" ({})", address.unwrap_or_else(|| format!("cell {nth}")));
        }
    }
    frames
}

/// `.entries (dict, 40,012 items)`. A semicolon would end it, and a number at its end would be a number of bytes.
fn frame(snapshot: &Snapshot, cells: &Cells, cell: &Cell) -> String {
    let label = label(snapshot, cells, cell);
    let more = [label.what, label.detail].into_iter().filter(|word| !word.is_empty());
    let more = more.collect::<Vec<_>>().join(", ");
    let mut name = label.name.replace(';', ",");
    if !more.is_empty() {
        write!(name, " ({})", more.replace(';', ",")).expect("writing to a string cannot fail");
    }
    let name = name.trim().to_owned();
    let number = |word: &str| word.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    match name.rsplit(' ').next() {
        Some(last) if number(last) || name.starts_with('#') => format!("({name})"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::retained::{Of, cells};
    use crate::testkit::sketch;

    #[test]
    fn a_still_picture_has_nothing_to_click() {
        let heap = sketch("<modules> > app; app:module=app > c.CACHE; c:dict#900 > s['s']; s:app.Session#9000");
        let cells = cells(&heap, Of::Living, &BOUNDS);
        let whole = svg(&heap, &cells, Some("app.parquet"), ThemeChoice::Auto).unwrap();
        assert!(whole.contains(">Search<") && whole.contains("In place of inferno's"));
        let still = still(&whole);
        assert!(
            ["Search", "Reset Zoom", "script", "id=\"matched\""].iter().all(|what| !still.contains(what)),
            "{still}"
        );
        assert!(still.contains(">all</text>") && still.contains("app.parquet"), "{still}");
    }
}
