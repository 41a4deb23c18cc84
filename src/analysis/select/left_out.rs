//! From the NAME of a command line to references: `cache`, `.parent`, `Child.parent`, `app.cache['k']`, `Node[]`.

use super::nearest::{self, Nearest};
use super::{Matched, select, types_near};
use crate::analysis::pattern::TypeFilter;
use crate::cpython::attribute;
use crate::cpython::fold::leads_to_own_dict;
use crate::cpython::label::python_repr;
use crate::error::{Error, Result};
use crate::graph::Marks;
use crate::snapshot::{NO_NAME, ObjectId, ReferenceKind, Snapshot};

/// Marks, by [`ReferenceId`](crate::snapshot::ReferenceId), the references that any of the texts means.
///
/// | text | means |
/// | --- | --- |
/// | `cache`, `'k'` | every reference of that name, and the attribute of that name |
/// | `.parent`, `['k']`, `[3]`, `[]` | every attribute, key, position, item of that name |
/// | `Child.parent`, `app.cache['k']`, `Node[]` | the same of one holder: any OBJECT, a type's every instance |
/// | `Session`, `app.*`, `Session[0]`, `0x7f…` | whatever such objects refer to: no way goes through them |
///
/// Where a text can be read in two ways a type of that name comes first, then a reference of it. Attributes are found in
/// an own `__dict__` too. Linear in the heap for each text.
///
/// # Errors
/// A text that means nothing in this snapshot, with the nearest names that do as its hint.
pub fn select_references<T: AsRef<str>>(snapshot: &Snapshot, texts: &[T]) -> Result<Marks> {
    let mut marks = Marks::none(snapshot.references().len());
    texts.iter().try_for_each(|text| mark(snapshot, text.as_ref(), &mut marks))?;
    Ok(marks)
}

fn mark(snapshot: &Snapshot, text: &str, marks: &mut Marks) -> Result<()> {
    if let Some(objects) = objects(snapshot, text) {
        for reference in objects.into_iter().flat_map(|id| snapshot.references().of(id)) {
            marks.insert(reference.id.get());
        }
        return Ok(());
    }
    let (holder, step) = last_step(text);
    let mut wanted = Wanted::new(snapshot, step, marks);
    match holder {
        "" => snapshot.objects().ids().for_each(|id| wanted.mark_of(snapshot, id)),
        // A holder that is not there is told of as any unknown OBJECT.
        holder => select(snapshot, holder)?.ids.into_iter().for_each(|id| wanted.mark_of(snapshot, id)),
    }
    if wanted.found { Ok(()) } else { Err(unknown(snapshot, text)) }
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

/// `app.cache` and `['k']` of `app.cache['k']`; of a bare name the holder is empty, and the step the name.
fn last_step(text: &str) -> (&str, &str) {
    let mut start = 0;
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '.' | '[') => start = at,
            (None, _) => {}
        }
    }
    text.split_at(start)
}

/// What the last step of a text means.
enum Step {
    /// `cache`: any reference of these names.
    Any,
    /// `.parent`.
    Attribute,
    /// `['k']`, `[3]`.
    Subscript(Option<u64>),
    /// `[]`.
    Item,
}

/// The references that a step means, as they are found.
struct Wanted<'m> {
    step: Step,
    /// The name as references have it, and as keys of an own `__dict__` do: places in the table of names.
    name: u32,
    key: u32,
    marks: &'m mut Marks,
    found: bool,
}

impl<'m> Wanted<'m> {
    fn new(snapshot: &Snapshot, step: &str, marks: &'m mut Marks) -> Self {
        let inside = step.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let (step, name) = match (step.strip_prefix('.'), inside) {
            (Some(name), _) => (Step::Attribute, name),
            (None, Some("")) => (Step::Item, ""),
            (None, Some(key)) => (Step::Subscript(key.parse().ok()), key),
            (None, None) => (Step::Any, step),
        };
        let table = &snapshot.references().columns().name_table;
        // A double-quoted key is written as Python would have it.
        let unquoted = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map(python_repr);
        let repr = python_repr(name);
        let place = |wanted: &str| table.iter().position(|known| known == wanted).map_or(NO_NAME, |at| at as u32);
        let name = match place(name) {
            NO_NAME => unquoted.map_or(NO_NAME, |name| place(&name)),
            known => known,
        };
        Wanted { step, name, key: place(&repr), marks, found: false }
    }

    fn mark_of(&mut self, snapshot: &Snapshot, holder: ObjectId) {
        let columns = snapshot.references().columns();
        let is_key = |kind| kind == ReferenceKind::Key;
        let mut items = 0;
        for reference in snapshot.references().of(holder) {
            let (kind, name) = (reference.kind(), columns.names[reference.id.index()]);
            let named = name != NO_NAME && name == self.name;
            let position = items;
            items += u64::from(kind == ReferenceKind::Item);
            let wanted = match self.step {
                Step::Any => named,
                Step::Attribute => named && !is_key(kind),
                Step::Subscript(index) => {
                    named && is_key(kind) || kind == ReferenceKind::Item && index == Some(position)
                }
                Step::Item => kind == ReferenceKind::Item,
            };
            if wanted {
                self.mark(reference.id.get());
            }
            if matches!(self.step, Step::Any | Step::Attribute) && leads_to_own_dict(&reference) {
                let entries = snapshot.references().of(reference.target).filter(|entry| is_key(entry.kind()));
                let named = entries.filter(|entry| self.key != NO_NAME && columns.names[entry.id.index()] == self.key);
                named.map(|entry| entry.id.get()).collect::<Vec<u32>>().into_iter().for_each(|id| self.mark(id));
            }
        }
    }

    fn mark(&mut self, reference: u32) {
        self.marks.insert(reference);
        self.found = true;
    }
}

/// So many holders are asked for the names that they have.
const ASKED: usize = 100;

fn unknown(snapshot: &Snapshot, text: &str) -> Error {
    let (holder, step) = last_step(text);
    let bare = step.trim_start_matches(['.', '[']).trim_end_matches(']');
    let (opening, closing) = match step.chars().next() {
        Some('.') => (".", ""),
        Some('[') => ("[", "]"),
        _ => ("", ""),
    };
    let mut names = Nearest::within(format!("{holder}{opening}"), bare, closing);
    let mut types = None;
    if holder.is_empty() {
        snapshot.references().columns().name_table.iter().for_each(|name| names.offer(name));
        types = Some(types_near(snapshot, bare));
    } else if let Ok(holders) = select(snapshot, holder) {
        for id in holders.ids.iter().take(ASKED) {
            attribute::names(snapshot, *id).for_each(|(name, _)| names.offer(name));
            snapshot.references().of(*id).filter_map(|reference| reference.name).for_each(|name| names.offer(name));
        }
    }
    let otherwise = "a name as `heapgraph refs` shows it, such as cache, .parent or Child.parent";
    Error::unknown_object(format!("no reference and no type called {text}"))
        .with_hint(nearest::hint([Some(names), types].into_iter().flatten().collect(), otherwise))
}
