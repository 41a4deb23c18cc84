//! Long runs of single file: objects each of which has one holder and one held in the picture, folded to one card.

use super::{Content, Edge, Neighbourhood, Node, Steps};
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

/// The inner objects of long runs, each from what holds the others on.
fn find(picture: &Neighbourhood) -> Vec<Vec<usize>> {
    const NONE: usize = usize::MAX;
    const MANY: usize = usize::MAX - 1;
    let (mut before, mut after) = (vec![NONE; picture.nodes.len()], vec![NONE; picture.nodes.len()]);
    let join = |place: &mut usize, other: usize| *place = if *place == NONE { other } else { MANY };
    for edge in &picture.edges {
        join(&mut after[edge.from], edge.to);
        join(&mut before[edge.to], edge.from);
    }
    let inner = |at: usize| {
        let node = &picture.nodes[at];
        let plain = !node.asked && !node.highlighted && node.not_followed == 0;
        let joined = before[at] < MANY && after[at] < MANY && before[at] != after[at] && before[at] != at;
        plain && joined && matches!(node.content, Content::Object(_))
    };
    let starts = (0..picture.nodes.len()).filter(|at| inner(*at) && !inner(before[*at]));
    let run = |start: usize| -> Vec<usize> {
        std::iter::successors(Some(start), |at| Some(after[*at]).filter(|next| inner(*next))).collect()
    };
    let long = starts.map(run).filter(|run| run.len() >= LONG);
    long.map(|run| run[KEPT..run.len() - KEPT].to_vec()).collect()
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
    let label = |node: &usize| {
        let edge = edges.iter().find(|edge| edge.to == *node);
        edge.and_then(|edge| edge.references.first()?.label.clone()).unwrap_or_else(|| "→".to_owned())
    };
    let mut words: Vec<String> = told.iter().map(label).collect();
    if run.len() > told.len() + 1 {
        let left_out = run.len() - 1 - told.len();
        words.insert(STEPS_TOLD, format!("… {left_out} more …"));
    }
    words.insert(0, object_title(snapshot, first));
    words.join(" → ")
}
