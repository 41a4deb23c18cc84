//! Who grew: how roots lead to the holders that grew, and what they got.

use super::groups::{box_id, plural};
use super::legend::legend;
use super::ours::ours;
use super::{BoxRole, EdgeRole, LegendEntry, Line, LineRole, PictureOptions, Piece, Scene, SceneBox, SceneEdge};
use crate::analysis::diff::{Change, Diff, Growth};
use crate::analysis::neighbourhood::Neighbourhood;
use crate::cpython::label::{counted, short_type};
use crate::render::style;
use crate::render::text::{bytes, clean, cut, grouped};
use crate::snapshot::Snapshot;

/// Most characters of a place, and of a file's name.
const PLACE: usize = 80;
const NAME: usize = 60;

/// The scene of the holders in `part`, as `diff` drew them. `since` names the earlier snapshot.
pub fn growth(
    new: &Snapshot,
    diff: &Diff,
    part: &Neighbourhood,
    since: Option<&str>,
    options: &PictureOptions<'_>,
) -> Scene {
    let mut scene = ours(new, part, options);
    let mut drawn = 0;
    for (nth, holder) in diff.holders.iter().enumerate() {
        let id = box_id(new, holder.object);
        let Some(at) = scene.boxes.iter().position(|one| one.id == id && one.asked) else { continue };
        drawn += 1;
        let text = changed(holder);
        scene.boxes[at].lines.push(Line { text: cut(&text, style::LINE_LIMIT), role: LineRole::Extra });
        scene.boxes[at].tooltip += &format!("\n{}", clean(&text));
        let card = scene.boxes.len();
        scene.boxes.push(got(nth, holder));
        scene.edges.push(SceneEdge { from: at, to: card, role: EdgeRole::Collapsed, ..SceneEdge::default() });
    }
    Scene {
        title: Some(match since {
            Some(since) => format!("What grew since {}?", cut(since, NAME)),
            None => "What grew?".to_owned(),
        }),
        answer: answer(diff),
        // Nobody asked for them: the blue boxes say by how much they grew.
        legend: legend(&scene.boxes, &scene.edges).into_iter().filter(|entry| *entry != LegendEntry::Asked).collect(),
        foot: foot(new, diff.grown - drawn, options),
        ..scene
    }
}

/// `1,000 → 2,204 references`.
fn changed(holder: &Growth) -> String {
    let (old, new) = (grouped(holder.old), counted(holder.new, "reference"));
    match holder.change {
        Change::Grew => format!("{old} → {new}"),
        Change::Replaced => format!("replaced: {old} → {new}"),
        Change::Appeared => format!("new, {new}"),
    }
}

/// The card of what a holder got: `+ 1,204 Sessions`, and what appeared below it.
fn got(nth: usize, holder: &Growth) -> SceneBox {
    let mut texts: Vec<(String, LineRole)> = Vec::new();
    for (place, (name, count)) in holder.added.iter().enumerate() {
        let role = if place == 0 { LineRole::Title } else { LineRole::Detail };
        texts.push((format!("+ {} {}", grouped(*count), plural(short_type(name), *count)), role));
    }
    if texts.is_empty() {
        texts.push((format!("+ {}", counted(holder.references(), "reference")), LineRole::Title));
    }
    if let Some((objects, size)) = holder.below.filter(|(objects, _)| *objects > 0) {
        texts.push((format!("+ {} in {}", bytes(size), counted(objects, "new object")), LineRole::Extra));
    }
    if let Some([then, Some(now)]) = holder.retained {
        texts.push((format!("keeps {} → {}", bytes(then.unwrap_or(0)), bytes(now)), LineRole::Extra));
    }
    let tooltip: Vec<String> = texts.iter().map(|(text, _)| clean(text)).collect();
    SceneBox {
        id: format!("grew-{}", nth + 1),
        lines: texts.into_iter().map(|(text, role)| Line { text: cut(&text, style::LINE_LIMIT), role }).collect(),
        role: BoxRole::Card,
        tooltip: tooltip.join("\n"),
        count: holder.references(),
        ..SceneBox::default()
    }
}

fn answer(diff: &Diff) -> Vec<Vec<Piece>> {
    let plain = |text: String| Piece { text, stressed: false };
    let (old, new) = (diff.old.bytes, diff.new.bytes);
    let percent = |by: u64| format!("{:.1} %", 100.0 * by as f64 / old.max(1) as f64);
    let change = match new.cmp(&old) {
        std::cmp::Ordering::Greater => {
            format!("The heap grew by {} ({}) to {}", bytes(new - old), percent(new - old), bytes(new))
        }
        std::cmp::Ordering::Less => {
            format!("The heap shrank by {} ({}) to {}", bytes(old - new), percent(old - new), bytes(new))
        }
        std::cmp::Ordering::Equal => format!("The heap is as large as it was, {}", bytes(new)),
    };
    let Some(first) = diff.holders.first() else {
        return vec![vec![plain(format!("{change}; no holder holds more than it did."))]];
    };
    let place = first.expression.as_deref().filter(|place| !place.is_empty()).unwrap_or(&first.title);
    vec![vec![
        plain(format!("{change}; ")),
        Piece { text: cut(place, PLACE), stressed: true },
        plain(format!(" holds {} more than it did.", counted(first.references(), "reference"))),
    ]]
}

fn foot(new: &Snapshot, others: u64, options: &PictureOptions<'_>) -> String {
    let mut parts = Vec::new();
    parts.extend((others > 0).then(|| format!("{} that grew not drawn: -n N draws N", counted(others, "more holder"))));
    parts.extend(super::words::origin(new, options.source));
    parts.join(" · ")
}
