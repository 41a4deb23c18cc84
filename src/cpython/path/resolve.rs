//! From the text of a path to the object at its end.

use crate::cpython::attribute::{attribute, items, own_dict};
use crate::cpython::label::{builtin_type_of, is_module};
use crate::cpython::repr::str_repr;
use crate::snapshot::{ObjectId, Reference, ReferenceKind, RootKind, Snapshot};

/// Where a path stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unresolved {
    /// So many bytes of the text lead to `object`; the step behind them leads nowhere.
    pub resolved: usize,
    /// Where the path had come to. `None`: the text does not even start with a module.
    pub object: Option<ObjectId>,
}

/// The modules by name: the entries of the module table in its order. In a heap without one, all module objects.
pub fn modules(snapshot: &Snapshot) -> Vec<(&str, ObjectId)> {
    let objects = snapshot.objects();
    let rows = objects.ids().take(objects.synthetic());
    let tables = rows.filter(|row| objects.root_kind(*row) == Some(RootKind::Module));
    let entries = tables.flat_map(|row| snapshot.references().of(row));
    let named: Vec<_> = entries.filter_map(|entry| Some((entry.name?, entry.target))).collect();
    if !named.is_empty() {
        return named;
    }
    let all = objects.real_ids().filter(|id| is_module(snapshot, *id));
    all.filter_map(|id| Some((snapshot.texts().text(id)?, id))).collect()
}

/// The object that a path from a module leads to: `app.STATE.users[0]`, `app.cache['k']`, `os.path`.
///
/// The longest name of a module that the text starts with wins; of two modules of one name the first. `[0]` tries the
/// key 0, then the position.
///
/// # Errors
/// How far it came.
pub fn resolve(snapshot: &Snapshot, text: &str) -> Result<ObjectId, Unresolved> {
    let modules = modules(snapshot);
    let starts =
        |name: &str| text.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
    let longest = modules.iter().filter(|(name, _)| starts(name)).map(|(name, _)| name.len()).max();
    let module = modules.iter().find(|(name, _)| starts(name) && Some(name.len()) == longest);
    let Some(&(name, module)) = module else {
        return Err(Unresolved { resolved: 0, object: None });
    };
    let mut place = Place { object: module, view: View::Object };
    let mut resolved = name.len();
    while resolved < text.len() {
        let step = place.step(snapshot, &text[resolved..]);
        let (next, length) = step.ok_or(Unresolved { resolved, object: Some(place.object) })?;
        place = next;
        resolved += length;
    }
    match place.view {
        View::Object => Ok(place.object),
        View::Frame | View::Names => Err(Unresolved { resolved, object: Some(place.object) }),
    }
}

/// Where a path has come to.
#[derive(Clone, Copy)]
struct Place {
    object: ObjectId,
    view: View,
}

/// Frames of suspended calls and dicts that were never made have no row: their owner stands for them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    /// The object itself.
    Object,
    /// Its frame.
    Frame,
    /// Its attributes or local variables as a mapping.
    Names,
}

impl Place {
    fn object(object: ObjectId) -> Self {
        Place { object, view: View::Object }
    }

    /// The place behind the first step of `rest`, and how long that step is.
    fn step(self, snapshot: &Snapshot, rest: &str) -> Option<(Place, usize)> {
        let Some(named) = rest.strip_prefix('.') else {
            return self.subscript(snapshot, rest);
        };
        let name = &named[..named.find(['.', '[']).unwrap_or(named.len())];
        Some((self.attribute(snapshot, name)?, 1 + name.len()))
    }

    fn attribute(self, snapshot: &Snapshot, name: &str) -> Option<Place> {
        if self.view == View::Object
            && let Some(found) = attribute(snapshot, self.object, name)
        {
            return Some(Place::object(found));
        }
        let view = match (self.view, name) {
            (View::Object, "__dict__") if own_dict(snapshot, self.object).is_none() => View::Names,
            (View::Object, "gi_frame" | "cr_frame" | "ag_frame") if is_suspended_call(snapshot, self.object) => {
                View::Frame
            }
            (View::Frame, "f_locals") => View::Names,
            _ => return None,
        };
        Some(Place { view, ..self })
    }

    fn subscript(self, snapshot: &Snapshot, rest: &str) -> Option<(Place, usize)> {
        let inner = rest.strip_prefix('[')?;
        let literal = string_literal(inner).filter(|(_, length)| inner[*length..].starts_with(']'));
        if self.view != View::Object {
            let (name, length) = literal?;
            let found = own_name(snapshot, self.object, &name).filter(|_| self.view == View::Names)?;
            return Some((Place::object(found), length + 2));
        }
        // Keys are held against the text rather than read from it: the repr of a key may be anything.
        if let Some((found, length)) = longest_key(snapshot, self.object, inner) {
            return Some((Place::object(found), length + 2));
        }
        if let Some((text, length)) = literal {
            let found = crate::cpython::attribute::key(snapshot, self.object, &str_repr(&text))?;
            return Some((Place::object(found), length + 2));
        }
        let digits = &inner[..inner.find(']')?];
        let found = at_position(snapshot, self.object, digits.parse().ok()?)?;
        Some((Place::object(found), digits.len() + 2))
    }
}

fn is_suspended_call(snapshot: &Snapshot, id: ObjectId) -> bool {
    matches!(builtin_type_of(snapshot, id), Some("generator" | "coroutine" | "async_generator"))
}

/// The value of the longest key whose repr, with a closing bracket, `inner` starts with.
fn longest_key(snapshot: &Snapshot, dict: ObjectId, inner: &str) -> Option<(ObjectId, usize)> {
    let mut longest: Option<(ObjectId, usize)> = None;
    for reference in snapshot.references().of(dict).filter(|reference| reference.kind() == ReferenceKind::Key) {
        let Some(name) = reference.name else { continue };
        let fits = inner.strip_prefix(name).is_some_and(|rest| rest.starts_with(']'));
        if fits && longest.is_none_or(|(_, length)| name.len() > length) {
            longest = Some((reference.target, name.len()));
        }
    }
    longest
}

/// The item at a position, from the end if it is negative.
fn at_position(snapshot: &Snapshot, holder: ObjectId, position: i64) -> Option<ObjectId> {
    let from_start = match usize::try_from(position) {
        Ok(position) => position,
        Err(_) => {
            let back = usize::try_from(position.unsigned_abs()).ok()?;
            items(snapshot, holder).count().checked_sub(back)?
        }
    };
    items(snapshot, holder).nth(from_start)
}

/// An attribute or local variable of the object itself. A local in a cell means what the cell holds.
fn own_name(snapshot: &Snapshot, holder: ObjectId, name: &str) -> Option<ObjectId> {
    let named = |found: &Reference<'_>| {
        matches!(found.kind(), ReferenceKind::Attribute | ReferenceKind::Local) && found.name == Some(name)
    };
    let found = snapshot.references().of(holder).find(named)?;
    let contents = |cell| {
        let mut held = snapshot.references().of(cell);
        held.find(|reference| reference.kind() == ReferenceKind::Closure).map(|reference| reference.target)
    };
    let in_cell = found.kind() == ReferenceKind::Local && builtin_type_of(snapshot, found.target) == Some("cell");
    if in_cell { contents(found.target).or(Some(found.target)) } else { Some(found.target) }
}

/// The string that a Python literal at the start of `text` means, and how many bytes the literal takes.
fn string_literal(text: &str) -> Option<(String, usize)> {
    let quote = text.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
    let mut value = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            _ if character == quote => return Some((value, at + quote.len_utf8())),
            '\\' => value.push(match characters.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'x' => {
                    let digits: String = characters.by_ref().take(2).map(|(_, digit)| digit).collect();
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                }
                other => other,
            }),
            _ => value.push(character),
        }
    }
    None
}
