//! Lines that span several levels become chains of links with a waypoint on every level between, trunks one chain for
//! all their lines.

use std::collections::BTreeMap;

use super::bundles::{Bundles, End};
use super::task::Task;
use crate::render::layout::Extent;

/// Boxes and waypoints on their levels, and the links between neighbouring levels.
#[derive(Default, Debug)]
pub(super) struct Levels {
    /// The level of every node. Nodes below `boxes` are the task's; the others are waypoints.
    pub(super) level: Vec<u32>,
    pub(super) boxes: usize,
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
}

/// How many waypoints the lines would need.
pub(super) fn waypoints(task: &Task, level: &[u32]) -> usize {
    let span =
        |line: &super::task::Line| level[line.plan.from].abs_diff(level[line.plan.to]).saturating_sub(1) as usize;
    task.lines.iter().map(span).sum()
}

pub(super) fn build(task: &Task, turned: &[bool], level: Vec<u32>, bundles: &Bundles) -> Levels {
    let highest = level.iter().copied().max().unwrap_or(0) as usize;
    let boxes = level.len();
    let mut levels = Levels { boxes, level, rows: vec![Vec::new(); highest + 1], ..Levels::default() };
    for node in 0..boxes {
        levels.rows[levels.level[node] as usize].push(node as u32);
    }
    let mut builder = Builder { levels, shared: BTreeMap::new(), trunks: BTreeMap::new(), turned, bundles };
    for line in 0..task.lines.len() {
        let course = builder.course(task, line);
        builder.levels.courses.push(course);
    }
    builder.levels
}

struct Builder<'a> {
    levels: Levels,
    /// The port where a trunk meets its hub.
    shared: BTreeMap<u32, u32>,
    /// The waypoint of a trunk on a level, with its two ports, and the link from there towards the hub.
    trunks: BTreeMap<(u32, u32), Waypoint>,
    turned: &'a [bool],
    bundles: &'a Bundles,
}

#[derive(Clone, Copy)]
struct Waypoint {
    node: u32,
    arrives: u32,
    leaves: u32,
    /// Towards the hub.
    link: u32,
}

const NONE: u32 = u32::MAX;

impl Builder<'_> {
    fn course(&mut self, task: &Task, line: usize) -> Vec<u32> {
        let plan = &task.lines[line].plan;
        if plan.from == plan.to {
            return Vec::new();
        }
        let turned = self.turned[line];
        let (tail, head) = if turned { (plan.to, plan.from) } else { (plan.from, plan.to) };
        let bundle = self.bundles.of[line];
        let named_at_tail = match bundle {
            Some((_, End::Tail)) => false,
            Some((_, End::Head)) => true,
            None => !turned,
        };
        let label = plan.label.map(|extent| (line, extent));
        let leaves = self.end_port(tail, true, line, label.filter(|_| named_at_tail), bundle);
        let arrives = self.end_port(head, false, line, label.filter(|_| !named_at_tail), bundle);
        let (weight, main) = (task.lines[line].weight, plan.main);
        match bundle {
            Some((trunk, End::Head)) => self.join(trunk, (tail, leaves), (head, arrives), weight),
            Some((trunk, End::Tail)) => self.part(trunk, (tail, leaves), (head, arrives), weight),
            None => self.alone((tail, leaves), (head, arrives), weight, main),
        }
    }

    fn end_port(
        &mut self,
        node: usize,
        leaving: bool,
        line: usize,
        label: Option<(usize, Extent)>,
        bundle: Option<(u32, End)>,
    ) -> u32 {
        let port = Port { node: node as u32, leaving, turned: self.turned[line], label };
        match bundle {
            Some((trunk, end)) if (end == End::Tail) == leaving => {
                let next = self.levels.ports.len() as u32;
                let number = *self.shared.entry(trunk).or_insert(next);
                if number == next {
                    self.levels.ports.push(port);
                }
                number
            }
            _ => self.port(port),
        }
    }

    fn port(&mut self, port: Port) -> u32 {
        self.levels.ports.push(port);
        self.levels.ports.len() as u32 - 1
    }

    fn link(&mut self, from: (u32, u32), to: (u32, u32), weight: i64, main: bool) -> u32 {
        let link = Link { tail: from.0, leaves: from.1, head: to.0, arrives: to.1, weight, main };
        self.levels.links.push(link);
        self.levels.links.len() as u32 - 1
    }

    /// A new waypoint without links.
    fn waypoint(&mut self, level: u32) -> Waypoint {
        let node = self.levels.level.len() as u32;
        self.levels.level.push(level);
        self.levels.rows[level as usize].push(node);
        let port = |leaving| Port { node, leaving, turned: false, label: None };
        let arrives = self.port(port(false));
        let leaves = self.port(port(true));
        Waypoint { node, arrives, leaves, link: NONE }
    }

    fn alone(&mut self, tail: (usize, u32), head: (usize, u32), weight: i64, main: bool) -> Vec<u32> {
        let mut course = Vec::new();
        let mut at = (tail.0 as u32, tail.1);
        for level in self.levels.level[tail.0] + 1..self.levels.level[head.0] {
            let next = self.waypoint(level);
            course.push(self.link(at, (next.node, next.arrives), weight, main));
            at = (next.node, next.leaves);
        }
        course.push(self.link(at, (head.0 as u32, head.1), weight, main));
        course
    }

    /// Into the trunk on the level after the tail's, and along it to the hub.
    fn join(&mut self, trunk: u32, tail: (usize, u32), head: (usize, u32), weight: i64) -> Vec<u32> {
        let (first, last) = (self.levels.level[tail.0] + 1, self.levels.level[head.0]);
        let mut next = (head.0 as u32, head.1);
        for level in (first..last).rev() {
            let point = match self.trunks.get(&(trunk, level)) {
                Some(point) => *point,
                None => {
                    let mut point = self.waypoint(level);
                    point.link = self.link((point.node, point.leaves), next, 0, false);
                    self.trunks.insert((trunk, level), point);
                    point
                }
            };
            next = (point.node, point.arrives);
        }
        let mut course = vec![self.link((tail.0 as u32, tail.1), next, weight, false)];
        course.extend((first..last).map(|level| self.trunks[&(trunk, level)].link));
        course[1..].iter().for_each(|&link| self.levels.links[link as usize].weight += weight);
        course
    }

    /// Out of the hub along the trunk, and off it on the level before the head's.
    fn part(&mut self, trunk: u32, tail: (usize, u32), head: (usize, u32), weight: i64) -> Vec<u32> {
        let (first, last) = (self.levels.level[tail.0] + 1, self.levels.level[head.0]);
        let mut at = (tail.0 as u32, tail.1);
        let mut course = Vec::new();
        for level in first..last {
            let point = match self.trunks.get(&(trunk, level)) {
                Some(point) => *point,
                None => {
                    let mut point = self.waypoint(level);
                    point.link = self.link(at, (point.node, point.arrives), 0, false);
                    self.trunks.insert((trunk, level), point);
                    point
                }
            };
            self.levels.links[point.link as usize].weight += weight;
            course.push(point.link);
            at = (point.node, point.leaves);
        }
        course.push(self.link(at, (head.0 as u32, head.1), weight, false));
        course
    }
}
