//! `collect`.

use super::{CELL, Columns, Sizes};
use crate::analysis::census::TypeCount;
use crate::analysis::collect::{Blur, Collection};
use crate::cpython::label::counted;
use crate::render::text::{cut, grouped};

/// What a run of the collector would free, in a few sentences, then by type. `uncut` is the same without the cut, where
/// there was one. `limit` cuts the types; 0 is all.
pub fn collection(found: &Collection, uncut: Option<&Collection>, limit: usize, sizes: Sizes) -> String {
    let mut out = match uncut {
        None => freed(found, sizes),
        Some(uncut) => without(found, uncut, sizes),
    };
    out += &uncollectable(found);
    if !found.finalizers.is_empty() {
        out += &format!("The __del__ of {} would run.\n", listed(&found.finalizers));
    }
    if found.returns() > 0 {
        out += &number(found);
    }
    if !found.types.is_empty() {
        out.push('\n');
        out += &types(found, limit, sizes);
    }
    out
}

/// How much goes, and how much of it is garbage itself.
fn freed(found: &Collection, sizes: Sizes) -> String {
    let call = match found.generation.0 {
        2 => "gc.collect()".to_owned(),
        generation => format!("gc.collect({generation})"),
    };
    let (collected, along) = (found.collected.len() as u64, found.along.len() as u64);
    if collected == 0 {
        let examined = counted(found.examined, "object");
        let garbage = if found.uncollectable.is_empty() { "garbage" } else { "garbage that it can free" };
        return format!("{call} would free nothing: of {examined} that it looks at none is {garbage}.\n");
    }
    let head = format!("{call} would free {}", counted(collected + along, "object"));
    // With a cut the bytes are those of all that dies, and told with that.
    let bytes = if found.references_cut > 0 { String::new() } else { format!(", {}", sizes.write(found.freed_bytes)) };
    let parts = match along {
        0 => String::new(),
        along => format!(": {} of garbage, and {} that only garbage holds", grouped(collected), grouped(along)),
    };
    format!("{head}{bytes}{parts}.\n")
}

/// What goes with the references that were cut, and what that is good for.
fn without(found: &Collection, uncut: &Collection, sizes: Sizes) -> String {
    let references = counted(found.references_cut, "reference");
    let at_once = match found.by_cut.len() as u64 {
        0 => "no object would die at once".to_owned(),
        dead => format!("{} would die at once", counted(dead, "object")),
    };
    let all = format!("In all {}, {}, would go", counted(found.freed(), "object"), sizes.write(found.freed_bytes));
    let more = found.freed().saturating_sub(uncut.freed());
    let bytes = found.freed_bytes.saturating_sub(uncut.freed_bytes);
    let gained = match more {
        0 => "no more than without the cut".to_owned(),
        more => format!("{}, {}, more than without the cut", counted(more, "object"), sizes.write(bytes)),
    };
    format!("Without {references} {at_once}.\nThen {}{all}: {gained}.\n", freed(found, sizes))
}

fn uncollectable(found: &Collection) -> String {
    if found.uncollectable.is_empty() {
        return String::new();
    }
    let (all, with_tp_del) = (found.uncollectable.len() as u64, found.garbage.len() as u64);
    let head = format!("It cannot free {}", counted(all, "unreachable object"));
    if all == with_tp_del {
        let have = if all == 1 { "it has" } else { "they have" };
        return format!("{head}: {have} tp_del, and gc.garbage would gain {}.\n", if all == 1 { "it" } else { "them" });
    }
    format!(
        "{head}: {} with tp_del, which gc.garbage would gain, and what is reached from there.\n",
        grouped(with_tp_del)
    )
}

/// The number that the call returns, and why it might be another one.
fn number(found: &Collection) -> String {
    let returns = grouped(found.returns());
    if found.blur.is_none() {
        return format!("It would return {returns}.\n");
    }
    let Blur { finalizers, suspended, callbacks, guessed } = found.blur;
    let reasons = [
        (finalizers, "with a __del__ that has not run yet: it may bring objects back to life"),
        (suspended, "suspended generators or coroutines: closed first, with what their frames alone hold"),
        (callbacks, "weak references that call back: one more for each that is dropped by it"),
        (guessed, "guessed references: more is garbage if they are real"),
    ];
    let mut columns = Columns::new(&[("", true), ("", false)]);
    for (count, why) in reasons.into_iter().filter(|(count, _)| *count > 0) {
        columns.rows.push(vec![format!("  {}", grouped(count)), why.to_owned()]);
    }
    format!("It would return {returns}, unless one of these makes it another number:\n{}", columns.write(true))
}

fn types(found: &Collection, limit: usize, sizes: Sizes) -> String {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let mut columns = Columns::new(&[("objects", true), ("bytes", true), ("type", false)]);
    for one in found.types.iter().take(limit) {
        columns.rows.push(vec![grouped(one.count), sizes.write(one.bytes), cut(&one.type_name, CELL)]);
    }
    let all = match found.types.len().saturating_sub(limit) {
        0 => format!("in all, {}", counted(found.types.len() as u64, "type")),
        hidden => format!("in all, with {} more", counted(hidden as u64, "type")),
    };
    columns.rows.push(vec![grouped(found.freed()), sizes.write(found.freed_bytes), all]);
    columns.write(false)
}

/// `3 app.Conn, 1 app.Pool and 2 more types`.
fn listed(types: &[TypeCount]) -> String {
    const SHOWN: usize = 5;
    let named = |one: &TypeCount| format!("{} {}", grouped(one.count), cut(&one.type_name, CELL));
    let named: Vec<String> = types.iter().take(SHOWN).map(named).collect();
    let more = match types.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {} more", counted(more as u64, "type")),
    };
    named.join(", ") + &more
}
