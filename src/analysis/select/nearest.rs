//! What may have been meant: the known names nearest to one that is not known.

use super::references::steps;
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
    text: String,
    /// What a name stands behind in the hint, and what behind the name: `app.` or `app.cache[` and `]`.
    around: (String, &'static str),
    found: Vec<(usize, &'n str)>,
}

impl<'n> Nearest<'n> {
    pub(super) fn to(text: &str) -> Self {
        Nearest::within(String::new(), text, "")
    }

    pub(super) fn within(before: String, text: &str, after: &'static str) -> Self {
        let text = text.to_lowercase();
        Nearest { wanted: text.chars().take(LONGEST).collect(), text, around: (before, after), found: Vec::new() }
    }

    /// Takes a name into account. Far ones are dropped at once.
    pub(super) fn offer(&mut self, name: &'n str) {
        let lower = name.to_lowercase();
        let known: Vec<char> = lower.chars().take(LONGEST).collect();
        let distance = distance(&self.wanted, &known);
        let part = self.wanted.len() > 2 && lower.contains(&self.text);
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
}

/// `did you mean …?` with the nearest of several searches, or what to do where nothing is near.
pub(super) fn hint(searches: Vec<Nearest<'_>>, otherwise: &str) -> String {
    let written = |search: &Nearest<'_>, name: &str| format!("{}{name}{}", search.around.0, search.around.1);
    let found = |search: Nearest<'_>| {
        let named: Vec<_> = search.found.iter().map(|(distance, name)| (*distance, written(&search, name))).collect();
        named
    };
    let mut all: Vec<(usize, String)> = searches.into_iter().flat_map(found).collect();
    all.sort();
    all.dedup();
    let names: Vec<String> = all.into_iter().take(SHOWN).map(|(_, name)| name).collect();
    if names.is_empty() { otherwise.to_owned() } else { format!("did you mean {}?", names.join(" or ")) }
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

/// Of many objects, so many are asked for the names they have.
const ASKED: usize = 1000;

/// The error for a path that stops at these objects, with the names that lead on from there; `types` are type names
/// near to the whole text.
pub(super) fn at_step(
    snapshot: &Snapshot,
    objects: &[ObjectId],
    text: &str,
    resolved: usize,
    types: Option<Nearest<'_>>,
) -> Error {
    let (done, rest) = text.split_at(resolved);
    let end = steps(rest).into_iter().find(|at| *at > 0);
    let step = &rest[..end.unwrap_or(rest.len())];
    let what = match objects {
        [object] => object_title(snapshot, *object),
        all => counted(all.len() as u64, "object"),
    };
    let error = Error::unknown_object(format!("{done} ({what}) has no {step}"));
    let refs = "`heapgraph refs` shows what it refers to";
    let objects = &objects[..objects.len().min(ASKED)];
    let Some(name) = step.strip_prefix('.') else {
        let key = step.trim_start_matches('[').trim_end_matches(']');
        let mut nearest = Nearest::within(format!("{done}["), key, "]");
        let references = objects.iter().flat_map(|object| snapshot.references().of(*object));
        let keys = references.filter(|reference| reference.kind() == ReferenceKind::Key);
        keys.filter_map(|reference| reference.name).for_each(|known| nearest.offer(known));
        let positions = objects.first().and_then(|object| positions(snapshot, *object));
        return error.with_hint(hint(vec![nearest], &positions.unwrap_or_else(|| refs.to_owned())));
    };
    let mut nearest = Nearest::within(format!("{done}."), name, "");
    for &object in objects {
        attribute::names(snapshot, object).for_each(|(known, _)| nearest.offer(known));
    }
    if let Some(class) = objects.first().and_then(|object| snapshot.class_of(*object)) {
        attribute::names(snapshot, class).for_each(|(known, _)| nearest.offer(known));
    }
    error.with_hint(hint([Some(nearest), types].into_iter().flatten().collect(), refs))
}

fn positions(snapshot: &Snapshot, object: ObjectId) -> Option<String> {
    match attribute::items(snapshot, object).count() as u64 {
        0 => None,
        1 => Some("it has 1 item: [0]".to_owned()),
        items => Some(format!("it has {}: [0] to [{}]", counted(items, "item"), items - 1)),
    }
}
