//! References that read as one: an own `__dict__` belongs to its owner, a closure's tuple and cells to the function.
//!
//! Only those who show things fold. The snapshot keeps every step, so sizes and counts stay what they are.

use super::label::{Positions, builtin_type_of, identifier_key, is_identifier, is_module};
use crate::snapshot::{ObjectId, Reference, ReferenceId, ReferenceKind, Referrers, Snapshot};
use ReferenceKind::{Attribute, Base, Closure, DictKey, Global, Internal, Item, Key, Local, Root, Type, Weak};

/// A reference, or the two or three that are written as one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Folded<'s> {
    /// The one that leaves the holder.
    pub first: Reference<'s>,
    /// The one that arrives at the target. The same, where nothing is folded.
    pub last: Reference<'s>,
}

impl<'s> Folded<'s> {
    /// A reference that stands for itself.
    pub fn single(reference: Reference<'s>) -> Self {
        Folded { first: reference, last: reference }
    }

    /// Whether it stands for more than one reference.
    pub fn is_folded(&self) -> bool {
        self.first.id != self.last.id
    }

    /// What it is, read as one.
    pub fn kind(&self) -> ReferenceKind {
        match (self.first.kind(), self.last.kind()) {
            (Attribute, Key) => Attribute,
            // A local or a closure whose value lives in a cell.
            (first, Closure) => first,
            (_, last) => last,
        }
    }

    /// How it is written next to its line: `.entries`, `['user-7']`, `[3]`, `closure s`, `local req`, `base`. A module's
    /// names stand bare. `None` where there is nothing to say.
    pub fn label(&self, snapshot: &Snapshot) -> Option<String> {
        self.label_among(snapshot, &mut Positions::default())
    }

    /// The same of one of many references of a holder, asked for in their order: linear all together.
    pub fn label_among(&self, snapshot: &Snapshot, positions: &mut Positions) -> Option<String> {
        self.dict_entry(snapshot).or_else(|| self.step(snapshot, positions))
    }

    /// The same among arrows, where a key stands without its brackets: `'user-7'`.
    pub fn arrow(&self, snapshot: &Snapshot) -> Option<String> {
        match (self.is_folded(), self.last.kind(), self.last.name) {
            (false, Key, Some(name)) => Some(name.to_owned()),
            _ => self.label(snapshot),
        }
    }

    /// An entry of an own `__dict__`: `.cache`, of a module `CACHE`, of a key that is no identifier `.__dict__['a b']`.
    fn dict_entry(&self, snapshot: &Snapshot) -> Option<String> {
        if !self.is_folded() || self.last.kind() != Key {
            return None;
        }
        let name = self.last.name.unwrap_or("?");
        Some(match identifier_key(name) {
            Some(name) if is_module(snapshot, self.first.holder) => name.to_owned(),
            Some(name) => format!(".{name}"),
            None => format!(".__dict__[{name}]"),
        })
    }

    fn step(&self, snapshot: &Snapshot, positions: &mut Positions) -> Option<String> {
        let reference = self.last;
        let name = reference.name;
        match reference.kind() {
            Attribute | Internal | Global => {
                name.map(|name| if is_identifier(name) { format!(".{name}") } else { name.into() })
            }
            Key => name.map(|name| format!("[{name}]")),
            Item if is_set(snapshot, reference) => Some("element".into()),
            Item => positions.of(snapshot, reference).map(|index| format!("[{index}]")),
            DictKey => Some("key".into()),
            Local => Some(words("local", name)),
            Closure if self.is_folded() && self.first.kind() == Local => Some(words("local", self.first.name.or(name))),
            Closure if name == Some("__closure__") => Some(".__closure__".into()),
            Closure => Some(words("closure", name)),
            Type | Base => Some(reference.kind().word().into()),
            Weak => Some(words("weak", name)),
            Root => name.map(str::to_owned),
        }
    }
}

fn is_set(snapshot: &Snapshot, reference: Reference<'_>) -> bool {
    matches!(builtin_type_of(snapshot, reference.holder), Some("set" | "frozenset"))
}

fn words(kind: &str, name: Option<&str>) -> String {
    name.map_or_else(|| kind.to_owned(), |name| format!("{kind} {name}"))
}

/// Whether `reference` leads from an object to its own `__dict__`.
pub fn leads_to_own_dict(reference: &Reference<'_>) -> bool {
    reference.kind() == Attribute && reference.name == Some("__dict__")
}

/// Whether `reference` leads from a function to the tuple of its closure's cells.
pub fn leads_to_closure(reference: &Reference<'_>) -> bool {
    reference.kind() == Closure && reference.name == Some("__closure__")
}

/// Whether `reference` leads from a cell to what it holds.
pub fn leads_out_of_cell(snapshot: &Snapshot, reference: &Reference<'_>) -> bool {
    reference.kind() == Closure && builtin_type_of(snapshot, reference.holder) == Some("cell")
}

/// Whether `reference` may be the first of several that read as one.
pub fn opens_fold(reference: &Reference<'_>) -> bool {
    leads_to_own_dict(reference) || leads_to_closure(reference) || reference.kind() == Local
}

/// A way through the heap with everything folded that reads as one.
pub fn fold<'s>(snapshot: &'s Snapshot, way: &'s [ReferenceId]) -> impl Iterator<Item = Folded<'s>> + 's {
    let mut next = 0;
    std::iter::from_fn(move || {
        let first = snapshot.references().get(*way.get(next)?);
        let ahead = |steps: usize| way.get(next + steps).map(|id| snapshot.references().get(*id));
        let (taken, last) = if leads_to_own_dict(&first) {
            ahead(1).filter(|step| step.kind() == Key).map_or((1, first), |step| (2, step))
        } else if leads_to_closure(&first) {
            ahead(2).filter(|step| leads_out_of_cell(snapshot, step)).map_or((1, first), |step| (3, step))
        } else if first.kind() == Local {
            ahead(1).filter(|step| leads_out_of_cell(snapshot, step)).map_or((1, first), |step| (2, step))
        } else {
            (1, first)
        };
        next += taken;
        Some(Folded { first, last })
    })
}

/// The references that lead to `dict` as an own `__dict__`: one, as a rule. Linear in the references to it.
pub fn owners_of_dict<'s>(
    snapshot: &'s Snapshot,
    referrers: &'s Referrers,
    dict: ObjectId,
) -> impl Iterator<Item = Reference<'s>> + 's {
    referrers.of(snapshot.references(), dict).filter(leads_to_own_dict)
}

/// The references by which functions close over `cell`, and those by which calls have it as a local variable.
///
/// Of a function it is the reference to its tuple of cells.
pub fn owners_of_cell<'s>(
    snapshot: &'s Snapshot,
    referrers: &'s Referrers,
    cell: ObjectId,
) -> impl Iterator<Item = Reference<'s>> + 's {
    let holders = referrers.of(snapshot.references(), cell);
    holders.flat_map(move |reference| {
        let local = (reference.kind() == Local).then_some(reference);
        let tuple = (reference.kind() == Item).then_some(reference.holder);
        let functions = tuple.into_iter().flat_map(|tuple| referrers.of(snapshot.references(), tuple));
        local.into_iter().chain(functions.filter(leads_to_closure))
    })
}
