//! The neighbours of one object in our view: folded, and sorted into what is shown and what is usually noise.

use super::Direction;
use crate::cpython::fold::{Folded, leads_to_closure, leads_to_own_dict, owners_of_cell, owners_of_dict};
use crate::cpython::label::{builtin_type, builtin_type_of, is_class};
use crate::cpython::plain::PlainTypes;
use crate::snapshot::{ObjectId, Reference, ReferenceKind, Referrers, Snapshot};
use ReferenceKind::{Base, Closure, DictKey, Global, Internal, Item, Key, Local, Root, Type, Weak};
use foldhash::HashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// What more references than this lead to is looked at once: many of the objects asked for may stand in it.
const MANY: usize = 16;

/// How much a reference says about the program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Level {
    /// What the program wrote.
    Plain,
    /// Classes, globals, code: true of every object of the kind.
    Noise,
    /// Does not keep its target alive.
    Weak,
}

/// A neighbour and what leads to it or from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Near<'s> {
    pub(super) other: ObjectId,
    pub(super) link: Folded<'s>,
    pub(super) level: Level,
}

/// Finds neighbours. `unfolded` says which dicts and cells were asked for and so stand for themselves.
pub(super) struct Neighbours<'s, F> {
    snapshot: &'s Snapshot,
    referrers: &'s Referrers,
    pub(super) direction: Direction,
    unfolded: F,
    /// By type: code, and the constants that everything shares.
    noise: Vec<bool>,
    /// By type: keys that the name of their entry shows already.
    atoms: Vec<bool>,
    /// Values that need no box.
    pub(super) plain: PlainTypes,
    /// Into what a dict or a cell with many holders is folded.
    owners: RefCell<HashMap<ObjectId, Rc<[Reference<'s>]>>>,
    /// Whether a tuple with many holders is kept by a class for itself.
    class_parts: RefCell<HashMap<ObjectId, bool>>,
}

impl<'s, F: Fn(ObjectId) -> bool> Neighbours<'s, F> {
    pub(super) fn new(snapshot: &'s Snapshot, referrers: &'s Referrers, direction: Direction, unfolded: F) -> Self {
        let among = |names: &[&str]| -> Vec<bool> {
            let types = snapshot.objects().type_names().iter();
            types.map(|long| builtin_type(long).is_some_and(|builtin| names.contains(&builtin))).collect()
        };
        let noise = among(&["code", "NoneType", "bool", "ellipsis", "NotImplementedType"]);
        let atoms = among(&["str", "bytes", "int", "float", "complex", "bool", "NoneType"]);
        let (plain, owners, class_parts) = (PlainTypes::of(snapshot), RefCell::default(), RefCell::default());
        Neighbours { snapshot, referrers, direction, unfolded, noise, atoms, plain, owners, class_parts }
    }

    /// Each link to or from `id`, in the order of the holder's references or by the holders' rows.
    pub(super) fn of(&self, id: ObjectId) -> Vec<Near<'s>> {
        let mut found = Vec::new();
        match self.direction {
            Direction::Refs => {
                for reference in self.snapshot.references().of(id) {
                    self.refs(reference, |link| found.push(self.near(link.last.target, link)));
                }
            }
            Direction::Backrefs => self.backrefs(id, |link| found.push(self.near(link.first.holder, link))),
        }
        found
    }

    fn near(&self, other: ObjectId, link: Folded<'s>) -> Near<'s> {
        Near { other, link, level: self.level(&link) }
    }

    fn refs(&self, reference: Reference<'s>, mut take: impl FnMut(Folded<'s>)) {
        let references = self.snapshot.references();
        let mut entries = |of: ObjectId, kinds: &[ReferenceKind]| {
            let entries = references.of(of).filter(|entry| kinds.contains(&entry.kind()));
            entries.map(|last| take(Folded { first: reference, last })).count()
        };
        let whole = (self.unfolded)(reference.target);
        if leads_to_own_dict(&reference) && !whole {
            entries(reference.target, &[Key, DictKey]);
        } else if leads_to_closure(&reference) && !whole {
            let cells = references.of(reference.target).filter(|cell| cell.kind() == Item);
            cells.for_each(|cell| {
                entries(cell.target, &[Closure]);
            });
        } else if !(reference.kind() == Local && self.is_cell(reference.target) && !whole)
            || entries(reference.target, &[Closure]) == 0
        {
            take(Folded::single(reference));
        }
    }

    fn is_cell(&self, id: ObjectId) -> bool {
        builtin_type_of(self.snapshot, id) == Some("cell")
    }

    fn backrefs(&self, id: ObjectId, mut take: impl FnMut(Folded<'s>)) {
        // Holders come in rows' order, so that one look at the owners serves all entries of a dict.
        let mut owners: (Option<ObjectId>, Rc<[Reference<'s>]>) = (None, Rc::default());
        for last in self.referrers.of(self.snapshot.references(), id) {
            if owners.0 != Some(last.holder) {
                owners = (Some(last.holder), self.owners(last));
            }
            if owners.1.is_empty() || !matches!(last.kind(), Key | DictKey | Closure) {
                take(Folded::single(last));
            } else {
                owners.1.iter().for_each(|first| take(Folded { first: *first, last }));
            }
        }
    }

    /// Into what the holder of a reference is folded: nothing, as a rule.
    fn owners(&self, reference: Reference<'s>) -> Rc<[Reference<'s>]> {
        let (snapshot, holder) = (self.snapshot, reference.holder);
        match reference.kind() {
            _ if (self.unfolded)(holder) => Rc::default(),
            Key | DictKey => {
                self.once(&self.owners, holder, || owners_of_dict(snapshot, self.referrers, holder).collect())
            }
            Closure if self.is_cell(holder) => {
                self.once(&self.owners, holder, || owners_of_cell(snapshot, self.referrers, holder).collect())
            }
            _ => Rc::default(),
        }
    }

    /// What is found out by a look at all that holds an object; of one with many holders it is remembered.
    fn once<T: Clone>(&self, known: &RefCell<HashMap<ObjectId, T>>, holder: ObjectId, find: impl FnOnce() -> T) -> T {
        if self.referrers.count(holder) <= MANY {
            return find();
        }
        known.borrow_mut().entry(holder).or_insert_with(find).clone()
    }

    fn level(&self, link: &Folded<'_>) -> Level {
        let snapshot = self.snapshot;
        let (first, last) = (link.first, link.last);
        match last.kind() {
            Weak => return Level::Weak,
            Root => return Level::Plain,
            _ => {}
        }
        let kind = match first.kind() {
            Type | Base | Global => true,
            Internal => is_class(snapshot, first.holder),
            Item => self.direction == Direction::Backrefs && self.is_class_part(first.holder),
            _ => false,
        };
        let type_of = self.snapshot.objects().type_id(last.target).index();
        let shown_key = last.kind() == DictKey && self.direction == Direction::Refs && self.atoms[type_of];
        if kind || shown_key || self.noise[type_of] || last.name.is_some_and(is_noise_name) {
            Level::Noise
        } else {
            Level::Plain
        }
    }

    /// A tuple that a class keeps for itself.
    fn is_class_part(&self, id: ObjectId) -> bool {
        let by_class = || {
            let mut holders = self.referrers.of(self.snapshot.references(), id);
            holders.any(|reference| matches!(reference.name, Some("__mro__" | "__bases__")))
        };
        builtin_type_of(self.snapshot, id) == Some("tuple") && self.once(&self.class_parts, id, by_class)
    }
}

fn is_noise_name(name: &str) -> bool {
    let name = name.strip_prefix('\'').and_then(|name| name.strip_suffix('\'')).unwrap_or(name);
    name.starts_with("__") && NOISE.contains(&name)
}

/// Names under which modules, classes, functions and calls keep what is true of all their kind.
const NOISE: [&str; 22] = [
    "__annotations__",
    "__bases__",
    "__builtins__",
    "__cached__",
    "__code__",
    "__doc__",
    "__file__",
    "__firstlineno__",
    "__globals__",
    "__loader__",
    "__module__",
    "__mro__",
    "__name__",
    "__package__",
    "__path__",
    "__qualname__",
    "__spec__",
    "__static_attributes__",
    "__subclasses__",
    "__type_params__",
    "__weakref__",
    "__weakrefoffset__",
];
