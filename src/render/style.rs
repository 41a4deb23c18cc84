//! Colours and sizes of a picture, all of them.
//!
//! A [`Theme`] is what a dark one would replace; sizes stay. Every text has a contrast of at least 4.5 : 1 on what it
//! stands on, and roles differ by width, dash or shape too, so that a grey print can be read.

use super::scene::{BoxRole, EdgeRole, LineRole, Look};

/// Space around the drawing.
pub const MARGIN: f64 = 32.0;
/// Space between a box's border and its text.
pub const PADDING: f64 = 12.0;
/// Corner radius of boxes.
pub const CORNER: f64 = 6.0;
/// Largest corner radius of pills: a root with many lines is tall, and its lines must meet its border.
pub const PILL: f64 = 18.0;
/// Corner radius of lines.
pub const BEND: f64 = 12.0;
/// From a line up to the baseline of the name on it.
pub const LABEL_LIFT: f64 = 6.0;
/// The size of names on lines.
pub const LABEL_SIZE: f64 = 11.5;
/// Length and half width of an arrow's head.
pub const ARROW: (f64, f64) = (9.0, 4.5);
/// How far each sheet of a card's stack stands out.
pub const CARD_SHEET: f64 = 4.0;
/// Most characters in a box's line; the tooltip has the rest.
pub const LINE_LIMIT: usize = 34;
/// Most characters of a name on a line.
pub const LABEL_LIMIT: usize = 28;
/// Names stacked on one line before "+9 more".
pub const STACK_LIMIT: usize = 3;
/// The size of the question.
pub const TITLE_SIZE: f64 = 20.0;
/// The size of the answer.
pub const ANSWER_SIZE: f64 = 13.0;
/// The size of legend and foot line.
pub const FOOT_SIZE: f64 = 11.0;
/// The size of all text in objgraph's style: Graphviz's default.
pub const OBJGRAPH_SIZE: f64 = 14.0;
/// The size of pseudo-nodes in objgraph's style.
pub const OBJGRAPH_TINY: f64 = 6.0;

/// Text size of a line in a box.
pub fn line_size(role: LineRole) -> f64 {
    match role {
        LineRole::Title => 12.5,
        LineRole::Detail => 11.0,
        LineRole::Extra => 10.5,
    }
}

/// How a box is filled and bordered.
#[derive(Clone, PartialEq, Debug)]
pub struct BoxPaint {
    /// Fill colour, `#rrggbb`.
    pub fill: String,
    /// Border colour.
    pub border: String,
    /// Border width.
    pub width: f64,
    /// `stroke-dasharray`, if dashed.
    pub dash: Option<&'static str>,
    /// First line.
    pub title: String,
    /// The other lines.
    pub detail: String,
}

/// How a line is drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LinePaint {
    /// Of line and arrow.
    pub colour: &'static str,
    /// Of the name.
    pub text: &'static str,
    /// Line width.
    pub width: f64,
    /// `stroke-dasharray`, if dashed.
    pub dash: Option<&'static str>,
    /// The name in bold.
    pub bold: bool,
}

/// The colours.
#[derive(Clone, PartialEq, Debug)]
pub struct Theme {
    /// Behind everything.
    pub background: &'static str,
    /// Title and first lines.
    pub text: &'static str,
    /// Answer, second lines, foot.
    pub faint: &'static str,
    /// Stressed words of the answer.
    pub stress: &'static str,
    /// Above the foot line.
    pub rule: &'static str,
    /// Fill and border of instances.
    pub instance: [&'static str; 2],
    /// Fill and border of containers.
    pub container: [&'static str; 2],
    /// Fill and border of code.
    pub code: [&'static str; 2],
    /// Fill, border and text of roots.
    pub root: [&'static str; 3],
    /// Fill, border, first and other lines of what was asked for.
    pub asked: [&'static str; 4],
    /// Border and text of cards.
    pub card: [&'static str; 2],
    /// Root paths, other references, names of those, weak and collapsed lines.
    pub lines: [&'static str; 4],
}

/// Dark text on white. The only theme so far; a dark one goes beside it.
pub const LIGHT: Theme = Theme {
    background: "#ffffff",
    text: "#1e293b",
    faint: "#5b6a80",
    stress: "#1d4ed8",
    rule: "#e2e8f0",
    instance: ["#ffffff", "#94a3b8"],
    container: ["#f1f5f9", "#cbd5e1"],
    code: ["#f5f3ff", "#c4b5fd"],
    root: ["#dcfce7", "#86efac", "#166534"],
    asked: ["#dbeafe", "#1d4ed8", "#1e3a8a", "#1e3a8a"],
    card: ["#94a3b8", "#5b6a80"],
    lines: ["#1d4ed8", "#64748b", "#334155", "#94a3b8"],
};

impl Theme {
    /// How a box of this role is painted.
    pub fn paint_box(&self, role: BoxRole, asked: bool) -> BoxPaint {
        let plain = |pair: [&'static str; 2]| self.paint(pair[0], pair[1], self.text, self.faint);
        match role {
            BoxRole::Graded { fill, white_text, pseudo } => graded(fill, white_text, pseudo, asked),
            _ if asked => {
                let [fill, border, title, detail] = self.asked;
                BoxPaint { width: 2.5, ..self.paint(fill, border, title, detail) }
            }
            BoxRole::Instance => plain(self.instance),
            BoxRole::Container => plain(self.container),
            BoxRole::Code => plain(self.code),
            BoxRole::Root => self.paint(self.root[0], self.root[1], self.root[2], self.root[2]),
            BoxRole::Card => {
                let [border, text] = self.card;
                BoxPaint { dash: Some("5 4"), ..self.paint(self.background, border, text, text) }
            }
        }
    }

    fn paint(&self, fill: &str, border: &str, title: &str, detail: &str) -> BoxPaint {
        let [fill, border, title, detail] = [fill, border, title, detail].map(str::to_owned);
        BoxPaint { fill, border, width: 1.3, dash: None, title, detail }
    }

    /// How a line of this role is painted.
    pub fn paint_line(&self, role: EdgeRole, look: Look) -> LinePaint {
        let [path, plain, name, weak] = self.lines;
        let line = |colour, text, width| LinePaint { colour, text, width, dash: None, bold: false };
        match role {
            EdgeRole::Pseudo => LinePaint { dash: Some("1 4"), ..line("#ff0000", "#000000", 1.0) },
            _ if look == Look::Objgraph => line("#000000", "#000000", 1.0),
            EdgeRole::Path => LinePaint { bold: true, ..line(path, path, 2.6) },
            EdgeRole::Plain => line(plain, name, 1.3),
            EdgeRole::Weak | EdgeRole::Collapsed => LinePaint { dash: Some("5 4"), ..line(weak, self.faint, 1.3) },
        }
    }
}

fn graded(fill: [f64; 3], white_text: bool, pseudo: bool, asked: bool) -> BoxPaint {
    let text = match (asked, white_text) {
        // objgraph writes white after red for a box that is dark as well, and `dot` takes what comes last.
        (_, true) => "#ffffff",
        (true, false) => "#ff0000",
        (false, false) => "#000000",
    };
    let border = if pseudo { "#ff0000" } else { "#000000" };
    let [title, detail] = [text, text].map(str::to_owned);
    BoxPaint { fill: rgb(fill), border: border.to_owned(), width: 1.0, dash: None, title, detail }
}

/// A colour given as hue, saturation and value, each 0 to 1, as `#rrggbb`.
pub fn rgb([hue, saturation, value]: [f64; 3]) -> String {
    let channel = |shift: f64| {
        let k = (shift + hue * 6.0).rem_euclid(6.0);
        let level = value - value * saturation * k.min(4.0 - k).clamp(0.0, 1.0);
        (level * 255.0).round() as u8
    };
    format!("#{:02x}{:02x}{:02x}", channel(5.0), channel(3.0), channel(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hsv_becomes_rgb_as_graphviz_does_it() {
        assert_eq!(rgb([0.0, 0.0, 1.0]), "#ffffff");
        assert_eq!(rgb([0.0, 1.0, 1.0]), "#ff0000");
        assert_eq!(rgb([0.3, 1.0, 1.0]), "#33ff00");
        assert_eq!(rgb([0.6, 0.6, 1.0]), "#66a3ff");
        assert_eq!(rgb([0.0, 0.0, 0.3]), "#4d4d4d");
    }

    /// Relative luminance as WCAG 2 defines it.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let part = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if part <= 0.03928 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_its_ground() {
        let roles = [BoxRole::Instance, BoxRole::Container, BoxRole::Code, BoxRole::Root, BoxRole::Card];
        for (role, asked) in roles.into_iter().flat_map(|role| [(role, false), (role, true)]) {
            let paint = LIGHT.paint_box(role, asked);
            for text in [&paint.title, &paint.detail] {
                let ratio = contrast(text, &paint.fill);
                assert!(ratio >= 4.5, "{text} on {} has {ratio:.2}: {role:?}", paint.fill);
            }
        }
        for role in [EdgeRole::Path, EdgeRole::Plain, EdgeRole::Weak, EdgeRole::Collapsed] {
            assert!(contrast(LIGHT.paint_line(role, Look::Ours).text, LIGHT.background) >= 4.5);
        }
        assert!(contrast(LIGHT.faint, LIGHT.background) >= 4.5);
    }
}
