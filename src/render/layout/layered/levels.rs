//! Lines that span several levels become chains of links with a waypoint on every level between.

use super::bundles::{Bundles, End};
use super::task::Task;
use crate::render::layout::Extent;

/// Boxes and waypoints on their levels, and the links between neighbouring levels.
#[derive(Default, Debug)]
pub(super) struct Levels {
    /// The level of every node. Nodes below `boxes` are the task's; the others are waypoints.
    pub(super) level: Vec<u32>,
    pub(super) boxes: usize,
    /// The trunk that a waypoint could be part of.
    pub(super) trunk: Vec<Option<u32>>,
    /// The nodes of every level in their order.
    pub(super) rows: Vec<Vec<u32>>,
    pub(super) links: Vec<Link>,
    pub(super) ports: Vec<Port>,
    /// The links of every line, from the lower level to the higher; none for a loop.
    pub(super) courses: Vec<Vec<u32>>,
}

/// A piece of a line from one level to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) tail: u32,
    pub(super) head: u32,
    /// Where it leaves the tail and reaches the head; links of a trunk share one.
    pub(super) leaves: u32,
    pub(super) arrives: u32,
    /// How many lines run through it.
    pub(super) weight: i64,
    pub(super) main: bool,
}

/// Where lines meet a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port {
    pub(super) node: u32,
    /// On the side towards higher levels.
    pub(super) leaving: bool,
    /// Its line runs against the levels.
    pub(super) turned: bool,
    /// The trunk that its line could share here.
    pub(super) trunk: Option<u32>,
    /// The name that stands beside it, and whose it is.
    pub(super) label: Option<(usize, Extent)>,
}

impl Port {
    /// Whether the line's target is here.
    pub(super) fn has_arrow(&self) -> bool {
        self.leaving == self.turned
    }
}

impl Levels {
    pub(super) fn is_box(&self, node: u32) -> bool {
        (node as usize) < self.boxes
    }

    /// Where in its row every node stands.
    pub(super) fn positions(&self) -> Vec<u32> {
        let mut positions = vec![0; self.level.len()];
        for row in &self.rows {
            row.iter().enumerate().for_each(|(at, &node)| positions[node as usize] = at as u32);
        }
        positions
    }

    fn port(&mut self, port: Port) -> u32 {
        self.ports.push(port);
        self.ports.len() as u32 - 1
    }

    /// A new waypoint, with the ports where its line arrives and leaves.
    fn waypoint(&mut self, level: u32, turned: bool, trunk: Option<u32>) -> (u32, u32, u32) {
        let node = self.level.len() as u32;
        self.level.push(level);
        self.trunk.push(trunk);
        self.rows[level as usize].push(node);
        let port = |leaving| Port { node, leaving, turned, trunk, label: None };
        let arrives = self.port(port(false));
        (node, arrives, self.port(port(true)))
    }
}

/// How many waypoints the lines need.
pub(super) fn waypoints(task: &Task, level: &[u32]) -> usize {
    let span =
        |line: &super::task::Line| level[line.plan.from].abs_diff(level[line.plan.to]).saturating_sub(1) as usize;
    task.lines.iter().map(span).sum()
}

/// How many pairs of lines pass the same gap between two levels.
pub(super) fn pairs(task: &Task, level: &[u32]) -> usize {
    let highest = level.iter().copied().max().unwrap_or(0) as usize;
    let (mut begin, mut end) = (vec![0usize; highest + 2], vec![0usize; highest + 2]);
    for line in &task.lines {
        let (one, other) = (level[line.plan.from] as usize, level[line.plan.to] as usize);
        begin[one.min(other)] += 1;
        end[one.max(other)] += 1;
    }
    let (mut passing, mut pairs) = (0usize, 0usize);
    for (begin, end) in begin.into_iter().zip(end) {
        passing = passing + begin - end.min(passing + begin);
        pairs = pairs.saturating_add(passing.saturating_mul(passing) / 2);
    }
    pairs
}

/// Every line with waypoints and ports of its own.
pub(super) fn build(task: &Task, turned: &[bool], level: Vec<u32>, bundles: &Bundles) -> Levels {
    let highest = level.iter().copied().max().unwrap_or(0) as usize;
    let boxes = level.len();
    let mut levels =
        Levels { boxes, trunk: vec![None; boxes], level, rows: vec![Vec::new(); highest + 1], ..Levels::default() };
    for node in 0..boxes {
        levels.rows[levels.level[node] as usize].push(node as u32);
    }
    for (line, &turned) in turned.iter().enumerate() {
        let course = course(&mut levels, task, line, turned, bundles.of[line]);
        levels.courses.push(course);
    }
    levels
}

fn course(levels: &mut Levels, task: &Task, line: usize, turned: bool, bundle: Option<(u32, End)>) -> Vec<u32> {
    let plan = &task.lines[line].plan;
    if plan.from == plan.to {
        return Vec::new();
    }
    let (tail, head) = if turned { (plan.to, plan.from) } else { (plan.from, plan.to) };
    // Names stand next to the holder, or at the other end of a trunk.
    let named_at_tail = bundle.map_or(!turned, |(_, end)| end == End::Head);
    let label = plan.label.map(|extent| (line, extent));
    let mut end = |node: usize, leaving: bool| {
        let trunk = bundle.filter(|(_, end)| (*end == End::Tail) == leaving).map(|(trunk, _)| trunk);
        let label = label.filter(|_| named_at_tail == leaving);
        levels.port(Port { node: node as u32, leaving, turned, trunk, label })
    };
    let (leaves, last) = (end(tail, true), end(head, false));
    let mut course = Vec::new();
    let mut at = (tail as u32, leaves);
    let mut link = |levels: &mut Levels, at: (u32, u32), to: (u32, u32)| {
        let weight = task.lines[line].weight;
        levels.links.push(Link { tail: at.0, leaves: at.1, head: to.0, arrives: to.1, weight, main: plan.main });
        course.push(levels.links.len() as u32 - 1);
    };
    for level in levels.level[tail] + 1..levels.level[head] {
        let (node, arrives, leaves) = levels.waypoint(level, turned, bundle.map(|(trunk, _)| trunk));
        link(levels, at, (node, arrives));
        at = (node, leaves);
    }
    link(levels, at, (head as u32, last));
    course
}
