//! The cycles of a picture: which of its lines lie on one, and the fewest to cut so that none is left.
//!
//! A set of lines without which no cycle is left is a feedback arc set. In a small knot the sets of one, two, three
//! lines are tried in turn, and each cycle that a set leaves rules out every other set that leaves it too (an implicit
//! hitting set, as `analysis::cycles` has it). In a larger one lines are put back one by one, those first that one would
//! rather keep, unless they close a cycle: what is left out then is minimal.

use super::{Closing, Content, Direction, Edge, Link, Neighbourhood};
use crate::analysis::cycles::reference_text;
use crate::cpython::builtin::takes_weak_references;
use crate::cpython::label::{object_title, short_type};
use crate::graph::{Components, Csr};
use crate::snapshot::{ReferenceKind, Snapshot};
use foldhash::{HashMap, HashSet};
use std::cmp::Reverse;

/// Knots with more lines than this are not searched for a smallest set.
const FEW: usize = 24;
/// Sets of more lines are not tried.
const LARGEST: usize = 4;
/// Lines to look at before a knot is taken as it is found, and before no more is told of a cycle than its line to cut.
const PATIENCE: usize = 50_000_000;

/// Marks what lies on cycles and numbers the lines to cut.
pub(super) fn number(snapshot: &Snapshot, picture: &mut Neighbourhood) {
    let lines: Vec<usize> = (0..picture.edges.len()).filter(|at| holds(&picture.edges[*at])).collect();
    let graph = Lines::new(picture, lines);
    let components = Components::find(graph.csr(), 0..picture.nodes.len() as u32, |_| true);
    let (mut closing, mut knots, mut patience) = (Vec::new(), Vec::new(), PATIENCE);
    for members in components.iter() {
        let within = graph.within(&components, members);
        let asked = members.iter().any(|node| picture.nodes[*node as usize].asked);
        within.iter().for_each(|at| picture.edges[*at].on_cycle = true);
        let cut = feedback(snapshot, picture, &within);
        closing.extend(cut.iter().map(|at| (!asked, *at, knots.len())));
        let left: HashSet<usize> = cut.iter().copied().collect();
        let kept = |at: &usize| !left.contains(at);
        knots.push(affordable(&within, &cut, &mut patience).then(|| Knot::new(picture, &within, kept)));
    }
    closing.sort_unstable();
    for (_, at, knot) in closing {
        close(snapshot, picture, at, knots[knot].as_ref());
    }
}

/// Whether one can look through these lines for each of those to cut. What is looked through is taken off.
fn affordable(lines: &[usize], cut: &[usize], patience: &mut usize) -> bool {
    let left = patience.checked_sub(lines.len().saturating_mul(cut.len()));
    *patience = left.unwrap_or(*patience);
    left.is_some()
}

/// Gives a line to cut the next number, and the nodes on its cycles as well. Of a knot too large only its ends.
fn close(snapshot: &Snapshot, picture: &mut Neighbourhood, at: usize, knot: Option<&Knot>) {
    let number = picture.cycles.len() as u32 + 1;
    let (from, to) = (picture.edges[at].from, picture.edges[at].to);
    let mut nodes = knot.map_or_else(|| vec![from, to], |knot| knot.on_cycles_through(from, to));
    nodes.dedup();
    picture.edges[at].closes = Some(number);
    nodes.into_iter().for_each(|node| picture.nodes[node].cycles.push(number));
    let cut = cut_text(snapshot, picture, at);
    picture.cycles.push(Closing { number, edge: at, cut });
}

/// Numbers other lines to cut than [`number`] did: those that read like one of these names. Where none does, all stays.
pub(in crate::analysis) fn cut_at(snapshot: &Snapshot, picture: &mut Neighbourhood, names: &[&str]) {
    let on_cycle: Vec<usize> = (0..picture.edges.len()).filter(|at| picture.edges[*at].on_cycle).collect();
    let named = |at: &usize| names.contains(&cut_text(snapshot, picture, *at).as_str());
    let cut: Vec<usize> = on_cycle.iter().copied().filter(named).collect();
    if cut.is_empty() {
        return;
    }
    picture.edges.iter_mut().for_each(|edge| edge.closes = None);
    picture.nodes.iter_mut().for_each(|node| node.cycles.clear());
    picture.cycles.clear();
    let mut patience = PATIENCE;
    let knot = affordable(&on_cycle, &cut, &mut patience).then(|| Knot::new(picture, &on_cycle, |_| true));
    for at in cut {
        close(snapshot, picture, at, knot.as_ref());
    }
}

/// Whether a line may be part of a cycle: as in `cycles` not by class, base and globals alone.
fn holds(edge: &Edge) -> bool {
    use ReferenceKind::{Base, Global, Type, Weak};
    edge.references.iter().any(|link| !matches!(link.kind, Weak | Type | Base | Global))
}

/// Some lines of a picture as a graph.
struct Lines {
    offsets: Vec<u32>,
    targets: Vec<u32>,
    /// By edge of the graph the line.
    lines: Vec<usize>,
}

impl Lines {
    fn new(picture: &Neighbourhood, mut lines: Vec<usize>) -> Self {
        lines.sort_by_key(|at| (picture.edges[*at].from, *at));
        let mut offsets = vec![0u32; picture.nodes.len() + 1];
        lines.iter().for_each(|at| offsets[picture.edges[*at].from + 1] += 1);
        (1..offsets.len()).for_each(|node| offsets[node] += offsets[node - 1]);
        let targets = lines.iter().map(|at| picture.edges[*at].to as u32).collect();
        Lines { offsets, targets, lines }
    }

    fn csr(&self) -> Csr<'_> {
        Csr::new(&self.offsets, &self.targets)
    }

    /// The lines between members of one component.
    fn within(&self, components: &Components, members: &[u32]) -> Vec<usize> {
        let inside = components.of(members[0]);
        let edges = members.iter().flat_map(|node| self.csr().edges(*node));
        let kept = edges.filter(|edge| components.of(self.targets[*edge as usize]) == inside);
        let mut lines: Vec<usize> = kept.map(|edge| self.lines[edge as usize]).collect();
        lines.sort_unstable();
        lines
    }
}

/// A smallest set of these lines whose removal leaves no cycle, or a minimal one; ascending.
fn feedback(snapshot: &Snapshot, picture: &Neighbourhood, lines: &[usize]) -> Vec<usize> {
    let regret: Vec<u64> = lines.iter().map(|at| regret(snapshot, picture, *at)).collect();
    let ends: Vec<(usize, usize)> = lines.iter().map(|at| (picture.edges[*at].from, picture.edges[*at].to)).collect();
    let mut found = match smallest(&ends, &regret) {
        Some(set) => (0..lines.len()).filter(|bit| set >> bit & 1 == 1).collect(),
        None => minimal(&ends, &regret),
    };
    found.sort_unstable();
    found.into_iter().map(|place: usize| lines[place]).collect()
}

/// How much one would miss a line: the way from a root most, then what leads to the objects asked for, then what no weak
/// reference can stand in for.
fn regret(snapshot: &Snapshot, picture: &Neighbourhood, at: usize) -> u64 {
    let edge = &picture.edges[at];
    let (from, to) = (picture.nodes[edge.from].depth, picture.nodes[edge.to].depth);
    let back = match picture.direction {
        Direction::Refs => from > to,
        Direction::Backrefs => from < to,
    };
    let refused = match &picture.nodes[edge.to].content {
        Content::Object(id) => !takes_weak_references(snapshot.objects().type_name(*id)),
        _ => true,
    };
    1 + 1000 * u64::from(edge.on_root_path) + 100 * u64::from(!back) + 10 * u64::from(refused)
}

/// The set of fewest lines, of these the one that is missed least, as bits.
fn smallest(ends: &[(usize, usize)], regret: &[u64]) -> Option<u32> {
    if ends.len() > FEW {
        return None;
    }
    let mut left_over: Vec<u32> = Vec::new();
    for size in 1..=LARGEST.min(ends.len()) {
        let cost = |set: &u32| (0..ends.len()).filter(|bit| set >> bit & 1 == 1).map(|bit| regret[bit]).sum::<u64>();
        let mut sets = sets_of(size, ends.len());
        sets.sort_by_cached_key(|set| (cost(set), Reverse(set.reverse_bits())));
        for set in sets {
            if left_over.iter().any(|cycle| cycle & set == 0) {
                continue;
            }
            match cycle_without(ends, |place| set >> place & 1 == 1) {
                None => return Some(set),
                Some(cycle) => left_over.push(cycle.into_iter().fold(0, |bits, place| bits | 1 << place)),
            }
        }
    }
    None
}

/// All sets of this size among so many lines, as bits: each from the one before (Gosper's hack, HAKMEM item 175).
fn sets_of(size: usize, lines: usize) -> Vec<u32> {
    let (mut set, mut sets) = ((1u32 << size) - 1, Vec::new());
    while set < 1 << lines {
        sets.push(set);
        let lowest = set & set.wrapping_neg();
        let carried = set + lowest;
        set = (((carried ^ set) >> 2) / lowest) | carried;
    }
    sets
}

/// The lines of a cycle that is left without some; `None` where none is. Depth first, without recursion.
fn cycle_without(ends: &[(usize, usize)], removed: impl Fn(usize) -> bool) -> Option<Vec<usize>> {
    let mut out: HashMap<usize, Vec<usize>> = HashMap::default();
    (0..ends.len())
        .filter(|place| !removed(*place))
        .for_each(|place| out.entry(ends[place].0).or_default().push(place));
    let mut done: HashMap<usize, bool> = HashMap::default();
    for &(start, _) in ends {
        if done.contains_key(&start) {
            continue;
        }
        // The node, which of its lines comes next, and the line that led to it.
        let mut way: Vec<(usize, usize, usize)> = vec![(start, 0, usize::MAX)];
        done.insert(start, false);
        while let Some((node, next, _)) = way.last_mut() {
            let Some(&place) = out.get(node).and_then(|lines| lines.get(*next)) else {
                done.insert(*node, true);
                way.pop();
                continue;
            };
            *next += 1;
            let target = ends[place].1;
            match done.get(&target) {
                Some(true) => {}
                Some(false) => {
                    let from = way.iter().position(|(node, ..)| *node == target)?;
                    return Some(way[from + 1..].iter().map(|(.., line)| *line).chain([place]).collect());
                }
                None => {
                    done.insert(target, false);
                    way.push((target, 0, place));
                }
            }
        }
    }
    None
}

/// Lines are put back, those first that would be missed most, unless they close a cycle with what is there already. Past
/// all patience those are given that point back in the order of the boxes.
fn minimal(ends: &[(usize, usize)], regret: &[u64]) -> Vec<usize> {
    if ends.len().saturating_mul(ends.len()) > PATIENCE {
        return (0..ends.len()).filter(|place| ends[*place].0 >= ends[*place].1).collect();
    }
    let mut order: Vec<usize> = (0..ends.len()).collect();
    order.sort_by_key(|place| (Reverse(regret[*place]), *place));
    let mut out: HashMap<usize, Vec<usize>> = HashMap::default();
    let mut left_out = Vec::new();
    for place in order {
        let (from, to) = ends[place];
        if reaches(&out, to, from) {
            left_out.push(place);
        } else {
            out.entry(from).or_default().push(to);
        }
    }
    left_out
}

fn reaches(out: &HashMap<usize, Vec<usize>>, start: usize, end: usize) -> bool {
    let (mut stack, mut seen) = (vec![start], HashSet::default());
    while let Some(node) = stack.pop() {
        if node == end {
            return true;
        }
        if seen.insert(node) {
            stack.extend(out.get(&node).into_iter().flatten());
        }
    }
    false
}

/// Which nodes some lines lead to, and which they come from: made once, looked through for each line to cut.
struct Knot {
    /// Ascending.
    nodes: Vec<usize>,
    /// By place among the nodes the places of others.
    forth: Vec<Vec<usize>>,
    back: Vec<Vec<usize>>,
}

impl Knot {
    /// Knows the ends of all these lines, but leads along those alone that are kept.
    fn new(picture: &Neighbourhood, lines: &[usize], kept: impl Fn(&usize) -> bool) -> Self {
        let ends = |at: &usize| [picture.edges[*at].from, picture.edges[*at].to];
        let mut nodes: Vec<usize> = lines.iter().flat_map(ends).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let (forth, back) = (vec![Vec::new(); nodes.len()], vec![Vec::new(); nodes.len()]);
        let mut knot = Knot { nodes, forth, back };
        for at in lines.iter().filter(|at| kept(at)) {
            let [from, to] = ends(at).map(|node| knot.place(node));
            knot.forth[from].push(to);
            knot.back[to].push(from);
        }
        knot
    }

    fn place(&self, node: usize) -> usize {
        self.nodes.partition_point(|other| *other < node)
    }

    /// The nodes on cycles that go through a line between these two and otherwise through what is kept; ascending. That
    /// the line itself may be kept adds none: a way back to its start goes on as before.
    fn on_cycles_through(&self, from: usize, to: usize) -> Vec<usize> {
        let after = all_reached(&self.forth, self.place(to));
        let before = all_reached(&self.back, self.place(from));
        let both = (0..self.nodes.len()).filter(|place| after[*place] && before[*place]);
        both.map(|place| self.nodes[place]).collect()
    }
}

/// By place whether one comes there from the start.
fn all_reached(out: &[Vec<usize>], start: usize) -> Vec<bool> {
    let (mut stack, mut seen) = (vec![start], vec![false; out.len()]);
    while let Some(place) = stack.pop() {
        if !std::mem::replace(&mut seen[place], true) {
            stack.extend(&out[place]);
        }
    }
    seen
}

/// What to cut, in the words of `cycles`; of parallel references all.
fn cut_text(snapshot: &Snapshot, picture: &Neighbourhood, at: usize) -> String {
    let edge = &picture.edges[at];
    let holder = |link: &Link| {
        let id = snapshot.references().get(link.first).holder;
        let long = snapshot.objects().type_name(id);
        match link.kind {
            // A function is known by its name.
            ReferenceKind::Closure => object_title(snapshot, id),
            _ => short_type(long).to_owned(),
        }
    };
    let text = |link: &Link| {
        let last = snapshot.references().get(link.last);
        let folded = link.first != link.last;
        match (link.kind, last.kind()) {
            (ReferenceKind::Closure | ReferenceKind::Local, _) => {
                format!("{} {}", holder(link), link.label.as_deref().unwrap_or("closure"))
            }
            (_, kind) => format!("{}{}", holder(link), reference_text(kind, last.name, folded)),
        }
    };
    let mut cuts: Vec<String> = edge.references.iter().take(100).map(text).collect();
    cuts.dedup();
    match cuts.as_slice() {
        [only] => only.clone(),
        [one, other] => format!("{one} and {other}"),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::random::Random;

    #[test]
    fn sets_of_a_size_are_all_there_once() {
        for lines in 1..8 {
            for size in 1..=lines {
                let expected: Vec<u32> = (1u32..1 << lines).filter(|set| set.count_ones() as usize == size).collect();
                assert_eq!(sets_of(size, lines), expected);
            }
        }
    }

    /// All sets of lines, in order of size, against the one found.
    #[test]
    fn no_smaller_set_and_no_subset_leaves_a_graph_without_cycles() {
        let mut knots = 0;
        for seed in 0..400 {
            let mut random = Random::new(seed);
            let mut below = |bound: usize| random.below(bound as u64) as usize;
            let (nodes, lines) = (2 + below(5), 1 + below(11));
            let ends: Vec<(usize, usize)> = (0..lines).map(|_| (below(nodes), below(nodes))).collect();
            let regret: Vec<u64> = ends.iter().map(|_| 1 + below(3) as u64).collect();
            let acyclic = |set: u32| {
                // Kahn's algorithm: independent of the search.
                let mut left: Vec<(usize, usize)> =
                    ends.iter().enumerate().filter(|(at, _)| set >> at & 1 == 0).map(|(_, ends)| *ends).collect();
                loop {
                    let before = left.len();
                    let sources: Vec<usize> = left.iter().map(|(from, _)| *from).collect();
                    left.retain(|(_, to)| sources.contains(to));
                    if left.len() == before {
                        return left.is_empty();
                    }
                }
            };
            let best = (0u32..1 << ends.len()).filter(|set| acyclic(*set)).map(u32::count_ones).min().unwrap();
            knots += u32::from(best > 0);
            if best > 0 && best <= LARGEST as u32 {
                let set = smallest(&ends, &regret).unwrap();
                assert!(acyclic(set) && set.count_ones() == best, "{ends:?}: {set:b}");
            }
            let set = minimal(&ends, &regret).into_iter().fold(0, |set, place| set | 1 << place);
            assert!(acyclic(set), "{ends:?}: {set:b}");
            let fewer = (0..ends.len()).filter(|place| set >> place & 1 == 1).map(|place| set & !(1 << place));
            assert!(!fewer.into_iter().any(acyclic), "{ends:?}: {set:b} has a line to spare");
        }
        assert!(knots > 100, "only {knots} graphs with a cycle");
    }
}
