//! Squarified rectangles: M. Bruls, K. Huizing, J. van Wijk, *Squarified Treemaps*, 2000.

/// A part of the picture.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct Rect {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
}

impl Rect {
    /// What it covers.
    pub fn area(&self) -> f64 {
        self.width * self.height
    }

    /// The same without a border of this width; never less than nothing.
    #[must_use]
    pub fn inset(&self, by: f64) -> Rect {
        let (width, height) = ((self.width - 2.0 * by).max(0.0), (self.height - 2.0 * by).max(0.0));
        Rect { x: self.x + (self.width - width) / 2.0, y: self.y + (self.height - height) / 2.0, width, height }
    }
}

/// Divides a rectangle so that each part's area is to the whole as its weight is to all weights, with parts as square
/// as can be had. Weights descend; the parts are in their order. They fill the rectangle and do not overlap.
///
/// Rows are laid along the shorter side, each taking weights as long as that makes its worst part squarer. Linear.
///
/// ```
/// use heapgraph::render::treemap::squarify::{Rect, squarify};
/// let parts = squarify(&[3.0, 2.0, 1.0], Rect { x: 0.0, y: 0.0, width: 60.0, height: 40.0 });
/// assert_eq!(parts[0], Rect { x: 0.0, y: 0.0, width: 30.0, height: 40.0 });
/// assert_eq!(parts[1].area(), 800.0);
/// ```
pub fn squarify(weights: &[f64], whole: Rect) -> Vec<Rect> {
    let mut left: f64 = weights.iter().sum();
    let (mut room, mut parts) = (whole, Vec::with_capacity(weights.len()));
    while parts.len() < weights.len() {
        let rest = &weights[parts.len()..];
        if left <= 0.0 || room.area() <= 0.0 {
            let nothing = Rect { width: 0.0, height: 0.0, ..room };
            parts.extend(rest.iter().map(|_| nothing));
            break;
        }
        let scale = room.area() / left;
        let (count, sum) = row(rest, scale, room.width.min(room.height));
        let last = count == rest.len();
        room = lay(&rest[..count], sum, left, last, room, &mut parts);
        left -= sum;
    }
    parts
}

/// How many weights the next row takes along a side of this length, and their sum.
fn row(weights: &[f64], scale: f64, side: f64) -> (usize, f64) {
    let worst = |sum: f64, largest: f64, least: f64| {
        let (area, square) = (sum * scale, side * side);
        (square * largest * scale / (area * area)).max(area * area / (square * least * scale))
    };
    let (mut count, mut sum, mut before) = (0, 0.0, f64::INFINITY);
    for &weight in weights {
        let now = worst(sum + weight, weights[0], weight);
        if count > 0 && now > before {
            break;
        }
        (count, sum, before) = (count + 1, sum + weight, now);
    }
    (count, sum)
}

/// Lays a row along the shorter side of the room; gives the room that is left.
fn lay(weights: &[f64], sum: f64, left: f64, last: bool, room: Rect, parts: &mut Vec<Rect>) -> Rect {
    let upright = room.width >= room.height;
    let (side, depth) = if upright { (room.height, room.width) } else { (room.width, room.height) };
    // What is last takes what there is: sums of fractions would leave a gap or stand out.
    let thick = if last { depth } else { (depth * sum / left).min(depth) };
    let mut along = 0.0;
    for (nth, weight) in weights.iter().enumerate() {
        let end = nth + 1 == weights.len();
        let length = if end { side - along } else { (side * weight / sum).min(side - along) };
        let length = if sum > 0.0 { length.max(0.0) } else { 0.0 };
        parts.push(match upright {
            true => Rect { x: room.x, y: room.y + along, width: thick, height: length },
            false => Rect { x: room.x + along, y: room.y, width: length, height: thick },
        });
        along += length;
    }
    match upright {
        true => Rect { x: room.x + thick, width: room.width - thick, ..room },
        false => Rect { y: room.y + thick, height: room.height - thick, ..room },
    }
}
