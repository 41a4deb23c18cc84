//! The order of the nodes on every level: few crossings.
//!
//! Sweeps of medians and barycentres (Sugiyama, Tagawa and Toda 1981; Gansner et al. 1993, §3) from several starts, each
//! improved by sifting (Matuszewski, Schönfeld and Molitor 1999) until that finds nothing more. The work is bounded by
//! counts; the best order found so far is the answer.

use super::crossings::{self, Strand};
use super::levels::Levels;
use super::sift;

/// Rounds of sweeps from one start, and how many without gain end them.
const ROUNDS: u32 = 20;
const PATIENCE: u32 = 5;
/// Passes that bring lines of a trunk together.
const GATHERINGS: usize = 3;
/// Starts, while there is work left.
const STARTS: u64 = 80;

/// Orders the rows.
pub(super) fn order(levels: &mut Levels) {
    let graph = Graph::new(levels);
    let size = (levels.links.len() + levels.level.len()) as u64;
    let budget = 3_000_000 + (size * 30_000).min(140_000_000);
    let (mut work, mut least) = (0, i64::MAX);
    for start in 0..STARTS {
        let mut order = Order::start(&graph, &levels.rows, start);
        let found = order.improve(&mut work, budget);
        if found < least {
            least = found;
            levels.rows = order.rows;
        }
        if least == 0 || work >= budget {
            break;
        }
    }
    let mut order = Order::new(&graph, std::mem::take(&mut levels.rows));
    for _ in 0..GATHERINGS {
        sift::gather(&mut order, &levels.trunk, &mut work);
    }
    levels.rows = order.rows;
}

/// Neighbours of every node with the weight of the link to them.
pub(super) type Neighbours = Vec<Vec<(u32, i64)>>;

pub(super) struct Graph {
    pub(super) lower: Neighbours,
    pub(super) higher: Neighbours,
    links: usize,
}

impl Graph {
    fn new(levels: &Levels) -> Self {
        let nodes = levels.level.len();
        let mut graph =
            Graph { lower: vec![Vec::new(); nodes], higher: vec![Vec::new(); nodes], links: levels.links.len() };
        for link in &levels.links {
            graph.higher[link.tail as usize].push((link.head, link.weight));
            graph.lower[link.head as usize].push((link.tail, link.weight));
        }
        graph
    }
}

pub(super) struct Order<'a> {
    pub(super) graph: &'a Graph,
    pub(super) rows: Vec<Vec<u32>>,
    pub(super) position: Vec<u32>,
}

impl<'a> Order<'a> {
    /// The first start is a search from the lowest level, the second one from the highest; the others are shuffled.
    fn start(graph: &'a Graph, rows: &[Vec<u32>], start: u64) -> Self {
        let mut rows = rows.to_vec();
        match start {
            0 => rows = searched(graph, &rows, false),
            1 => rows = searched(graph, &rows, true),
            _ => rows.iter_mut().enumerate().for_each(|(row, nodes)| shuffle(nodes, start << 32 | row as u64)),
        }
        Order::new(graph, rows)
    }

    fn new(graph: &'a Graph, rows: Vec<Vec<u32>>) -> Self {
        let mut order = Order { graph, rows, position: vec![0; graph.lower.len()] };
        for row in 0..order.rows.len() {
            order.number(row);
        }
        order
    }

    pub(super) fn number(&mut self, row: usize) {
        for (at, &node) in self.rows[row].iter().enumerate() {
            self.position[node as usize] = at as u32;
        }
    }

    fn improve(&mut self, work: &mut u64, budget: u64) -> i64 {
        let mut best = (self.crossings(), self.rows.clone());
        let mut idle = 0;
        for round in 0..ROUNDS {
            self.sweep(round % 2 == 0, round % 4 < 2);
            sift::pass(self, work);
            *work += 4 * (self.graph.links + self.position.len()) as u64;
            let crossings = self.crossings();
            idle += 1;
            if crossings < best.0 {
                best = (crossings, self.rows.clone());
                idle = 0;
            }
            if best.0 == 0 || idle >= PATIENCE || *work >= budget {
                break;
            }
        }
        self.rows = best.1;
        (0..self.rows.len()).for_each(|row| self.number(row));
        while *work < budget && sift::pass(self, work) {}
        self.crossings()
    }

    /// Every row by its neighbours on the side that the sweep comes from.
    fn sweep(&mut self, up: bool, median: bool) {
        let count = self.rows.len();
        for step in 1..count {
            let row = if up { step } else { count - 1 - step };
            let neighbours = if up { &self.graph.lower } else { &self.graph.higher };
            let nodes = std::mem::take(&mut self.rows[row]);
            let value = |node: u32| centre(&neighbours[node as usize], &self.position, median);
            let values: Vec<Option<f64>> = nodes.iter().map(|&node| value(node)).collect();
            self.rows[row] = arranged(&nodes, &values);
            self.number(row);
        }
    }

    fn crossings(&self) -> i64 {
        let mut strands = Vec::new();
        let mut sum = 0;
        for row in &self.rows[..self.rows.len() - 1] {
            strands.clear();
            for &node in row {
                let tail = self.position[node as usize];
                let higher = self.graph.higher[node as usize].iter();
                strands.extend(higher.map(|&(head, weight)| Strand {
                    tail,
                    head: self.position[head as usize],
                    weight,
                }));
            }
            sum += crossings::count(&mut strands);
        }
        sum
    }
}

/// The median or the barycentre of a node's neighbours.
fn centre(neighbours: &[(u32, i64)], position: &[u32], median: bool) -> Option<f64> {
    if neighbours.is_empty() {
        return None;
    }
    if median {
        let mut ends: Vec<u32> = neighbours.iter().map(|&(node, _)| position[node as usize]).collect();
        ends.sort_unstable();
        let (low, high) = (ends[(ends.len() - 1) / 2], ends[ends.len() / 2]);
        return Some(f64::from(low + high) / 2.0);
    }
    let weight: i64 = neighbours.iter().map(|&(_, weight)| weight).sum();
    let sum: f64 = neighbours.iter().map(|&(node, weight)| f64::from(position[node as usize]) * weight as f64).sum();
    Some(sum / weight.max(1) as f64)
}

/// Sorted by value; nodes without one keep their places.
fn arranged(nodes: &[u32], values: &[Option<f64>]) -> Vec<u32> {
    let mut valued: Vec<(f64, u32)> =
        nodes.iter().zip(values).filter_map(|(&node, value)| Some(((*value)?, node))).collect();
    valued.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut next = valued.into_iter();
    let place = |(&node, value): (&u32, &Option<f64>)| match value {
        Some(_) => next.next().map_or(node, |(_, node)| node),
        None => node,
    };
    nodes.iter().zip(values).map(place).collect()
}

/// Rows in the order in which a depth-first search along the links finds the nodes.
fn searched(graph: &Graph, rows: &[Vec<u32>], from_high: bool) -> Vec<Vec<u32>> {
    let mut level = vec![0; graph.lower.len()];
    for (row, nodes) in rows.iter().enumerate() {
        nodes.iter().for_each(|&node| level[node as usize] = row);
    }
    let mut found = vec![false; level.len()];
    let mut ordered = vec![Vec::new(); rows.len()];
    let along = if from_high { &graph.lower } else { &graph.higher };
    let starts: Vec<u32> = if from_high {
        rows.iter().rev().flatten().copied().collect()
    } else {
        rows.iter().flatten().copied().collect()
    };
    for start in starts {
        let mut stack = vec![start];
        while let Some(node) = stack.pop() {
            if std::mem::replace(&mut found[node as usize], true) {
                continue;
            }
            ordered[level[node as usize]].push(node);
            stack
                .extend(along[node as usize].iter().rev().map(|&(next, _)| next).filter(|&next| !found[next as usize]));
        }
    }
    ordered
}

/// Fisher-Yates with SplitMix64: the same on every machine.
fn shuffle(nodes: &mut [u32], seed: u64) {
    let mut state = seed;
    for at in (1..nodes.len()).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        nodes.swap(at, ((z ^ (z >> 31)) % (at as u64 + 1)) as usize);
    }
}
