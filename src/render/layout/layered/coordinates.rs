//! Where in its row every node stands: the lines as straight as can be.
//!
//! The least sum of what the links climb, by network simplex on the graph of Gansner et al. 1993, §4.2, with the
//! ports' distances from their nodes; started from [`relax`], so that a search that ends early has found something.

use std::ops::Range;

use super::levels::Levels;
use super::ports::Ports;
use super::relax::{self, Wish};
use super::simplex::{self, Spring};

/// Between neighbours in a row.
const BOXES: f64 = 18.0;
const BOX_AND_LINE: f64 = 11.0;
const LINES: f64 = 10.0;
/// How much more a link costs that ends at boxes, at one box, at none; and on the main path.
const STRAIGHT: [i64; 3] = [1, 2, 8];
const MAIN: i64 = 16;
/// A trunk counts as at most so many lines.
const TRUNK: i64 = 4;
/// Sweeps before the search, visits of the search.
const SWEEPS: usize = 8;
const BUDGET: u64 = 60_000_000;

/// The upper border of every node on these levels, from any origin. Nodes elsewhere are left as they are.
pub(super) fn assign(levels: &Levels, ports: &Ports, range: Range<usize>, across: &mut [f64]) {
    let rows = &levels.rows[range.clone()];
    let mut number = vec![u32::MAX; levels.level.len()];
    let mut count = 0;
    for &node in rows.iter().flatten() {
        number[node as usize] = count;
        count += 1;
    }
    let inside = |node: u32| number[node as usize] != u32::MAX;
    let pulls: Vec<Pull> = (levels.links.iter())
        .filter(|link| inside(link.tail) && inside(link.head))
        .map(|link| {
            let boxes = usize::from(!levels.is_box(link.tail)) + usize::from(!levels.is_box(link.head));
            let weight = if link.main { MAIN } else { link.weight.min(TRUNK) };
            Pull {
                tail: number[link.tail as usize],
                head: number[link.head as usize],
                leaves: ports.spots[link.leaves as usize].across as i64,
                arrives: ports.spots[link.arrives as usize].across as i64,
                weight: STRAIGHT[boxes] * weight,
            }
        })
        .collect();
    let rows: Vec<Row> = rows.iter().map(|row| Row::new(levels, ports, row, &number)).collect();
    let mut place = started(&rows, &pulls, count as usize);
    let springs = springs(&rows, &pulls, &mut place, count);
    simplex::minimise(&springs, &mut place, BUDGET);
    for (node, &number) in number.iter().enumerate().filter(|(_, number)| **number != u32::MAX) {
        across[node] = place[number as usize] as f64;
    }
}

/// A link between two nodes of the search.
struct Pull {
    tail: u32,
    head: u32,
    /// The ports below the upper borders.
    leaves: i64,
    arrives: i64,
    weight: i64,
}

/// A row of the search: its nodes and the distance of each upper border from that before it.
struct Row {
    nodes: Vec<u32>,
    gaps: Vec<i64>,
}

impl Row {
    fn new(levels: &Levels, ports: &Ports, row: &[u32], number: &[u32]) -> Self {
        let mut gaps = vec![0];
        for pair in row.windows(2) {
            let [upper, lower] = [pair[0], pair[1]].map(|node| &ports.shapes[node as usize]);
            let gap = match (levels.is_box(pair[0]), levels.is_box(pair[1])) {
                (true, true) => BOXES,
                (false, false) => LINES,
                _ => BOX_AND_LINE,
            };
            gaps.push((upper.below + lower.above + gap).ceil() as i64);
        }
        Row { nodes: row.iter().map(|&node| number[node as usize]).collect(), gaps }
    }
}

/// Sweeps up and down the rows.
fn started(rows: &[Row], pulls: &[Pull], count: usize) -> Vec<i64> {
    let mut around = [vec![Vec::new(); count], vec![Vec::new(); count]];
    for pull in pulls {
        let climb = pull.leaves - pull.arrives;
        around[0][pull.head as usize].push((pull.tail, climb, pull.weight));
        around[1][pull.tail as usize].push((pull.head, -climb, pull.weight));
    }
    let mut place = vec![0; count];
    for row in rows {
        let mut at = 0;
        for (&node, gap) in row.nodes.iter().zip(&row.gaps) {
            at += gap;
            place[node as usize] = at;
        }
    }
    for sweep in 0..SWEEPS {
        let both = sweep >= 2;
        for step in 0..rows.len() {
            let row = if sweep % 2 == 0 { &rows[step] } else { &rows[rows.len() - 1 - step] };
            let wishes: Vec<Wish> = row
                .nodes
                .iter()
                .map(|&node| {
                    let [lower, higher] = [&around[0][node as usize], &around[1][node as usize]];
                    let (near, far) = if sweep % 2 == 0 { (lower, higher) } else { (higher, lower) };
                    let far: &[(u32, i64, i64)] = if both || near.is_empty() { far } else { &[] };
                    wish(near.iter().chain(far), &place, place[node as usize])
                })
                .collect();
            for (&node, at) in row.nodes.iter().zip(relax::nearest(&wishes, &row.gaps)) {
                place[node as usize] = at;
            }
        }
    }
    place
}

fn wish<'a>(pulls: impl Iterator<Item = &'a (u32, i64, i64)>, place: &[i64], own: i64) -> Wish {
    let (mut sum, mut weight) = (0, 0);
    for &(other, climb, pull) in pulls {
        sum += (place[other as usize] + climb) * pull;
        weight += pull;
    }
    if weight == 0 {
        Wish { at: own as f64, weight: 0.1 }
    } else {
        Wish { at: sum as f64 / weight as f64, weight: weight as f64 }
    }
}

/// A node more for every link stands above both its ends; `place` grows by them.
fn springs(rows: &[Row], pulls: &[Pull], place: &mut Vec<i64>, count: u32) -> Vec<Spring> {
    let mut springs = Vec::new();
    for row in rows {
        for (pair, &least) in row.nodes.windows(2).zip(&row.gaps[1..]) {
            springs.push(Spring { tail: pair[0], head: pair[1], least, weight: 0 });
        }
    }
    for (nth, pull) in pulls.iter().enumerate() {
        let tail = count + nth as u32;
        let top = pull.leaves.max(pull.arrives);
        let (leaves, arrives) = (top - pull.leaves, top - pull.arrives);
        place.push((place[pull.tail as usize] - leaves).min(place[pull.head as usize] - arrives));
        springs.push(Spring { tail, head: pull.tail, least: leaves, weight: pull.weight });
        springs.push(Spring { tail, head: pull.head, least: arrives, weight: pull.weight });
    }
    springs
}
