//! Which lines run against the order of the levels: few enough that the others make no cycle.
//!
//! A depth-first search from the boxes that nothing holds, as `dot` does it; of the lines that the plan says run back,
//! those on a cycle are turned before it starts. The others need not run back: their holder is moved before what it
//! holds, which is how a picture is read, and costs far fewer crossings.

use super::task::Task;
use crate::graph::{Components, Csr};
use crate::render::layout::PlanLine;

/// For every line whether it is drawn against the levels. Loops are not.
pub(super) fn turned(task: &Task) -> Vec<bool> {
    let count = task.nodes.len();
    let cycles = cycles(task);
    let on_cycle = |plan: &PlanLine| {
        let [one, other] = [plan.from, plan.to].map(|node| cycles.of(node as u32));
        plan.from != plan.to && one.is_some() && one == other
    };
    let mut turned: Vec<bool> = task.lines.iter().map(|line| line.plan.back && on_cycle(&line.plan)).collect();
    let mut leaving = vec![Vec::new(); count];
    let mut held = vec![false; count];
    for (nth, line) in task.lines.iter().enumerate().filter(|(_, line)| line.plan.from != line.plan.to) {
        let (tail, head) = if turned[nth] { (line.plan.to, line.plan.from) } else { (line.plan.from, line.plan.to) };
        leaving[tail].push((nth, head));
        held[head] = true;
    }
    let mut state = vec![State::New; count];
    let free = (0..count).filter(|&node| !held[node]);
    for start in free.chain(0..count) {
        search(start, &leaving, &mut state, &mut turned);
    }
    turned
}

/// Boxes that hold each other, if only through others.
fn cycles(task: &Task) -> Components {
    let mut lines: Vec<(u32, u32)> =
        task.lines.iter().map(|line| (line.plan.from as u32, line.plan.to as u32)).collect();
    lines.sort_unstable();
    let offsets: Vec<u32> =
        (0..=task.nodes.len() as u32).map(|node| lines.partition_point(|line| line.0 < node) as u32).collect();
    let targets: Vec<u32> = lines.iter().map(|line| line.1).collect();
    Components::find(Csr::new(&offsets, &targets), 0..task.nodes.len() as u32, |_| true)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// On the way from the start.
    Open,
    Done,
}

fn search(start: usize, leaving: &[Vec<(usize, usize)>], state: &mut [State], turned: &mut [bool]) {
    if state[start] != State::New {
        return;
    }
    state[start] = State::Open;
    let mut stack = vec![(start, 0)];
    while let Some((node, next)) = stack.last_mut() {
        let Some(&(line, head)) = leaving[*node].get(*next) else {
            state[*node] = State::Done;
            stack.pop();
            continue;
        };
        *next += 1;
        match state[head] {
            State::New => {
                state[head] = State::Open;
                stack.push((head, 0));
            }
            State::Open => turned[line] = !turned[line],
            State::Done => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::task::{Line, Node};
    use super::*;

    fn task(count: usize, lines: &[(usize, usize, bool)]) -> Task {
        let line = |&(from, to, back)| Line { plan: PlanLine { from, to, back, ..PlanLine::default() }, weight: 1 };
        Task {
            nodes: vec![Node { extent: Default::default(), bus: None }; count],
            lines: lines.iter().map(line).collect(),
        }
    }

    #[test]
    fn a_line_that_the_plan_calls_back_is_turned_and_a_ring_loses_one() {
        assert_eq!(turned(&task(2, &[(0, 1, false), (1, 0, true)])), [false, true]);
        assert_eq!(turned(&task(3, &[(0, 1, false), (1, 2, false), (2, 0, false)])), [false, false, true]);
        assert_eq!(turned(&task(1, &[(0, 0, true)])), [false]);
    }

    #[test]
    fn a_line_that_closes_no_cycle_is_not_turned_whatever_the_plan_calls_it() {
        assert_eq!(turned(&task(3, &[(0, 1, false), (0, 2, false), (2, 1, true)])), [false; 3]);
    }

    #[test]
    fn what_is_left_has_no_cycle() {
        for seed in 1..60 {
            let lines: Vec<_> =
                (0..40_usize).map(|nth| (nth * seed % 13, nth * nth * seed % 11, nth % 5 == 0)).collect();
            let task = task(13, &lines);
            let turned = turned(&task);
            let mut lines: Vec<(usize, usize)> = (lines.iter().zip(turned))
                .filter(|(line, _)| line.0 != line.1)
                .map(|(line, turned)| if turned { (line.1, line.0) } else { (line.0, line.1) })
                .collect();
            // Lines into boxes that hold nothing more are taken away until none is left.
            loop {
                let before = lines.len();
                let holders: Vec<usize> = lines.iter().map(|line| line.0).collect();
                lines.retain(|line| holders.contains(&line.1));
                if lines.len() == before {
                    break;
                }
            }
            assert!(lines.is_empty(), "seed {seed}: {lines:?}");
        }
    }
}
