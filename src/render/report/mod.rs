//! `leaks -o report.html`: everything on one page that stands alone, with its pictures, to read, print and send.
//!
//! No script runs in it: sections fold by themselves, and the browser searches.

mod body;
mod pictures;
mod tables;

use super::html::{Page, fill, page};
use super::picture::ThemeChoice;
use super::table::{Sizes, prose};
use super::text::{bytes, clean, cut, grouped, xml};
use crate::analysis::leaks::Everything;
use crate::cpython::label::counted;
use crate::error::Result;
use crate::snapshot::Snapshot;
use body::Section;
use pictures::Pictures;

const FRAME: &str = include_str!("report.html");
const CSS: &str = include_str!("report.css");
/// Most characters of a file's name.
const NAME: usize = 120;

/// How to write a report.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// How a command line names the snapshot: a file, or `--pid 4711`.
    pub file: &'a str,
    /// The earlier snapshot's name; empty without one.
    pub since: &'a str,
    /// How numbers of bytes are written.
    pub sizes: Sizes,
    /// Light, dark, or what the reader's system prefers.
    pub theme: ThemeChoice,
}

/// The page: as long as its pictures and tables, which are bounded however large the heap is.
///
/// # Errors
/// A picture that cannot be laid out; ours can.
pub fn report(snapshot: &Snapshot, found: &Everything, options: &Options<'_>) -> Result<String> {
    let prose = prose(snapshot, &found.leaks, options.file, options.since, options.sizes);
    let mut pictures = Pictures::default();
    let sections = body::sections(snapshot, found, &prose, options, &mut pictures)?;
    let title = format!("Leak report: {}", cut(options.file, NAME));
    let contents: Vec<String> = sections.iter().map(entry).collect();
    let sections: Vec<String> = sections.iter().map(section).collect();
    let body = fill(
        FRAME,
        &[
            ("title", &xml(&title)),
            ("origin", &xml(&origin(found))),
            ("facts", &facts(found, options.sizes)),
            ("contents", &contents.concat()),
            ("sections", &sections.concat()),
        ],
    );
    let (body, colours) = pictures.place(&body);
    Ok(page(&Page { title: &title, theme: options.theme, body: &body, styles: &[CSS, &colours], ..Page::default() }))
}

/// `pid 4711 · Python 3.12.1 · captured 2026-11-23T02:21:40Z`.
fn origin(found: &Everything) -> String {
    let metadata = &found.summary.metadata;
    let command = metadata.command.iter().map(|part| clean(part)).collect::<Vec<_>>().join(" ");
    let parts = [
        (!command.is_empty()).then(|| cut(&command, NAME)),
        metadata.pid.map(|pid| format!("pid {pid}")),
        metadata.python.as_ref().map(|python| format!("Python {}", clean(python))),
        metadata.captured_at.as_ref().map(|time| format!("captured {}", clean(time))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The numbers one looks for first.
fn facts(found: &Everything, sizes: Sizes) -> String {
    let leaks = &found.leaks;
    let size = |number: u64| match sizes {
        Sizes::Human => bytes(number),
        Sizes::Exact => grouped(number),
    };
    let share = leaks.suspects.first().map(|first| super::treemap::share(first.bytes, leaks.bytes));
    let facts = [
        ("heap", size(leaks.bytes), counted(leaks.objects, "object")),
        ("largest holder", share.unwrap_or_else(|| "–".to_owned()), "of the heap".to_owned()),
        ("garbage waiting", size(leaks.collection.freed_bytes), counted(leaks.collection.freed(), "object")),
        ("never freed", grouped(leaks.collection.uncollectable.len() as u64), "uncollectable".to_owned()),
        ("cycles", grouped(leaks.cycles.all.cycles), format!("{} garbage", grouped(leaks.cycles.garbage.cycles))),
        ("held by C code alone", grouped(leaks.unheld.objects.len() as u64), size(leaks.unheld.bytes())),
    ];
    let fact = |(name, value, more): &(&str, String, String)| {
        format!("<div><dt>{}</dt><dd><b>{}</b> {}</dd></div>\n", xml(name), xml(value), xml(more))
    };
    facts.iter().map(fact).collect()
}

fn entry(section: &Section) -> String {
    format!(r##"<li><a href="#{}">{}</a></li>"##, section.id, xml(section.title)) + "\n"
}

fn section(section: &Section) -> String {
    let (id, title, body) = (section.id, xml(section.title), &section.body);
    let open = if section.open { " open" } else { "" };
    format!("<section id=\"{id}\"><details{open}><summary><h2>{title}</h2></summary>\n{body}</details></section>\n")
}
