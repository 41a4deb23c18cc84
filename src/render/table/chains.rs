//! `chain`.

use crate::analysis::paths::{Chain, Chains, Count};
use crate::cpython::label::object_title;
use crate::render::text::{clean, cut};
use crate::snapshot::Snapshot;

/// So many steps are written at either end of a long chain.
const STEPS: usize = 25;
/// A chain with more steps is not written as an expression.
const WRITTEN: usize = 2 * STEPS;
/// Most characters of an expression.
const EXPRESSION: usize = 200;

/// One chain a line, folded; garbage is told by the caller. Of several chains for each object also why there are no
/// more.
pub fn chains(snapshot: &Snapshot, chains: &Chains) -> String {
    let line = |chain: &Chain| clean(&chain.short_arrows(snapshot, STEPS)) + "\n";
    if chains.counts.is_empty() {
        return chains.chains.iter().map(line).collect();
    }
    let mut out = String::new();
    let mut rest = chains.chains.as_slice();
    for count in &chains.counts {
        let (own, others) = rest.split_at(count.chains.min(rest.len()));
        out.extend(own.iter().map(line));
        out.extend(no_more(snapshot, count));
        rest = others;
    }
    out
}

/// `  no more: whatever leads to this Session goes through app.CACHE.entries`.
fn no_more(snapshot: &Snapshot, count: &Count) -> Option<String> {
    let through = count.through.as_ref()?;
    let mut places: Vec<String> = through.iter().map(|chain| place(snapshot, chain)).collect();
    if let Some(first) = places.first_mut() {
        *first = format!("goes through {first}");
    }
    if through.len() < count.chains {
        places.push("comes straight from a root".to_owned());
    }
    let title = clean(&object_title(snapshot, count.object));
    Some(format!("  no more: whatever leads to this {title} {}\n", places.join(", or ")))
}

fn place(snapshot: &Snapshot, chain: &Chain) -> String {
    let title = object_title(snapshot, chain.object());
    let written = if chain.hops.len() > WRITTEN { title } else { chain.expression(snapshot) };
    cut(&written, EXPRESSION)
}
