//! Sifting: every node to the place in its row where it crosses least; and waypoints of one trunk side by side where that
//! costs nothing.

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

/// Moves waypoints next to others of their trunk where no crossing comes of it.
pub(super) fn gather(order: &mut Order<'_>, trunk: &[Option<u32>], work: &mut u64) {
    let mut ends: Vec<Ends> = Vec::new();
    for row in 0..order.rows.len() {
        let nodes = std::mem::take(&mut order.rows[row]);
        let trunks: Vec<Option<u32>> = nodes.iter().map(|&node| trunk[node as usize]).collect();
        order.rows[row] = nodes;
        if trunks.iter().all(Option::is_none) {
            continue;
        }
        collect(order, row, &mut ends);
        let mut standing: Vec<u32> = (0..trunks.len() as u32).collect();
        for node in (0..trunks.len() as u32).filter(|&node| trunks[node as usize].is_some()) {
            join_kin(&mut standing, node, &ends, &trunks, work);
        }
        let sorted: Vec<u32> = standing.iter().map(|&at| order.rows[row][at as usize]).collect();
        order.rows[row] = sorted;
        order.number(row);
    }
}

/// To the nearest place beside its kin that costs nothing, unless it stands beside kin already.
fn join_kin(standing: &mut Vec<u32>, node: u32, ends: &[Ends], trunks: &[Option<u32>], work: &mut u64) {
    let Some(at) = standing.iter().position(|&one| one == node) else { return };
    let own = trunks[node as usize];
    let kin = |at: usize| standing.get(at).is_some_and(|&other| trunks[other as usize] == own);
    if kin(at + 1) || at > 0 && kin(at - 1) {
        return;
    }
    let mut cost = 0;
    for to in at + 1..standing.len().min(at + REACH) {
        cost += swapped(&ends[standing[to] as usize], &ends[node as usize], work);
        if cost <= 0 && (kin(to) || kin(to + 1)) {
            standing.remove(at);
            standing.insert(to, node);
            return;
        }
    }
    cost = 0;
    for to in (at.saturating_sub(REACH)..at).rev() {
        cost += swapped(&ends[node as usize], &ends[standing[to] as usize], work);
        if cost <= 0 && (kin(to) || to > 0 && kin(to - 1)) {
            standing.remove(at);
            standing.insert(to, node);
            return;
        }
    }
}

/// What it costs more when the first stands before the second than the other way round.
fn swapped(first: &Ends, second: &Ends, work: &mut u64) -> i64 {
    *work += (first.lower.len() + first.higher.len() + second.lower.len() + second.higher.len()) as u64 + 4;
    between(&first.lower, &second.lower) + between(&first.higher, &second.higher)
        - between(&second.lower, &first.lower)
        - between(&second.higher, &first.higher)
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
    let mut sum = 0;
    for to in at + 1..standing.len().min(at + REACH) {
        sum += swapped(&ends[standing[to] as usize], mine, work);
        if sum < best.0 {
            best = (sum, to);
        }
    }
    sum = 0;
    for to in (at.saturating_sub(REACH)..at).rev() {
        sum += swapped(mine, &ends[standing[to] as usize], work);
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
