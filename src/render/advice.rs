//! What to change in a program so that a cycle does not arise: one sentence for each name of a cut.

use crate::analysis::cycles::CutName;
use crate::snapshot::ReferenceKind::{Attribute, Closure, DictKey, Item, Key, Local};

/// `make Child.parent a weakref`; of positions `hold the items of Parent.children weakly (…)`. What takes no weak
/// reference has to be let go of.
pub fn advice(name: &CutName) -> String {
    let text = &name.text;
    let container = name.container.as_deref().unwrap_or_else(|| text.trim_end_matches("[]"));
    match (name.kind, &name.refuses) {
        (Attribute | Key, None) => format!("make {text} a weakref"),
        (Item, None) => format!("hold the items of {container} weakly (weakref.WeakSet, WeakValueDictionary)"),
        (DictKey, None) => format!("hold the keys of {container} weakly (weakref.WeakKeyDictionary)"),
        (Attribute | Key, Some(refuses)) => {
            format!("let go of {text} when it has done its work: a {refuses} takes no weak reference")
        }
        (Item | DictKey, Some(refuses)) => {
            format!("let go of {container} when it has done its work: a {refuses} takes no weak reference")
        }
        (Local, _) => format!("end the variable {text} when it has done its work (del)"),
        (Closure, _) => format!("keep {text} out of the closure, or end the variable when it has done its work"),
        _ => format!("let go of {text}"),
    }
}
