//! The answer under the question: who holds it, what it costs, where to cut.

use super::Piece;
use super::words::{number_word, within};
use crate::analysis::neighbourhood::{Closing, Content, Direction, Mark, Neighbourhood, Node};
use crate::cpython::label::object_title;
use crate::cpython::path;
use crate::render::text::{bytes, cut, grouped};
use crate::snapshot::Snapshot;

/// Most characters of a path.
const PATH_LIMIT: usize = 110;
/// A way of more references than this is told by its ends.
const LONG_WAY: usize = 40;
/// Steps told at either end of it.
const ENDS: usize = 4;
/// Cuts named, and most characters of one.
const CUTS: usize = 3;
const CUT_LIMIT: usize = 40;

/// All sentences, a line each.
pub(super) fn answer(snapshot: &Snapshot, neighbourhood: &Neighbourhood, roots: &[bool]) -> Vec<Vec<Piece>> {
    let first = match neighbourhood.direction {
        Direction::Refs => vec![plain(within(neighbourhood))],
        Direction::Backrefs => reached(snapshot, neighbourhood, roots),
    };
    let (cost, cuts) = (cost(snapshot, neighbourhood), cuts(neighbourhood));
    let second: Vec<Piece> = match (cost, cuts) {
        (Some(cost), Some(cuts)) => vec![plain(format!("{cost} {cuts}"))],
        (cost, cuts) => cost.or(cuts).map(plain).into_iter().collect(),
    };
    [first, second].into_iter().filter(|line| !line.is_empty()).collect()
}

fn plain(text: String) -> Piece {
    Piece { text, stressed: false }
}

/// Which roots reach it, and how the nearest does.
fn reached(snapshot: &Snapshot, neighbourhood: &Neighbourhood, roots: &[bool]) -> Vec<Piece> {
    let asked = pronoun(neighbourhood);
    let garbage = |node: &&Node| node.asked && node.marks.contains(&Mark::Garbage);
    let unreached = neighbourhood.nodes.iter().filter(garbage).count();
    let count = roots.iter().zip(&neighbourhood.nodes).filter(|(root, node)| **root && !node.asked).count();
    let reach = match count {
        0 if unreached > 0 && unreached == neighbourhood.nodes.iter().filter(|node| node.asked).count() => {
            let verb = if neighbourhood.asked.len() == 1 { "it is" } else { "they are" };
            return vec![plain(format!("No root reaches {asked}: {verb} garbage."))];
        }
        0 if neighbourhood.asked.len() == 1 && roots.first() == Some(&true) => {
            return vec![plain("It is a root itself.".to_owned())];
        }
        0 => {
            let levels = neighbourhood.max_depth;
            return vec![plain(format!("No root reaches {asked} within {levels} references."))];
        }
        1 => format!("One root reaches {asked} here"),
        count => format!("{} roots reach {asked} here", number_word(count)),
    };
    match way(snapshot, neighbourhood) {
        Some(way) => {
            vec![plain(format!("{reach}; the nearest path is ")), Piece { text: way, stressed: true }]
        }
        None => vec![plain(format!("{reach}."))],
    }
}

fn pronoun(neighbourhood: &Neighbourhood) -> &'static str {
    if neighbourhood.asked.len() == 1 { "it" } else { "them" }
}

/// The way from a root as one would write it: `app.CACHE.entries['user-7']`.
fn way(snapshot: &Snapshot, neighbourhood: &Neighbourhood) -> Option<String> {
    let way = &neighbourhood.root_way;
    if way.is_empty() {
        return None;
    }
    let text =
        if way.len() <= LONG_WAY { path::expression(snapshot, way) } else { path::short_arrows(snapshot, way, ENDS) };
    Some(cut(&text, PATH_LIMIT))
}

/// `Freeing it frees 952 B. The Cache that holds it keeps 38.2 MB, 61 % of the heap.`
fn cost(snapshot: &Snapshot, neighbourhood: &Neighbourhood) -> Option<String> {
    let all = neighbourhood.heap_bytes?;
    let [asked] = neighbourhood.asked.as_slice() else { return None };
    let node = neighbourhood.nodes.iter().find(|node| node.content == Content::Object(*asked))?;
    let own = node.retained?;
    let of_all = if share(own, all) == "0 %" { String::new() } else { format!(", {} of the heap", share(own, all)) };
    let freed = match neighbourhood.direction {
        Direction::Backrefs => format!("Freeing it frees {}{of_all}.", bytes(own)),
        Direction::Refs => format!("It keeps {}{of_all}.", bytes(own)),
    };
    let holder = holder(snapshot, neighbourhood, own);
    Some(match holder {
        Some((title, kept)) => {
            format!("{freed} The {title} that holds it keeps {}, {} of the heap.", bytes(kept), share(kept, all))
        }
        None => freed,
    })
}

/// Of the objects on the path from a root the one that keeps most, where that is more than the object itself does: of
/// equals the nearest to it, and neither a module nor a class.
fn holder(snapshot: &Snapshot, neighbourhood: &Neighbourhood, own: u64) -> Option<(String, u64)> {
    use crate::cpython::label::{is_class, is_module};
    let candidates = neighbourhood.nodes.iter().filter(|node| node.on_root_path && !node.asked);
    let told = candidates.filter_map(|node| match node.content {
        Content::Object(id) if !is_module(snapshot, id) && !is_class(snapshot, id) => {
            Some((node.retained?, std::cmp::Reverse(node.depth), id))
        }
        _ => None,
    });
    let (kept, _, id) = told.max_by_key(|(kept, depth, _)| (*kept, *depth)).filter(|(kept, ..)| *kept > own)?;
    Some((cut(&object_title(snapshot, id), 40), kept))
}

/// `61 %`, `0.4 %`; `0 %` where it is less than half a thousandth.
pub(super) fn share(part: u64, all: u64) -> String {
    let share = part as f64 / all.max(1) as f64 * 100.0;
    match share {
        _ if share < 0.05 => "0 %".to_owned(),
        _ if share < 9.95 => format!("{share:.1} %"),
        _ => format!("{share:.0} %"),
    }
}

/// `It is in 2 cycles: cut Session.user (1) and Session.on_close (2).`
fn cuts(neighbourhood: &Neighbourhood) -> Option<String> {
    let asked_only = |node: &&Node| node.asked && !node.cycles.is_empty();
    let asked = neighbourhood.nodes.iter().find(asked_only).filter(|_| neighbourhood.asked.len() == 1);
    let told = |number: u32| asked.is_none_or(|node| node.cycles.contains(&number));
    let closings: Vec<&Closing> = neighbourhood.cycles.iter().filter(|closing| told(closing.number)).collect();
    let mut cuts: Vec<(&str, Vec<u32>)> = Vec::new();
    for closing in &closings {
        match cuts.iter_mut().find(|(cut, _)| *cut == closing.cut) {
            Some((_, numbers)) => numbers.push(closing.number),
            None => cuts.push((&closing.cut, vec![closing.number])),
        }
    }
    let count = match closings.len() {
        0 => return None,
        1 => "a cycle".to_owned(),
        many => format!("{} cycles", grouped(many as u64)),
    };
    let place = match asked {
        Some(_) => "It is in",
        None if closings.len() == 1 => "There is",
        None => "There are",
    };
    let words: Vec<String> = cuts.iter().map(|(text, numbers)| cut_words(text, numbers, closings.len())).collect();
    let list = match words.as_slice() {
        [only] => only.clone(),
        many if many.len() > CUTS => format!("{} and {} more", many[..CUTS].join(", "), many.len() - CUTS),
        many => format!("{} and {}", many[..many.len() - 1].join(", "), many[many.len() - 1]),
    };
    Some(format!("{place} {count}: cut {list}."))
}

/// `Session.user (1)`, `Session.user (3 to 12)`; without numbers where there is one cycle only.
fn cut_words(text: &str, numbers: &[u32], cycles: usize) -> String {
    let text = cut(text, CUT_LIMIT);
    match numbers {
        _ if cycles == 1 => text,
        [] => text,
        [only] => format!("{text} ({only})"),
        [one, other] => format!("{text} ({one}, {other})"),
        [first, .., last] if (last - first) as usize + 1 == numbers.len() => format!("{text} ({first} to {last})"),
        [first, rest @ ..] => format!("{text} ({first} and {} more)", rest.len()),
    }
}
