//! A treemap to walk about in: a click opens a cell, a trail leads back, a search finds names.

use super::paint::{Family, Palette};
use super::words::{self, answer, foot, title};
use super::{Options, Treemap};
use crate::analysis::retained::{Bounds, CellContent, Cells};
use crate::render::html::{Page, element, fill, page};
use crate::render::picture::ThemeChoice;
use crate::render::text::xml;
use crate::snapshot::Snapshot;
use serde_json::{Value, json};
use std::fmt::Write;

const BODY: &str = include_str!("page.html");
const CSS: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What a page can hold: cells are laid out as one walks into them, so there may be more than a picture shows.
pub const BOUNDS: Bounds = Bounds { cells: 4000, levels: 24, siblings: 60, share: 20_000 };

/// The page. Linear in the cells.
pub(super) fn write(snapshot: &Snapshot, cells: &Cells, options: Options<'_>) -> String {
    let still = Treemap::new(snapshot, cells, options).svg();
    let title = title(snapshot, cells);
    let answer: String = answer(snapshot, cells).into_iter().map(|piece| piece.text).collect();
    let body = fill(
        BODY,
        &[
            ("title", &xml(&title)),
            ("answer", &xml(&answer)),
            ("foot", &xml(&foot(snapshot, cells, &options))),
            ("legend", &legend(snapshot, cells)),
            ("picture", element(&still)),
        ],
    );
    page(&Page {
        title: &title,
        theme: options.theme,
        body: &body,
        styles: &[CSS, &colours()],
        scripts: &[SCRIPT],
        data: &[("cells", &facts(snapshot, cells))],
    })
}

/// The families that occur, as the map draws them.
fn legend(snapshot: &Snapshot, cells: &Cells) -> String {
    let occurs = |family: &Family| cells.cells.iter().any(|cell| Family::of(snapshot, cell) == *family);
    let sign =
        |family: Family| format!("<li><span class=\"cell f{}\"></span>{}</li>", family as usize, xml(family.word()));
    Family::ALL.into_iter().filter(occurs).map(sign).collect()
}

/// What the script draws: texts as data, never as markup.
fn facts(snapshot: &Snapshot, cells: &Cells) -> Value {
    let all: Vec<Value> = cells
        .cells
        .iter()
        .map(|cell| {
            let label = words::label(snapshot, cells, cell);
            let (own, many) = match cell.content {
                CellContent::Own => (true, false),
                CellContent::Group { .. } | CellContent::Rest { .. } => (false, true),
                _ => (false, false),
            };
            let around = cell.parent.map(|parent| &cells.cells[parent]).filter(|_| own);
            json!({
                "parent": cell.parent,
                "name": label.name,
                "short": label.short,
                "what": label.more(),
                "bytes": cell.retained,
                "size": crate::render::text::bytes(cell.retained),
                "share": words::share(cell.retained, cells.bytes),
                "family": Family::of(snapshot, around.unwrap_or(cell)) as usize,
                "own": own,
                "many": many,
                "tooltip": words::tooltip(snapshot, cells, cell),
            })
        })
        .collect();
    Value::Array(all)
}

/// Colours of both themes as a style sheet.
fn colours() -> String {
    let set = |theme: ThemeChoice| {
        let palette = Palette::of(theme);
        let mut out = format!("--cell-text:{};--cell-faint:{};", palette.text, palette.faint);
        for family in Family::ALL {
            let ([fill, border], nth) = (palette.family(family), family as usize);
            write!(out, "--fill{nth}:{fill};--border{nth}:{border};").expect("writing to a string cannot fail");
        }
        out
    };
    let (light, dark) = (set(ThemeChoice::Light), set(ThemeChoice::Dark));
    let mut out = format!(
        ":root{{{light}}}\n:root[data-theme=dark]{{{dark}}}\n\
         @media screen and (prefers-color-scheme:dark){{:root[data-theme=auto]{{{dark}}}}}\n"
    );
    for nth in 0..Family::ALL.len() {
        writeln!(out, ".f{nth}{{--fill:var(--fill{nth});--border:var(--border{nth})}}")
            .expect("writing to a string cannot fail");
    }
    out
}
