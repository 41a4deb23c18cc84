//! Where everything stands: boxes of known size and the lines between them in, positions and routes out.
//!
//! [`Layered`] is built in; [`Graphviz`] asks an installed `dot`. Both bound their work: the first by counts, so that
//! the same graph gives the same answer on every machine, the second by a time limit on the foreign program.

mod graphviz;
mod layered;

pub use graphviz::Graphviz;
pub use layered::{Budget, Layered};

use crate::error::Result;

/// A place in the picture, in pixels from the upper left.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// Width and height in pixels.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct Extent {
    /// To the right.
    pub width: f64,
    /// Down.
    pub height: f64,
}

/// An upright rectangle.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct Rect {
    /// Upper left corner.
    pub at: Point,
    /// From there to the lower right.
    pub extent: Extent,
}

impl Rect {
    /// The rectangle of this size around a centre.
    pub fn around(centre: Point, extent: Extent) -> Self {
        Rect { at: Point { x: centre.x - extent.width / 2.0, y: centre.y - extent.height / 2.0 }, extent }
    }

    /// Right border.
    pub fn right(&self) -> f64 {
        self.at.x + self.extent.width
    }

    /// Lower border.
    pub fn bottom(&self) -> f64 {
        self.at.y + self.extent.height
    }

    /// The middle.
    pub fn centre(&self) -> Point {
        Point { x: self.at.x + self.extent.width / 2.0, y: self.at.y + self.extent.height / 2.0 }
    }

    /// Whether the two share more than a border. Less than a hundredth of a pixel does not count.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.at.x + 0.01 < other.right()
            && other.at.x + 0.01 < self.right()
            && self.at.y + 0.01 < other.bottom()
            && other.at.y + 0.01 < self.bottom()
    }

    /// The same, wider by this on every side.
    #[must_use]
    pub fn grown(&self, by: f64) -> Self {
        let at = Point { x: self.at.x - by, y: self.at.y - by };
        Rect { at, extent: Extent { width: self.extent.width + 2.0 * by, height: self.extent.height + 2.0 * by } }
    }
}

/// What a layout is asked for.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Plan {
    /// The size of every box.
    pub boxes: Vec<Extent>,
    /// The lines between them.
    pub lines: Vec<PlanLine>,
    /// Holders above what they hold rather than left of it.
    pub top_down: bool,
}

/// A line to be routed.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct PlanLine {
    /// Index of the holder's box.
    pub from: usize,
    /// Index of the held one's box; may be the same.
    pub to: usize,
    /// Room for the name, if there is one.
    pub label: Option<Extent>,
    /// On the main path: kept short and straight.
    pub main: bool,
    /// Runs back, against the order in which the boxes are read: on a cycle its holder stands behind what it holds.
    pub back: bool,
    /// Stroke width.
    pub width: f64,
}

/// Where everything stands. The upper left corner of all of it is near the origin.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Arrangement {
    /// One per box, in order.
    pub boxes: Vec<Rect>,
    /// One per line, in order.
    pub routes: Vec<Route>,
    /// Everything, lines and names included.
    pub extent: Extent,
}

/// How one line runs.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Route {
    /// From the holder's border to the held one's.
    pub points: Vec<Point>,
    /// The points are a Bézier spline (start, then three for every piece) rather than corners.
    pub curved: bool,
    /// Where the name stands.
    pub label: Option<Rect>,
}

/// A way to arrange boxes and lines.
pub trait Layout {
    /// Finds a place for everything. The same plan always gets the same answer.
    ///
    /// # Errors
    /// A plan beyond what this layout can do in reasonable time, or a foreign program that is missing or fails.
    fn arrange(&self, plan: &Plan) -> Result<Arrangement>;
}

/// Moves everything so that the upper left corner of all boxes, points and names is the origin, and measures it.
fn settle(arrangement: &mut Arrangement) {
    let (mut low, mut high) = (Point { x: f64::MAX, y: f64::MAX }, Point { x: f64::MIN, y: f64::MIN });
    let mut see = |x: f64, y: f64| {
        low = Point { x: low.x.min(x), y: low.y.min(y) };
        high = Point { x: high.x.max(x), y: high.y.max(y) };
    };
    let labels = arrangement.routes.iter().filter_map(|route| route.label.as_ref());
    for rect in arrangement.boxes.iter().chain(labels) {
        see(rect.at.x, rect.at.y);
        see(rect.right(), rect.bottom());
    }
    arrangement.routes.iter().flat_map(|route| &route.points).for_each(|point| see(point.x, point.y));
    if low.x > high.x {
        arrangement.extent = Extent::default();
        return;
    }
    let shift = |point: &mut Point| *point = Point { x: point.x - low.x, y: point.y - low.y };
    arrangement.boxes.iter_mut().for_each(|rect| shift(&mut rect.at));
    for route in &mut arrangement.routes {
        route.points.iter_mut().for_each(shift);
        route.label.iter_mut().for_each(|rect| shift(&mut rect.at));
    }
    arrangement.extent = Extent { width: high.x - low.x, height: high.y - low.y };
}
