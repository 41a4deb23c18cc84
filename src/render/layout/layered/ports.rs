//! Where lines meet their boxes, and how much room that takes.
//!
//! Every line, and every trunk, has a port of its own, in the order of what it leads to. Lines along the levels meet the
//! sides of a box. Lines against them leave and arrive below it, so that what goes forth is read from left to right,
//! unless that makes them cross others at the box. Their lanes under it, loops, and names that stand out of it belong to
//! the box when rows are packed.

use super::levels::Levels;
use super::task::Task;
use crate::render::layout::Extent;

/// From the lower edge of a name to its line.
pub(super) const LIFT: f64 = 4.0;
/// Between two lines at one border.
const GAP: f64 = 13.0;
/// Above the first and below the last line at a side.
const ENDS: f64 = 9.0;
/// A line that is moved stays so far from the corners.
pub(super) const ROOM_AT_CORNER: f64 = 8.0;
/// Above a name: [`clashes`](super::clashes) may move a line by three quarters of it.
const HEAD: f64 = 4.0;
/// From the lower border down to the first lane that leaves there, or that arrives with an arrow's head.
const DROP: f64 = 16.0;
const ARRIVAL: f64 = 22.0;
/// Between lanes under a box, and between the lines that meet its lower border.
const STEP: f64 = 13.0;
/// Width and depth of a loop.
const LOOP: f64 = 22.0;

/// Where a line meets its node.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Spot {
    /// Below the upper border of the node: where the line runs beside the box, or in its lane under it.
    pub(super) across: f64,
    /// Right of the left border: where the line of a lane meets the lower border.
    pub(super) along: f64,
    pub(super) below: bool,
}

/// A loop: down from the lower border, right, and up again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    pub(super) line: usize,
    pub(super) node: u32,
    /// Left and right leg, from the left border.
    pub(super) legs: [f64; 2],
    /// Below the upper border.
    pub(super) depth: f64,
    /// The upper border of its name, below that of the node.
    pub(super) name: f64,
}

/// A node with its ports.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Shape {
    /// The box, grown for its ports.
    pub(super) extent: Extent,
    /// What stands out above the upper border, and how far everything reaches below it.
    pub(super) above: f64,
    pub(super) below: f64,
}

/// All of it.
#[derive(Clone, Default, Debug)]
pub(super) struct Ports {
    /// By port.
    pub(super) spots: Vec<Spot>,
    /// By node.
    pub(super) shapes: Vec<Shape>,
    pub(super) loops: Vec<Loop>,
    /// Whether a node's lines meet its bus and nothing else.
    pub(super) is_block: Vec<bool>,
}

/// The ports of one node.
#[derive(Clone, Default)]
struct Sides {
    /// Beside the box: arriving, leaving.
    beside: [Vec<u32>; 2],
    /// Under it.
    under: [Vec<u32>; 2],
    loops: Vec<usize>,
}

pub(super) fn place(levels: &Levels, task: &Task) -> Ports {
    let towards = towards(levels);
    let mut order: Vec<u32> = (0..levels.ports.len() as u32).collect();
    order.sort_by(|&one, &other| towards[one as usize].at.total_cmp(&towards[other as usize].at));
    let mut sides = vec![Sides::default(); levels.boxes];
    for port in order {
        let one = &levels.ports[port as usize];
        if levels.is_box(one.node) {
            sides[one.node as usize].beside[usize::from(one.leaving)].push(port);
        }
    }
    sides.iter_mut().for_each(|sides| sides.split(levels, &towards));
    for (nth, line) in task.lines.iter().enumerate().filter(|(_, line)| line.plan.from == line.plan.to) {
        sides[line.plan.from].loops.push(nth);
    }
    let mut ports = Ports {
        spots: vec![Spot::default(); levels.ports.len()],
        shapes: vec![Shape::default(); levels.level.len()],
        loops: Vec::new(),
        is_block: task.nodes.iter().map(|node| node.bus.is_some()).collect(),
    };
    for (node, sides) in sides.iter().enumerate() {
        let shape = Shape { extent: task.nodes[node].extent, ..Shape::default() };
        let mut room = Room { levels, ports: &mut ports, node, shape };
        match task.nodes[node].bus {
            Some(bus) => room.meet(sides, bus),
            None => room.fill(sides, task),
        }
        let shape = room.shape;
        ports.shapes[node] = shape;
    }
    ports
}

/// What a port leads to: the middle of its links' other ends in their row, and how many lines run there.
#[derive(Clone, Copy, Default)]
struct Towards {
    at: f64,
    lines: f64,
}

fn towards(levels: &Levels) -> Vec<Towards> {
    let mut position = vec![0u32; levels.level.len()];
    for row in &levels.rows {
        row.iter().enumerate().for_each(|(at, &node)| position[node as usize] = at as u32);
    }
    let mut towards = vec![Towards::default(); levels.ports.len()];
    for link in &levels.links {
        for (port, other) in [(link.leaves, link.head), (link.arrives, link.tail)] {
            let one = &mut towards[port as usize];
            one.at += f64::from(position[other as usize]) * link.weight as f64;
            one.lines += link.weight as f64;
        }
    }
    towards.iter_mut().for_each(|one| one.at /= one.lines.max(1.0));
    towards
}

impl Sides {
    /// Sends lines against the levels below the box where they cross next to none of the others.
    fn split(&mut self, levels: &Levels, towards: &[Towards]) {
        for (beside, under) in self.beside.iter_mut().zip(&mut self.under) {
            let mut kept: Vec<u32> = Vec::new();
            while let Some(port) = beside.pop() {
                let one = towards[port as usize];
                let crosses = kept.iter().any(|&other| towards[other as usize].at > one.at);
                if levels.ports[port as usize].turned && !crosses {
                    under.push(port);
                } else {
                    kept.push(port);
                }
            }
            kept.reverse();
            under.reverse();
            *beside = kept;
        }
    }
}

impl Levels {
    /// How far above its line a port's name reaches.
    pub(super) fn overhang(&self, port: u32) -> f64 {
        self.ports[port as usize].label.map_or(0.0, |(_, extent)| (extent.height + LIFT + HEAD).ceil())
    }

    /// The least distance of a port from that above it.
    pub(super) fn before(&self, port: u32) -> f64 {
        self.overhang(port).max(GAP)
    }
}

struct Room<'a> {
    levels: &'a Levels,
    ports: &'a mut Ports,
    node: usize,
    shape: Shape,
}

impl Room<'_> {
    /// All lines of a block meet its bus.
    fn meet(&mut self, sides: &Sides, bus: f64) {
        for &port in sides.beside.iter().flatten() {
            self.ports.spots[port as usize] = Spot { across: bus, ..Spot::default() };
        }
        self.shape.below = self.shape.extent.height;
    }

    fn fill(&mut self, sides: &Sides, task: &Task) {
        let legs = sides.under[0].len() + sides.under[1].len() + 2 * sides.loops.len();
        if legs > 0 {
            self.shape.extent.width = self.shape.extent.width.max(legs as f64 * STEP + 2.0 * ENDS);
        }
        let need = sides.beside.iter().map(|side| self.span(side)).fold(0.0, f64::max);
        self.shape.extent.height = self.shape.extent.height.max(need).ceil();
        self.shape.below = self.shape.extent.height;
        let lowest = [0, 1].map(|side| self.beside(&sides.beside[side]));
        let deepest = [0, 1].map(|side| self.under(&sides.under[side], side == 1, lowest[side]));
        self.loops(sides, task, deepest[0].max(deepest[1]));
    }

    fn span(&self, side: &[u32]) -> f64 {
        if side.is_empty() {
            0.0
        } else {
            side[1..].iter().map(|&port| self.levels.before(port)).sum::<f64>() + 2.0 * ENDS
        }
    }

    /// Ports at a side, in the middle of it. Answers where the last one is.
    fn beside(&mut self, side: &[u32]) -> f64 {
        let Some(&first) = side.first() else { return f64::MIN };
        let height = self.shape.extent.height;
        let slack = height - self.span(side);
        // Where there is room to spare lines stand farther apart.
        let spread = (slack / (side.len() + 1) as f64).clamp(0.0, GAP / 2.0).floor();
        let mut at = ENDS + ((slack - spread * (side.len() - 1) as f64) / 2.0).floor();
        self.shape.above = self.shape.above.max((self.levels.overhang(first) - at).ceil());
        for (nth, &port) in side.iter().enumerate() {
            at += if nth == 0 { 0.0 } else { self.levels.before(port) + spread };
            self.ports.spots[port as usize] = Spot { across: at, ..Spot::default() };
        }
        at
    }

    /// Lanes under the box: the deeper, the farther from the side they lead to, so that none crosses another. Answers
    /// how deep they go.
    fn under(&mut self, side: &[u32], right: bool, lowest: f64) -> f64 {
        let Extent { width, height } = self.shape.extent;
        // A line that leaves the holder of a turned line arrives, in the order of the levels, at its left.
        let drop = if right { ARRIVAL } else { DROP };
        let mut at = lowest;
        for (nth, &port) in side.iter().enumerate() {
            at = (at + self.levels.before(port)).max(height + drop);
            let inset = ENDS + 4.0 + STEP * nth as f64;
            let along = if right { width - inset } else { inset };
            self.ports.spots[port as usize] = Spot { across: at, along: along.round(), below: true };
            self.shape.below = self.shape.below.max(at + ENDS);
        }
        if side.is_empty() { height } else { at }
    }

    fn loops(&mut self, sides: &Sides, task: &Task, deepest: f64) {
        let first = ENDS + 4.0 + STEP * sides.under[0].len() as f64;
        let height = self.shape.extent.height;
        let depth = if deepest > height { deepest + GAP } else { height + LOOP };
        let mut name = depth + 3.0;
        let last = self.shape.extent.width - ENDS - STEP * sides.under[1].len() as f64;
        let width = ((last - first) / sides.loops.len().max(1) as f64 - STEP).clamp(STEP, LOOP);
        for (nth, &line) in sides.loops.iter().enumerate() {
            let left = (first + nth as f64 * (width + STEP)).round();
            let legs = [left, (left + width).round()];
            self.ports.loops.push(Loop { line, node: self.node as u32, legs, depth, name });
            name += task.lines[line].plan.label.map_or(0.0, |label| label.height + HEAD);
            self.shape.below = self.shape.below.max(name + HEAD).ceil();
        }
    }
}
