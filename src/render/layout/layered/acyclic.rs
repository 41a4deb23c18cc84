//! Which lines run against the order of the levels: few enough that the others make no cycle.
//!
//! A depth-first search from the boxes that nothing holds, as `dot` does it; the lines that the plan says run back are
//! turned before it starts.

use super::task::Task;

/// For every line whether it is drawn against the levels. Loops are not.
pub(super) fn turned(task: &Task) -> Vec<bool> {
    let mut turned: Vec<bool> =
        task.lines.iter().map(|line| line.plan.back && line.plan.from != line.plan.to).collect();
    let count = task.nodes.len();
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
