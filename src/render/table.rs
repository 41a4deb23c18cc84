//! Reports as text for a terminal: aligned columns, numbers to the right, bytes for people or exact.

use super::text::{bytes, clean, cut, grouped};
use crate::analysis::census::Census;
use crate::analysis::object::{Holder, Holders, ObjectReport};
use crate::analysis::paths::Chains;
use crate::analysis::summary::Summary;
use crate::snapshot::{Flags, Snapshot};

/// Most characters of a cell.
const CELL: usize = 80;

/// How numbers of bytes are written.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum Sizes {
    /// `38.2 MB`.
    #[default]
    Human,
    /// `38,214,400`.
    Exact,
}

impl Sizes {
    fn write(self, number: u64) -> String {
        match self {
            Sizes::Human => bytes(number),
            Sizes::Exact => grouped(number),
        }
    }
}

/// Rows of cells with a head, for any report.
struct Columns {
    /// Of each column: its head, and whether it holds numbers.
    heads: Vec<(&'static str, bool)>,
    rows: Vec<Vec<String>>,
}

impl Columns {
    fn new(heads: &[(&'static str, bool)]) -> Self {
        Columns { heads: heads.to_vec(), rows: Vec::new() }
    }

    /// Two spaces between columns, none at the end of a line. The head is left out with `bare`.
    fn write(&self, bare: bool) -> String {
        let head: Vec<String> = self.heads.iter().map(|(head, _)| (*head).to_owned()).collect();
        let head = (!bare).then_some(&head);
        let length = |cell: &String| cell.chars().count();
        let width =
            |column: usize| head.into_iter().chain(&self.rows).map(|row| length(&row[column])).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.heads.len()).map(width).collect();
        let mut out = String::new();
        for row in head.into_iter().chain(&self.rows) {
            let mut line = String::new();
            for (cell, ((_, number), width)) in row.iter().zip(self.heads.iter().zip(&widths)) {
                let gap = " ".repeat(width - length(cell));
                let between = if line.is_empty() { "" } else { "  " };
                line += between;
                line += &if *number { gap + cell } else { cell.clone() + &gap };
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

/// Types by count, with a line of totals. `limit` cuts the rows; 0 is all.
pub fn census(census: &Census, limit: usize, sizes: Sizes) -> String {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let mut columns = Columns::new(&[("objects", true), ("bytes", true), ("type", false)]);
    for one in census.types.iter().take(limit) {
        columns.rows.push(vec![grouped(one.count), sizes.write(one.bytes), cut(&one.type_name, CELL)]);
    }
    let hidden = census.types.len().saturating_sub(limit);
    let all = match hidden {
        0 => format!("in all, {} types", grouped(census.types.len() as u64)),
        hidden => format!("in all, with {} more types", grouped(hidden as u64)),
    };
    columns.rows.push(vec![grouped(census.objects), sizes.write(census.bytes), all]);
    columns.write(false)
}

/// What a snapshot is of: one fact a line. What is not known is left out.
pub fn summary(summary: &Summary, sizes: Sizes) -> String {
    let metadata = &summary.metadata;
    let mut columns = Columns::new(&[("", false), ("", false)]);
    let mut fact = |name: &str, value: Option<String>| {
        columns.rows.extend(value.map(|value| vec![name.to_owned(), value]));
    };
    let build = metadata.build.as_ref().map(|build| format!(" ({build})")).unwrap_or_default();
    fact("python", metadata.python.as_ref().map(|version| clean(&format!("{version}{build}"))));
    let inner = metadata.namespace_pid.map(|inner| format!(" ({inner} in its own namespace)")).unwrap_or_default();
    fact("pid", metadata.pid.map(|pid| format!("{pid}{inner}")));
    let command = metadata.command.iter().map(|part| clean(part)).collect::<Vec<_>>().join(" ");
    fact("command", (!command.is_empty()).then(|| cut(&command, 2 * CELL)));
    fact("source", metadata.source.as_deref().map(clean));
    fact("captured", metadata.captured_at.as_deref().map(clean));
    fact("objects", Some(grouped(summary.objects)));
    fact("references", Some(grouped(summary.references)));
    fact("bytes", Some(sizes.write(summary.bytes)));
    fact("types", Some(grouped(summary.types)));
    let [young, middle, old] = summary.generations.map(grouped);
    let frozen = if summary.frozen > 0 { format!(", {} frozen", grouped(summary.frozen)) } else { String::new() };
    fact("tracked", Some(format!("{} (generations {young} / {middle} / {old}{frozen})", grouped(summary.tracked))));
    fact(
        "collector",
        metadata.collector.as_ref().map(|collector| {
            let state = if collector.enabled { "enabled" } else { "disabled" };
            let list = |numbers: &[i64]| numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" / ");
            format!("{state}, thresholds {}, counts {}", list(&collector.thresholds), list(&collector.counts))
        }),
    );
    fact(
        "memory",
        metadata.memory.as_ref().map(|memory| {
            format!("{} resident, {} copied", sizes.write(memory.resident_bytes), sizes.write(memory.copied_bytes))
        }),
    );
    fact("target stopped", metadata.pause_ms.map(|pause| format!("{pause:.1} ms")));
    fact("capture took", metadata.capture_ms.map(|took| format!("{took:.1} ms")));
    fact("values", metadata.values.as_deref().map(clean));
    for thread in &metadata.threads {
        let name = thread.name.as_deref().map(clean).unwrap_or_default();
        let at = thread.frames.first().map(|frame| format!(" at {}", clean(frame))).unwrap_or_default();
        fact("thread", Some(format!("{} {name}{at}", thread.id)));
    }
    for warning in &metadata.warnings {
        fact("warning", Some(clean(warning)));
    }
    columns.write(true)
}

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

/// One chain a line, folded; garbage is told by the caller.
pub fn chains(snapshot: &Snapshot, chains: &Chains) -> String {
    let lines = chains.chains.iter().map(|chain| clean(&chain.arrows(snapshot)) + "\n");
    lines.collect()
}
