//! Lines with rounded corners, their arrows and names.

use std::fmt::Write;

use super::{Drawing, Set, measure, number};
use crate::render::layout::{Point, Rect, Route};
use crate::render::scene::{Look, SceneEdge};
use crate::render::style::{self, LinePaint};
use crate::render::text::xml;

impl Drawing {
    pub(super) fn write_line(&self, out: &mut String, at: usize) -> std::fmt::Result {
        let (edge, route) = (&self.scene.edges[at], &self.arrangement.routes[at]);
        let paint = self.theme.paint_line(edge.role, self.scene.look);
        let (from, to) = (&self.scene.boxes[edge.from].id, &self.scene.boxes[edge.to].id);
        let title = xml(&format!("{from}->{to}"));
        writeln!(out, r#"<g id="edge{}" class="edge"><title>{title}</title>"#, at + 1)?;
        let stem = trimmed(route);
        let dash = paint.dash.map(|dash| format!(r#" stroke-dasharray="{dash}""#)).unwrap_or_default();
        let path = if route.curved { spline(&stem) } else { rounded(&stem) };
        writeln!(
            out,
            r#"<path d="{path}" fill="none" stroke="{}" stroke-width="{}"{dash}><title>{}</title></path>"#,
            paint.colour,
            paint.width,
            xml(&edge.tooltip),
        )?;
        write_arrow(out, route, &paint)?;
        if let Some(rect) = &route.label {
            self.write_names(out, edge, rect, &paint)?;
        }
        writeln!(out, "</g>")
    }

    fn write_names(&self, out: &mut String, edge: &SceneEdge, rect: &Rect, paint: &LinePaint) -> std::fmt::Result {
        let look = self.scene.look;
        let (size, weight) = measure::label_set(edge, look);
        let step = measure::label_step(edge, look);
        for (nth, name) in edge.label.iter().enumerate() {
            let slack = rect.extent.width - self.fonts.width(name, size, weight);
            let at = Point { x: rect.at.x + slack / 2.0, y: rect.at.y + step * nth as f64 + size };
            self.write_text(out, at, name, &Set { size, weight, colour: paint.text, halo: look == Look::Ours })?;
        }
        Ok(())
    }
}

/// The route without the part that the arrow's head covers.
fn trimmed(route: &Route) -> Vec<Point> {
    let mut points = route.points.clone();
    if let [.., before, last] = points.as_mut_slice() {
        let (dx, dy) = (last.x - before.x, last.y - before.y);
        let length = dx.hypot(dy);
        // One pixel stays under the head, so that no gap shows.
        let cut = (style::ARROW.0 - 1.0).min(length);
        if length > 0.0 {
            *last = Point { x: last.x - dx / length * cut, y: last.y - dy / length * cut };
        }
    }
    points
}

/// Straight pieces with rounded corners.
fn rounded(points: &[Point]) -> String {
    let mut path = String::new();
    let mut push = |command: char, at: &[Point]| {
        path.push(command);
        let coordinates: Vec<String> =
            at.iter().map(|point| format!("{} {}", number(point.x), number(point.y))).collect();
        path.push_str(&coordinates.join(" "));
    };
    let Some((first, rest)) = points.split_first() else { return path };
    push('M', &[*first]);
    for three in points.windows(3) {
        let [before, corner, after] = [three[0], three[1], three[2]];
        let radius = style::BEND.min(distance(before, corner) / 2.0).min(distance(corner, after) / 2.0);
        push('L', &[towards(corner, before, radius)]);
        push('Q', &[corner, towards(corner, after, radius)]);
    }
    if let Some(last) = rest.last() {
        push('L', &[*last]);
    }
    path
}

/// A Bézier spline: the start, then three points for every piece.
fn spline(points: &[Point]) -> String {
    let mut path = String::new();
    for (nth, point) in points.iter().enumerate() {
        let command = match nth {
            0 => "M",
            nth if nth % 3 == 1 => "C",
            _ => " ",
        };
        path.push_str(&format!("{command}{} {}", number(point.x), number(point.y)));
    }
    path
}

fn distance(one: Point, other: Point) -> f64 {
    (one.x - other.x).hypot(one.y - other.y)
}

fn towards(from: Point, to: Point, by: f64) -> Point {
    let length = distance(from, to);
    if length == 0.0 {
        return from;
    }
    Point { x: from.x + (to.x - from.x) / length * by, y: from.y + (to.y - from.y) / length * by }
}

fn write_arrow(out: &mut String, route: &Route, paint: &LinePaint) -> std::fmt::Result {
    let tip = route.points.last().copied();
    // The last point that is elsewhere gives the direction.
    let before = tip.and_then(|tip| route.points.iter().rev().find(|point| distance(**point, tip) > 0.01).copied());
    let (Some(tip), Some(before)) = (tip, before) else { return Ok(()) };
    let (long, half) = style::ARROW;
    let base = towards(tip, before, long);
    let (ux, uy) = ((tip.x - base.x) / long, (tip.y - base.y) / long);
    let side = |sign: f64| Point { x: base.x - sign * uy * half, y: base.y + sign * ux * half };
    let corners: Vec<String> = [tip, side(1.0), side(-1.0)]
        .iter()
        .map(|corner| format!("{},{}", number(corner.x), number(corner.y)))
        .collect();
    writeln!(out, r#"<polygon points="{}" fill="{}"/>"#, corners.join(" "), paint.colour)
}
