//! `cycles`.

use super::{CELL, Columns, Sizes};
use crate::analysis::cycles::{Cut, Cycles, Holder, Shape, Sum};
use crate::render::advice::advice;
use crate::render::text::{cut, grouped};
use crate::snapshot::Snapshot;

/// Names of a cut that are told by a sentence each.
const NAMES: usize = 5;
/// Groups of holders that are told.
const HOLDERS: usize = 3;

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
        note(&mut columns, format!("and {} more shapes (--limit 0 shows all)", grouped(report.more_shapes)));
    }
    out.push('\n');
    out + &columns.write(false)
}

fn totals(report: &Cycles, sizes: Sizes) -> String {
    let count = |sum: &Sum| format!("{} ({}, {})", many(sum.cycles, "cycle"), objects(sum), sizes.write(sum.bytes));
    let mut out = match (report.all.cycles, report.garbage.cycles) {
        (0, _) => "no cycles\n".to_owned(),
        (_, 0) => format!("{}, all alive\n", count(&report.all)),
        (all, garbage) if all == garbage => format!("{}, all garbage: no root reaches them\n", count(&report.all)),
        (_, 1) => format!(
            "{}; of these 1 is garbage ({}, {}): no root reaches it\n",
            count(&report.all),
            objects(&report.garbage),
            sizes.write(report.garbage.bytes)
        ),
        (_, garbage) => format!(
            "{}; of these {} are garbage ({}, {}): no root reaches them\n",
            count(&report.all),
            grouped(garbage),
            objects(&report.garbage),
            sizes.write(report.garbage.bytes)
        ),
    };
    if report.own.cycles > 0 {
        out +=
            &format!("besides {} of classes and modules by themselves, which every program has\n", count(&report.own));
    }
    out
}

fn many(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(count), if count == 1 { "" } else { "s" })
}

fn objects(sum: &Sum) -> String {
    many(sum.objects, "object")
}

fn note(columns: &mut Columns, text: String) {
    columns.rows.push(vec![String::new(), String::new(), String::new(), text]);
}

fn push_shape(columns: &mut Columns, shape: &Shape, sizes: Sizes) {
    let garbage = if shape.garbage == 0 { "-".to_owned() } else { grouped(shape.garbage) };
    // A shape in words is as long as it takes: a cut one would say less than its names.
    let text = cut(&shape.text, 3 * CELL);
    columns.rows.push(vec![grouped(shape.sum.cycles), garbage, sizes.write(shape.sum.bytes), text]);
    push_cut(columns, &shape.cut);
    shape.holders.iter().take(HOLDERS).for_each(|holder| note(columns, held_by(holder)));
    let more = shape.more_holders + shape.holders.len().saturating_sub(HOLDERS) as u64;
    match (more, shape.holders.is_empty()) {
        (0, true) => note(columns, "  held by nobody outside".into()),
        (0, false) => {}
        (more, _) => note(
            columns,
            format!("  held by {} more", many(more, "sort of holder").replace("sort of holders", "sorts of holders")),
        ),
    }
    if shape.finalizers > 0 {
        note(
            columns,
            format!("  {} with __del__: it runs before the cycle is freed", many(shape.finalizers, "object")),
        );
    }
    if shape.legacy_finalizers > 0 {
        note(
            columns,
            format!("  {} with tp_del: the collector never frees them", many(shape.legacy_finalizers, "object")),
        );
    }
}

fn push_cut(columns: &mut Columns, found: &Cut) {
    for (position, name) in found.names.iter().take(NAMES).enumerate() {
        let start = if position == 0 { "  to break them, " } else { "  and " };
        note(columns, format!("{start}{}", cut(&advice(name), 2 * CELL)));
    }
    if found.names.len() > NAMES {
        note(columns, format!("  and {}", many((found.names.len() - NAMES) as u64, "more name")));
    }
    match (found.smallest, found.minimal) {
        (true, _) => {}
        (false, true) => note(columns, "  (none of these can be left out; others may be fewer)".into()),
        (false, false) => note(columns, "  (one knot too large to look for fewer)".into()),
    }
}

fn held_by(holder: &Holder) -> String {
    let example = cut(&holder.example, 2 * CELL);
    match (holder.references, holder.holders) {
        (1, _) => format!("  held by {example}"),
        (references, 1) => format!("  held by {} of one object, as {example}", many(references, "reference")),
        (references, holders) => {
            let name = cut(&holder.name, CELL);
            format!(
                "  held by {} by {name} of {}, as {example}",
                many(references, "reference"),
                many(holders, "object")
            )
        }
    }
}
