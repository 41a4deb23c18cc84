//! What `tp_traverse` reports of an object, in its order: what `gc.get_referents` gives.

use super::label::builtin_type_of;
use super::lineage::{classes, is_instance, is_made_in_python, minor};
use crate::snapshot::{ObjectId, Reference, ReferenceKind, Snapshot};
use ReferenceKind::{DictKey, Item, Key};

/// `func_traverse` (Objects/funcobject.c).
const FUNCTION: [&str; 13] = [
    "__code__",
    "__globals__",
    "__builtins__",
    "__module__",
    "__defaults__",
    "__kwdefaults__",
    "__doc__",
    "__name__",
    "__dict__",
    "__closure__",
    "__annotations__",
    "__type_params__",
    "__qualname__",
];

/// Fields that a type holds, counts and does not visit, though the snapshot does not say so: names and small numbers,
/// which no collector needs to see. With the minor version from which on they are visited.
const NOT_VISITED: [(&str, &str, u32); 4] = [
    ("builtins.module", "__name__", 99),
    ("builtins.enumerate", "one", 99),
    ("_thread._local", "key", 99),
    ("_io.StringIO", "readnl", 12),
];

/// Whether `tp_traverse` reports a reference. Guessed ones are taken for reported: the types that need guessing are the
/// collector's containers as well.
pub fn is_visited(snapshot: &Snapshot, reference: &Reference<'_>) -> bool {
    let label = matches!(reference.kind(), ReferenceKind::Weak | ReferenceKind::Root);
    if label || reference.tag.is_borrowed() {
        return false;
    }
    let field = reference.name.filter(|_| reference.kind() == ReferenceKind::Internal);
    if reference.tag.is_untraversed() {
        // property_traverse visits the name that it was given, from 3.12 on.
        return field == Some("__name__") && builtin_type_of(snapshot, reference.holder) == Some("property");
    }
    let listed = field.and_then(|field| NOT_VISITED.iter().find(|(_, name, _)| *name == field));
    !listed.is_some_and(|(kind, _, since)| minor(snapshot) < *since && is_named(snapshot, reference.holder, kind))
}

/// Whether the object's type or one of its classes has this long name.
fn is_named(snapshot: &Snapshot, id: ObjectId, long: &str) -> bool {
    let fits = |name: &str| name == long || Some(name) == long.strip_prefix("builtins.");
    fits(snapshot.objects().type_name(id))
        || classes(snapshot, id).into_iter().any(|class| snapshot.texts().text(class).is_some_and(fits))
}

/// The references that `tp_traverse` visits, in its order. Takes time in proportion to the holder's references.
pub fn visited(snapshot: &Snapshot, id: ObjectId) -> Vec<Reference<'_>> {
    let mut found: Vec<Reference<'_>> =
        snapshot.references().of(id).filter(|reference| is_visited(snapshot, reference)).collect();
    match snapshot.objects().type_name(id) {
        "builtins.function" | "function" => by_name(&mut found, &FUNCTION),
        "builtins.super" | "super" => by_name(&mut found, &["obj", "type", "obj_type"]),
        // attrgetter_traverse visits its attribute before its type.
        "operator.attrgetter" => found.sort_by_key(|reference| reference.kind() == ReferenceKind::Type),
        _ => {}
    }
    if found.iter().any(|reference| reference.kind() == Item) && items_come_last_first(snapshot, id) {
        reverse_items(&mut found);
    }
    if found.iter().any(|reference| reference.kind() == DictKey) {
        order_keys(&mut found);
    }
    found
}

/// Named ones in this order, the others behind them.
fn by_name(found: &mut [Reference<'_>], names: &[&str]) {
    found.sort_by_key(|reference| names.iter().position(|name| Some(*name) == reference.name).unwrap_or(names.len()));
}

/// Lists and tuples are visited from their end; tuples that C makes with names (`os.stat_result`) from their start.
fn items_come_last_first(snapshot: &Snapshot, id: ObjectId) -> bool {
    match builtin_type_of(snapshot, id) {
        Some("list" | "tuple") => true,
        Some("set" | "frozenset") => false,
        _ => is_instance(snapshot, id, &["list", "tuple"]) && is_made_in_python(snapshot, id),
    }
}

fn reverse_items(found: &mut [Reference<'_>]) {
    let at: Vec<usize> = (0..found.len()).filter(|&nth| found[nth].kind() == Item).collect();
    for (&low, &high) in at.iter().zip(at.iter().rev()).take(at.len() / 2) {
        found.swap(low, high);
    }
}

/// A dict with other keys than strs is visited by value and key in turns. An OrderedDict has its keys once more, in a
/// list of their own that comes before.
fn order_keys(found: &mut Vec<Reference<'_>>) {
    let in_dict = |reference: &Reference<'_>| matches!(reference.kind(), Key | DictKey);
    let Some(first) = found.iter().position(in_dict) else { return };
    let last = found.iter().rposition(in_dict).map_or(first, |last| last + 1);
    let own_list = found[first..last].iter().rposition(|reference| reference.kind() == Key);
    let ordered = own_list.map_or(first, |value| first + value + 1);
    let mut at = first;
    while at + 1 < ordered {
        if found[at].kind() == DictKey && found[at + 1].kind() == Key {
            found.swap(at, at + 1);
            at += 1;
        }
        at += 1;
    }
    found[first..last].rotate_left(ordered - first);
}
