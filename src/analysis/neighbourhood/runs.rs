//! Long runs of single file: objects each of which has lines to two others only, folded to one card.
//!
//! The links of a list are such a run, whether they refer to the next one alone or to the one before as well.

use super::{Content, Direction, Edge, Neighbourhood, Node, Steps};
use crate::cpython::label::object_title;
use crate::snapshot::{ObjectId, Snapshot};

/// Runs of fewer objects stay as they are.
const LONG: usize = 10;
/// At either end of a run so many objects stay.
const KEPT: usize = 2;
/// Steps written at either end of what is folded.
const STEPS_TOLD: usize = 6;

/// Folds them. Linear in the picture.
pub(super) fn fold(snapshot: &Snapshot, picture: &mut Neighbourhood) {
    let runs = find(picture);
    if runs.is_empty() {
        return;
    }
    let mut place: Vec<usize> = vec![0; picture.nodes.len()];
    for run in &runs {
        run.iter().for_each(|node| place[*node] = usize::MAX);
    }
    let nodes = std::mem::take(&mut picture.nodes);
    let steps: Vec<Node> = runs.iter().map(|run| card(snapshot, &nodes, &picture.edges, run)).collect();
    for (at, node) in nodes.into_iter().enumerate().filter(|(at, _)| place[*at] != usize::MAX).collect::<Vec<_>>() {
        place[at] = picture.nodes.len();
        picture.nodes.push(node);
    }
    for (run, card) in runs.iter().zip(steps) {
        run.iter().for_each(|node| place[*node] = picture.nodes.len());
        picture.nodes.push(card);
    }
    let first_card = picture.nodes.len() - runs.len();
    for edge in &mut picture.edges {
        (edge.from, edge.to) = (place[edge.from], place[edge.to]);
    }
    picture.edges.retain(|edge| edge.from != edge.to || edge.from < first_card);
    for node in &mut picture.nodes {
        if let Content::More(more) = &mut node.content {
            more.of = place[more.of];
        }
    }
}

/// The inner objects of long runs, each from holders to held.
fn find(picture: &Neighbourhood) -> Vec<Vec<usize>> {
    let near = neighbours(picture);
    let inner = |at: usize| {
        let node = &picture.nodes[at];
        let plain = !node.asked && !node.highlighted && node.not_followed == 0;
        plain && near[at].is_some() && matches!(node.content, Content::Object(_))
    };
    let (mut runs, mut seen) = (Vec::new(), vec![false; picture.nodes.len()]);
    for start in (0..picture.nodes.len()).filter(|at| inner(*at)) {
        let ends = near[start].is_some_and(|near| near.iter().any(|other| !inner(*other)));
        if seen[start] || !ends {
            continue;
        }
        let mut run = vec![start];
        seen[start] = true;
        let onward = |at: usize, seen: &[bool]| near[at]?.into_iter().find(|next| inner(*next) && !seen[*next]);
        while let Some(next) = onward(run[run.len() - 1], &seen) {
            seen[next] = true;
            run.push(next);
        }
        if run.len() >= LONG {
            // From the holder to the held.
            if picture.direction == Direction::Backrefs {
                run.reverse();
            }
            runs.push(run[KEPT..run.len() - KEPT].to_vec());
        }
    }
    runs
}

/// The two others that a node has lines from or to, where it has two and no line to itself.
fn neighbours(picture: &Neighbourhood) -> Vec<Option<[usize; 2]>> {
    const NONE: usize = usize::MAX;
    let mut found = vec![Some([NONE; 2]); picture.nodes.len()];
    let mut join = |at: usize, other: usize| {
        found[at] = match found[at] {
            Some(near) if at != other && near.contains(&other) => Some(near),
            Some([NONE, NONE]) if at != other => Some([other, NONE]),
            Some([first, NONE]) if at != other => Some([first, other]),
            _ => None,
        };
    };
    for edge in &picture.edges {
        join(edge.from, edge.to);
        join(edge.to, edge.from);
    }
    found.into_iter().map(|near| near.filter(|near| near[1] != NONE)).collect()
}

fn card(snapshot: &Snapshot, nodes: &[Node], edges: &[Edge], run: &[usize]) -> Node {
    let object = |node: usize| match nodes[node].content {
        Content::Object(id) => id,
        _ => ObjectId::new(0),
    };
    let (first, last) = (run[0], run[run.len() - 1]);
    let content = Content::Steps(Steps {
        count: run.len() as u64,
        ends: [object(first), object(last)],
        way: way(snapshot, object(first), edges, run),
    });
    let mut card = Node::new(content, nodes[first].depth.min(nodes[last].depth));
    card.on_root_path = run.iter().all(|node| nodes[*node].on_root_path);
    card
}

/// `Node → .next → .next → … 9,990 steps … → .next`.
fn way(snapshot: &Snapshot, first: ObjectId, edges: &[Edge], run: &[usize]) -> String {
    let told: Vec<usize> = if run.len() <= 2 * STEPS_TOLD {
        run[1..].to_vec()
    } else {
        [&run[1..=STEPS_TOLD], &run[run.len() - STEPS_TOLD..]].concat()
    };
    let place = |node: &usize| run.iter().position(|other| other == node).unwrap_or(1);
    let label = |node: &usize| {
        let before = run[place(node) - 1];
        let edge = edges.iter().find(|edge| (edge.from, edge.to) == (before, *node));
        let edge = edge.or_else(|| edges.iter().find(|edge| (edge.from, edge.to) == (*node, before)));
        edge.and_then(|edge| edge.references.first()?.label.clone()).unwrap_or_else(|| "…".to_owned())
    };
    let mut words: Vec<String> = told.iter().map(label).collect();
    if run.len() > told.len() + 1 {
        let left_out = run.len() - 1 - told.len();
        words.insert(STEPS_TOLD, format!("… {left_out} more …"));
    }
    words.insert(0, object_title(snapshot, first));
    words.join(" → ")
}
