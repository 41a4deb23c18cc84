//! Equal strings and bytes: how much they cost beyond one of each.

use super::Options;
use super::holding::{Holding, Places};
use crate::cpython::label::{builtin_type, object_detail};
use crate::snapshot::{ObjectId, Snapshot, TypeId};
use foldhash::fast::RandomState;
use std::cmp::Reverse;
use std::hash::BuildHasher;

/// As many characters of a text are in a snapshot.
const KEPT: u64 = 80;

/// What equal strings and bytes cost.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Strings {
    /// Those that are equal for certain: their whole text is known.
    pub certain: Copies,
    /// Those that are equal as far as is known: in type, length and the first 80 characters.
    pub probable: Copies,
    /// The texts that cost most, most first; both sorts together.
    pub rows: Vec<Repeated>,
    /// Where the copies are held, most bytes first.
    pub held: Vec<Holding>,
    /// Strings and bytes whose text is not in the snapshot: they were not compared.
    pub unknown: u64,
}

/// Copies of some texts, one of each left out.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Copies {
    /// How many texts there are more than once.
    pub texts: u64,
    /// How many objects could go.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A text that there is more than once.
#[derive(Clone, PartialEq, Debug)]
pub struct Repeated {
    /// `str` or `bytes`.
    pub type_name: String,
    /// The value as Python prints it; `…` where only its beginning is known.
    pub text: String,
    /// `len()`.
    pub length: u64,
    /// Whether the whole text is known, and so equal for certain.
    pub certain: bool,
    /// How many objects there are, one more than could go.
    pub count: u64,
    /// Bytes of all but the largest one.
    pub bytes: u64,
    /// Where the copies are held, most first.
    pub held: Vec<Holding>,
}

/// Objects with one text, by their place in the sorted list.
struct Group {
    from: usize,
    to: usize,
    bytes: u64,
    certain: bool,
}

/// Finds equal texts. Sorting apart linear; 16 bytes per string.
pub(super) fn find(snapshot: &Snapshot, places: &Places<'_>, options: &Options) -> Strings {
    let (mut hashed, unknown) = hashes(snapshot);
    hashed.sort_unstable();
    let rows: Vec<u32> = grouped_by_text(snapshot, &hashed);
    let mut groups = groups(snapshot, &rows);
    groups.sort_by_key(|group| (Reverse(group.bytes), Reverse(group.to - group.from), rows[group.from]));
    let mut found = Strings { unknown, ..Strings::default() };
    for group in &groups {
        let copies = if group.certain { &mut found.certain } else { &mut found.probable };
        copies.texts += 1;
        copies.objects += (group.to - group.from - 1) as u64;
        copies.bytes = copies.bytes.saturating_add(group.bytes);
    }
    let size = |row: u32| snapshot.objects().columns().sizes[row as usize];
    // The first of a group is the one that stays.
    let copies = |group: &Group| rows[group.from + 1..group.to].iter().map(|row| (*row, size(*row)));
    found.held = places.of(groups.iter().flat_map(copies), options.places);
    found.rows = groups
        .iter()
        .take(options.rows)
        .map(|group| {
            let id = ObjectId::new(rows[group.from]);
            Repeated {
                type_name: snapshot.objects().type_name(id).to_owned(),
                text: shown(snapshot, id, group.certain),
                length: snapshot.texts().length(id).unwrap_or_default(),
                certain: group.certain,
                count: (group.to - group.from) as u64,
                bytes: group.bytes,
                held: places.of(copies(group), options.places),
            }
        })
        .collect();
    found
}

/// A hash of type, length and text for every string and bytes, with its row; and how many have no text.
fn hashes(snapshot: &Snapshot) -> (Vec<(u64, u32)>, u64) {
    let types = snapshot.objects().type_names().iter();
    let wanted: Vec<bool> = types.map(|name| matches!(builtin_type(name), Some("str" | "bytes"))).collect();
    let hasher = RandomState::default();
    let (mut all, mut unknown) = (Vec::new(), 0);
    for id in snapshot.objects().real_ids() {
        let of_type = snapshot.objects().type_id(id);
        if !wanted[of_type.index()] {
            continue;
        }
        match (snapshot.texts().text(id), snapshot.texts().length(id)) {
            (Some(text), Some(length)) => {
                all.push((hasher.hash_one((of_type.get(), length, text)), id.get()));
            }
            _ => unknown += 1,
        }
    }
    (all, unknown)
}

/// What equal strings have in common.
fn key(snapshot: &Snapshot, row: u32) -> (TypeId, Option<u64>, Option<&str>) {
    let id = ObjectId::new(row);
    (snapshot.objects().type_id(id), snapshot.texts().length(id), snapshot.texts().text(id))
}

/// The rows with equal texts side by side, each text's largest first. Equal hashes of unequal texts are told apart.
fn grouped_by_text(snapshot: &Snapshot, hashed: &[(u64, u32)]) -> Vec<u32> {
    let key = |row: u32| key(snapshot, row);
    let size = |row: u32| Reverse(snapshot.objects().columns().sizes[row as usize]);
    let mut rows = Vec::new();
    for equal in hashed.chunk_by(|left, right| left.0 == right.0).filter(|equal| equal.len() > 1) {
        let start = rows.len();
        rows.extend(equal.iter().map(|(_, row)| *row));
        let first = key(rows[start]);
        if rows[start..].iter().any(|row| key(*row) != first) {
            rows[start..].sort_by_key(|row| (key(*row), size(*row), *row));
        } else {
            rows[start..].sort_by_key(|row| (size(*row), *row));
        }
    }
    rows
}

fn groups(snapshot: &Snapshot, rows: &[u32]) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut from = 0;
    for equal in rows.chunk_by(|left, right| key(snapshot, *left) == key(snapshot, *right)) {
        let to = from + equal.len();
        if equal.len() > 1 {
            let sizes = equal[1..].iter().map(|row| snapshot.objects().columns().sizes[*row as usize]);
            let bytes = sizes.fold(0, u64::saturating_add);
            groups.push(Group { from, to, bytes, certain: is_whole(snapshot, ObjectId::new(equal[0])) });
        }
        from = to;
    }
    groups
}

/// Whether the text in the snapshot is all of the value.
fn is_whole(snapshot: &Snapshot, id: ObjectId) -> bool {
    let (Some(text), Some(length)) = (snapshot.texts().text(id), snapshot.texts().length(id)) else { return false };
    let bytes = builtin_type(snapshot.objects().type_name(id)) == Some("bytes");
    if snapshot.metadata().values.as_deref() == Some("hashed") {
        // The hash is that of what would stand here: of bytes its repr, with up to four characters a byte.
        return if bytes { length.saturating_mul(4).saturating_add(3) <= KEPT } else { length <= KEPT };
    }
    // Lone surrogates all read alike.
    if !bytes {
        return text.chars().count() as u64 == length && !text.contains('\u{fffd}');
    }
    // A repr that was cut has lost its closing quote; one inside stands behind an odd number of backslashes.
    let inner = text.strip_prefix("b'").and_then(|text| text.strip_suffix('\''));
    inner.is_some_and(|inner| (inner.len() - inner.trim_end_matches('\\').len()).is_multiple_of(2))
}

fn shown(snapshot: &Snapshot, id: ObjectId, whole: bool) -> String {
    let detail = object_detail(snapshot, id).unwrap_or_default();
    let bytes = builtin_type(snapshot.objects().type_name(id)) == Some("bytes");
    if bytes && !whole { detail + "…" } else { detail }
}
