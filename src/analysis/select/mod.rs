//! From the OBJECT of a command line to objects: an address, a path, a type, or the nth of a type.

mod left_out;
mod nearest;
mod references;

pub use left_out::left_out;
pub use references::references;

use crate::cpython::label::{counted, short_type};
use crate::cpython::path::{modules, resolve};
use crate::error::{Error, Result};
use crate::snapshot::{Address, ObjectId, Snapshot, TypeId};
use nearest::Nearest;
use std::collections::BTreeMap;

/// The objects that a text selects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Selection {
    /// In row order, each once, at least one.
    pub ids: Vec<ObjectId>,
    /// What the text turned out to be.
    pub matched: Matched,
}

/// What a selector's text turned out to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Matched {
    /// An address.
    Address,
    /// A path from a module.
    Path,
    /// A type name: the long names it stands for, by name, with the number of objects of each.
    Type(Vec<(String, u64)>),
    /// One object of a type, by its place in row order.
    Instance,
}

impl Selection {
    fn one(id: ObjectId, matched: Matched) -> Self {
        Selection { ids: vec![id], matched }
    }

    /// What to tell the user beside the answer: that a short name took several types.
    pub fn note(&self) -> Option<String> {
        let Matched::Type(types) = &self.matched else {
            return None;
        };
        let listed: Vec<String> = types.iter().map(|(name, count)| format!("{name} ({count})")).collect();
        (types.len() > 1).then(|| format!("{} types of that name: {}", types.len(), listed.join(", ")))
    }
}

/// Finds the objects that `text` means: an address (`0x7f…` or decimal), a type name (`Session`, `app.Session`), the
/// nth of a type (`Session[0]`), or a path from a module (`app.cache['k']`).
///
/// A type of exactly that name wins over a path; `type:` and `path:` in front force one or the other.
///
/// ```
/// use heapgraph::analysis::select::select;
/// use heapgraph::testkit::{id, sketch};
/// let heap = sketch("<modules> > app; app:module > ns.__dict__; ns:dict > c['cache']; c:dict > s['k']; s:app.Session");
/// assert_eq!(select(&heap, "app.cache['k']")?.ids, [id(&heap, "s")]);
/// assert_eq!(select(&heap, "Session[0]")?.ids, select(&heap, "app.Session")?.ids);
/// # Ok::<(), heapgraph::Error>(())
/// ```
///
/// # Errors
/// An unknown object, with the nearest names that there are as its hint; an invalid number.
pub fn select(snapshot: &Snapshot, text: &str) -> Result<Selection> {
    if let Some(name) = text.strip_prefix("type:") {
        return by_type(snapshot, name).unwrap_or_else(|| Err(unknown(snapshot, name, Known::Types)));
    }
    if let Some(path) = text.strip_prefix("path:") {
        return by_path(snapshot, path, Known::Paths);
    }
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return by_address(snapshot, text);
    }
    by_type(snapshot, text).unwrap_or_else(|| by_path(snapshot, text, Known::All))
}

/// The objects of each text, in the order of the texts.
///
/// # Errors
/// As [`select`], for the first text that selects nothing.
pub fn select_all<T: AsRef<str>>(snapshot: &Snapshot, texts: &[T]) -> Result<Vec<Selection>> {
    texts.iter().map(|text| select(snapshot, text.as_ref())).collect()
}

/// The objects of several selections, each once, in the order in which they are first named.
pub fn objects(selections: &[Selection]) -> Vec<ObjectId> {
    let mut seen = foldhash::HashSet::default();
    let all = selections.iter().flat_map(|selection| selection.ids.iter().copied());
    all.filter(|id| seen.insert(*id)).collect()
}

fn by_address(snapshot: &Snapshot, text: &str) -> Result<Selection> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let number = hex.map_or_else(|| text.parse(), |digits| u64::from_str_radix(digits, 16));
    let Ok(number) = number else {
        return Err(Error::invalid(format!("expected an address such as 0x7f00c0de or 139637976727776, found {text}")));
    };
    let address = Address(number);
    match snapshot.objects().find(address) {
        Some(id) => Ok(Selection::one(id, Matched::Address)),
        None => Err(no_object_at(snapshot, address)),
    }
}

fn no_object_at(snapshot: &Snapshot, address: Address) -> Error {
    let addresses = &snapshot.objects().columns().addresses[snapshot.objects().synthetic()..];
    let mut near: Vec<u64> = addresses.to_vec();
    let wanted = near.len().min(2);
    if wanted > 0 {
        near.select_nth_unstable_by_key(wanted - 1, |known| (known.abs_diff(address.0), *known));
    }
    near.truncate(wanted);
    near.sort();
    let near: Vec<String> = near.into_iter().map(|known| Address(known).to_string()).collect();
    Error::unknown_object(format!("no object at {address}")).with_hint(format!(
        "the nearest objects are at {}; an address is only good for its own snapshot",
        near.join(" and ")
    ))
}

/// Objects by the name of their type, or one of them by its place. `None` where no object has such a type.
fn by_type(snapshot: &Snapshot, text: &str) -> Option<Result<Selection>> {
    if let Some(types) = types_named(snapshot, text) {
        return Some(Ok(all_of(snapshot, &types)));
    }
    let (name, number) = text.strip_suffix(']')?.rsplit_once('[')?;
    let types = types_named(snapshot, name)?;
    let all = all_of(snapshot, &types).ids;
    let found = number.parse::<usize>().ok().and_then(|number| all.get(number));
    Some(found.map(|id| Selection::one(*id, Matched::Instance)).ok_or_else(|| {
        Error::unknown_object(format!("no {text}: there are {} of that type", counted(all.len() as u64, "object")))
            .with_hint(format!("take a number from {name}[0] to {name}[{}]", all.len() - 1))
    }))
}

/// Which types that have an object are called so, long or short. `None` where there is none.
fn types_named(snapshot: &Snapshot, name: &str) -> Option<Vec<bool>> {
    let objects = snapshot.objects();
    let called = |long: &str| long == name || (!name.contains('.') && short_type(long) == name);
    let types: Vec<bool> = objects.type_names().iter().map(called).collect();
    let present = types.contains(&true) && objects.columns().types.iter().any(|id| types[*id as usize]);
    present.then_some(types)
}

fn all_of(snapshot: &Snapshot, types: &[bool]) -> Selection {
    let objects = snapshot.objects();
    let ids: Vec<ObjectId> = objects.ids().filter(|id| types[objects.type_id(*id).index()]).collect();
    let mut counts: BTreeMap<TypeId, u64> = BTreeMap::new();
    ids.iter().for_each(|id| *counts.entry(objects.type_id(*id)).or_default() += 1);
    let mut named: Vec<(String, u64)> =
        counts.into_iter().map(|(id, count)| (objects.name_of_type(id).to_owned(), count)).collect();
    named.sort();
    Selection { ids, matched: Matched::Type(named) }
}

fn by_path(snapshot: &Snapshot, text: &str, known: Known) -> Result<Selection> {
    match resolve(snapshot, text) {
        Ok(id) => Ok(Selection::one(id, Matched::Path)),
        Err(stopped) => match stopped.object {
            None => Err(unknown(snapshot, text, known)),
            Some(object) => {
                let types = (known == Known::All).then(|| types_near(snapshot, text));
                Err(nearest::at_step(snapshot, &[object], text, stopped.resolved, types))
            }
        },
    }
}

/// Among which names to look for what was meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Types,
    Paths,
    All,
}

/// The type names, long and short, that are nearest to a text.
fn types_near<'s>(snapshot: &'s Snapshot, text: &str) -> Nearest<'s> {
    let mut nearest = Nearest::to(text);
    for long in snapshot.objects().type_names().iter() {
        nearest.offer(long);
        nearest.offer(short_type(long));
    }
    nearest
}

/// The error for a name that nothing starts with.
fn unknown(snapshot: &Snapshot, text: &str, known: Known) -> Error {
    let mut searches = Vec::new();
    if known != Known::Paths {
        searches.push(types_near(snapshot, text));
    }
    if known != Known::Types {
        // Of a path, the part in front names the module.
        let mut near = Nearest::to(&text[..text.find(['.', '[']).unwrap_or(text.len())]);
        modules(snapshot).iter().for_each(|(name, _)| near.offer(name));
        searches.push(near);
    }
    let what = match known {
        Known::Types => "type",
        Known::Paths => "module",
        Known::All => "type or module",
    };
    let hint = nearest::hint(searches, "`heapgraph types` lists the types");
    Error::unknown_object(format!("no {what} called {text}")).with_hint(hint)
}
