//! `cycles`.

use super::{CELL, Columns, Sizes};
use crate::analysis::cycles::{Cut, Cycles, Holder, Shape, Sum};
use crate::cpython::label::counted;
use crate::render::advice::advice;
use crate::render::text::{cut, grouped};
use crate::snapshot::Snapshot;

/// A cut of no more names is told in sentences.
const SENTENCES: usize = 2;
/// Names of a larger cut that are told.
const NAMES: usize = 6;
/// Groups of holders that are told.
const HOLDERS: usize = 2;

/// What there is in words, then a block for each shape: the cycles, what to cut, who holds them, and the members of
/// each, as far as the report lists them.
pub fn cycles(snapshot: &Snapshot, report: &Cycles, sizes: Sizes) -> String {
    let mut out = totals(report, sizes);
    if report.shapes.is_empty() {
        return out;
    }
    let mut columns = Columns::new(&[("cycles", true), ("garbage", true), ("bytes", true), ("shape", false)]);
    for shape in &report.shapes {
        push_shape(&mut columns, shape, sizes);
        for cycle in &shape.members {
            let addresses = cycle.iter().filter_map(|id| snapshot.objects().address(*id));
            let addresses: Vec<String> = addresses.map(|address| address.to_string()).collect();
            note(&mut columns, format!("  {}", addresses.join(" ")));
        }
    }
    if report.more_shapes > 0 {
        note(&mut columns, format!("and {} more shapes; --limit 0 shows all", grouped(report.more_shapes)));
    }
    out.push('\n');
    out + &columns.write(false)
}

fn totals(report: &Cycles, sizes: Sizes) -> String {
    let count = |sum: &Sum| format!("{} ({}, {})", counted(sum.cycles, "cycle"), objects(sum), sizes.write(sum.bytes));
    let (all, garbage) = (count(&report.all), &report.garbage);
    let them = if garbage.cycles == 1 { "it" } else { "them" };
    let mut out = match (report.all.cycles, garbage.cycles) {
        (0, _) => "no cycles\n".to_owned(),
        (_, 0) => format!("{all}, all alive\n"),
        (cycles, dead) if cycles == dead => format!("{all}, all garbage: no root reaches {them}\n"),
        _ => format!("{all}, of which garbage: {}; no root reaches {them}\n", count(garbage)),
    };
    if report.own.cycles > 0 {
        out +=
            &format!("besides {} of classes and modules by themselves, which every program has\n", count(&report.own));
    }
    out
}

fn objects(sum: &Sum) -> String {
    counted(sum.objects, "object")
}

fn note(columns: &mut Columns, text: String) {
    columns.rows.push(vec![String::new(), String::new(), String::new(), text]);
}

fn push_shape(columns: &mut Columns, shape: &Shape, sizes: Sizes) {
    let garbage = if shape.garbage == 0 { "-".to_owned() } else { grouped(shape.garbage) };
    // Cut short, a shape would say less than the names it is made of.
    let text = cut(&shape.text, 3 * CELL);
    columns.rows.push(vec![grouped(shape.sum.cycles), garbage, sizes.write(shape.sum.bytes), text]);
    push_cut(columns, &shape.cut);
    push_holders(columns, shape);
    if shape.finalizers > 0 {
        note(columns, format!("  {} with __del__", counted(shape.finalizers, "object")));
    }
    if shape.legacy_finalizers > 0 {
        let count = counted(shape.legacy_finalizers, "object");
        note(columns, format!("  {count} with tp_del: the collector never frees these"));
    }
}

/// One or two names are told by a sentence each, more by their names.
fn push_cut(columns: &mut Columns, found: &Cut) {
    let names = found.names.len();
    if names <= SENTENCES {
        let sentences: Vec<String> = found.names.iter().map(advice).collect();
        note(columns, format!("  to break: {}", cut(&sentences.join(", "), 3 * CELL)));
        return;
    }
    let listed: Vec<&str> = found.names.iter().take(NAMES).map(|name| name.text.as_str()).collect();
    let more = if names > NAMES { format!(" and {} more", grouped((names - NAMES) as u64)) } else { String::new() };
    let sure = match (found.smallest, found.minimal) {
        (true, _) => "fewer names do not suffice",
        (false, true) => "none can be left out",
        (false, false) => "perhaps too many",
    };
    note(columns, format!("  to break: cut {}{more} ({sure})", cut(&listed.join(", "), 3 * CELL)));
}

fn push_holders(columns: &mut Columns, shape: &Shape) {
    let lines: Vec<String> = shape.holders.iter().take(HOLDERS).map(held_by).collect();
    let more = shape.more_holders + (shape.holders.len() - lines.len()) as u64;
    match (lines.split_last(), more) {
        (None, _) => note(columns, "  held by nobody outside".into()),
        (Some((last, others)), more) => {
            others.iter().for_each(|line| note(columns, format!("  held by {line}")));
            let more = if more > 0 { format!("; and by {} more names", grouped(more)) } else { String::new() };
            note(columns, format!("  held by {last}{more}"));
        }
    }
}

fn held_by(holder: &Holder) -> String {
    let example = cut(&holder.example, 2 * CELL);
    match (holder.references, holder.holders) {
        (1, _) => example,
        (references, 1) => format!("{example} and {} more there", grouped(references - 1)),
        (_, holders) => format!("{}, as {example}", named(&holder.name, holders)),
    }
}

/// `12 × Request.session`.
fn named(name: &str, holders: u64) -> String {
    format!("{} × {}", grouped(holders), cut(name, CELL))
}
