//! `object`.

use super::{CELL, Columns, Sizes};
use crate::analysis::object::{Holder, Holders, ObjectReport};
use crate::render::text::{cut, grouped};
use crate::snapshot::Flags;

/// One object: what it is, then its refcount explained holder by holder.
pub fn object(report: &ObjectReport, sizes: Sizes) -> String {
    let detail = report.detail.as_ref().map(|detail| format!("  {}", cut(detail, CELL))).unwrap_or_default();
    let mut out = format!("{}{detail}\n", cut(&report.title, CELL));
    let mut columns = Columns::new(&[("", false), ("", false)]);
    let mut fact = |name: &str, value: String| columns.rows.push(vec![format!("  {name}"), value]);
    if let Some(address) = report.address {
        fact("address", address.to_string());
    }
    fact("type", cut(&report.type_name, CELL));
    fact("size", sizes.write(report.size));
    if let Some(length) = report.length {
        fact("length", grouped(length));
    }
    let generation = match report.generation.0 {
        generation @ 0..=2 => generation.to_string(),
        3 => "frozen".to_owned(),
        _ => "not tracked".to_owned(),
    };
    fact("generation", generation);
    let flags: Vec<&str> = report.flags.words().collect();
    if !flags.is_empty() {
        fact("flags", flags.join(", "));
    }
    fact("refers to", format!("{} objects by {} references", grouped(report.referents), grouped(report.references)));
    out.push_str(&columns.write(true));
    out.push_str(&refcount(report));
    out
}

fn refcount(report: &ObjectReport) -> String {
    let mut columns = Columns::new(&[("", true), ("", false)]);
    let mut out = if report.flags.contains(Flags::IMMORTAL) {
        format!("  immortal: its refcount says nothing; {} references found\n", grouped(report.counted))
    } else {
        format!("  refcount {}\n", grouped(report.refcount.into()))
    };
    push_holders(&mut columns, &report.holders, "");
    if report.held_outside > 0 {
        columns.rows.push(vec![grouped(report.held_outside), "held outside Python".to_owned()]);
    }
    push_holders(&mut columns, &report.labels, "a root by name: ");
    push_holders(&mut columns, &report.uncounted, "not counted: ");
    for line in columns.write(true).lines() {
        out.push_str("    ");
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn push_holders(columns: &mut Columns, holders: &Holders, prefix: &str) {
    let counted = prefix.is_empty();
    let number = |count: u64| if counted { grouped(count) } else { "-".to_owned() };
    for holder in &holders.listed {
        columns.rows.push(vec![number(holder.count), format!("{prefix}{}", describe(holder))]);
    }
    if holders.more_holders > 0 {
        let what = format!("{prefix}{} more holders", grouped(holders.more_holders));
        columns.rows.push(vec![number(holders.more_references), what]);
    }
}

/// `dict of module app ['k'], ['l'] at 0x7f…`.
fn describe(holder: &Holder) -> String {
    let mut names: Vec<String> = Vec::new();
    for held in &holder.references {
        let marks = held.marks.iter().map(|mark| format!(" ({mark})")).collect::<String>();
        names.extend(held.label.as_ref().map(|label| cut(label, CELL) + &marks));
    }
    let unnamed = holder.count.saturating_sub(names.len() as u64);
    if unnamed > 0 && !names.is_empty() {
        names.push(format!("+{} more", grouped(unnamed)));
    }
    let names = if names.is_empty() { String::new() } else { format!(" {}", names.join(", ")) };
    let address = holder.address.map(|address| format!("  {address}")).unwrap_or_default();
    format!("{}{names}{address}", cut(&holder.title, CELL))
}
