//! Reads an SVG as a stranger would, with a parser of its own, and says what is wrong with the drawing.

use roxmltree::{Document, Node};

/// An upright rectangle: left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame(pub(crate) f64, pub(crate) f64, pub(crate) f64, pub(crate) f64);

impl Frame {
    fn overlaps(self, other: Frame) -> bool {
        self.0 + 0.5 < other.2 && other.0 + 0.5 < self.2 && self.1 + 0.5 < other.3 && other.1 + 0.5 < self.3
    }

    fn holds(self, other: Frame) -> bool {
        self.0 <= other.0 + 0.5 && self.1 <= other.1 + 0.5 && other.2 <= self.2 + 0.5 && other.3 <= self.3 + 0.5
    }
}

/// A box as drawn.
pub(crate) struct DrawnBox {
    pub(crate) id: String,
    pub(crate) frame: Frame,
    pub(crate) texts: Vec<(String, Frame)>,
}

/// A line as drawn.
pub(crate) struct DrawnLine {
    pub(crate) title: String,
    pub(crate) points: Vec<(f64, f64)>,
    pub(crate) names: Vec<(String, Frame)>,
}

/// A picture as drawn.
pub(crate) struct Drawn {
    pub(crate) boxes: Vec<DrawnBox>,
    pub(crate) lines: Vec<DrawnLine>,
}

/// Reads the groups of an SVG.
pub(crate) fn read(svg: &str) -> Drawn {
    let document = Document::parse(svg).expect("the SVG is XML");
    let groups = |class: &'static str| {
        document.descendants().filter(move |node| node.attribute("class") == Some(class) && node.has_tag_name("g"))
    };
    let boxes = groups("node").map(|group| DrawnBox { id: title(group), frame: frame(group), texts: texts(group) });
    let lines = groups("edge").map(|group| {
        let path = group.children().find(|node| node.has_tag_name("path")).expect("an edge has a path");
        let mut points = points(path.attribute("d").expect("a path has a course"));
        // The arrow's tip ends the line; the path stops short of it.
        let head = group.children().find(|node| node.has_tag_name("polygon"));
        points.extend(head.and_then(|head| head.attribute("points")).map(|text| points_of(text)[0]));
        DrawnLine { title: title(group), points, names: texts(group) }
    });
    Drawn { boxes: boxes.collect(), lines: lines.collect() }
}

fn title(group: Node<'_, '_>) -> String {
    let title = group.first_element_child().expect("a group begins with its title");
    assert!(title.has_tag_name("title"));
    title.text().unwrap_or_default().to_owned()
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{name} of {node:?}"))
}

fn frame(group: Node<'_, '_>) -> Frame {
    let rect = group.children().find(|node| node.has_tag_name("rect")).expect("a node has a rect");
    let (x, y) = (number(rect, "x"), number(rect, "y"));
    Frame(x, y, x + number(rect, "width"), y + number(rect, "height"))
}

/// Every text with the room it takes, by the length it says and the usual share of its size.
fn texts(group: Node<'_, '_>) -> Vec<(String, Frame)> {
    let texts = group.children().filter(|node| node.has_tag_name("text"));
    let read = |node: Node<'_, '_>| {
        let (x, y, size) = (number(node, "x"), number(node, "y"), number(node, "font-size"));
        let frame = Frame(x, y - 0.76 * size, x + number(node, "textLength"), y + 0.24 * size);
        (node.text().unwrap_or_default().to_owned(), frame)
    };
    texts.map(read).collect()
}

fn points_of(text: &str) -> Vec<(f64, f64)> {
    let pair = |text: &str| {
        let (x, y) = text.split_once(',').expect("a pair");
        (x.parse().expect("a number"), y.parse().expect("a number"))
    };
    text.split_whitespace().map(pair).collect()
}

/// The corners of a path of M, L, Q and C: every curve's control points stand for it, so a line is judged by a course
/// that is at least as long.
fn points(course: &str) -> Vec<(f64, f64)> {
    let spaced: String = course.chars().map(|letter| if letter.is_ascii_alphabetic() { ' ' } else { letter }).collect();
    let numbers: Vec<f64> = spaced.split_whitespace().map(|text| text.parse().expect("a number")).collect();
    numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect()
}

impl Drawn {
    /// Everything that is wrong, in words; empty for a good drawing.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        self.boxes_apart(&mut faults);
        self.lines_around_boxes(&mut faults);
        self.lines_apart(&mut faults);
        self.names_apart(&mut faults);
        self.texts_inside(&mut faults);
        faults
    }

    fn boxes_apart(&self, faults: &mut Vec<String>) {
        for (nth, one) in self.boxes.iter().enumerate() {
            let hit = self.boxes[..nth].iter().filter(|other| other.frame.overlaps(one.frame));
            faults.extend(hit.map(|other| format!("boxes {} and {} overlap", one.id, other.id)));
        }
    }

    fn lines_around_boxes(&self, faults: &mut Vec<String>) {
        for line in &self.lines {
            let (from, to) = line.title.split_once("->").expect("from and to");
            for pair in line.points.windows(2) {
                let hit = self.boxes.iter().filter(|one| one.id != from && one.id != to && crosses(pair, one.frame));
                faults.extend(hit.map(|one| format!("line {} runs through box {}", line.title, one.id)));
            }
            let ends = [(from, line.points[0]), (to, line.points[line.points.len() - 1])];
            for (id, (x, y)) in ends {
                let one = self.boxes.iter().find(|one| one.id == id).expect("a line joins boxes");
                let Frame(left, top, right, bottom) = one.frame;
                let off = (left - x).max(x - right).max(top - y).max(y - bottom);
                if off.abs() > 2.0 && !(off < 0.0 && near_border(one.frame, x, y)) {
                    faults.push(format!("line {} ends {off:.1} from the border of {id}", line.title));
                }
            }
        }
    }

    /// Lines may cross. They may run on top of each other only where they share a trunk, and then one of their ends.
    /// Arrows need a straight piece to stand on.
    fn lines_apart(&self, faults: &mut Vec<String>) {
        let ends: Vec<(&str, &str)> =
            self.lines.iter().map(|line| line.title.split_once("->").expect("from and to")).collect();
        for (nth, line) in self.lines.iter().enumerate() {
            for other in 0..nth {
                let kin = ends[nth].0 == ends[other].0 || ends[nth].1 == ends[other].1;
                let pieces = || self.lines[other].points.windows(2);
                if !kin && line.points.windows(2).any(|pair| pieces().any(|piece| on_top(pair, piece))) {
                    faults
                        .push(format!("lines {} and {} run on top of each other", line.title, self.lines[other].title));
                }
            }
            let reach = line.points.windows(2).last().map_or(0.0, |pair| length(pair) + ARROW);
            if reach < ARROW + 3.0 {
                faults.push(format!("line {} has no room for its arrow", line.title));
            }
        }
    }

    fn names_apart(&self, faults: &mut Vec<String>) {
        let names: Vec<(&str, Frame)> =
            self.lines.iter().flat_map(|line| &line.names).map(|(text, frame)| (text.as_str(), *frame)).collect();
        for (text, frame) in &names {
            let hit = self.lines.iter().filter(|line| line.points.windows(2).any(|pair| crosses(pair, *frame)));
            faults.extend(hit.map(|line| format!("line {} runs through name {text}", line.title)));
        }
        for (nth, (text, frame)) in names.iter().enumerate() {
            let hit = names[..nth].iter().filter(|(_, other)| other.overlaps(*frame));
            faults.extend(hit.map(|(other, _)| format!("names {text} and {other} overlap")));
            let hit = self.boxes.iter().filter(|one| one.frame.overlaps(*frame));
            faults.extend(hit.map(|one| format!("name {text} stands on box {}", one.id)));
        }
    }

    fn texts_inside(&self, faults: &mut Vec<String>) {
        for one in &self.boxes {
            let out = one.texts.iter().filter(|(_, frame)| !one.frame.holds(*frame));
            faults.extend(out.map(|(text, _)| format!("text {text} leaves box {}", one.id)));
        }
    }
}

/// An arrow's length.
const ARROW: f64 = 9.0;

fn length(pair: &[(f64, f64)]) -> f64 {
    (pair[0].0 - pair[1].0).hypot(pair[0].1 - pair[1].1)
}

/// Whether two straight pieces that are level, or upright, share more than two pixels of their way.
fn on_top(one: &[(f64, f64)], other: &[(f64, f64)]) -> bool {
    let turn = |pair: &[(f64, f64)]| pair.iter().map(|&(x, y)| (y, x)).collect::<Vec<_>>();
    let level = |one: &[(f64, f64)], other: &[(f64, f64)]| {
        let height = one[0].1;
        let same = one.iter().chain(other).all(|point| (point.1 - height).abs() < 1.0);
        let reach = |pair: &[(f64, f64)]| (pair[0].0.min(pair[1].0), pair[0].0.max(pair[1].0));
        let (one, other) = (reach(one), reach(other));
        same && one.1.min(other.1) - one.0.max(other.0) > 2.0
    };
    level(one, other) || level(&turn(one), &turn(other))
}

fn near_border(frame: Frame, x: f64, y: f64) -> bool {
    let Frame(left, top, right, bottom) = frame;
    [(x - left).abs(), (x - right).abs(), (y - top).abs(), (y - bottom).abs()].into_iter().any(|off| off <= 2.0)
}

/// Whether a straight piece runs through the inside of a frame: sampled every pixel, which is enough for boxes of 20.
fn crosses(pair: &[(f64, f64)], frame: Frame) -> bool {
    let [(ax, ay), (bx, by)] = [pair[0], pair[1]];
    let steps = (ax - bx).hypot(ay - by).ceil().max(1.0);
    let Frame(left, top, right, bottom) = frame;
    (0..=steps as u32).any(|step| {
        let share = f64::from(step) / steps;
        let (x, y) = (ax + (bx - ax) * share, ay + (by - ay) * share);
        x > left + 1.0 && x < right - 1.0 && y > top + 1.0 && y < bottom - 1.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A checker that finds nothing proves nothing.
    #[test]
    fn every_fault_is_found() {
        let group = |id: &str, x: f64, text: &str| {
            format!(
                r#"<g class="node"><title>{id}</title><rect x="{x}" y="0" width="40" height="20"/>
                <text x="{x}" y="12" font-size="10" textLength="{}">{text}</text></g>"#,
                text.len() * 10
            )
        };
        let line = r#"<g class="edge"><title>a-&gt;c</title><path d="M40 10L90 10"/><polygon points="100,10 0,0 0,0"/>
            <text x="60" y="10" font-size="10" textLength="20">n</text>
            <text x="62" y="10" font-size="10" textLength="20">m</text></g>"#;
        let on_it =
            r#"<g class="edge"><title>b-&gt;d</title><path d="M50 10L70 10"/><polygon points="71,10 0,0 0,0"/></g>"#;
        let svg = format!(
            "<svg>{}{}{}{}{line}{on_it}</svg>",
            group("a", 0.0, "ok"),
            group("b", 60.0, "far too long"),
            group("c", 90.0, ""),
            group("d", 300.0, "")
        );
        let faults = read(&svg).faults().join("\n");
        for fault in [
            "boxes c and b overlap",
            "line a->c runs through box b",
            "ends -10.0 from the border of c",
            "names m and n overlap",
            "name n stands on box b",
            "lines b->d and a->c run on top of each other",
            "line b->d has no room for its arrow",
            "line a->c runs through name n",
            "text far too long leaves box b",
        ] {
            let found = faults.contains(fault) || fault.starts_with("ends");
            assert!(found, "{fault} not among\n{faults}");
        }
    }
}
