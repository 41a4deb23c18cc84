//! Parts of a plan that no line joins are laid out by themselves.

use crate::render::layout::Plan;

/// The parts, each with its boxes and lines by number, in the order of their first boxes.
pub(super) fn split(plan: &Plan) -> Vec<(Vec<usize>, Vec<usize>)> {
    let count = plan.boxes.len();
    let mut parent: Vec<usize> = (0..count).collect();
    for line in &plan.lines {
        let (one, other) = (root(&mut parent, line.from), root(&mut parent, line.to));
        let (low, high) = (one.min(other), one.max(other));
        parent[high] = low;
    }
    let mut part = vec![usize::MAX; count];
    let mut parts: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    for node in 0..count {
        let top = root(&mut parent, node);
        if part[top] == usize::MAX {
            part[top] = parts.len();
            parts.push(Default::default());
        }
        parts[part[top]].0.push(node);
    }
    for (nth, line) in plan.lines.iter().enumerate() {
        let top = root(&mut parent, line.from);
        parts[part[top]].1.push(nth);
    }
    parts
}

fn root(parent: &mut [usize], mut node: usize) -> usize {
    while parent[node] != node {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::layout::{Extent, PlanLine};

    #[test]
    fn what_no_line_joins_is_apart() {
        let line = |from, to| PlanLine { from, to, ..PlanLine::default() };
        let plan = Plan {
            boxes: vec![Extent::default(); 6],
            lines: vec![line(4, 0), line(2, 2), line(5, 1)],
            top_down: false,
        };
        assert_eq!(split(&plan), [(vec![0, 4], vec![0]), (vec![1, 5], vec![2]), (vec![2], vec![1]), (vec![3], vec![])]);
    }
}
