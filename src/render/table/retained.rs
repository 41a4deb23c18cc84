//! `retained`.

use super::{CELL, Columns, Sizes};
use crate::analysis::retained::{Content, Line, Owners, Report};
use crate::cpython::label::{counted, object_detail, object_title, short_type};
use crate::render::text::{cut, grouped};
use crate::snapshot::Snapshot;

/// Most types named in a line of what is too small for lines of their own.
const TYPES: usize = 3;

/// The outline, one line an object, then the set that was asked for, or all that is reached. Empty where nothing is.
pub fn retained(snapshot: &Snapshot, report: &Report, sizes: Sizes) -> String {
    if report.outline.lines.is_empty() {
        return String::new();
    }
    let heads = [("retained", true), ("share", true), ("objects", true), ("own", true), ("what", false)];
    let mut columns = Columns::new(&heads);
    let share = |bytes: u64| percent(bytes, report.bytes);
    for line in &report.outline.lines {
        let own = match &line.content {
            Content::Object { id, .. } => sizes.write(snapshot.objects().size(*id)),
            Content::Rest { .. } => String::new(),
        };
        let what = "  ".repeat(line.level) + &describe(snapshot, line, sizes);
        columns.rows.push(vec![sizes.write(line.retained), share(line.retained), grouped(line.objects), own, what]);
    }
    let (bytes, objects, all) = match report.set {
        Some(set) if set.objects == 1 => return columns.write(false),
        Some(set) => (set.retained, set.freed, format!("together, the {}", counted(set.objects, "object"))),
        None => (report.bytes, report.reached, in_all(report)),
    };
    columns.rows.push(vec![sizes.write(bytes), share(bytes), grouped(objects), String::new(), all]);
    columns.write(false)
}

fn in_all(report: &Report) -> String {
    let shown = report.outline.lines.iter().filter(|line| line.level == 0).count() as u64;
    match report.outermost - shown {
        0 => "in all".to_owned(),
        hidden => format!("in all, with {} more", grouped(hidden)),
    }
}

/// `app.CACHE  Cache  2 attributes`, or `+1,204: 1,200 Session 3.1 MB, 4 dict 928 B`.
fn describe(snapshot: &Snapshot, line: &Line, sizes: Sizes) -> String {
    match &line.content {
        Content::Object { id, name } => {
            let title = Some(object_title(snapshot, *id));
            let detail = object_detail(snapshot, *id);
            // What has no name is found by its address.
            let address = snapshot.objects().address(*id).filter(|_| name.is_none());
            let words = [name.clone(), title, detail, address.map(|address| address.to_string())];
            let words = words.into_iter().flatten().map(|word| cut(&word, CELL));
            words.collect::<Vec<_>>().join("  ")
        }
        Content::Rest { count, types } => {
            let named = types.iter().take(TYPES);
            let word = |of: &Owners| {
                format!("{} {} {}", grouped(of.count), cut(short_type(&of.type_name), CELL), sizes.write(of.retained))
            };
            let mut words: Vec<String> = named.map(word).collect();
            words.extend((types.len() > TYPES).then(|| "…".to_owned()));
            format!("+{}: {}", grouped(*count), words.join(", "))
        }
    }
}

/// Of the whole, to a tenth of a percent.
fn percent(part: u64, whole: u64) -> String {
    format!("{:.1}%", 100.0 * part as f64 / whole.max(1) as f64)
}
