//! `collect`.

use super::{CELL, Columns, Sizes};
use crate::analysis::census::TypeCount;
use crate::analysis::collect::{Blur, Collection};
use crate::render::text::{cut, grouped};

/// What a run of the collector would free, in a few sentences, then by type. `limit` cuts the types; 0 is all.
pub fn collection(found: &Collection, limit: usize, sizes: Sizes) -> String {
    let mut out = freed(found, sizes);
    if !found.finalizers.is_empty() {
        out += &format!("__del__ would run on {}.\n", listed(&found.finalizers));
    }
    out += &uncollectable(found);
    out += &number(found);
    if !found.types.is_empty() {
        out.push('\n');
        out += &types(&found.types, found.freed(), found.freed_bytes, limit, sizes);
    }
    out
}

fn call(found: &Collection) -> String {
    let generation = found.generation.0;
    if generation == 2 { "gc.collect()".to_owned() } else { format!("gc.collect({generation})") }
}

fn freed(found: &Collection, sizes: Sizes) -> String {
    let mut out = String::new();
    if found.references_cut > 0 {
        let at_once = found.by_cut.len() as u64;
        out += &format!(
            "Without {}, {} at once; then ",
            counted(found.references_cut, "reference"),
            if at_once == 0 { "nothing dies".to_owned() } else { format!("{} would die", counted(at_once, "object")) }
        );
    }
    let (collected, along) = (found.collected.len() as u64, found.along.len() as u64);
    if collected == 0 {
        let examined = counted(found.examined, "object");
        return out + &format!("{} would free nothing: all of the {examined} it looks at are in use.\n", call(found));
    }
    out += &format!("{} would free {}", call(found), counted(collected + along, "object"));
    out += &format!(", {}: ", sizes.write(found.freed_bytes));
    out += &format!("{} in unreachable cycles or held by such", grouped(collected));
    if along > 0 {
        out += &format!(", and {} that only these hold", grouped(along));
    }
    out + ".\n"
}

fn uncollectable(found: &Collection) -> String {
    if found.uncollectable.is_empty() {
        return String::new();
    }
    format!(
        "It cannot free {}: {} with tp_del, which gc.garbage would hold, and what they reach.\n",
        counted(found.uncollectable.len() as u64, "unreachable object"),
        grouped(found.garbage.len() as u64)
    )
}

/// The number that the call returns, and why it might be another one.
fn number(found: &Collection) -> String {
    let returns = grouped(found.returns());
    let Blur { finalizers, suspended, callbacks, guessed } = found.blur;
    if found.blur.is_none() {
        return format!("It would return {returns}.\n");
    }
    let reasons = [
        (finalizers, "object", "with a __del__ that has not run, and may bring objects back to life"),
        (suspended, "suspended generator or coroutine", "that is closed first, with what its frame alone holds"),
        (callbacks, "weak reference", "with a callback, which adds one where it drops the weak reference"),
        (guessed, "guessed reference", "that decides whether more is unreachable"),
    ];
    let mut out = format!("It would return {returns}, if nothing interferes:\n");
    for (count, what, why) in reasons.iter().filter(|(count, ..)| *count > 0) {
        out += &format!("  {} {why}\n", counted(*count, what));
    }
    out
}

fn types(types: &[TypeCount], objects: u64, bytes: u64, limit: usize, sizes: Sizes) -> String {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let mut columns = Columns::new(&[("objects", true), ("bytes", true), ("type", false)]);
    for one in types.iter().take(limit) {
        columns.rows.push(vec![grouped(one.count), sizes.write(one.bytes), cut(&one.type_name, CELL)]);
    }
    let hidden = types.len().saturating_sub(limit);
    let all = match hidden {
        0 => "in all".to_owned(),
        hidden => format!("in all, with {} more types", grouped(hidden as u64)),
    };
    columns.rows.push(vec![grouped(objects), sizes.write(bytes), all]);
    columns.write(false)
}

/// `app.Conn (3), app.Pool (1)`, at most five.
fn listed(types: &[TypeCount]) -> String {
    const SHOWN: usize = 5;
    let named: Vec<String> =
        types.iter().take(SHOWN).map(|one| format!("{} ({})", cut(&one.type_name, CELL), grouped(one.count))).collect();
    let more = if types.len() > SHOWN { format!(" and {} more types", types.len() - SHOWN) } else { String::new() };
    named.join(", ") + &more
}

fn counted(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(number))
}
