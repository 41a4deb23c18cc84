//! `waste`.

use super::{CELL, Columns, Sizes, more};
use crate::analysis::waste::{
    ContainerType, Containers, Copies, Files, Holding, OpenFile, Slice, Slices, Strings, Suspended, SuspendedCode,
    Waste,
};
use crate::cpython::label::{counted, short_type};
use crate::render::text::{cut, grouped};

/// Most characters of a value or a path beside other columns.
const SHORT: usize = 48;

/// A sentence on the whole, then a paragraph and a table for each part that has something to tell.
pub fn waste(waste: &Waste, sizes: Sizes) -> String {
    let all = sizes.words(waste.heap_bytes);
    let mut parts = vec![match waste.bytes() {
        0 => format!("nothing to save was found in {all}\n"),
        bytes => format!("about {} of {all} could be saved\n", sizes.words(bytes)),
    }];
    parts.extend(strings(&waste.strings, sizes));
    parts.extend(containers(&waste.containers, sizes));
    parts.extend(slices(&waste.slices, sizes));
    parts.extend(suspended(&waste.suspended, sizes));
    parts.extend(files(&waste.files));
    parts.join("\n")
}

fn strings(strings: &Strings, sizes: Sizes) -> Option<String> {
    let words = |copies: Copies| {
        let bytes = sizes.words(copies.bytes);
        format!("{bytes} in {} of {}", counts(copies.objects, "copy", "copies"), counted(copies.texts, "text"))
    };
    let mut out = String::new();
    if strings.certain.objects > 0 {
        out += &format!("Equal strings and bytes: {}\n", words(strings.certain));
    }
    if strings.probable.objects > 0 {
        let what = "equal length and beginning; a snapshot has 80 characters of each";
        out += &format!("Probably equal: {} ({what})\n", words(strings.probable));
    }
    if out.is_empty() {
        return told_of_unknown(strings);
    }
    out += &held("copies", &strings.held, sizes);
    out += "\n";
    let mut columns =
        Columns::new(&[("bytes", true), ("copies", true), ("length", true), ("text", false), ("held by", false)]);
    columns.rows.extend(strings.rows.iter().map(|one| {
        let place = one.held.first().map_or_else(String::new, |held| held.place.clone());
        let (bytes, copies, length) = (sizes.write(one.bytes), grouped(one.count - 1), grouped(one.length));
        vec![bytes, copies, length, cut(&one.text, SHORT), cut(&place, SHORT)]
    }));
    let texts = strings.certain.texts + strings.probable.texts;
    out += &columns.write(false);
    out += &more(texts, strings.rows.len() as u64, "texts");
    Some(out + &told_of_unknown(strings).unwrap_or_default())
}

/// A word on what could not be compared.
fn told_of_unknown(strings: &Strings) -> Option<String> {
    let unknown = (strings.unknown > 0).then(|| counted(strings.unknown, "string"))?;
    Some(format!("{unknown} without a text in this snapshot could not be compared\n"))
}

fn containers(containers: &Containers, sizes: Sizes) -> Option<String> {
    if containers.bytes == 0 {
        return None;
    }
    let mut out = format!("Empty and nearly empty containers: {}\n", sizes.words(containers.bytes));
    let heads = [
        ("empty", true),
        ("bytes", true),
        ("nearly empty", true),
        ("unused", true),
        ("of all", true),
        ("unused", true),
        ("type", false),
    ];
    let mut columns = Columns::new(&heads);
    let row = |one: &ContainerType| {
        vec![
            grouped(one.empty),
            sizes.write(one.empty_bytes),
            grouped(one.nearly_empty),
            sizes.write(one.nearly_empty_slack),
            grouped(one.count),
            sizes.write(one.slack),
            short_type(&one.type_name).to_owned(),
        ]
    };
    columns.rows.extend(containers.rows.iter().map(row));
    out += &columns.write(false);
    Some(out + &format!("\n{}", held("containers", &containers.held, sizes)))
}

fn slices(slices: &Slices, sizes: Sizes) -> Option<String> {
    if slices.count == 0 {
        return None;
    }
    let (lists, bytes) = (counted(slices.count, "list"), sizes.words(slices.bytes));
    let mut out = format!("Lists that are a part of another: {bytes} in {lists}\n");
    let mut columns = Columns::new(&[("bytes", true), ("items", true), ("list", false), ("is", false)]);
    let row = |one: &Slice| {
        let place = |expression: &Option<String>, address: Option<crate::snapshot::Address>| {
            let unnamed = || address.map_or_else(String::new, |address| format!("<list at {address}>"));
            cut(&expression.clone().unwrap_or_else(unnamed), SHORT)
        };
        let part = format!("{}[{}:{}]", place(&one.of_expression, one.of), one.start, one.end);
        vec![sizes.write(one.bytes), grouped(one.end - one.start), place(&one.expression, one.address), part]
    };
    columns.rows.extend(slices.rows.iter().map(row));
    out += &columns.write(false);
    if slices.unfinished {
        out += "there may be more: too many lists are nearly equal to compare them all\n";
    }
    Some(out + &more(slices.count, slices.rows.len() as u64, "lists"))
}

fn suspended(suspended: &Suspended, sizes: Sizes) -> Option<String> {
    if suspended.count == 0 {
        return None;
    }
    let (objects, bytes) = suspended.keeps;
    let mut out = format!(
        "Suspended generators and coroutines: {} of {} in themselves, keeping {} of {} alive\n",
        counted(suspended.count, "call"),
        sizes.words(suspended.bytes),
        counted(objects, "object"),
        sizes.words(bytes)
    );
    let mut columns =
        Columns::new(&[("calls", true), ("own", true), ("keep", true), ("code", false), ("for example", false)]);
    columns.rows.extend(suspended.rows.iter().map(|one: &SuspendedCode| {
        let place = one.held.first().map_or_else(String::new, |held| held.place.clone());
        let code = format!("{} {}", short_type(&one.type_name), one.code);
        vec![
            grouped(one.count),
            sizes.write(one.bytes),
            sizes.write(one.keeps.1),
            cut(&code, SHORT),
            cut(&one.example.clone().unwrap_or(place), SHORT),
        ]
    }));
    out += &columns.write(false);
    Some(out + &more(suspended.codes, suspended.rows.len() as u64, "codes"))
}

fn files(files: &Files) -> Option<String> {
    if files.open == 0 && files.closed == 0 {
        let unknown = counts(files.unknown, "file or socket", "files and sockets");
        return (files.unknown > 0).then(|| format!("{unknown}, but this snapshot does not say which are open\n"));
    }
    let closed =
        if files.closed > 0 { format!("; closed and still there: {}", grouped(files.closed)) } else { String::new() };
    let mut out = format!("Open files and sockets: {} beside the standard streams{closed}\n", grouped(files.open));
    let mut columns = Columns::new(&[("fd", true), ("type", false), ("name", false), ("held by", false)]);
    columns.rows.extend(files.rows.iter().map(|one: &OpenFile| {
        let place = one.expression.clone().unwrap_or_else(|| "garbage".into());
        let name = one.name.as_deref().unwrap_or("");
        vec![one.descriptor.to_string(), cut(short_type(&one.type_name), SHORT), cut(name, SHORT), cut(&place, CELL)]
    }));
    if !files.rows.is_empty() {
        out += &columns.write(false);
    }
    Some(out + &more(files.open, files.rows.len() as u64, "open"))
}

/// Who holds what could go, as kinds of places: where to change something.
fn held(what: &'static str, held: &[Holding], sizes: Sizes) -> String {
    let mut columns = Columns::new(&[("bytes", true), (what, true), ("held by", false)]);
    let row = |one: &Holding| vec![sizes.write(one.bytes), grouped(one.objects), cut(&one.place, CELL)];
    columns.rows.extend(held.iter().map(row));
    columns.write(false)
}

fn counts(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}
