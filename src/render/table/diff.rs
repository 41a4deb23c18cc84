//! `diff`.

use super::{CELL, Columns, Sizes, more};
use crate::analysis::diff::{Alike, Change, Diff, Kept, KeptUnder, Side, TypeChange};
use crate::cpython::label::{counted, short_type};
use crate::render::text::{cut, grouped};

/// What changed in all, then by type, then who holds more. `limit` cuts both lists; 0 is all.
pub fn diff(diff: &Diff, limit: usize, sizes: Sizes) -> String {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let (old, new) = (&diff.old, &diff.new);
    let mut out = format!(
        "{} objects, {}: from {} to {}\n",
        signed(change(old.objects, new.objects), grouped),
        signed(change(old.bytes, new.bytes), |bytes| sizes.words(bytes)),
        side(old, sizes),
        side(new, sizes)
    );
    if let (Some(appeared), Some(gone), Some(reused)) = (diff.appeared, diff.gone, diff.reused) {
        let reused =
            if reused > 0 { format!("; {} of the addresses were reused", grouped(reused)) } else { String::new() };
        out += &format!("{} appeared, {} gone{reused}\n", grouped(appeared), grouped(gone));
    }
    out += &match diff.types.is_empty() {
        true => "no type has more or fewer objects or bytes than it had\n".to_owned(),
        false => format!("\n{}", types(diff, limit, sizes)),
    };
    if !diff.holders.is_empty() {
        out += "\nWho holds more than before\n";
        out += &holders(diff, limit, sizes);
    }
    out
}

fn types(diff: &Diff, limit: usize, sizes: Sizes) -> String {
    let retained = diff.types.first().is_some_and(|one| one.retained.is_some());
    let mut heads = vec![("growth", true), ("old", true), ("new", true), ("appeared", true), ("gone", true)];
    heads.push(("bytes", true));
    heads.extend(retained.then_some(("retained", true)));
    heads.push(("type", false));
    let mut columns = Columns::new(&heads);
    let known = |number: Option<u64>| number.map_or_else(|| "?".to_owned(), grouped);
    let bytes = |bytes: i64| signed(bytes, |bytes| sizes.write(bytes));
    let row = |one: &TypeChange| {
        let mut cells = vec![signed(change(one.old, one.new), grouped), grouped(one.old), grouped(one.new)];
        cells.extend([known(one.appeared), known(one.gone), bytes(one.bytes)]);
        cells.extend(one.retained.map(bytes));
        cells.push(cut(&one.type_name, CELL));
        cells
    };
    columns.rows.extend(diff.types.iter().take(limit).map(row));
    columns.write(false) + &more(diff.types.len() as u64, limit as u64, "types changed")
}

fn holders(diff: &Diff, limit: usize, sizes: Sizes) -> String {
    let retained = diff.alike.first().is_some_and(|one| one.retained.is_some());
    let mut heads = vec![("references", true), ("old", true), ("new", true), ("appeared below", true)];
    heads.push(("bytes", true));
    heads.extend(retained.then_some(("retained", true)));
    heads.push(("holder", false));
    let mut columns = Columns::new(&heads);
    for one in diff.alike.iter().take(limit) {
        let below = one.below.map(|(objects, bytes)| [grouped(objects), sizes.write(bytes)]);
        let mut cells = vec![signed(change(one.old, one.new), grouped), grouped(one.old), grouped(one.new)];
        cells.extend(below.unwrap_or_else(|| ["?", "?"].map(str::to_owned)));
        cells.extend(one.retained.map(|[then, now]| signed(change(then, now), |bytes| sizes.write(bytes))));
        cells.push(holder(one));
        columns.rows.push(cells);
    }
    let listed: u64 = diff.alike.iter().take(limit).map(|one| one.holders).sum();
    columns.write(false) + &more(diff.grown, listed, "holders grew")
}

/// `app.CACHE: dict (+ 1,200 Session)`, `app.STORE[…].requests: 500 lists (+ 3,334 Request)`.
fn holder(one: &Alike) -> String {
    let garbage = || if one.holders == 1 { format!("garbage: {}", address(one)) } else { "garbage".to_owned() };
    let place = one.expression.clone().unwrap_or_else(garbage);
    let title = &one.most.title;
    let what = match one.most.change {
        _ if one.holders > 1 => counted(one.holders, short_type(&one.most.type_name)),
        Change::Grew => title.clone(),
        Change::Replaced => format!("another {title} than before"),
        Change::Appeared => format!("new {title}"),
    };
    let added: Vec<String> =
        one.added.iter().take(2).map(|(name, count)| format!("{} {}", grouped(*count), short_type(name))).collect();
    let added = if added.is_empty() { String::new() } else { format!(" (+ {})", added.join(", ")) };
    format!("{}: {}{}", cut(&place, CELL), cut(&what, CELL), cut(&added, CELL))
}

fn address(one: &Alike) -> String {
    one.most.address.map(|address| format!("at {address}")).unwrap_or_default()
}

fn side(side: &Side, sizes: Sizes) -> String {
    format!("{} ({})", grouped(side.objects), sizes.words(side.bytes))
}

/// What appeared and stayed, by type, and where it hangs. `limit` cuts both lists; 0 is all.
pub fn kept(kept: &Kept, limit: usize, sizes: Sizes) -> String {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let mut out = format!(
        "{} objects appeared in the second snapshot; {} of them ({}) still stood in the third\n",
        grouped(kept.appeared),
        grouped(kept.kept),
        sizes.words(kept.bytes)
    );
    if kept.kept == 0 {
        return out;
    }
    let mut columns = Columns::new(&[("kept", true), ("of", true), ("bytes", true), ("type", false)]);
    columns.rows.extend(kept.types.iter().take(limit).map(|one| {
        let name = cut(&one.type_name, CELL);
        vec![grouped(one.kept), grouped(one.appeared), sizes.write(one.bytes), name]
    }));
    out += "\n";
    out += &columns.write(false);
    out += &more(kept.types.len() as u64, limit as u64, "types");
    out += "\nWhere they hang\n";
    let mut columns = Columns::new(&[("objects", true), ("bytes", true), ("below", false)]);
    columns.rows.extend(
        kept.under
            .iter()
            .take(limit)
            .map(|one| vec![grouped(one.objects), sizes.write(one.bytes), cut(&place(one), CELL)]),
    );
    if kept.garbage.0 > 0 {
        let waiting = "garbage that waits for the collector".to_owned();
        columns.rows.push(vec![grouped(kept.garbage.0), sizes.write(kept.garbage.1), waiting]);
    }
    out += &columns.write(false);
    let listed = kept.under.len().min(limit);
    out + &more(kept.places, listed as u64, "places")
}

fn place(one: &KeptUnder) -> String {
    if one.expression.is_empty() { one.title.clone() } else { format!("{}: {}", one.expression, one.title) }
}

fn change(old: u64, new: u64) -> i64 {
    i64::try_from(i128::from(new) - i128::from(old)).unwrap_or(if new > old { i64::MAX } else { i64::MIN })
}

/// `+1,200`, `-3`, `0`.
fn signed(number: i64, write: impl Fn(u64) -> String) -> String {
    let sign = match number {
        0 => "",
        1.. => "+",
        _ => "-",
    };
    sign.to_owned() + &write(number.unsigned_abs())
}
