//! Where names stand: on the straight run next to the holder, above the line, free of boxes and other names.
//!
//! Every line has a few dozen candidate places; the cheapest wins, main lines first. A name never covers a box or
//! another name while any candidate is free of them; that it stands on a foreign line is only the last resort, for which
//! names have a halo.

use super::{Arrangement, Extent, Plan, Point, Rect, Route};
use crate::render::style;

/// From the lower edge of a name's room down to its line: the baseline stands 2.5 above that edge.
const LIFT: f64 = style::LABEL_LIFT - 2.5;
/// From a name beside an upright line to that line.
const ASIDE: f64 = 5.0;
/// Kept free at both ends of a run: the bend, the arrow.
const ENDS: f64 = 9.0;
/// Around other names.
const APART: f64 = 1.5;

/// What it costs to stand on something.
const ON_BOX: f64 = 10_000.0;
const ON_NAME: f64 = 10_000.0;
const ON_LINE: f64 = 60.0;
const OFF_ITS_RUN: f64 = 40.0;

/// How far from its line a name may go that finds no room: so many steps of so many pixels.
const RINGS: u32 = 12;
const RING: f64 = 12.0;

struct Candidate {
    rect: Rect,
    cost: f64,
}

/// A straight piece of a line, as a thin rectangle.
struct Run {
    line: usize,
    rect: Rect,
}

/// Gives every line with a name a place for it. A place that the layout reserved is among the candidates.
pub(super) fn place(arrangement: &mut Arrangement, plan: &Plan) {
    let mut order: Vec<usize> = (0..plan.lines.len()).filter(|&line| plan.lines[line].label.is_some()).collect();
    order.sort_by_key(|&line| !plan.lines[line].main);
    let runs = runs(&arrangement.routes);
    let mut placed: Vec<Rect> = Vec::with_capacity(order.len());
    let mut labels: Vec<Option<Rect>> = vec![None; plan.lines.len()];
    for line in order {
        let Some(extent) = plan.lines[line].label else { continue };
        let judge = |rect: &Rect| obstacles(rect, line, &arrangement.boxes, &placed, &runs);
        let best = best(candidates(&arrangement.routes[line], extent), judge);
        if let Some(best) = best {
            placed.push(best.rect.grown(APART));
            labels[line] = Some(best.rect);
        }
    }
    for (route, label) in arrangement.routes.iter_mut().zip(labels) {
        route.label = label;
    }
}

/// The cheapest candidate. If even that stands on a box or a name, all are tried again farther and farther from their
/// lines; a crowd that leaves no room at all gets the least bad.
fn best(candidates: Vec<Candidate>, judge: impl Fn(&Rect) -> f64) -> Option<Candidate> {
    let cheapest = |shift: Point, found: Option<Candidate>| {
        let costed = candidates.iter().map(|one| {
            let at = Point { x: one.rect.at.x + shift.x, y: one.rect.at.y + shift.y };
            let rect = Rect { at, ..one.rect };
            Candidate { cost: one.cost + shift.x.abs() + shift.y.abs() + judge(&rect), rect }
        });
        costed.chain(found).min_by(|one, other| one.cost.total_cmp(&other.cost))
    };
    let mut found = cheapest(Point::default(), None);
    for ring in 1..=RINGS {
        if found.as_ref().is_none_or(|found| found.cost < ON_NAME) {
            break;
        }
        let by = f64::from(ring) * RING;
        for (x, y) in [(0.0, -by), (0.0, by), (-by, 0.0), (by, 0.0)] {
            found = cheapest(Point { x, y }, found);
        }
    }
    found
}

/// Every straight piece of every line.
fn runs(routes: &[Route]) -> Vec<Run> {
    let pieces = routes.iter().enumerate().flat_map(|(line, route)| {
        route.points.windows(2).map(move |ends| {
            let at = Point { x: ends[0].x.min(ends[1].x), y: ends[0].y.min(ends[1].y) };
            let extent = Extent { width: (ends[0].x - ends[1].x).abs(), height: (ends[0].y - ends[1].y).abs() };
            Run { line, rect: Rect { at, extent }.grown(0.7) }
        })
    });
    pieces.collect()
}

fn obstacles(rect: &Rect, line: usize, boxes: &[Rect], placed: &[Rect], runs: &[Run]) -> f64 {
    let on_boxes = boxes.iter().filter(|one| one.overlaps(rect)).count() as f64 * ON_BOX;
    let on_names = placed.iter().filter(|one| one.overlaps(rect)).count() as f64 * ON_NAME;
    // The line's own other pieces are less of a riddle than a foreign line.
    let on_lines = runs.iter().filter(|run| run.rect.overlaps(rect));
    let on_lines: f64 = on_lines.map(|run| if run.line == line { ON_LINE / 2.0 } else { ON_LINE }).sum();
    on_boxes + on_names + on_lines
}

fn candidates(route: &Route, extent: Extent) -> Vec<Candidate> {
    let mut found = Vec::new();
    let pieces = route.points.len().saturating_sub(1);
    for (nth, ends) in route.points.windows(2).enumerate() {
        // The run next to the holder first, then the one next to the target, then the others.
        let late = match nth {
            0 => 0.0,
            nth if nth + 1 == pieces => 6.0,
            nth => 12.0 + nth as f64,
        };
        let lying = (ends[0].y - ends[1].y).abs() < 0.5;
        if lying { along_lying(&mut found, ends, extent, late) } else { along_upright(&mut found, ends, extent, late) }
    }
    if let Some(reserved) = route.label {
        found.push(Candidate { rect: Rect::around(reserved.centre(), extent), cost: 45.0 });
    }
    found
}

/// Above the run, then below it: in its middle, near its start, near its end, and in between.
fn along_lying(found: &mut Vec<Candidate>, ends: &[Point], extent: Extent, late: f64) {
    let (from, to) = (ends[0].x, ends[1].x);
    let length = (to - from).abs();
    let need = extent.width + 2.0 * ENDS;
    let short = (need - length).clamp(0.0, OFF_ITS_RUN) * 1.2;
    let inset = (ENDS + extent.width / 2.0).min(length / 2.0) * (to - from).signum();
    let places = [
        ((from + to) / 2.0, 0.0),
        (from + inset, 1.0),
        (to - inset, 2.0),
        (from + (to - from) * 0.2, 3.0),
        (from + (to - from) * 0.35, 3.0),
        (from + (to - from) * 0.65, 3.0),
        (from + (to - from) * 0.8, 3.0),
    ];
    for (x, off) in places {
        let above = Point { x, y: ends[0].y - LIFT - extent.height / 2.0 };
        let below = Point { x, y: ends[0].y + LIFT + 2.0 + extent.height / 2.0 };
        for (centre, side) in [(above, 0.0), (below, 4.0)] {
            found.push(Candidate { rect: Rect::around(centre, extent), cost: late + off + side + short });
        }
    }
}

/// Right of an upright run, then left of it.
fn along_upright(found: &mut Vec<Candidate>, ends: &[Point], extent: Extent, late: f64) {
    let (from, to) = (ends[0].y, ends[1].y);
    let need = extent.height + 2.0 * ENDS;
    let short = if need > (to - from).abs() { OFF_ITS_RUN } else { 0.0 };
    for (share, off) in [(0.5, 0.0), (0.3, 1.0), (0.7, 1.0), (0.15, 2.0), (0.85, 2.0)] {
        let y = from + (to - from) * share;
        for (sign, side) in [(1.0, 0.0), (-1.0, 1.0)] {
            let x = (ends[0].x + ends[1].x) / 2.0 + sign * (ASIDE + extent.width / 2.0);
            let rect = Rect::around(Point { x, y }, extent);
            found.push(Candidate { rect, cost: 8.0 + late + off + side + short });
        }
    }
}
