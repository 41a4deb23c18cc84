//! The built-in layout: levels from holder to held, right-angled lines.
//!
//! Sugiyama's method, one file a step. A plan is split into parts ([`components`]) and the fans of hubs are folded
//! ([`blocks`]). Lines that run back are turned ([`acyclic`]), every box gets a level ([`rank`], by network
//! [`simplex`]), long lines waypoints ([`levels`]). Rows are ordered for few crossings ([`order`], [`sift`], counted by
//! [`crossings`]), lines of one hub that run side by side become a trunk ([`bundles`], [`trunks`]), lines get [`ports`] at their boxes, rows get
//! [`coordinates`] (from the start that [`relax`] makes; [`slide`] takes the last bends out), upright pieces of lines get lanes ([`channels`], [`bands`], kept
//! apart by [`clashes`], put together by [`sheet`]). What is too long is cut ([`wrap`]), then drawn ([`draw`]) and put beside the other parts ([`pack`]).
//!
//! Inside, everything is read from the left to the right; a plan from the top down is transposed before and after.
//! All work is bounded by counts, never by a clock: the same plan gives the same answer on every machine.

mod acyclic;
mod bands;
mod blocks;
mod bundles;
mod channels;
mod clashes;
mod components;
mod coordinates;
mod crossings;
mod draw;
mod levels;
mod order;
mod pack;
mod ports;
mod rank;
mod relax;
mod sheet;
mod sift;
mod simplex;
mod slide;
mod task;
mod trunks;
mod wrap;

use super::{Arrangement, Extent, Layout, Plan, PlanLine, Point, Rect, settle};
use crate::error::{Error, Result};
use task::{Line, Node, Task};

/// How much a plan may ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget {
    /// Boxes.
    pub boxes: usize,
    /// Lines.
    pub lines: usize,
    /// Places where long lines pass a level, trunks counted once for every line.
    pub waypoints: usize,
    /// Pairs of lines that pass the same gap between two levels: each is looked at for where they cross.
    pub pairs: usize,
}

impl Default for Budget {
    /// What takes some seconds.
    fn default() -> Self {
        Budget { boxes: 200_000, lines: 200_000, waypoints: 400_000, pairs: 30_000_000 }
    }
}

/// The layout that is built in.
#[derive(Clone, Copy, Default, Debug)]
pub struct Layered {
    /// Past it a plan is refused.
    pub budget: Budget,
}

/// A picture is about so many times as wide as high, where there is a choice.
const SHAPE: f64 = 1.6;

impl Layout for Layered {
    fn arrange(&self, plan: &Plan) -> Result<Arrangement> {
        if plan.boxes.is_empty() {
            return Ok(Arrangement::default());
        }
        let Budget { boxes, lines, .. } = self.budget;
        limit(plan.boxes.len(), boxes, "boxes")?;
        limit(plan.lines.len(), lines, "lines")?;
        let transposed = plan.top_down.then(|| transposed(plan));
        let shape = if plan.top_down { 1.0 / SHAPE } else { SHAPE };
        let mut arrangement = self.parts(transposed.as_ref().unwrap_or(plan), shape)?;
        if plan.top_down {
            transpose(&mut arrangement);
        }
        settle(&mut arrangement);
        Ok(arrangement)
    }
}

impl Layered {
    /// Every part by itself, and all of them on one sheet.
    fn parts(&self, plan: &Plan, shape: f64) -> Result<Arrangement> {
        let parts = components::split(plan);
        let mut numbers = vec![0; plan.boxes.len()];
        let mut laid = Vec::with_capacity(parts.len());
        for (boxes, lines) in &parts {
            boxes.iter().enumerate().for_each(|(number, &node)| numbers[node] = number);
            let nodes = boxes.iter().map(|&node| Node { extent: plan.boxes[node], bus: None }).collect();
            let lines = lines.iter().map(|&line| {
                let plan = plan.lines[line];
                Line { plan: PlanLine { from: numbers[plan.from], to: numbers[plan.to], ..plan }, weight: 1 }
            });
            let mut one = self.part(&Task { nodes, lines: lines.collect() }, shape)?;
            settle(&mut one);
            laid.push(one);
        }
        let extents: Vec<Extent> = laid.iter().map(|one| one.extent).collect();
        let corners = pack::pack(&extents, shape);
        let mut whole = Arrangement {
            boxes: vec![Rect::default(); plan.boxes.len()],
            routes: vec![Default::default(); plan.lines.len()],
            extent: Extent::default(),
        };
        for ((one, corner), (boxes, lines)) in laid.into_iter().zip(corners).zip(&parts) {
            let one = shifted(one, corner);
            one.boxes.into_iter().zip(boxes).for_each(|(rect, &node)| whole.boxes[node] = rect);
            one.routes.into_iter().zip(lines).for_each(|(route, &line)| whole.routes[line] = route);
        }
        Ok(whole)
    }

    /// One part, whose boxes hang together.
    fn part(&self, task: &Task, shape: f64) -> Result<Arrangement> {
        let blocks = blocks::fold(task);
        let task = &blocks.task;
        let turned = acyclic::turned(task);
        let level = rank::levels(task, &turned);
        limit(levels::waypoints(task, &level), self.budget.waypoints, "places where long lines pass others")?;
        limit(levels::pairs(task, &level), self.budget.pairs, "pairs of lines side by side")?;
        let bundles = bundles::find(task, &turned);
        let mut levels = levels::build(task, &turned, level, &bundles);
        order::order(&mut levels);
        let levels = trunks::merge(levels);
        let mut ports = ports::place(&levels, task);
        let sheet = sheet::Sheet::new(task, &levels, &mut ports, shape);
        let plot = draw::Plot { task, turned: &turned, levels: &levels, ports: &ports, sheet: &sheet };
        Ok(blocks.unfold(plot.draw()))
    }
}

fn limit(found: usize, limit: usize, what: &str) -> Result<()> {
    if found <= limit {
        return Ok(());
    }
    Err(Error::unsupported(format!("the picture has {found} {what}; the built-in layout draws at most {limit}"))
        .with_hint("a smaller --max-depth or --too-many, --filter or --ignore; or -o x.dot"))
}

fn shifted(mut arrangement: Arrangement, by: Point) -> Arrangement {
    let shift = |point: &mut Point| *point = Point { x: point.x + by.x, y: point.y + by.y };
    arrangement.boxes.iter_mut().for_each(|rect| shift(&mut rect.at));
    for route in &mut arrangement.routes {
        route.points.iter_mut().for_each(shift);
        route.label.iter_mut().for_each(|rect| shift(&mut rect.at));
    }
    arrangement
}

/// From a name beside an upright line to whatever stands on its other side: it must be plain whose name it is.
const ASIDE: f64 = 7.0;

/// Right for down and down for right.
fn transposed(plan: &Plan) -> Plan {
    let turn = |extent: Extent| Extent { width: extent.height, height: extent.width };
    let name = |extent: Extent| Extent { width: extent.height, height: extent.width + ASIDE };
    let lines = plan.lines.iter().map(|line| PlanLine { label: line.label.map(name), ..*line });
    Plan { boxes: plan.boxes.iter().copied().map(turn).collect(), lines: lines.collect(), top_down: false }
}

fn transpose(arrangement: &mut Arrangement) {
    let turn = |rect: &mut Rect| {
        *rect = Rect {
            at: Point { x: rect.at.y, y: rect.at.x },
            extent: Extent { width: rect.extent.height, height: rect.extent.width },
        };
    };
    arrangement.boxes.iter_mut().for_each(turn);
    for route in &mut arrangement.routes {
        route.points.iter_mut().for_each(|point| *point = Point { x: point.y, y: point.x });
        if let Some(name) = &mut route.label {
            turn(name);
            name.at.x += ASIDE;
            name.extent.width -= ASIDE;
        }
    }
}
