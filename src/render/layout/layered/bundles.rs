//! Lines of one hub that share a trunk.
//!
//! Where many lines of one kind meet a box they may become one: the reader follows a trunk to a star's centre, and the
//! drawing needs one lane, one port and one way past a level for all of them. Such lines have their names at the other
//! end. Where they do is decided once their order is known ([`trunks`](super::trunks)).

use std::collections::BTreeMap;

use super::task::Task;

/// So many lines of one kind at one border become a trunk.
const MANY: usize = 6;

/// At which end a line is part of a trunk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum End {
    /// Where it leaves the lower level.
    Tail,
    /// Where it reaches the higher level.
    Head,
}

/// A trunk's box, end, direction and stroke.
type Kind = (usize, End, bool, u64);

/// For every line its trunk, if it shares one, and the end where it does.
pub(super) struct Bundles {
    pub(super) of: Vec<Option<(u32, End)>>,
}

pub(super) fn find(task: &Task, turned: &[bool]) -> Bundles {
    let mut sizes: BTreeMap<Kind, usize> = BTreeMap::new();
    let kinds: Vec<Option<[Kind; 2]>> = (0..task.lines.len()).map(|line| kinds(task, turned, line)).collect();
    for kind in kinds.iter().flatten().flatten() {
        *sizes.entry(*kind).or_default() += 1;
    }
    // The larger of two hubs gets the line; what is left of the other may be too few for a trunk.
    let choose = |kinds: &Option<[Kind; 2]>| {
        let best = kinds.as_ref()?.iter().max_by_key(|kind| sizes[*kind])?;
        (sizes[best] >= MANY).then_some(*best)
    };
    let mut chosen: Vec<Option<Kind>> = kinds.iter().map(choose).collect();
    let mut left: BTreeMap<Kind, usize> = BTreeMap::new();
    for kind in chosen.iter().flatten() {
        *left.entry(*kind).or_default() += 1;
    }
    for choice in &mut chosen {
        *choice = choice.filter(|kind| left[kind] >= MANY / 2);
    }
    let mut numbers: BTreeMap<Kind, u32> = BTreeMap::new();
    let of = chosen.into_iter().map(|kind| {
        let kind = kind?;
        let next = numbers.len() as u32;
        Some((*numbers.entry(kind).or_insert(next), kind.1))
    });
    let of = of.collect();
    Bundles { of }
}

/// What a line is at its two ends. Loops and the main path stay by themselves.
fn kinds(task: &Task, turned: &[bool], line: usize) -> Option<[Kind; 2]> {
    let plan = &task.lines[line].plan;
    if plan.main || plan.from == plan.to {
        return None;
    }
    let (tail, head) = if turned[line] { (plan.to, plan.from) } else { (plan.from, plan.to) };
    let stroke = plan.width.to_bits();
    Some([(tail, End::Tail, turned[line], stroke), (head, End::Head, turned[line], stroke)])
}
