//! Plans of every kind through the built-in layout, checked on the arrangement itself.

use heapgraph::render::layout::{Arrangement, Extent, Layered, Layout, Plan, PlanLine, Point, Rect};

use crate::shapes::Random;

/// A plan of up to forty boxes: a tree with shared and returning lines, loops, parallel lines, boxes from 1 x 1 to
/// 3,000 wide, parts that nothing joins, both directions.
fn random_plan(seed: u64) -> Plan {
    let mut random = Random(seed);
    let count = 1 + random.below(40);
    let odd = random.below(3) == 0;
    let extent = |width, height| Extent { width, height };
    let boxes = (0..count).map(|_| match random.below(if odd { 12 } else { 40 }) {
        0 => extent(1.0, 1.0),
        1 => extent(3000.0, 20.5),
        2 => extent(10.3, 900.0),
        _ => extent(40.0 + random.below(160) as f64, 24.0 + random.below(50) as f64),
    });
    let boxes = boxes.collect();
    let mut lines = Vec::new();
    let mut line = |random: &mut Random, from: usize, to: usize| {
        let label = (random.below(2) == 0)
            .then(|| extent(6.0 + random.below(150) as f64, 14.0 * (1 + random.below(8) / 5) as f64));
        let (main, back) = (random.below(9) == 0, random.below(8) == 0);
        let width = [1.3, 1.8, 2.6][random.below(8) / 3];
        lines.push(PlanLine { from, to, label, main, back, width });
    };
    for nth in 1..count {
        let from = if random.below(3) == 0 { random.below(nth.min(3)) } else { random.below(nth) };
        line(&mut random, from, nth);
    }
    let extra = [0, random.below(8), random.below(count + 1), random.below(3 * count)][random.below(4)];
    for _ in 0..extra {
        let (from, to) = (random.below(count), random.below(count));
        let to = if random.below(4) == 0 { to / 10 } else { to };
        line(&mut random, from, to);
    }
    if random.below(4) == 0 {
        lines.retain(|_| random.below(3) > 0);
    }
    Plan { boxes, lines, top_down: random.below(2) == 0 }
}

/// A straight piece as a thin rectangle.
fn piece(ends: &[Point]) -> Rect {
    let at = Point { x: ends[0].x.min(ends[1].x), y: ends[0].y.min(ends[1].y) };
    Rect { at, extent: Extent { width: (ends[0].x - ends[1].x).abs(), height: (ends[0].y - ends[1].y).abs() } }
}

/// Whether a straight piece enters a rectangle by more than half a pixel.
fn enters(ends: &[Point], rect: &Rect) -> bool {
    piece(ends).grown(0.1).overlaps(&rect.grown(-0.6))
}

fn on_border(point: Point, rect: &Rect) -> bool {
    let near = |one: f64, other: f64| (one - other).abs() < 0.1;
    let beside =
        (near(point.x, rect.at.x) || near(point.x, rect.right())) && point.y > rect.at.y && point.y < rect.bottom();
    let under =
        (near(point.y, rect.at.y) || near(point.y, rect.bottom())) && point.x > rect.at.x && point.x < rect.right();
    beside || under
}

/// Everything that is wrong, in words.
fn faults(plan: &Plan, laid: &Arrangement) -> Vec<String> {
    let mut faults = Vec::new();
    for (nth, one) in laid.boxes.iter().enumerate() {
        let asked = plan.boxes[nth];
        if one.extent.width < asked.width || one.extent.height < asked.height {
            faults.push(format!("box {nth} shrank"));
        }
        faults.extend(
            (0..nth).filter(|&other| one.overlaps(&laid.boxes[other])).map(|other| format!("boxes {nth} {other}")),
        );
    }
    for (nth, route) in laid.routes.iter().enumerate() {
        faults.extend(route_faults(plan, laid, nth).into_iter().map(|fault| format!("line {nth} {fault}")));
        if route.label.map(|label| label.extent) != plan.lines[nth].label {
            faults.push(format!("line {nth} lost its name"));
        }
        let Some(name) = &route.label else { continue };
        let boxes = laid.boxes.iter().enumerate().filter(|(_, one)| one.overlaps(name));
        faults.extend(boxes.map(|(other, _)| format!("name {nth} on box {other}")));
        let names = laid.routes[..nth]
            .iter()
            .enumerate()
            .filter(|(_, other)| other.label.is_some_and(|other| other.overlaps(name)));
        faults.extend(names.map(|(other, _)| format!("name {nth} on name {other}")));
        let lines =
            laid.routes.iter().enumerate().filter(|(_, line)| line.points.windows(2).any(|ends| enters(ends, name)));
        faults.extend(lines.map(|(line, _)| format!("line {line} through name {nth}")));
    }
    faults
}

fn route_faults(plan: &Plan, laid: &Arrangement, nth: usize) -> Vec<String> {
    let (line, points) = (&plan.lines[nth], &laid.routes[nth].points);
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else { return vec!["has no course".to_owned()] };
    let mut faults = Vec::new();
    if !on_border(first, &laid.boxes[line.from]) || !on_border(last, &laid.boxes[line.to]) {
        faults.push("ends beside its box".to_owned());
    }
    if points.windows(2).any(|ends| ends[0].x != ends[1].x && ends[0].y != ends[1].y) {
        faults.push("is slanted".to_owned());
    }
    if points.windows(3).any(|ends| (ends[0].x == ends[1].x) == (ends[1].x == ends[2].x)) {
        faults.push("has a corner that is none".to_owned());
    }
    let head = piece(&points[points.len() - 2..]).extent;
    if head.width + head.height < 14.0 {
        faults.push("has no room for its arrow".to_owned());
    }
    let hit = laid.boxes.iter().enumerate().filter(|(_, one)| points.windows(2).any(|ends| enters(ends, one)));
    faults.extend(hit.map(|(other, _)| format!("runs through box {other}")));
    let strangers = |other: &usize| plan.lines[*other].from != line.from && plan.lines[*other].to != line.to;
    let on_top = (0..nth).filter(strangers).filter(|&other| {
        let pieces = || laid.routes[other].points.windows(2);
        points.windows(2).any(|one| pieces().any(|two| run_together(&piece(one), &piece(two))))
    });
    faults.extend(on_top.map(|other| format!("runs on top of line {other}")));
    faults
}

/// Whether two pieces are nearer than two pixels for more than one.
fn run_together(one: &Rect, other: &Rect) -> bool {
    let thin = |rect: &Rect| (rect.extent.width == 0.0, rect.extent.height == 0.0);
    let shared = |low: f64, high: f64, from: f64, to: f64| high.min(to) - low.max(from);
    let across = shared(one.at.x, one.right(), other.at.x, other.right());
    let along = shared(one.at.y, one.bottom(), other.at.y, other.bottom());
    thin(one) == thin(other)
        && if one.extent.height == 0.0 { across > 1.0 && along > -2.0 } else { along > 1.0 && across > -2.0 }
}

#[test]
fn no_plan_is_laid_out_with_a_fault() {
    let mut found = Vec::new();
    for seed in 0..160 {
        let plan = random_plan(seed);
        let laid = Layered::default().arrange(&plan).expect("within the budget");
        assert_eq!((laid.boxes.len(), laid.routes.len()), (plan.boxes.len(), plan.lines.len()));
        found.extend(faults(&plan, &laid).into_iter().map(|fault| format!("seed {seed}: {fault}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A test that finds nothing proves nothing.
#[test]
fn every_fault_would_be_found() {
    let plan = random_plan(12);
    let good = Layered::default().arrange(&plan).expect("within the budget");
    assert_eq!(faults(&plan, &good), [""; 0]);
    let spoiled = |spoil: fn(&mut Arrangement)| {
        let mut laid = good.clone();
        spoil(&mut laid);
        faults(&plan, &laid)
    };
    assert!(!spoiled(|laid| laid.boxes[1] = laid.boxes[0]).is_empty());
    assert!(!spoiled(|laid| laid.routes[0].points.clear()).is_empty());
    assert!(!spoiled(|laid| laid.routes[0].points[0].x += 3.0).is_empty());
    assert!(
        !spoiled(|laid| laid
            .routes
            .iter_mut()
            .filter(|route| route.label.is_some())
            .for_each(|route| route.label = None))
        .is_empty()
    );
    assert!(
        !spoiled(|laid| laid
            .routes
            .iter_mut()
            .flat_map(|route| &mut route.label)
            .for_each(|name| name.at = Point::default()))
        .is_empty()
    );
}
