//! What `refs`, `backrefs` and `chain` have in common: the knobs of a picture, and the way to its bytes.

use super::chart::Sheet;
use super::input::{Limit, Question};
use super::output::{Answer, Destination};
use super::stop::Stop;
use super::terminal;
use clap::{Args, ColorChoice, ValueEnum};
use heapgraph::Result;
use heapgraph::analysis::neighbourhood::{self, Direction, Neighbourhood, View};
use heapgraph::analysis::pattern::ObjectFilter;
use heapgraph::analysis::retained::Retained;
use heapgraph::render::picture::{DEFAULT_DPI, DrawOptions, Engine, PictureFormat, ThemeChoice};
use heapgraph::render::scene::{self, ExtraInfo, PictureOptions, Scene};
use heapgraph::render::{self, Protocol, json, tree};
use heapgraph::snapshot::Snapshot;
use std::path::PathBuf;

/// How to draw what was found.
#[derive(Args, Debug)]
pub(crate) struct Drawing {
    /// Draw into this file: .svg, .png, .pdf, .html, .dot, .mmd (Mermaid) or .json. Without it a tree goes to the terminal
    #[arg(short, long, value_name = "PICTURE")]
    output: Option<PathBuf>,
    /// Print JSON: the picture as -o x.json writes it; of chain heapgraph.chain/1
    #[arg(long, conflicts_with = "output")]
    json: bool,
    /// Show the picture in the terminal, if it can show one; a name says how instead of guessing from the environment
    #[arg(long, value_enum, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "auto",
        conflicts_with_all = ["output", "json"])]
    show: Option<Showing>,
    /// Colours in the tree; auto goes by the terminal and NO_COLOR
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
    /// Whose rules: ours names every reference and shows roots; objgraph draws as objgraph does
    #[arg(long, value_enum, default_value_t)]
    style: Style,
    /// Who places the boxes: the built-in layout, or an installed Graphviz
    #[arg(long, value_enum, default_value_t)]
    engine: Placing,
    /// Pixels per inch of a .png; 96 draws one pixel for each unit of the .svg
    #[arg(long, value_name = "N", default_value_t = DEFAULT_DPI, value_parser = dpi)]
    dpi: f64,
    /// Which colours; auto is light, and in a page what its reader's system prefers
    #[arg(long, value_enum, default_value_t)]
    theme: Theme,
    /// Take letters that the built-in font lacks from this machine's fonts, in .png and .pdf; otherwise they are boxes
    #[arg(long)]
    system_fonts: bool,
    /// Show the reference count behind each type
    #[arg(long)]
    refcounts: bool,
    /// app.Session instead of Session
    #[arg(long)]
    long_names: bool,
    /// A further line in each box
    #[arg(long, value_enum, value_name = "WHAT")]
    extra_info: Option<Extra>,
}

/// How far to look, and what to leave out.
#[derive(Args, Debug)]
pub(crate) struct Walk {
    /// How many references away from OBJECT to look
    #[arg(long, default_value_t = 3, value_name = "N")]
    max_depth: u32,
    /// Past so many neighbours of one object the rest is counted on a card
    #[arg(long, default_value_t = 10, value_name = "N")]
    too_many: usize,
    /// Show only what fits: OBJECT or a type glob (app.*); ! in front negates. Repeatable
    #[arg(long, value_name = "PATTERN")]
    filter: Vec<String>,
    /// Leave out what fits
    #[arg(long, value_name = "PATTERN")]
    ignore: Vec<String>,
    /// Mark what fits
    #[arg(long, value_name = "PATTERN")]
    highlight: Vec<String>,
    /// Show references to classes, bases and globals too
    #[arg(long)]
    classes: bool,
    /// Show weak references too
    #[arg(long)]
    weak: bool,
    /// A box for each plain value too (strings, numbers, None, dates), rather than a line in the box that has it
    #[arg(long)]
    values: bool,
    /// Show all there is: nothing on counted cards, no long rows folded
    #[arg(long)]
    no_group: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, ValueEnum)]
enum Style {
    #[default]
    Ours,
    Objgraph,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, ValueEnum)]
enum Placing {
    #[default]
    Layered,
    Dot,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

/// A protocol by which a terminal takes pictures, or whichever ours does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Showing {
    Auto,
    Kitty,
    Iterm2,
    Sixel,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Extra {
    Retained,
    Size,
    Address,
}

impl From<Theme> for ThemeChoice {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::Auto => ThemeChoice::Auto,
            Theme::Light => ThemeChoice::Light,
            Theme::Dark => ThemeChoice::Dark,
        }
    }
}

impl Walk {
    /// Looks around the objects of a question, and draws what is there.
    pub(crate) fn answer(
        &self,
        question: &Question,
        direction: Direction,
        drawing: &Drawing,
        sheet: Option<Sheet>,
        limit: &Limit,
    ) -> Result<Answer> {
        let snapshot = &question.snapshot;
        // What a picture of ours does not show it counts; a tree and objgraph's show each.
        let counts_rest = drawing.is_picture() && drawing.view() == View::Ours;
        let asked = question.select(limit.rows(counts_rest))?;
        // Two passes over the heap that need nothing of each other.
        let (referrers, retained) = std::thread::scope(|scope| {
            let retained = scope.spawn(|| drawing.retained(snapshot));
            (snapshot.referrers(), retained.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let options = self.options(drawing, snapshot, retained.as_ref())?;
        let part = neighbourhood::walk(snapshot, &referrers, &asked.ids, direction, &options);
        Ok(drawing.draw(snapshot, question.source.as_deref(), &part, sheet)?.with_notes(asked.notes))
    }

    /// The library's options. Patterns are looked up in the snapshot.
    pub(crate) fn options<'r>(
        &self,
        drawing: &Drawing,
        snapshot: &Snapshot,
        retained: Option<&'r Retained>,
    ) -> Result<neighbourhood::Options<'r>> {
        Ok(neighbourhood::Options {
            max_depth: self.max_depth,
            too_many: self.too_many,
            view: drawing.view(),
            filter: ObjectFilter::new(snapshot, &self.filter)?,
            ignore: ObjectFilter::new(snapshot, &self.ignore)?,
            highlight: ObjectFilter::new(snapshot, &self.highlight)?,
            classes: self.classes,
            weak: self.weak,
            values: self.values,
            group: !self.no_group,
            retained,
            ..neighbourhood::Options::default()
        })
    }
}

impl Drawing {
    /// Starts the picture's file, if `-o` asks for one.
    pub(crate) fn start(&self, stop: &Stop) -> Result<Option<Sheet>> {
        let possible = PictureFormat::ALL.map(|(format, _)| format);
        self.output.as_deref().map(|path| Sheet::start(path, &possible, stop)).transpose()
    }

    pub(crate) fn view(&self) -> View {
        match self.style {
            Style::Ours => View::Ours,
            Style::Objgraph => View::Objgraph,
        }
    }

    /// Whether JSON is asked for on stdout.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// What the objects retain, where the picture shows it: in our style. Practically linear in the heap.
    pub(crate) fn retained(&self, snapshot: &Snapshot) -> Option<Retained> {
        let shown = self.is_picture() && self.style == Style::Ours;
        let asked = self.extra_info == Some(Extra::Retained);
        (shown || asked).then(|| Retained::of_living(snapshot.objects(), snapshot.references()))
    }

    /// Whether anything but a tree is asked for.
    pub(crate) fn is_picture(&self) -> bool {
        self.output.is_some() || self.json || self.show.is_some()
    }

    fn options<'a>(&self, source: Option<&'a str>) -> PictureOptions<'a> {
        let extra_info = self.extra_info.map(|extra| match extra {
            Extra::Retained => ExtraInfo::Retained,
            Extra::Size => ExtraInfo::Size,
            Extra::Address => ExtraInfo::Address,
        });
        PictureOptions { long_names: self.long_names, refcounts: self.refcounts, extra_info, source }
    }

    fn draw_options(&self) -> DrawOptions {
        let engine = match self.engine {
            Placing::Layered => Engine::Layered,
            Placing::Dot => Engine::Dot,
        };
        DrawOptions { engine, theme: self.theme.into(), dpi: Some(self.dpi), system_fonts: self.system_fonts }
    }

    /// Draws a neighbourhood as asked.
    pub(crate) fn draw(
        &self,
        snapshot: &Snapshot,
        source: Option<&str>,
        part: &Neighbourhood,
        sheet: Option<Sheet>,
    ) -> Result<Answer> {
        if !self.is_picture() {
            let options = tree::Options { colour: terminal::wants_colour(self.color), width: terminal::width() };
            return Ok(Answer::text(tree::write(snapshot, part, options)));
        }
        let options = self.options(source);
        let scene = match self.style {
            Style::Ours => scene::ours(snapshot, part, &options),
            Style::Objgraph => scene::objgraph(snapshot, part, &options),
        };
        if let Some(showing) = self.show {
            return self.draw_inline(&scene, showing);
        }
        let Some(sheet) = sheet else {
            return Ok(Answer::text(json::pretty(&json::picture(&scene))));
        };
        let picture = render::draw(&scene, sheet.format, &self.draw_options())?;
        let what = format!("{} boxes, {} lines", scene.boxes.len(), scene.edges.len());
        Ok(sheet.answer(picture, &what))
    }
}

impl Drawing {
    fn draw_inline(&self, scene: &Scene, showing: Showing) -> Result<Answer> {
        let protocol = match showing {
            Showing::Auto => terminal::protocol()?,
            Showing::Kitty => Protocol::Kitty,
            Showing::Iterm2 => Protocol::Iterm2,
            Showing::Sixel => Protocol::Sixel,
        };
        let columns = terminal::width().unwrap_or(terminal::USUAL_WIDTH);
        let picture = render::draw_inline(scene, protocol, columns, &self.draw_options())?;
        Ok(Answer::bytes(picture.bytes, Destination::Stdout).with_notes(picture.notices))
    }
}

/// Pixels per inch as text.
pub(super) fn dpi(text: &str) -> std::result::Result<f64, String> {
    let number = text.parse().ok().filter(|number| (1.0..=9_600.0).contains(number));
    number.ok_or_else(|| "expected a number from 1 to 9600".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use heapgraph::testkit::{id, sketch};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        drawing: Drawing,
        #[command(flatten)]
        walk: Walk,
    }

    fn line(words: &[&str]) -> Line {
        Line::try_parse_from([&["heapgraph"], words].concat()).unwrap()
    }

    #[test]
    fn without_knobs_the_librarys_own_defaults_hold() {
        let (line, library) = (line(&[]), neighbourhood::Options::default());
        let ours = line.walk.options(&line.drawing, &sketch("a"), None).unwrap();
        assert_eq!((ours.max_depth, ours.too_many), (library.max_depth, library.too_many));
        assert_eq!((ours.view, ours.classes, ours.weak), (library.view, library.classes, library.weak));
        assert_eq!((ours.values, ours.group), (library.values, library.group));
        assert!(ours.filter.is_empty() && ours.ignore.is_empty() && ours.highlight.is_empty());
        let options = line.drawing.options(Some("app.parquet"));
        assert_eq!(options, PictureOptions { source: Some("app.parquet"), ..PictureOptions::default() });
        assert_eq!(line.drawing.draw_options(), DrawOptions { dpi: Some(DEFAULT_DPI), ..DrawOptions::default() });
    }

    #[test]
    fn every_knob_reaches_its_option() {
        let words = "--max-depth 5 --too-many 2 --filter app.* --ignore app.A --highlight app.B --classes --weak --values --no-group \
                     --style objgraph --engine dot --refcounts --long-names --extra-info address \
                     --theme dark --dpi 300 --system-fonts";
        let line = line(&words.split_whitespace().collect::<Vec<_>>());
        let heap = sketch("a:app.A; b:app.B; c:other.C");
        let walk = line.walk.options(&line.drawing, &heap, None).unwrap();
        assert_eq!((walk.max_depth, walk.too_many, walk.view), (5, 2, View::Objgraph));
        assert!(walk.classes && walk.weak && walk.values && !walk.group);
        let pass = |filter: &ObjectFilter| ["a", "b", "c"].map(|name| filter.passes(&heap, id(&heap, name)));
        assert_eq!(pass(&walk.filter), [true, true, false]);
        assert_eq!(pass(&walk.ignore), [true, false, false]);
        assert_eq!(pass(&walk.highlight), [false, true, false]);
        let options = line.drawing.options(None);
        assert!(options.refcounts && options.long_names);
        assert_eq!((options.extra_info, options.source), (Some(ExtraInfo::Address), None));
        let drawn = DrawOptions { engine: Engine::Dot, theme: ThemeChoice::Dark, dpi: Some(300.0), system_fonts: true };
        assert_eq!(line.drawing.draw_options(), drawn);
    }
}
