//! The colours, and what is painted in which of them.

use crate::analysis::neighbourhood::Mark;
use crate::render::scene::{BoxRole, EdgeRole, Look, SceneBox};

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
    /// Border of what is highlighted, and the bar inside it.
    pub highlight: &'static str,
    /// Border and text of cards.
    pub card: [&'static str; 2],
    /// Root paths, other references, names of those, weak and collapsed lines.
    pub lines: [&'static str; 4],
    /// Lines on a cycle, text about cycles, and the ground of a numbered disc.
    pub cycle: [&'static str; 3],
    /// The bar for a share of the heap and its track; the same in a box that was asked for.
    pub bar: [&'static str; 4],
    /// Signs and words of what is special, in order of the marks.
    pub marks: [&'static str; 4],
}

/// Dark text on white.
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
    highlight: "#be185d",
    card: ["#94a3b8", "#5b6a80"],
    lines: ["#1d4ed8", "#64748b", "#334155", "#94a3b8"],
    cycle: ["#b45309", "#92400e", "#fff7ed"],
    bar: ["#475569", "#e2e8f0", "#1d4ed8", "#bfdbfe"],
    marks: ["#b91c1c", "#166534", "#6d28d9", "#0e6a83"],
};

/// Light text on a dark ground.
pub const DARK: Theme = Theme {
    background: "#0f172a",
    text: "#e8edf5",
    faint: "#a3b1c6",
    stress: "#93c5fd",
    rule: "#334155",
    instance: ["#1e293b", "#64748b"],
    container: ["#273449", "#475569"],
    code: ["#2b2650", "#7c6fd0"],
    root: ["#123c2c", "#2f9e6a", "#a7f3d0"],
    asked: ["#1e3a8a", "#93c5fd", "#eff6ff", "#dbeafe"],
    highlight: "#f472b6",
    card: ["#64748b", "#a3b1c6"],
    lines: ["#60a5fa", "#8291a8", "#d3dbe7", "#64748b"],
    cycle: ["#f59e0b", "#fcd34d", "#3a2a10"],
    bar: ["#cbd5e1", "#475569", "#93c5fd", "#33509e"],
    marks: ["#fca5a5", "#86efac", "#d8b4fe", "#67e8f9"],
};

impl Theme {
    /// How a box is painted. In objgraph's style a highlighted one has a fill of its own.
    pub fn paint_of(&self, one: &SceneBox) -> BoxPaint {
        let paint = self.paint_box(one.role, one.asked);
        match one.role {
            BoxRole::Graded { .. } => paint,
            _ if one.highlighted && !one.asked => BoxPaint { border: self.highlight.to_owned(), width: 2.0, ..paint },
            _ => paint,
        }
    }

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
            BoxRole::Card | BoxRole::Steps => {
                let [border, text] = self.card;
                BoxPaint { dash: Some("5 4"), ..self.paint(self.background, border, text, text) }
            }
        }
    }

    /// Colour of a mark's sign and word.
    pub fn mark(&self, mark: Mark) -> &'static str {
        self.marks[mark as usize]
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
            EdgeRole::Path => LinePaint { bold: true, ..line(path, self.stress, 2.6) },
            EdgeRole::Cycle => line(self.cycle[0], self.cycle[1], 1.8),
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
