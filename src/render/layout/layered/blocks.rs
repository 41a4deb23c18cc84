//! The many leaves of a hub in a block of several columns: a fan of 500 becomes a square, not a ribbon.
//!
//! A leaf is a box with a single line. Each column of a block has an upright trunk beside it, and one bus passes between
//! the upper and the lower half of all columns, from trunk to trunk, to where the hub's line meets the block. To the
//! other steps the block is one box with one line.

use std::collections::BTreeMap;

use super::bands::{ARROW, PAD};
use super::ports::LIFT;
use super::task::{Line, Node, Task};
use crate::render::layout::{Arrangement, Extent, PlanLine, Point, Rect, Route};

/// Fewer leaves stand in a column like other boxes.
const MANY: usize = 10;
/// Between two leaves of a column, between a column and the next one's trunk, and around the bus.
const GAP: f64 = 14.0;
const BESIDE: f64 = 18.0;
const AROUND_BUS: f64 = 13.0;
/// From a trunk to the names or leaves beside it.
const STUB: f64 = 14.0;
/// A block this high is high enough for its width to matter.
const HIGH: f64 = 520.0;

/// A task whose fans are blocks, and how to get from there to the whole.
pub(super) struct Blocks {
    pub(super) task: Task,
    /// For every node of the original task where it is in the new one; leaves are in their block.
    place: Vec<usize>,
    /// For every line of the new task the one it was, none for those of blocks.
    lines: Vec<Option<usize>>,
    blocks: Vec<Block>,
}

/// A hub's fan.
struct Block {
    /// Nodes and lines of the original task.
    leaves: Vec<(usize, usize)>,
    /// The block's node and line in the new task.
    node: usize,
    line: usize,
    /// The leaves are held by the hub.
    outward: bool,
    form: Form,
}

/// Where things stand in a block.
#[derive(Default)]
struct Form {
    extent: Extent,
    bus: f64,
    /// By leaf.
    boxes: Vec<Rect>,
    labels: Vec<Option<Rect>>,
    trunks: Vec<f64>,
}

/// The hub, whether it holds the leaves, the stroke.
type Kind = (usize, bool, u64);

pub(super) fn fold(task: &Task) -> Blocks {
    let fans = fans(task);
    let mut in_block = vec![false; task.nodes.len()];
    fans.iter().flat_map(|(_, leaves, _)| leaves).for_each(|&(leaf, _)| in_block[leaf] = true);
    let mut place = vec![usize::MAX; task.nodes.len()];
    let mut folded = Task::default();
    for node in (0..task.nodes.len()).filter(|&node| !in_block[node]) {
        place[node] = folded.nodes.len();
        folded.nodes.push(task.nodes[node]);
    }
    let mut lines = Vec::new();
    for (nth, line) in task.lines.iter().enumerate() {
        let (from, to) = (place[line.plan.from], place[line.plan.to]);
        if from != usize::MAX && to != usize::MAX {
            lines.push(Some(nth));
            folded.lines.push(Line { plan: PlanLine { from, to, ..line.plan }, ..*line });
        }
    }
    let mut blocks = Vec::new();
    for ((hub, outward, _), leaves, form) in fans {
        let node = folded.nodes.len();
        folded.nodes.push(Node { extent: form.extent, bus: Some(form.bus) });
        let hub = place[hub];
        let (from, to) = if outward { (hub, node) } else { (node, hub) };
        let plan = PlanLine { from, to, label: None, ..task.lines[leaves[0].1].plan };
        blocks.push(Block { node, line: folded.lines.len(), outward, form, leaves: leaves.clone() });
        folded.lines.push(Line { plan, weight: leaves.len() as i64 });
        lines.push(None);
    }
    Blocks { task: folded, place, lines, blocks }
}

/// A fan: its kind, its leaves with the line that leads to each, and the form of its block.
type Fan = (Kind, Vec<(usize, usize)>, Form);

/// The fans that are worth a block.
fn fans(task: &Task) -> Vec<Fan> {
    let mut lines_at = vec![0u32; task.nodes.len()];
    for line in &task.lines {
        lines_at[line.plan.from] += 1;
        lines_at[line.plan.to] += 1;
    }
    let mut fans: BTreeMap<Kind, Vec<(usize, usize)>> = BTreeMap::new();
    for (nth, line) in task.lines.iter().enumerate() {
        let plan = &line.plan;
        let (leaf_from, leaf_to) = (lines_at[plan.from] == 1, lines_at[plan.to] == 1);
        if plan.main || plan.back || leaf_from == leaf_to {
            continue;
        }
        let (hub, leaf) = if leaf_to { (plan.from, plan.to) } else { (plan.to, plan.from) };
        fans.entry((hub, leaf_to, plan.width.to_bits())).or_default().push((leaf, nth));
    }
    let formed = fans.into_iter().filter(|(_, leaves)| leaves.len() >= MANY).filter_map(|(kind, mut leaves)| {
        leaves.sort_unstable();
        let form = form(task, &leaves, kind.1)?;
        Some((kind, leaves, form))
    });
    formed.collect()
}

/// So many columns that the block is about a square; none for a block of one.
fn form(task: &Task, leaves: &[(usize, usize)], outward: bool) -> Option<Form> {
    let mut found = None;
    for columns in 1..=leaves.len() {
        let form = Form::new(task, leaves, columns, outward);
        let done = form.extent.height <= HIGH.max(1.2 * form.extent.width);
        found = (columns > 1).then_some(form);
        if done {
            break;
        }
    }
    found
}

impl Form {
    fn new(task: &Task, leaves: &[(usize, usize)], columns: usize, outward: bool) -> Self {
        let mut form = Form::default();
        let (mut at, mut top, mut bottom) = (0.0, 0.0_f64, 0.0_f64);
        let (each, more) = (leaves.len() / columns, leaves.len() % columns);
        let mut first = 0;
        for column in 0..columns {
            let count = each + usize::from(column < more);
            let (reach, end) = form.column(task, &leaves[first..first + count], at, outward);
            top = top.min(reach.0);
            bottom = bottom.max(reach.1);
            at = end;
            first += count;
        }
        // The bus was at 0 so far.
        form.bus = (-top).ceil();
        let shift = |rect: &mut Rect| rect.at.y += form.bus;
        form.boxes.iter_mut().for_each(shift);
        form.labels.iter_mut().flatten().for_each(shift);
        form.extent = Extent { width: at - BESIDE, height: form.bus + bottom.ceil() };
        form
    }

    /// One column from `left` on. Answers how far it reaches above and below the bus, and where the next one begins.
    fn column(&mut self, task: &Task, leaves: &[(usize, usize)], left: f64, outward: bool) -> ((f64, f64), f64) {
        let extent = |leaf: usize| task.nodes[leaf].extent;
        let label = |line: usize| task.lines[line].plan.label;
        let width = leaves.iter().map(|&(leaf, _)| extent(leaf).width).fold(0.0, f64::max);
        let names =
            leaves.iter().filter_map(|&(_, line)| label(line)).map(|name| name.width + 2.0 * PAD).fold(0.0, f64::max);
        let between = if outward { STUB.max(names) + ARROW } else { STUB.max(names) + 4.0 };
        let (trunk, boxes) = if outward { (left, left + between) } else { (left + width + between, left) };
        let upper = leaves.len().div_ceil(2);
        // A leaf's line meets the middle of its side; a high name stands out of it.
        let above = |&(leaf, line): &(usize, usize)| {
            label(line).map_or(0.0, |name| name.height + LIFT + 2.0 - extent(leaf).height / 2.0).max(0.0).ceil()
        };
        let mut at = -AROUND_BUS;
        let mut tops = vec![0.0; leaves.len()];
        for nth in (0..upper).rev() {
            tops[nth] = at - extent(leaves[nth].0).height.ceil();
            at = tops[nth] - above(&leaves[nth]) - GAP;
        }
        let top = at + GAP;
        at = AROUND_BUS;
        for nth in upper..leaves.len() {
            tops[nth] = at + above(&leaves[nth]);
            at = tops[nth] + extent(leaves[nth].0).height.ceil() + GAP;
        }
        for (&(leaf, line), &y) in leaves.iter().zip(&tops) {
            let rect = Rect { at: Point { x: boxes, y }, extent: extent(leaf) };
            let (from, to) = if outward { (trunk, boxes - ARROW) } else { (rect.right(), trunk) };
            let place =
                |name: Extent| Point { x: (from + to - name.width) / 2.0, y: rect.centre().y - LIFT - name.height };
            self.labels.push(label(line).map(|name| Rect { at: place(name), extent: name }));
            self.boxes.push(rect);
            self.trunks.push(trunk);
        }
        ((top, at - GAP), left + width + between + BESIDE)
    }
}

impl Blocks {
    /// The arrangement of the original task.
    pub(super) fn unfold(&self, folded: Arrangement) -> Arrangement {
        let mut boxes: Vec<Rect> =
            self.place.iter().map(|&place| folded.boxes.get(place).copied().unwrap_or_default()).collect();
        let whole =
            self.lines.iter().flatten().count() + self.blocks.iter().map(|block| block.leaves.len()).sum::<usize>();
        let mut routes = vec![Route::default(); whole];
        for block in &self.blocks {
            let at = folded.boxes[block.node].at;
            let moved = |rect: Rect| Rect { at: Point { x: rect.at.x + at.x, y: rect.at.y + at.y }, ..rect };
            for (nth, &(leaf, line)) in block.leaves.iter().enumerate() {
                boxes[leaf] = moved(block.form.boxes[nth]);
                routes[line].label = block.form.labels[nth].map(moved);
                routes[line].points =
                    block.route(&folded.routes[block.line].points, &boxes[leaf], at.x + block.form.trunks[nth]);
            }
        }
        for (route, line) in folded.routes.into_iter().zip(&self.lines) {
            if let Some(line) = *line {
                routes[line] = route;
            }
        }
        Arrangement { boxes, routes, ..folded }
    }
}

impl Block {
    /// The block's line, then along the bus, the trunk and to the leaf; or the other way round.
    fn route(&self, points: &[Point], leaf: &Rect, trunk: f64) -> Vec<Point> {
        let mut points = points.to_vec();
        if !self.outward {
            points.reverse();
        }
        let Some(end) = points.pop() else { return points };
        let y = leaf.centre().y;
        let border = if self.outward { leaf.at.x } else { leaf.right() };
        points.extend([Point { x: trunk, y: end.y }, Point { x: trunk, y }, Point { x: border, y }]);
        if !self.outward {
            points.reverse();
        }
        points
    }
}
