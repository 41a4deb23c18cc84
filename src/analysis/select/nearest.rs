//! What may have been meant: the known names nearest to one that is not known.

use crate::cpython::attribute;
use crate::cpython::label::{counted, object_title};
use crate::error::Error;
use crate::snapshot::{ObjectId, ReferenceKind, Snapshot};

/// How many names a hint gives.
const SHOWN: usize = 3;
/// Names longer than this are not worth comparing letter by letter.
const LONGEST: usize = 100;

/// The names nearest to a wanted one, among those offered.
pub(super) struct Nearest<'n> {
    wanted: Vec<char>,
    text: &'n str,
    found: Vec<(usize, &'n str)>,
}

impl<'n> Nearest<'n> {
    pub(super) fn to(text: &'n str) -> Self {
        let wanted = text.to_lowercase().chars().take(LONGEST).collect();
        Nearest { wanted, text, found: Vec::new() }
    }

    /// Takes a name into account. Far ones are dropped at once.
    pub(super) fn offer(&mut self, name: &'n str) {
        let known: Vec<char> = name.to_lowercase().chars().take(LONGEST).collect();
        let distance = distance(&self.wanted, &known);
        let part = self.wanted.len() > 2 && name.to_lowercase().contains(&self.text.to_lowercase());
        if distance <= 1 + self.wanted.len() / 3 || part {
            self.found.push((distance, name));
            // Kept short as it goes: a dict may offer a million keys.
            if self.found.len() > 50 * SHOWN {
                self.shorten();
            }
        }
    }

    fn shorten(&mut self) {
        self.found.sort();
        self.found.dedup();
        self.found.truncate(SHOWN);
    }

    /// Takes the names that another search found as well.
    pub(super) fn join(&mut self, other: Nearest<'n>) {
        self.found.extend(other.found);
    }

    /// `did you mean …?`, or what to do where nothing is near.
    pub(super) fn hint(mut self, otherwise: &str) -> String {
        self.shorten();
        let names: Vec<&str> = self.found.iter().map(|(_, name)| *name).collect();
        if names.is_empty() { otherwise.to_owned() } else { format!("did you mean {}?", names.join(" or ")) }
    }
}

/// The number of letters to insert, delete or replace (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// The error for a path that stops at `object`, with the names that lead on from there.
pub(super) fn at_step(snapshot: &Snapshot, object: ObjectId, text: &str, resolved: usize) -> Error {
    let (done, rest) = text.split_at(resolved);
    let end = rest.char_indices().skip(1).find(|(_, character)| matches!(character, '.' | '['));
    let step = &rest[..end.map_or(rest.len(), |(at, _)| at)];
    let error = Error::unknown_object(format!("{done} ({}) has no {step}", object_title(snapshot, object)));
    let Some(name) = step.strip_prefix('.') else {
        return error.with_hint(keys_near(snapshot, object, step.trim_start_matches('[').trim_end_matches(']')));
    };
    let mut nearest = Nearest::to(name);
    attribute::names(snapshot, object).for_each(|(known, _)| nearest.offer(known));
    if let Some(class) = snapshot.class_of(object) {
        attribute::names(snapshot, class).for_each(|(known, _)| nearest.offer(known));
    }
    error.with_hint(nearest.hint("`heapgraph refs` shows what it refers to"))
}

fn keys_near(snapshot: &Snapshot, object: ObjectId, key: &str) -> String {
    let mut nearest = Nearest::to(key);
    let keys = snapshot.references().of(object).filter(|reference| reference.kind() == ReferenceKind::Key);
    keys.filter_map(|reference| reference.name).for_each(|known| nearest.offer(known));
    let items = attribute::items(snapshot, object).count() as u64;
    let positions = match items {
        0 => "`heapgraph refs` shows what it refers to".to_owned(),
        1 => "it has 1 item: [0]".to_owned(),
        _ => format!("it has {}: [0] to [{}]", counted(items, "item"), items - 1),
    };
    nearest.hint(&positions)
}
