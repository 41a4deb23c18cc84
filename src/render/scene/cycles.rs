//! The largest shapes of cycles: the example of each with its numbers, who holds it, and the reference to cut.

use super::groups::box_id;
use super::legend::legend;
use super::ours::ours;
use super::{BoxRole, EdgeRole, Line, LineRole, PictureOptions, Piece, Scene, SceneBox, SceneEdge};
use crate::analysis::cycles::{Cut, Cycles, Drawn, Gap, Holder, Shape, Sum};
use crate::cpython::label::counted;
use crate::render::advice::advice;
use crate::render::text::{bytes, clean, cut, grouped};
use crate::snapshot::Snapshot;

/// Most characters of a line on the card of a shape.
const CARD: usize = 56;

/// Names told of a cut.
const CUTS: usize = 3;

/// The scene of some examples, each a component of its own.
pub fn cycles(snapshot: &Snapshot, report: &Cycles, drawn: &[Drawn], options: &PictureOptions<'_>) -> Scene {
    let mut all = Scene::default();
    for one in drawn {
        add(snapshot, &mut all, one, &report.shapes[one.shape], options);
    }
    let shapes = report.shapes.len() as u64 + report.more_shapes;
    let others = shapes - drawn.len() as u64;
    Scene {
        title: Some("Which objects hold each other in cycles?".to_owned()),
        answer: answer(report, shapes),
        legend: legend(&all.boxes, &all.edges),
        foot: foot(snapshot, others, options),
        ..all
    }
}

/// One more component.
fn add(snapshot: &Snapshot, all: &mut Scene, one: &Drawn, shape: &Shape, options: &PictureOptions<'_>) {
    let part = ours(snapshot, &one.part, options);
    let (first, numbers) = (all.boxes.len(), all.edges.iter().filter_map(|edge| edge.closes).max().unwrap_or(0));
    let entry = part.boxes.iter().position(|known| known.asked);
    for mut known in part.boxes {
        // Two examples may hang under one module, and members may be in two pictures.
        if all.boxes.iter().any(|other| other.id == known.id) {
            known.id = format!("{}-{}", known.id, one.shape + 1);
        }
        known.asked = false;
        known.cycles.iter_mut().for_each(|number| *number += numbers);
        all.boxes.push(known);
    }
    for mut edge in part.edges {
        (edge.from, edge.to) = (edge.from + first, edge.to + first);
        edge.closes = edge.closes.map(|number| number + numbers);
        all.edges.push(edge);
    }
    if let Some(gap) = one.gap {
        bridge(snapshot, all, first, one.shape, gap);
    }
    let card = all.boxes.len();
    all.boxes.push(heading(one.shape, shape));
    let line = |entry| SceneEdge { from: card, to: first + entry, role: EdgeRole::Collapsed, ..SceneEdge::default() };
    all.edges.extend(entry.map(line));
}

/// What stands for the members of a long cycle that are not drawn.
fn bridge(snapshot: &Snapshot, all: &mut Scene, first: usize, shape: usize, gap: Gap) {
    let find = |id: String, all: &Scene| {
        let other = format!("{id}-{}", shape + 1);
        all.boxes.iter().skip(first).position(|one| one.id == id || one.id == other).map(|at| first + at)
    };
    let ends = [gap.after, gap.before].map(|id| find(box_id(snapshot, id), all));
    let [Some(after), Some(before)] = ends else { return };
    let steps = all.boxes.len();
    all.boxes.push(SceneBox {
        id: format!("steps-{}", shape + 1),
        lines: vec![Line { text: format!("… {}", counted(gap.count, "more object")), role: LineRole::Title }],
        role: BoxRole::Steps,
        tooltip: "The rest of the cycle; heapgraph cycles --members lists them".to_owned(),
        count: gap.count,
        ..SceneBox::default()
    });
    let line = |from, to| SceneEdge { from, to, role: EdgeRole::Cycle, on_cycle: true, ..SceneEdge::default() };
    all.edges.extend([line(after, steps), line(steps, before)]);
}

/// The card of a shape: how many, how large, alive or not, what to do.
fn heading(nth: usize, shape: &Shape) -> SceneBox {
    let state = match shape.garbage {
        0 => "alive".to_owned(),
        garbage if garbage == shape.sum.cycles => "garbage".to_owned(),
        garbage => format!("{} of them garbage", grouped(garbage)),
    };
    let count = counted(shape.sum.cycles, "cycle");
    let size = format!("{} in {}, {state}", bytes(shape.sum.bytes), counted(shape.sum.objects, "object"));
    let mut texts = vec![
        (count, LineRole::Title),
        (shape.text.clone(), LineRole::Detail),
        (size, LineRole::Detail),
        (to_break(&shape.cut), LineRole::Detail),
    ];
    texts.extend(held_by(shape).map(|text| (text, LineRole::Extra)));
    let tooltip: Vec<String> = texts.iter().map(|(text, _)| clean(text)).collect();
    SceneBox {
        id: format!("shape-{}", nth + 1),
        lines: texts.into_iter().map(|(text, role)| Line { text: cut(&text, CARD), role }).collect(),
        role: BoxRole::Card,
        tooltip: tooltip.join("\n"),
        retained: None,
        count: shape.sum.objects,
        ..SceneBox::default()
    }
}

fn to_break(cut: &Cut) -> String {
    match &cut.names[..] {
        [] => "nothing to cut".to_owned(),
        [only] => advice(only),
        names => {
            let told: Vec<&str> = names.iter().take(CUTS).map(|name| name.text.as_str()).collect();
            let more = names.len() - told.len();
            let more = if more > 0 { format!(" and {}", grouped(more as u64) + " more") } else { String::new() };
            format!("cut {}{more}", told.join(", "))
        }
    }
}

/// Who holds members from outside, besides the one that is drawn.
fn held_by(shape: &Shape) -> Option<String> {
    let word = |holder: &Holder| format!("{} × {}", grouped(holder.holders), holder.name);
    let first = shape.holders.first().map(word)?;
    let more = shape.holders.len() as u64 - 1 + shape.more_holders;
    let more = if more > 0 { format!(" and {}", counted(more, "other name")) } else { String::new() };
    Some(format!("held by {first}{more}"))
}

fn answer(report: &Cycles, shapes: u64) -> Vec<Vec<Piece>> {
    let plain = |text: String| Piece { text, stressed: false };
    let sum = |sum: &Sum| format!("{} in {}", bytes(sum.bytes), counted(sum.objects, "object"));
    if report.all.cycles == 0 {
        return vec![vec![plain("None: no objects hold each other.".to_owned())]];
    }
    let garbage = match report.garbage.cycles {
        0 => "; all of it is in use.".to_owned(),
        dead => format!("; {} of them garbage ({}).", grouped(dead), sum(&report.garbage)),
    };
    let count = counted(report.all.cycles, "cycle");
    vec![vec![
        Piece { text: count, stressed: true },
        plain(format!(" of {}, {}{garbage}", counted(shapes, "shape"), sum(&report.all))),
    ]]
}

fn foot(snapshot: &Snapshot, others: u64, options: &PictureOptions<'_>) -> String {
    let mut parts = Vec::new();
    parts.extend((others > 0).then(|| format!("{} not drawn: -n N draws N", counted(others, "more shape"))));
    parts.extend(super::words::origin(snapshot, options.source));
    parts.join(" · ")
}
