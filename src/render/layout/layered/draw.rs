//! Boxes, routes and names out of bands, lanes and ports.

use super::bands::{ARROW, PAD};
use super::levels::Levels;
use super::ports::{LIFT, Ports};
use super::sheet::Sheet;
use super::task::Task;
use crate::render::layout::{Arrangement, Extent, Point, Rect, Route};

/// All that has been found out.
pub(super) struct Plot<'a> {
    pub(super) task: &'a Task,
    pub(super) turned: &'a [bool],
    pub(super) levels: &'a Levels,
    pub(super) ports: &'a Ports,
    pub(super) sheet: &'a Sheet,
}

impl Plot<'_> {
    pub(super) fn draw(&self) -> Arrangement {
        let home = self.homes();
        let boxes: Vec<Rect> = (0..self.levels.boxes).map(|node| self.rect(node as u32, &home)).collect();
        let lines = 0..self.task.lines.len();
        let mut routes: Vec<Route> =
            lines.map(|line| Route { points: self.route(line, &boxes, &home), ..Route::default() }).collect();
        self.loops(&boxes, &mut routes);
        self.names(&boxes, &home, &mut routes);
        Arrangement { boxes, routes, extent: Extent::default() }
    }

    /// The band of every level.
    fn homes(&self) -> Vec<usize> {
        let mut home = vec![0; self.levels.rows.len()];
        for (nth, band) in self.sheet.bands.iter().enumerate() {
            band.levels.clone().for_each(|level| home[level] = nth);
        }
        home
    }

    fn left(&self, level: usize, home: &[usize]) -> f64 {
        let band = &self.sheet.bands[home[level]];
        band.left[level - band.levels.start]
    }

    fn rect(&self, node: u32, home: &[usize]) -> Rect {
        let level = self.levels.level[node as usize] as usize;
        let at = Point { x: self.left(level, home), y: self.sheet.across[node as usize] };
        Rect { at, extent: self.ports.shapes[node as usize].extent }
    }

    fn height(&self, port: u32) -> f64 {
        self.sheet.across[self.levels.ports[port as usize].node as usize] + self.ports.spots[port as usize].across
    }

    fn route(&self, line: usize, boxes: &[Rect], home: &[usize]) -> Vec<Point> {
        let course = &self.levels.courses[line];
        let (Some(&first), Some(&last)) = (course.first(), course.last()) else { return Vec::new() };
        let mut points = Vec::new();
        self.meet(self.levels.links[first as usize].leaves, boxes, &mut points);
        for &link in course {
            self.pass(link, home, &mut points);
        }
        let mut end = Vec::new();
        self.meet(self.levels.links[last as usize].arrives, boxes, &mut end);
        points.extend(end.into_iter().rev());
        let mut points = straightened(points);
        if self.turned[line] {
            points.reverse();
        }
        points
    }

    /// From the border of a box to where the line runs beside it.
    fn meet(&self, port: u32, boxes: &[Rect], points: &mut Vec<Point>) {
        let (spot, one) = (&self.ports.spots[port as usize], &self.levels.ports[port as usize]);
        let rect = &boxes[one.node as usize];
        let y = self.height(port);
        if spot.below {
            let x = rect.at.x + spot.along;
            points.extend([Point { x, y: rect.bottom() }, Point { x, y }]);
        } else {
            points.push(Point { x: if one.leaving { rect.right() } else { rect.at.x }, y });
        }
    }

    /// Through the channel between two levels.
    fn pass(&self, link: u32, home: &[usize], points: &mut Vec<Point>) {
        let net = self.sheet.nets.of[link as usize];
        let link = &self.levels.links[link as usize];
        let level = self.levels.level[link.tail as usize] as usize;
        let (from, to) = (self.height(link.leaves), self.height(link.arrives));
        let band = &self.sheet.bands[home[level]];
        if home[level] != home[level + 1] {
            points.extend(self.sheet.turns[home[level]].points(net, from, to));
            return;
        }
        let channel = &band.channels[level - band.levels.start];
        if let Some(lane) = channel.lanes[net] {
            let x = band.right[level - band.levels.start] + channel.at(lane);
            points.extend([Point { x, y: from }, Point { x, y: to }]);
        }
    }

    fn loops(&self, boxes: &[Rect], routes: &mut [Route]) {
        for one in &self.ports.loops {
            let rect = &boxes[one.node as usize];
            let [left, right] = one.legs.map(|leg| rect.at.x + leg);
            let depth = rect.at.y + one.depth;
            let route = &mut routes[one.line];
            let corner = |x, y| Point { x, y };
            route.points = vec![
                corner(left, rect.bottom()),
                corner(left, depth),
                corner(right, depth),
                corner(right, rect.bottom()),
            ];
            let name = Point { x: left, y: rect.at.y + one.name };
            route.label = self.task.lines[one.line].plan.label.map(|extent| Rect { at: name, extent });
        }
    }

    fn names(&self, boxes: &[Rect], home: &[usize], routes: &mut [Route]) {
        for (number, port) in self.levels.ports.iter().enumerate() {
            let Some((line, extent)) = port.label else { continue };
            let rect = &boxes[port.node as usize];
            let level = self.levels.level[port.node as usize] as usize;
            let (from, to) = self.run(level, port.leaving, rect, home);
            let arrow = if port.has_arrow() && !self.ports.spots[number].below { ARROW } else { 0.0 };
            let x = (from + to - extent.width + if port.leaving { arrow } else { -arrow }) / 2.0;
            let y = self.height(number as u32) - LIFT - extent.height;
            routes[line].label = Some(Rect { at: Point { x, y }, extent });
        }
    }

    /// Where names beside a box may stand.
    fn run(&self, level: usize, leaving: bool, rect: &Rect, home: &[usize]) -> (f64, f64) {
        let band = &self.sheet.bands[home[level]];
        let at = level - band.levels.start;
        if leaving {
            let right = band.right[at];
            return match band.channels.get(at) {
                // Nothing but straight lines: in the middle of them.
                Some(channel) if channel.count == 0 => {
                    (rect.right(), right + channel.width - channel.names[1] - ARROW + PAD / 2.0)
                }
                Some(channel) => (rect.right(), right + channel.names[0]),
                None => (rect.right(), right + band.names[1]),
            };
        }
        let names = if at == 0 { band.names[0] } else { band.channels[at - 1].names[1] };
        (rect.at.x - names, rect.at.x)
    }
}

/// Without corners that are none.
fn straightened(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if kept.last().is_some_and(|last| *last == point) {
            continue;
        }
        if let [.., before, last] = kept.as_slice() {
            let level = before.y == last.y && last.y == point.y;
            let upright = before.x == last.x && last.x == point.x;
            if level || upright {
                kept.pop();
            }
        }
        kept.push(point);
    }
    kept
}
