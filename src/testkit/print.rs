//! Any heap as a sketch, so that a failing property test shows its heap in one line.

use super::cursor::{is_plain_key, is_plain_name, is_plain_step, is_plain_type};
use super::parse::kind_of_row;
use super::plan::{address_at, labels};
use crate::snapshot::{Address, Generation, ObjectId, ReferenceKind, ReferenceTag, RootEntry, RootKind, Snapshot};
use std::fmt::Write;

/// The heap as a sketch: `sketch(&print(&heap))` has the same rows, references and roots.
///
/// The labels of a sketch are kept; objects of other heaps are called by their addresses. What a default says is left
/// out. Only what a builder cannot make does not survive: odd synthetic rows of damaged files.
pub fn print(snapshot: &Snapshot) -> String {
    let objects = snapshot.objects();
    // The addresses that a sketch gives rise with the order of declaration, so that order must be kept for labels.
    let labels = labels(snapshot.metadata());
    let mut rows: Vec<ObjectId> = objects.real_ids().collect();
    if !labels.is_empty() {
        rows.sort_by_key(|row| objects.address(*row));
    }
    let explained = snapshot.explained();
    let mut parts: Vec<String> = rows.iter().map(|row| print_object(snapshot, *row, &explained)).collect();
    parts.extend(snapshot.root_entries().iter().map(|entry| print_root(snapshot, entry)));
    parts.join("; ")
}

/// What a sketch calls this row: its label, its address, or the text of a synthetic row.
pub fn label(snapshot: &Snapshot, row: ObjectId) -> String {
    let Some(Address(address)) = snapshot.objects().address(row) else {
        return snapshot.texts().text(row).unwrap_or("<>").to_owned();
    };
    let labels = labels(snapshot.metadata());
    let known = labels.iter().enumerate().find(|(position, _)| address_at(*position) == address);
    known.map_or_else(|| format!("{address:#x}"), |(_, label)| (*label).to_owned())
}

/// `text` as it is where the grammar allows that, else in quotes.
fn quoted_unless(plain: impl Fn(char) -> bool, text: &str) -> String {
    let spaced = text.starts_with(['"', ' ']) || text.ends_with(' ');
    let bare = !text.is_empty() && !spaced && text.chars().all(plain);
    if bare { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

fn print_object(snapshot: &Snapshot, row: ObjectId, explained: &[u32]) -> String {
    let (objects, texts) = (snapshot.objects(), snapshot.texts());
    let mut out = label(snapshot, row);
    if objects.type_name(row) != "object" {
        out += &format!(":{}", quoted_unless(is_plain_type, objects.type_name(row)));
    }
    if objects.refcount(row) != explained[row.index()] {
        out += &format!("*{}", objects.refcount(row));
    }
    match objects.generation(row) {
        Generation(2) => {}
        Generation::FROZEN => out += "@frozen",
        Generation::UNTRACKED => out += "@untracked",
        Generation(other) => out += &format!("@{other}"),
    }
    if objects.size(row) != 0 {
        out += &format!("#{}", objects.size(row));
    }
    if let Some(length) = texts.length(row) {
        out += &format!("[{length}]");
    }
    if let Some(text) = texts.text(row) {
        out += &format!("={}", quoted_unless(is_plain_name, text));
    }
    objects.flags(row).words().for_each(|word| out += &format!("!{word}"));
    for (position, reference) in snapshot.references().of(row).enumerate() {
        out += if position == 0 { " > " } else { ", " };
        out += &label(snapshot, reference.target);
        out += &print_reference(reference.tag, reference.name);
    }
    out
}

fn print_reference(tag: ReferenceTag, name: Option<&str>) -> String {
    let mut out = match (tag.kind(), name) {
        (ReferenceKind::Item, None) => "[]".to_owned(),
        (ReferenceKind::DictKey, None) => "{}".to_owned(),
        (ReferenceKind::Key, Some(name)) => format!("[{}]", quoted_unless(is_plain_key, name)),
        (ReferenceKind::Attribute, Some(name)) => format!(".{}", quoted_unless(is_plain_name, name)),
        (kind, name) => print_kind(kind, name),
    };
    tag.marks().for_each(|mark| out += &format!("+{mark}"));
    out
}

fn print_kind(kind: ReferenceKind, name: Option<&str>) -> String {
    let mut out = format!("~{kind}");
    if let Some(name) = name {
        let _ = write!(out, ".{}", quoted_unless(is_plain_name, name));
    }
    out
}

fn print_root(snapshot: &Snapshot, entry: &RootEntry<'_>) -> String {
    let target = label(snapshot, entry.target);
    let mut out = format!("<{}> > {target}{}", print_path(entry), print_kind(entry.reference, entry.name));
    match (entry.reference == ReferenceKind::Root, entry.counted) {
        (true, true) => out += "+counted",
        (false, false) => out += "+uncounted",
        _ => {}
    }
    out
}

fn print_path(entry: &RootEntry<'_>) -> String {
    if entry.path.is_empty() {
        return if entry.kind == RootKind::Module { "modules".into() } else { entry.kind.word().into() };
    }
    let steps: Vec<String> = entry.path.iter().map(|step| print_step(step)).collect();
    let steps = steps.join(" | ");
    let last = entry.path[entry.path.len() - 1];
    let first_word = last.split(' ').next().unwrap_or_default();
    let derived = RootKind::from_word(first_word).unwrap_or(RootKind::Other);
    let whole_row = entry.path.len() == 1 && kind_of_row(last).is_some();
    if derived == entry.kind && !whole_row { steps } else { format!("{}: {steps}", entry.kind.word()) }
}

/// `app.py:42` keeps its colon; only behind a kind of root it would mean something else.
fn print_step(step: &str) -> String {
    let kind_first = step.split_once(':').is_some_and(|(start, _)| RootKind::from_word(start.trim()).is_some());
    quoted_unless(|c| !kind_first && (c == ':' || is_plain_step(c)), step)
}

#[cfg(test)]
mod tests {
    use super::super::{difference, sketch};
    use super::*;

    #[test]
    fn a_sketch_prints_as_it_is_usually_written() {
        for text in [
            "",
            "a:Session*2@1 > b.cache, c[], d~weak; b; c; d",
            r#"a:builtins.str@untracked#53[4]="a b"!class!immortal; <modules> > a~root.app"#,
            r#"a:"m.<locals>.C"!class > b['k'], b["\"it's\""], b{}+untraversed, b."x y"+guessed; b"#,
            "a; <thread 1 Main | frame app.py:42 handle> > a~local.req; <other: modules> > a~root+counted",
            "0x7f00@0; 0x10@0",
        ] {
            assert_eq!(print(&sketch(text)), text);
        }
    }

    #[test]
    fn shorthands_print_in_full_and_mean_the_same() {
        for text in [
            "<modules> > app; app > ns.__dict__; <frame app.py:1 main> > app",
            "<held> > a; a > a; <held outside Python> > b; <interpreter> > c.x",
            r#"<"a|b" | "thread: 1"> > c, d~internal.x+uncounted"#,
        ] {
            let heap = sketch(text);
            assert_eq!(difference(&heap, &sketch(&print(&heap))), None, "{}", print(&heap));
        }
    }
}
