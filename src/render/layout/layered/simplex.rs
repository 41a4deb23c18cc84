//! Network simplex: the best whole numbers for nodes that must keep their distances.
//!
//! Gansner, Koutsofios, North and Vo, "A Technique for Drawing Directed Graphs" (1993), §2.3 and §2.4. It answers twice:
//! which level a box stands on ([`rank`](super::rank)), and where in its level ([`coordinates`](super::coordinates)).
//! The work is bounded; what has been found by then is feasible, and no worse than what it was started from.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// No edge.
const NONE: u32 = u32::MAX;

/// Two nodes that keep a distance: `rank[head] - rank[tail] >= least`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Spring {
    pub(super) tail: u32,
    pub(super) head: u32,
    /// The least distance.
    pub(super) least: i64,
    /// What every unit of distance costs.
    pub(super) weight: i64,
}

impl Spring {
    fn slack(&self, rank: &[i64]) -> i64 {
        rank[self.head as usize] - rank[self.tail as usize] - self.least
    }
}

/// Moves `rank` from a feasible start to the least cost, or as near as `budget` visits of an edge allow. The nodes must
/// hang together.
pub(super) fn minimise(springs: &[Spring], rank: &mut [i64], budget: u64) {
    if rank.len() < 2 {
        return;
    }
    let nodes = Incidence::new(springs, rank.len());
    let Some(tree) = tight_tree(springs, &nodes, rank) else { return };
    let mut simplex = Simplex::new(springs, nodes, tree);
    let mut left = budget;
    let mut next = 0;
    while let Some(leaving) = simplex.leaving(&mut next) {
        let Some(entering) = simplex.entering(leaving, rank) else { return };
        let visited = simplex.exchange(leaving, entering, rank);
        left = left.saturating_sub(visited);
        if left == 0 {
            return;
        }
    }
}

/// The springs at every node.
struct Incidence {
    offsets: Vec<u32>,
    springs: Vec<u32>,
}

impl Incidence {
    fn new(springs: &[Spring], nodes: usize) -> Self {
        let mut offsets = vec![0u32; nodes + 1];
        for spring in springs {
            offsets[spring.tail as usize + 1] += 1;
            offsets[spring.head as usize + 1] += 1;
        }
        for at in 0..nodes {
            offsets[at + 1] += offsets[at];
        }
        let mut next = offsets.clone();
        let mut list = vec![0; 2 * springs.len()];
        for (nth, spring) in springs.iter().enumerate() {
            for node in [spring.tail, spring.head] {
                list[next[node as usize] as usize] = nth as u32;
                next[node as usize] += 1;
            }
        }
        Incidence { offsets, springs: list }
    }

    fn of(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.springs[self.offsets[node] as usize..self.offsets[node + 1] as usize]
    }
}

/// A spanning tree of springs without slack, moving nodes where there is none yet: the nearest node outside first, as
/// in Prim's algorithm. All nodes inside move together, so that only the sum of their moves is kept.
fn tight_tree(springs: &[Spring], nodes: &Incidence, rank: &mut [i64]) -> Option<Vec<u32>> {
    let count = rank.len();
    let mut tree = Vec::with_capacity(count - 1);
    let mut inside = vec![false; count];
    // Springs that leave the tree grow looser when the tree moves down; those that enter it grow tighter.
    let (mut leaving, mut entering) = (BinaryHeap::new(), BinaryHeap::new());
    let mut moved = 0;
    let mut newest = 0u32;
    loop {
        inside[newest as usize] = true;
        rank[newest as usize] -= moved;
        for &nth in nodes.of(newest) {
            let spring = &springs[nth as usize];
            if spring.tail == newest && !inside[spring.head as usize] {
                leaving.push(Reverse((spring.slack(rank), nth)));
            } else if spring.head == newest && !inside[spring.tail as usize] {
                entering.push(Reverse((spring.slack(rank), nth)));
            }
        }
        if tree.len() + 1 == count {
            break;
        }
        while leaving.peek().is_some_and(|Reverse((_, nth))| inside[springs[*nth as usize].head as usize]) {
            leaving.pop();
        }
        while entering.peek().is_some_and(|Reverse((_, nth))| inside[springs[*nth as usize].tail as usize]) {
            entering.pop();
        }
        let out = leaving.peek().map(|Reverse((slack, _))| slack - moved);
        let into = entering.peek().map(|Reverse((slack, _))| slack + moved);
        let use_out = match (out, into) {
            (Some(out), Some(into)) => out <= into,
            (out, into) if out.is_none() && into.is_none() => return None,
            (out, _) => out.is_some(),
        };
        let heap = if use_out { &mut leaving } else { &mut entering };
        let Reverse((_, nth)) = heap.pop()?;
        tree.push(nth);
        let spring = &springs[nth as usize];
        if use_out {
            moved += out.unwrap_or(0);
            newest = spring.head;
        } else {
            moved -= into.unwrap_or(0);
            newest = spring.tail;
        }
    }
    rank.iter_mut().for_each(|rank| *rank += moved);
    Some(tree)
}

/// The spanning tree with its cut values.
struct Simplex<'a> {
    springs: &'a [Spring],
    nodes: Incidence,
    /// The springs of the tree, in no order, and where in that list each is.
    tree: Vec<u32>,
    place: Vec<u32>,
    /// The springs of the tree at every node.
    branches: Vec<Vec<u32>>,
    cut: Vec<i64>,
    /// Of every node: the spring to its parent; the lowest number in postorder below it, and its own.
    parent: Vec<u32>,
    low: Vec<u32>,
    lim: Vec<u32>,
    /// The node of every number in postorder.
    order: Vec<u32>,
}

impl<'a> Simplex<'a> {
    fn new(springs: &'a [Spring], nodes: Incidence, tree: Vec<u32>) -> Self {
        let count = tree.len() + 1;
        let mut simplex = Simplex {
            springs,
            nodes,
            place: vec![NONE; springs.len()],
            branches: vec![Vec::new(); count],
            cut: vec![0; springs.len()],
            parent: vec![NONE; count],
            low: vec![0; count],
            lim: vec![0; count],
            order: vec![0; count],
            tree,
        };
        for (at, &nth) in simplex.tree.iter().enumerate() {
            simplex.place[nth as usize] = at as u32;
            let spring = springs[nth as usize];
            simplex.branches[spring.tail as usize].push(nth);
            simplex.branches[spring.head as usize].push(nth);
        }
        simplex.number(0, NONE, 0);
        for at in 0..count {
            let node = simplex.order[at];
            if simplex.parent[node as usize] != NONE {
                simplex.cut[simplex.parent[node as usize] as usize] = simplex.cut_value(node);
            }
        }
        simplex
    }

    fn other(&self, nth: u32, node: u32) -> u32 {
        let spring = &self.springs[nth as usize];
        if spring.tail == node { spring.head } else { spring.tail }
    }

    /// Numbers the subtree of a node in postorder, beginning with `low`.
    fn number(&mut self, root: u32, parent: u32, low: u32) {
        let mut next = low;
        self.parent[root as usize] = parent;
        self.low[root as usize] = low;
        let mut stack = vec![(root, 0usize)];
        while let Some((node, at)) = stack.last_mut() {
            let node = *node;
            if let Some(&nth) = self.branches[node as usize].get(*at) {
                *at += 1;
                if nth != self.parent[node as usize] {
                    let child = self.other(nth, node);
                    self.parent[child as usize] = nth;
                    self.low[child as usize] = next;
                    stack.push((child, 0));
                }
                continue;
            }
            self.lim[node as usize] = next;
            self.order[next as usize] = node;
            next += 1;
            stack.pop();
        }
    }

    fn is_below(&self, node: u32, top: u32) -> bool {
        let lim = self.lim[node as usize];
        self.low[top as usize] <= lim && lim <= self.lim[top as usize]
    }

    /// The cut value of the spring from a node to its parent, out of those below it.
    fn cut_value(&self, node: u32) -> i64 {
        let up = self.springs[self.parent[node as usize] as usize];
        // +1 where the springs that leave the subtree count as the tree's own spring does.
        let ahead = up.tail == node;
        let mut sum = 0;
        for &nth in self.nodes.of(node) {
            let spring = self.springs[nth as usize];
            let leaves = spring.tail == node;
            let outside = !self.is_below(self.other(nth, node), node);
            // What ends inside counts less the part that passes through the spring below.
            let below = if outside || self.place[nth as usize] == NONE { 0 } else { self.cut[nth as usize] };
            let value = spring.weight - below;
            sum += if leaves == ahead { value } else { -value };
        }
        sum
    }

    /// A spring of the tree whose removal pays: the worst of the first few found from where the last search ended.
    fn leaving(&self, next: &mut usize) -> Option<u32> {
        const FEW: usize = 30;
        let (mut best, mut found) = (None, 0);
        for step in 0..self.tree.len() {
            let at = (*next + step) % self.tree.len();
            let nth = self.tree[at];
            let cut = self.cut[nth as usize];
            if cut < 0 {
                if best.is_none_or(|(worst, _)| cut < worst) {
                    best = Some((cut, nth));
                }
                found += 1;
                if found == FEW {
                    *next = at + 1;
                    break;
                }
            }
        }
        best.map(|(_, nth)| nth)
    }

    /// The tightest spring from the head's part of the tree to the tail's.
    fn entering(&self, leaving: u32, rank: &[i64]) -> Option<u32> {
        let spring = self.springs[leaving as usize];
        let tail_below = self.lim[spring.tail as usize] < self.lim[spring.head as usize];
        let below = if tail_below { spring.tail } else { spring.head };
        let mut best: Option<(i64, u32)> = None;
        let (low, lim) = (self.low[below as usize] as usize, self.lim[below as usize] as usize);
        for &node in &self.order[low..=lim] {
            for &nth in self.nodes.of(node) {
                let spring = self.springs[nth as usize];
                let inward = if tail_below { spring.head == node } else { spring.tail == node };
                if inward && !self.is_below(self.other(nth, node), below) {
                    let found = (spring.slack(rank), nth);
                    best = Some(best.map_or(found, |best| best.min(found)));
                }
            }
        }
        best.map(|(_, nth)| nth)
    }

    /// Puts one spring into the tree for another. Answers how many nodes it looked at.
    fn exchange(&mut self, leaving: u32, entering: u32, rank: &mut [i64]) -> u64 {
        let (out, into) = (self.springs[leaving as usize], self.springs[entering as usize]);
        let tail_below = self.lim[out.tail as usize] < self.lim[out.head as usize];
        let below = if tail_below { out.tail } else { out.head };
        let shift = if tail_below { -into.slack(rank) } else { into.slack(rank) };
        let (low, lim) = (self.low[below as usize] as usize, self.lim[below as usize] as usize);
        let mut visited = (lim - low + 1) as u64 * 2;
        if shift != 0 {
            self.order[low..=lim].iter().for_each(|&node| rank[node as usize] += shift);
        }
        let cut = self.cut[leaving as usize];
        let top = self.climb(into.tail, into.head, cut, true);
        self.climb(into.head, into.tail, cut, false);
        self.cut[entering as usize] = -cut;
        self.cut[leaving as usize] = 0;
        self.replace(leaving, entering);
        visited += u64::from(self.lim[top as usize] - self.low[top as usize]);
        self.number(top, self.parent[top as usize], self.low[top as usize]);
        visited + 8
    }

    /// Changes the cut values on the way from a node up to where the other's branch begins.
    fn climb(&mut self, from: u32, to: u32, cut: i64, ahead: bool) -> u32 {
        let mut node = from;
        while !self.is_below(to, node) {
            let nth = self.parent[node as usize];
            let leaves = self.springs[nth as usize].tail == node;
            self.cut[nth as usize] += if leaves == ahead { cut } else { -cut };
            node = self.other(nth, node);
        }
        node
    }

    fn replace(&mut self, leaving: u32, entering: u32) {
        let at = self.place[leaving as usize];
        self.tree[at as usize] = entering;
        self.place[entering as usize] = at;
        self.place[leaving as usize] = NONE;
        let (out, into) = (self.springs[leaving as usize], self.springs[entering as usize]);
        for node in [out.tail, out.head] {
            self.branches[node as usize].retain(|&nth| nth != leaving);
        }
        for node in [into.tail, into.head] {
            self.branches[node as usize].push(entering);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(springs: &[Spring], rank: &[i64]) -> i64 {
        springs.iter().map(|spring| spring.weight * (rank[spring.head as usize] - rank[spring.tail as usize])).sum()
    }

    /// The least cost over all ranks below `span`.
    fn brute(springs: &[Spring], count: usize, span: i64) -> i64 {
        let mut rank = vec![0; count];
        let mut best = i64::MAX;
        loop {
            if springs.iter().all(|spring| spring.slack(&rank) >= 0) {
                best = best.min(cost(springs, &rank));
            }
            let Some(at) = rank.iter().position(|&rank| rank + 1 < span) else { return best };
            rank[at] += 1;
            rank[..at].fill(0);
        }
    }

    #[test]
    fn the_cost_is_the_least_that_any_ranks_have() {
        let mut seed = 7u64;
        let mut below = |bound: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % bound
        };
        for _ in 0..150 {
            let count = 2 + below(4) as usize;
            let mut springs = Vec::new();
            for head in 1..count as u32 {
                for _ in 0..1 + below(2) {
                    let tail = below(u64::from(head)) as u32;
                    let (least, weight) = (below(3) as i64, below(4) as i64);
                    springs.push(Spring { tail, head, least, weight });
                }
            }
            // Far apart, which is feasible.
            let mut rank: Vec<i64> = (0..count as i64).map(|node| node * 5).collect();
            minimise(&springs, &mut rank, u64::MAX);
            assert!(springs.iter().all(|spring| spring.slack(&rank) >= 0), "{springs:?} {rank:?}");
            assert_eq!(cost(&springs, &rank), brute(&springs, count, 9), "{springs:?} {rank:?}");
        }
    }

    #[test]
    fn a_search_that_ends_at_once_keeps_the_start_feasible() {
        let springs: Vec<Spring> = (1..40).map(|head| Spring { tail: head / 3, head, least: 2, weight: 1 }).collect();
        let mut rank: Vec<i64> = (0..40).map(|node| node * 4).collect();
        minimise(&springs, &mut rank, 1);
        assert!(springs.iter().all(|spring| spring.slack(&rank) >= 0));
    }
}
