//! From the NAME of a command line to what a chain does without: `cache`, `.parent`, `Child.parent`, `Session`.

use super::nearest::{self, Nearest};
use super::{Matched, references, select, types_near};
use crate::analysis::pattern::TypeFilter;
use crate::cpython::fold::leads_to_own_dict;
use crate::cpython::repr::str_repr;
use crate::error::{Error, Result};
use crate::graph::Marks;
use crate::snapshot::{NO_NAME, ObjectId, ReferenceId, ReferenceKind, Snapshot};

/// Marks, by [`ReferenceId`], the references that any of the texts means.
///
/// | text | means |
/// | --- | --- |
/// | `cache`, `'k'` | every reference of that name; `cache` also as an attribute in an own `__dict__` |
/// | `.parent`, `['k']`, `[3]`, `[]` | every attribute, key, position, entry of that name, whoever has it |
/// | `Child.parent`, `app.cache['k']`, `Node.items[]` | the same of one holder, as [`references`] has it |
/// | `Session`, `app.*`, `Session[0]`, `0x7f…` | whatever such objects refer to: no way goes through them |
///
/// Where a text can be read in two ways, a type of that name comes first. Linear in the heap for each text.
///
/// # Errors
/// A text that means nothing in this snapshot, with the nearest names that do as its hint.
pub fn left_out<T: AsRef<str>>(snapshot: &Snapshot, texts: &[T]) -> Result<Marks> {
    let mut marks = Marks::none(snapshot.references().len());
    for text in texts {
        for reference in meant(snapshot, text.as_ref())? {
            marks.insert(reference.get());
        }
    }
    Ok(marks)
}

fn meant(snapshot: &Snapshot, text: &str) -> Result<Vec<ReferenceId>> {
    if let Some(objects) = objects(snapshot, text) {
        let all = objects.into_iter().flat_map(|id| snapshot.references().of(id));
        return Ok(all.map(|reference| reference.id).collect());
    }
    let has_holder = !text.starts_with(['.', '[', '\'', '"']) && text.contains(['.', '[']);
    if has_holder {
        return references(snapshot, text);
    }
    let name = Name::new(snapshot, text);
    let mut seen = Marks::none(snapshot.objects().len());
    let ids = snapshot.objects().ids();
    let found: Vec<ReferenceId> = ids.flat_map(|id| name.references(snapshot, id, &mut seen)).collect();
    if found.is_empty() { Err(unknown(snapshot, text)) } else { Ok(found) }
}

/// The objects that a text means, unless it is a reference's name that it means.
fn objects(snapshot: &Snapshot, text: &str) -> Option<Vec<ObjectId>> {
    if text.contains(['*', '?']) && !text.contains(['[', '\'', '"']) {
        let filter = TypeFilter::new(&[text]);
        let objects = snapshot.objects();
        let fits: Vec<bool> = objects.type_names().iter().map(|name| filter.passes(name)).collect();
        let found: Vec<ObjectId> = objects.real_ids().filter(|id| fits[objects.type_id(*id).index()]).collect();
        return (!found.is_empty()).then_some(found);
    }
    let selection = select(snapshot, text).ok()?;
    (selection.matched != Matched::Path).then_some(selection.ids)
}

/// A name that any holder may have for a reference.
struct Name {
    step: Step,
    /// Its places in the table of names: as it is written, and as the key of an own `__dict__`.
    name: u32,
    key: u32,
}

enum Step {
    /// `cache`
    Any,
    /// `.parent`
    Attribute,
    /// `['k']`, `[3]`
    Entry(Option<u64>),
    /// `[]`
    Entries,
}

impl Name {
    fn new(snapshot: &Snapshot, text: &str) -> Self {
        let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let (step, name) = match (text.strip_prefix('.'), inside) {
            (Some(name), _) => (Step::Attribute, name),
            (None, Some("")) => (Step::Entries, ""),
            (None, Some(key)) => (Step::Entry(key.parse().ok()), key),
            (None, None) => (Step::Any, text),
        };
        let table = &snapshot.references().columns().name_table;
        let place = |wanted: &str| table.iter().position(|known| known == wanted).map_or(NO_NAME, |at| at as u32);
        // A key is written as Python does, whichever quotes the user took.
        let unquoted = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map(str_repr);
        Name { step, name: place(unquoted.as_deref().unwrap_or(name)), key: place(&str_repr(name)) }
    }

    /// What `holder` has of that name, but for the own `__dict__`s that are `seen`: many instances may share one.
    fn references(&self, snapshot: &Snapshot, holder: ObjectId, seen: &mut Marks) -> Vec<ReferenceId> {
        use ReferenceKind::{DictKey, Item, Key};
        let names = &snapshot.references().columns().names;
        let called = |id: ReferenceId, wanted: u32| wanted != NO_NAME && names[id.index()] == wanted;
        let mut found = Vec::new();
        let mut items = 0;
        for reference in snapshot.references().of(holder) {
            let (id, kind) = (reference.id, reference.kind());
            let wanted = match self.step {
                Step::Any => called(id, self.name),
                Step::Attribute => kind != Key && called(id, self.name),
                Step::Entry(position) => {
                    kind == Key && called(id, self.name) || kind == Item && position == Some(items)
                }
                Step::Entries => matches!(kind, Item | Key | DictKey),
            };
            found.extend(wanted.then_some(id));
            items += u64::from(kind == Item);
            let by_attribute = matches!(self.step, Step::Any | Step::Attribute);
            if by_attribute && leads_to_own_dict(&reference) && seen.insert(reference.target.get()) {
                let entries = snapshot.references().of(reference.target).filter(|entry| entry.kind() == Key);
                found.extend(entries.map(|entry| entry.id).filter(|entry| called(*entry, self.key)));
            }
        }
        found
    }
}

fn unknown(snapshot: &Snapshot, text: &str) -> Error {
    let bare = text.trim_start_matches(['.', '[']).trim_end_matches(']');
    let (before, after) = match text.chars().next() {
        Some('.') => (".", ""),
        Some('[') => ("[", "]"),
        _ => ("", ""),
    };
    let mut names = Nearest::within(before.to_owned(), bare, after);
    snapshot.references().columns().name_table.iter().for_each(|name| names.offer(name));
    let types = before.is_empty().then(|| types_near(snapshot, bare));
    let otherwise = "a name as `heapgraph refs` shows it, such as cache, .parent or Child.parent";
    Error::unknown_object(format!("no reference and no type called {text}"))
        .with_hint(nearest::hint([Some(names), types].into_iter().flatten().collect(), otherwise))
}
