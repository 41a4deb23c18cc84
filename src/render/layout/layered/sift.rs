//! Sifting: every node to the place in its row where it crosses least.

use super::crossings::between;
use super::order::Order;

/// The ends of a node's links on both neighbouring levels, sorted.
#[derive(Default)]
struct Ends {
    lower: Vec<(u32, i64)>,
    higher: Vec<(u32, i64)>,
}

/// How far from its place a node is tried.
const REACH: usize = 400;

/// One pass over all rows. Says whether anything got better.
pub(super) fn pass(order: &mut Order<'_>, work: &mut u64) -> bool {
    let mut better = false;
    let mut ends: Vec<Ends> = Vec::new();
    for row in 0..order.rows.len() {
        if order.rows[row].len() < 2 {
            continue;
        }
        collect(order, row, &mut ends);
        let mut nodes = std::mem::take(&mut order.rows[row]);
        // Numbers of the nodes at the beginning of the pass: `ends` goes by them.
        let mut standing: Vec<u32> = (0..nodes.len() as u32).collect();
        for node in 0..nodes.len() as u32 {
            better |= sift(&mut standing, node, &ends, work);
        }
        let sorted: Vec<u32> = standing.iter().map(|&at| nodes[at as usize]).collect();
        nodes.copy_from_slice(&sorted);
        order.rows[row] = nodes;
        order.number(row);
    }
    better
}

fn collect(order: &Order<'_>, row: usize, ends: &mut Vec<Ends>) {
    ends.clear();
    for &node in &order.rows[row] {
        let sorted = |neighbours: &[(u32, i64)]| {
            let mut sorted: Vec<(u32, i64)> =
                neighbours.iter().map(|&(node, weight)| (order.position[node as usize], weight)).collect();
            sorted.sort_unstable();
            sorted
        };
        ends.push(Ends {
            lower: sorted(&order.graph.lower[node as usize]),
            higher: sorted(&order.graph.higher[node as usize]),
        });
    }
}

/// Moves one node to where it crosses least.
fn sift(standing: &mut Vec<u32>, node: u32, ends: &[Ends], work: &mut u64) -> bool {
    let Some(at) = standing.iter().position(|&one| one == node) else { return false };
    let mine = &ends[node as usize];
    let mut best = (0, at);
    let mut gain = |other: u32, behind: bool| {
        let others = &ends[other as usize];
        *work += (mine.lower.len() + mine.higher.len() + others.lower.len() + others.higher.len()) as u64 + 4;
        let before = between(&mine.lower, &others.lower) + between(&mine.higher, &others.higher);
        let after = between(&others.lower, &mine.lower) + between(&others.higher, &mine.higher);
        if behind { after - before } else { before - after }
    };
    let mut sum = 0;
    for to in at + 1..standing.len().min(at + REACH) {
        sum += gain(standing[to], true);
        if sum < best.0 {
            best = (sum, to);
        }
    }
    sum = 0;
    for to in (at.saturating_sub(REACH)..at).rev() {
        sum += gain(standing[to], false);
        if sum < best.0 {
            best = (sum, to);
        }
    }
    if best.0 < 0 {
        standing.remove(at);
        standing.insert(best.1, node);
    }
    best.0 < 0
}
