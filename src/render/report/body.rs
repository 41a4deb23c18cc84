//! The sections of a report: prose as `leaks` prints it, pictures and tables.

use super::pictures::Pictures;
use super::{Options, tables};
use crate::analysis::leaks::{Everything, Suspect};
use crate::cpython::label::{counted, object_title};
use crate::error::Result;
use crate::render::picture::ThemeChoice;
use crate::render::scene::{self, PictureOptions, Scene};
use crate::render::table::{self, Prose};
use crate::render::text::{cut, xml};
use crate::render::treemap::{self, Treemap};
use crate::snapshot::Snapshot;

/// Most characters of a place.
const PLACE: usize = 160;
/// Types listed of what is garbage or held from outside.
const TYPES: usize = 15;

/// A part of the page.
pub(super) struct Section {
    /// What the table of contents points at.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// Markup; its texts are escaped.
    pub(super) body: String,
    /// Whether it is unfolded at first.
    pub(super) open: bool,
}

/// All sections, in the order of reading.
pub(super) fn sections(
    snapshot: &Snapshot,
    found: &Everything,
    prose: &Prose,
    options: &Options<'_>,
    pictures: &mut Pictures,
) -> Result<Vec<Section>> {
    let writer = Writer { snapshot, found, options };
    let section = |id, title, body| Section { id, title, body, open: true };
    let mut sections = vec![section("holders", "Who holds most", writer.holders(prose, pictures)?)];
    if found.leaks.growth.is_some() {
        sections.push(section("growth", "What grew", writer.growth(prose, pictures)?));
    }
    sections.push(section("garbage", "Garbage that waits", writer.garbage(prose)));
    sections.push(section("cycles", "Cycles", writer.cycles(prose, pictures)?));
    sections.push(section("outside", "Held outside Python", writer.unheld(prose)));
    sections.push(section("types", "Types", writer.types()));
    sections.push(section("waste", "What could be saved", writer.waste()));
    sections.push(section("process", "The process and its collector", writer.process()));
    Ok(sections)
}

struct Writer<'a> {
    snapshot: &'a Snapshot,
    found: &'a Everything,
    options: &'a Options<'a>,
}

impl Writer<'_> {
    fn holders(&self, prose: &Prose, pictures: &mut Pictures) -> Result<String> {
        let mut out = paragraphs(&prose.suspects);
        let svg = |theme| {
            let options = treemap::Options { theme, source: None };
            Treemap::new(self.snapshot, &self.found.cells, options).svg()
        };
        if !self.found.cells.cells.is_empty() {
            let map = pictures.add(&svg(ThemeChoice::Light), &svg(ThemeChoice::Dark));
            let words = "Area is retained bytes: what would be freed if the thing went away. Hover for details.";
            out += &figure(&map, words);
            out += &self.command("retained FILE -o treemap.html");
        }
        for (suspect, part) in self.found.leaks.suspects.iter().zip(&self.found.suspects) {
            let scene = bare(scene::ours(self.snapshot, part, &PictureOptions::default()));
            out += &format!("<h3>Who holds {}?</h3>\n", xml(&self.place(suspect)));
            out += &figure(&pictures.scene(&scene)?, "");
            if let Some(object) = self.selector(suspect) {
                out += &self.command(&format!("backrefs FILE {object} -o holders.html"));
            }
        }
        Ok(out)
    }

    fn place(&self, suspect: &Suspect) -> String {
        let title = || object_title(self.snapshot, suspect.holder);
        cut(&suspect.expression.clone().unwrap_or_else(title), PLACE)
    }

    /// An object as a word of a command line.
    fn selector(&self, suspect: &Suspect) -> Option<String> {
        let address = || self.snapshot.objects().address(suspect.holder).map(|address| address.to_string());
        suspect.selector.clone().or_else(address).map(|object| table::quoted(&object))
    }

    fn command(&self, words: &str) -> String {
        let file = table::file_words(self.options.file);
        format!("<pre class=\"command\">heapgraph {}</pre>\n", xml(&words.replacen("FILE", &file, 1)))
    }

    fn growth(&self, prose: &Prose, pictures: &mut Pictures) -> Result<String> {
        let mut out = paragraphs(&prose.growth);
        if let (Some(diff), Some(part)) = (&self.found.leaks.growth, &self.found.growth) {
            for warning in &diff.warnings {
                out += &format!("<p class=\"note\">{}</p>\n", xml(&cut(warning, 2 * PLACE)));
            }
            if !part.nodes.is_empty() {
                let scene = bare(scene::growth(self.snapshot, diff, part, None, &PictureOptions::default()));
                out += &figure(&pictures.scene(&scene)?, "How roots lead to the holders that grew most.");
            }
        }
        Ok(out)
    }

    fn garbage(&self, prose: &Prose) -> String {
        let found = &self.found.leaks.collection;
        let mut out = paragraphs(&prose.garbage);
        if !found.types.is_empty() {
            out += &tables::types(&found.types, TYPES, self.options.sizes);
            out += &more(found.types.len() as u64, TYPES as u64, "type");
        }
        out + &paragraphs(&prose.uncollectable)
    }

    fn cycles(&self, prose: &Prose, pictures: &mut Pictures) -> Result<String> {
        let (mut out, report) = (paragraphs(&prose.cycles), &self.found.leaks.cycles);
        for drawn in &self.found.cycles {
            let one = std::slice::from_ref(drawn);
            let scene = bare(scene::cycles(self.snapshot, report, one, &PictureOptions::default()));
            out += &format!("<h3>{}</h3>\n", xml(&cut(&report.shapes[drawn.shape].text, PLACE)));
            out += &figure(&pictures.scene(&scene)?, "");
        }
        let shapes = report.shapes.len() as u64 + report.more_shapes;
        out += &more(shapes, self.found.cycles.len() as u64, "shape");
        if shapes > 0 {
            out += &self.command("cycles FILE -o cycles.html");
        }
        Ok(out)
    }

    fn unheld(&self, prose: &Prose) -> String {
        let found = &self.found.leaks.unheld;
        if found.objects.is_empty() {
            return "<p>Everything that the collector knows has a Python holder.</p>\n".to_owned();
        }
        let table = tables::types(&found.types, TYPES, self.options.sizes);
        paragraphs(&prose.unheld) + &table + &more(found.types.len() as u64, TYPES as u64, "type")
    }

    fn types(&self) -> String {
        let listed = &self.found.types;
        let table = tables::types(listed, usize::MAX, self.options.sizes);
        let all = listed.len() as u64 + self.found.more_types;
        table + &more(all, listed.len() as u64, "type") + &self.command("types FILE --retained")
    }

    fn waste(&self) -> String {
        let text = table::waste(&self.found.waste, self.options.sizes);
        format!("<pre>{}</pre>\n", xml(&text)) + &self.command("waste FILE")
    }

    fn process(&self) -> String {
        let text = table::summary(&self.found.summary, self.options.sizes);
        format!("<pre>{}</pre>\n", xml(&text)) + &self.command("info FILE")
    }
}

/// A scene without the words around it: the page has them.
fn bare(scene: Scene) -> Scene {
    Scene { title: None, answer: Vec::new(), foot: String::new(), ..scene }
}

fn figure(picture: &str, words: &str) -> String {
    let caption = if words.is_empty() { String::new() } else { format!("<figcaption>{}</figcaption>", xml(words)) };
    format!("<figure><div class=\"sheet\">{picture}</div>{caption}</figure>\n")
}

fn more(all: u64, shown: u64, what: &str) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        hidden => format!("<p class=\"note\">and {}</p>\n", xml(&counted(hidden, &format!("more {what}")))),
    }
}

/// Prose as `leaks` prints it: a paragraph a line, what is set in as items, commands to copy.
fn paragraphs(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix("    heapgraph ") {
        Some(command) => format!("<pre class=\"command\">heapgraph {}</pre>\n", xml(command)),
        None if line.starts_with(' ') => format!("<p class=\"item\">{}</p>\n", xml(line.trim())),
        None => format!("<p>{}</p>\n", xml(line)),
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(line).collect()
}
