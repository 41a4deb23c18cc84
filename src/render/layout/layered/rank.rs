//! Which level every box stands on: every line spans at least one, all together as few as possible.
//!
//! Longest paths for a start, then network simplex; boxes that cost the same on several levels go where there is room
//! (Gansner et al. 1993, §2).

use super::simplex::{self, Spring};
use super::task::Task;

/// The main path is kept short.
const MAIN: i64 = 8;
/// Visits that the simplex may make.
const BUDGET: u64 = 30_000_000;

/// The level of every box, from 0. The lines, those of `turned` turned, must be free of cycles, and the boxes hang
/// together.
pub(super) fn levels(task: &Task, turned: &[bool]) -> Vec<u32> {
    let springs: Vec<Spring> = springs(task, turned);
    let mut rank = longest_paths(task.nodes.len(), &springs);
    simplex::minimise(&springs, &mut rank, BUDGET);
    let least = rank.iter().copied().min().unwrap_or(0);
    rank.iter_mut().for_each(|rank| *rank -= least);
    balance(task, &springs, &mut rank);
    rank.into_iter().map(|rank| rank as u32).collect()
}

fn springs(task: &Task, turned: &[bool]) -> Vec<Spring> {
    let lines = task.lines.iter().zip(turned).filter(|(line, _)| line.plan.from != line.plan.to);
    let spring = lines.map(|(line, &turned)| {
        let (from, to) = (line.plan.from as u32, line.plan.to as u32);
        let (tail, head) = if turned { (to, from) } else { (from, to) };
        Spring { tail, head, least: 1, weight: if line.plan.main { MAIN } else { line.weight } }
    });
    spring.collect()
}

/// As far left as every box can go.
fn longest_paths(count: usize, springs: &[Spring]) -> Vec<i64> {
    let mut leaving = vec![Vec::new(); count];
    let mut waiting = vec![0usize; count];
    for spring in springs {
        leaving[spring.tail as usize].push(*spring);
        waiting[spring.head as usize] += 1;
    }
    let mut rank = vec![0; count];
    let mut ready: Vec<usize> = (0..count).filter(|&node| waiting[node] == 0).collect();
    while let Some(node) = ready.pop() {
        for spring in &leaving[node] {
            let head = spring.head as usize;
            rank[head] = rank[head].max(rank[node] + spring.least);
            waiting[head] -= 1;
            if waiting[head] == 0 {
                ready.push(head);
            }
        }
    }
    rank
}

/// Moves boxes that are pulled both ways alike to the least full of the levels they may stand on.
fn balance(task: &Task, springs: &[Spring], rank: &mut [i64]) {
    let levels = rank.iter().copied().max().unwrap_or(0) as usize + 1;
    let mut full = vec![0.0; levels];
    for (node, &level) in task.nodes.iter().zip(rank.iter()) {
        full[level as usize] += node.extent.height;
    }
    let mut around = vec![Vec::new(); rank.len()];
    for spring in springs {
        around[spring.tail as usize].push(*spring);
        around[spring.head as usize].push(*spring);
    }
    for node in 0..rank.len() {
        let (mut low, mut high, mut pull) = (0, levels as i64 - 1, 0);
        for spring in &around[node] {
            if spring.tail as usize == node {
                high = high.min(rank[spring.head as usize] - spring.least);
                pull += spring.weight;
            } else {
                low = low.max(rank[spring.tail as usize] + spring.least);
                pull -= spring.weight;
            }
        }
        if pull != 0 || low >= high {
            continue;
        }
        let height = task.nodes[node].extent.height;
        full[rank[node] as usize] -= height;
        let least = (low..=high).min_by(|&one, &other| full[one as usize].total_cmp(&full[other as usize]));
        rank[node] = least.unwrap_or(rank[node]);
        full[rank[node] as usize] += height;
    }
}
