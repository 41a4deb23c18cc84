//! Drawings side by side on one sheet of a pleasant shape.
//!
//! The bottom-left rule on a skyline (Burke, Kendall and Whitwell 2004): the highest first, each where the skyline is
//! lowest.

use crate::render::layout::{Extent, Point};

/// Between two drawings.
const GAP: f64 = 26.0;

/// A piece of the skyline.
#[derive(Clone, Copy)]
struct Step {
    x: f64,
    width: f64,
    y: f64,
}

/// The upper left corner of each. The sheet is about `shape` times as wide as high.
pub(super) fn pack(extents: &[Extent], shape: f64) -> Vec<Point> {
    let area: f64 = extents.iter().map(|one| (one.width + GAP) * (one.height + GAP)).sum();
    let widest = extents.iter().map(|one| one.width + GAP).fold(0.0, f64::max);
    let width = (area * shape * 1.04).sqrt().max(widest);
    let mut order: Vec<usize> = (0..extents.len()).collect();
    order.sort_by(|&one, &other| extents[other].height.total_cmp(&extents[one].height));
    let mut skyline = vec![Step { x: 0.0, width, y: 0.0 }];
    let mut corners = vec![Point::default(); extents.len()];
    for nth in order {
        let size = Extent { width: extents[nth].width + GAP, height: extents[nth].height + GAP };
        corners[nth] = put(&mut skyline, size, width);
    }
    corners
}

/// The lowest place, of equals the leftmost; the skyline rises there.
fn put(skyline: &mut Vec<Step>, size: Extent, width: f64) -> Point {
    let mut best: Option<(f64, usize, usize)> = None;
    for first in 0..skyline.len() {
        if skyline[first].x + size.width > width + 0.001 {
            break;
        }
        let end = skyline[first].x + size.width - 0.001;
        let last = first + skyline[first..].iter().take_while(|step| step.x < end).count();
        let y = skyline[first..last].iter().map(|step| step.y).fold(0.0, f64::max);
        if best.is_none_or(|(least, ..)| y < least) {
            best = Some((y, first, last));
        }
    }
    let Some((y, first, last)) = best else { return Point::default() };
    let x = skyline[first].x;
    let end = skyline[last - 1].x + skyline[last - 1].width;
    let rest = Step { x: x + size.width, width: end - x - size.width, y: skyline[last - 1].y };
    let raised = Step { x, width: size.width, y: y + size.height };
    let rest = (rest.width > 0.001).then_some(rest);
    skyline.splice(first..last, std::iter::once(raised).chain(rest));
    Point { x, y }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::layout::Rect;

    #[test]
    fn nothing_overlaps_and_the_sheet_has_its_shape() {
        let extents: Vec<Extent> = (0..200_u32)
            .map(|nth| Extent { width: 20.0 + f64::from(nth * 37 % 190), height: 20.0 + f64::from(nth * 53 % 90) })
            .collect();
        let rects: Vec<Rect> =
            pack(&extents, 1.6).into_iter().zip(&extents).map(|(at, &extent)| Rect { at, extent }).collect();
        for (nth, one) in rects.iter().enumerate() {
            assert!(rects[..nth].iter().all(|other| !one.overlaps(other)));
        }
        let (right, bottom) =
            rects.iter().fold((0.0_f64, 0.0_f64), |(x, y), one| (x.max(one.right()), y.max(one.bottom())));
        let area: f64 = extents.iter().map(|one| one.width * one.height).sum();
        assert!((1.2..2.2).contains(&(right / bottom)), "{right} x {bottom}");
        assert!(right * bottom < 2.2 * area, "half of the sheet is empty");
    }
}
