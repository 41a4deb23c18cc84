//! What an object's class stands on: which builtin type it extends, and whether Python code speaks for it.

use super::attribute::{items, key, own, own_dict};
use super::label::{builtin_type, short_type};
use crate::snapshot::{ObjectId, Reference, ReferenceKind, Snapshot};

/// A resolution order longer than this is not one.
const LONGEST: usize = 1000;

/// The object's class and its bases, in resolution order, where the snapshot has them: instances of types written in C
/// and never subclassed do not hold their type.
pub fn classes(snapshot: &Snapshot, id: ObjectId) -> Vec<ObjectId> {
    let Some(class) = snapshot.class_of(id) else { return Vec::new() };
    let order = own(snapshot, class, "__mro__");
    let listed: Vec<ObjectId> = order.into_iter().flat_map(|order| items(snapshot, order).take(LONGEST)).collect();
    if listed.is_empty() { vec![class] } else { listed }
}

/// What types written in C extend, whose instances do not hold their type.
const STATIC_BASES: [(&str, &str); 8] = [
    ("collections.OrderedDict", "dict"),
    ("collections.defaultdict", "dict"),
    ("sys.flags", "tuple"),
    ("sys.version_info", "tuple"),
    ("sys.float_info", "tuple"),
    ("sys.hash_info", "tuple"),
    ("sys.int_info", "tuple"),
    ("sys.thread_info", "tuple"),
];

/// Whether the object is an instance of one of these builtin types or of a class that extends one.
pub fn is_instance(snapshot: &Snapshot, id: ObjectId, names: &[&str]) -> bool {
    let extends = |long: &str| STATIC_BASES.iter().any(|(name, base)| *name == long && names.contains(base));
    let fits = |long: &str| builtin_type(long).is_some_and(|name| names.contains(&name)) || extends(long);
    fits(snapshot.objects().type_name(id))
        || classes(snapshot, id).into_iter().any(|class| snapshot.texts().text(class).is_some_and(fits))
}

/// What the object's classes define under this name before the first of them that `stops`: the class that has it.
pub fn defining(snapshot: &Snapshot, id: ObjectId, name: &str, stops: impl Fn(&str) -> bool) -> Option<ObjectId> {
    let repr = format!("'{name}'");
    let before = |class: &ObjectId| !snapshot.texts().text(*class).is_some_and(&stops);
    let mut before = classes(snapshot, id).into_iter().take_while(before);
    before.find(|class| own_dict(snapshot, *class).is_some_and(|dict| key(snapshot, dict, &repr).is_some()))
}

/// The name of a class as its C structure has it (`tp_name`): `int`, `collections.deque`, and of a class made in
/// Python the bare `Session`.
pub fn c_name<'s>(snapshot: &'s Snapshot, class: Option<ObjectId>, long: &'s str) -> &'s str {
    match builtin_type(long) {
        Some(bare) => bare,
        None if class.is_none_or(|class| !made_in_python(snapshot, class)) => long,
        None => short_type(long),
    }
}

/// The same of an object's type.
pub fn c_name_of_type(snapshot: &Snapshot, id: ObjectId) -> &str {
    c_name(snapshot, snapshot.class_of(id), snapshot.objects().type_name(id))
}

/// Made by a `class` statement: its namespace begins with the module's name, or has what such classes are given.
fn made_in_python(snapshot: &Snapshot, class: ObjectId) -> bool {
    let Some(dict) = own_dict(snapshot, class) else { return false };
    let is_key = |found: &Reference<'_>| found.kind() == ReferenceKind::Key;
    let first = snapshot.references().of(dict).find(is_key).and_then(|found| found.name);
    first == Some("'__module__'")
        || ["'__weakref__'", "'__slots__'"].iter().any(|name| key(snapshot, dict, name).is_some())
}

/// Whether the object is an instance of a class made in Python.
pub fn is_made_in_python(snapshot: &Snapshot, id: ObjectId) -> bool {
    snapshot.class_of(id).is_some_and(|class| made_in_python(snapshot, class))
}

/// The module that a class says it is from and its `__name__`, joined: `app.Inner` of `app.Outer.Inner`.
pub fn module_and_name(snapshot: &Snapshot, id: ObjectId) -> String {
    let long = snapshot.objects().type_name(id);
    let stored = snapshot.class_of(id).and_then(|class| own_dict(snapshot, class));
    let module = stored.and_then(|dict| key(snapshot, dict, "'__module__'"));
    match module.and_then(|module| snapshot.texts().text(module)) {
        Some(module) => format!("{module}.{}", short_type(long)),
        None => long.to_owned(),
    }
}

/// The minor version of the Python that was captured; 0 if it is not told.
pub fn minor(snapshot: &Snapshot) -> u32 {
    let version = snapshot.metadata().python.as_deref().unwrap_or_default();
    version.split('.').nth(1).and_then(|minor| minor.parse().ok()).unwrap_or(0)
}
