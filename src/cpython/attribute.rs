//! Where CPython keeps what a name stands for: inline values and slots, an own `__dict__`, the class and its bases.

use super::fold::leads_to_own_dict;
use super::label::{builtin_type_of, identifier_key, is_class};
use super::repr::str_repr;
use crate::snapshot::{ObjectId, Reference, ReferenceKind, Snapshot};

/// A class hierarchy deeper or wider than this is not one.
const MOST_BASES: usize = 1000;

/// What a reference of the holder itself with this name leads to: an attribute first, then a field.
pub fn own(snapshot: &Snapshot, holder: ObjectId, name: &str) -> Option<ObjectId> {
    own_reference(snapshot, holder, name).map(|reference| reference.target)
}

fn own_reference<'s>(snapshot: &'s Snapshot, holder: ObjectId, name: &str) -> Option<Reference<'s>> {
    use ReferenceKind::{Attribute, Closure, Global, Internal};
    let named = |kinds: &[ReferenceKind]| {
        snapshot.references().of(holder).find(|found| kinds.contains(&found.kind()) && found.name == Some(name))
    };
    named(&[Attribute]).or_else(|| named(&[Internal, Global, Closure]))
}

/// The holder's own `__dict__`, where it has one as an object.
pub fn own_dict(snapshot: &Snapshot, holder: ObjectId) -> Option<ObjectId> {
    snapshot.references().of(holder).find(leads_to_own_dict).map(|reference| reference.target)
}

/// What a dict has under a key of this `repr`.
pub fn key(snapshot: &Snapshot, dict: ObjectId, repr: &str) -> Option<ObjectId> {
    let fits = |found: &Reference<'_>| found.kind() == ReferenceKind::Key && found.name == Some(repr);
    snapshot.references().of(dict).find(fits).map(|reference| reference.target)
}

/// An object's own attributes by name, in its own order: inline values and slots, then what its `__dict__` has.
pub fn names(snapshot: &Snapshot, holder: ObjectId) -> impl Iterator<Item = (&str, ObjectId)> {
    let inline = |found: Reference<'_>| found.kind() == ReferenceKind::Attribute && !leads_to_own_dict(&found);
    let inline = snapshot.references().of(holder).filter(move |found| inline(*found));
    let dict = own_dict(snapshot, holder).into_iter().flat_map(|dict| snapshot.references().of(dict));
    let entry = |found: Reference<'_>| found.kind() == ReferenceKind::Key;
    let listed = dict.filter(move |found| entry(*found));
    let inline = inline.filter_map(|found| Some((found.name?, found.target)));
    inline.chain(listed.filter_map(|found| Some((identifier_key(found.name?)?, found.target))))
}

/// The object that `holder.name` gives, as far as it is stored anywhere: nothing is computed.
///
/// In Python's order: the holder's own attribute, its `__dict__`, then the class and its bases (for a class: its own
/// bases), and last a field of the C structure (`f.__code__`, `m.__self__`).
pub fn attribute(snapshot: &Snapshot, holder: ObjectId, name: &str) -> Option<ObjectId> {
    let of_kind = |kind| snapshot.references().of(holder).find(|found| found.kind() == kind).map(|found| found.target);
    match name {
        "__class__" => return of_kind(ReferenceKind::Type),
        "__base__" => return of_kind(ReferenceKind::Base),
        "cell_contents" if builtin_type_of(snapshot, holder) == Some("cell") => return of_kind(ReferenceKind::Closure),
        _ => {}
    }
    let inline = own_reference(snapshot, holder, name);
    if let Some(found) = inline.filter(|found| found.kind() == ReferenceKind::Attribute) {
        return Some(found.target);
    }
    let repr = str_repr(name);
    let in_dict = |of: ObjectId| key(snapshot, own_dict(snapshot, of)?, &repr);
    in_dict(holder)
        .or_else(|| lineage(snapshot, holder).into_iter().find_map(in_dict))
        .or_else(|| inline.map(|found| found.target))
}

/// Where attributes are looked up beyond the object itself: a class's bases, or the object's class and its bases.
fn lineage(snapshot: &Snapshot, holder: ObjectId) -> Vec<ObjectId> {
    let Some(class) = (if is_class(snapshot, holder) { Some(holder) } else { snapshot.class_of(holder) }) else {
        return Vec::new();
    };
    if let Some(mro) = own(snapshot, class, "__mro__") {
        return items(snapshot, mro).take(MOST_BASES).collect();
    }
    // No resolution order at hand: bases from left to right, each once.
    let mut classes = vec![class];
    let mut next = 0;
    while let Some(&class) = classes.get(next).filter(|_| classes.len() < MOST_BASES) {
        next += 1;
        let tuple = own(snapshot, class, "__bases__").into_iter().flat_map(|bases| items(snapshot, bases));
        let direct = snapshot.references().of(class).filter(|found| found.kind() == ReferenceKind::Base);
        let bases: Vec<ObjectId> = tuple.chain(direct.map(|found| found.target)).collect();
        for base in bases {
            if !classes.contains(&base) {
                classes.push(base);
            }
        }
    }
    classes
}

/// The objects at the positions of a list or tuple.
pub fn items(snapshot: &Snapshot, holder: ObjectId) -> impl Iterator<Item = ObjectId> {
    let item = |found: &Reference<'_>| found.kind() == ReferenceKind::Item;
    snapshot.references().of(holder).filter(item).map(|found| found.target)
}
