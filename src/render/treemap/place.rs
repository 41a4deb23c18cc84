//! Where each cell stands: the cells in a cell fill it, below a line that names it.

use super::squarify::{Rect, squarify};
use crate::analysis::retained::Cells;

/// Height of the line that names a cell with others in it.
pub const HEAD: f64 = 18.0;
/// Between a cell's border and those in it.
pub const RIM: f64 = 3.0;
/// What is smaller than this, in either direction, has no cells in it.
const LEAST: (f64, f64) = (34.0, 34.0);

/// A cell that is drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Place {
    /// Which one.
    pub cell: usize,
    /// Where.
    pub rect: Rect,
    /// The room for the cells in it; `None` where none are drawn.
    pub inside: Option<Rect>,
}

/// Places for the cells, each before those in it. Cells in one that is too small to show them have none, and stand for
/// nothing that it does not stand for.
///
/// Within a cell the areas are as the bytes are; between cells of different levels they are not quite, for names take
/// room. Linear.
pub fn place(cells: &Cells, whole: Rect) -> Vec<Place> {
    let Some(first) = cells.cells.first() else { return Vec::new() };
    let whole_inside = (!first.children.is_empty()).then_some(whole);
    let mut places = vec![Place { cell: 0, rect: whole, inside: whole_inside }];
    let mut next = 0;
    while let Some(&Place { cell, inside, .. }) = places.get(next) {
        next += 1;
        let Some(inside) = inside else { continue };
        let children = &cells.cells[cell].children;
        let weights: Vec<f64> = children.iter().map(|child| cells.cells[*child].retained as f64).collect();
        for (&cell, rect) in children.iter().zip(squarify(&weights, inside)) {
            let open = !cells.cells[cell].children.is_empty();
            places.push(Place { cell, rect, inside: open.then(|| inside_of(rect)).flatten() });
        }
    }
    places
}

fn inside_of(rect: Rect) -> Option<Rect> {
    let large = rect.width >= LEAST.0 && rect.height >= LEAST.1 + HEAD;
    let inner = rect.inset(RIM);
    large.then_some(Rect { y: rect.y + HEAD, height: inner.y + inner.height - rect.y - HEAD, ..inner })
}
