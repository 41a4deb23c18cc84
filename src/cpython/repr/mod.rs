//! What `repr()` gives, as far as no Python code has a say in it: from the snapshot, and only the first characters.
//!
//! Every rule is that of the type's `tp_repr` in CPython; what a class's own `__repr__` would say nobody can know from
//! outside, so such an object reads `<app.Session object at 0x7f…>`.

mod containers;
mod fields;
mod library;
mod text;

pub use text::str_repr;

use super::attribute::own;
use super::label::{builtin_type, is_class, short_type};
use super::lineage;
use crate::snapshot::{ObjectId, Snapshot};

/// The first `limit` characters of the object's `repr()`.
///
/// Takes time in proportion to `limit` and to the references of the objects that begin within it.
///
/// ```
/// use heapgraph::cpython::repr::repr;
/// use heapgraph::testkit::{id, sketch};
/// let heap = sketch("d:collections.deque[2] > l[], s[]; l:list[1] > l[]; s:str=\"it's\"");
/// assert_eq!(repr(&heap, id(&heap, "d"), 40), "deque([[[...]], \"it's\"])");
/// assert_eq!(repr(&heap, id(&heap, "d"), 7), "deque([");
/// ```
pub fn repr(snapshot: &Snapshot, id: ObjectId, limit: usize) -> String {
    let mut writer = Writer { snapshot, out: String::new(), left: limit, open: Vec::new(), depth: 0 };
    writer.object(id);
    writer.out
}

/// More levels than brackets fit into what is ever asked for.
const DEEPEST: usize = 100;

/// Writes until the limit is reached. An alias writes its origin before any character of its own, so nesting is
/// bounded as well.
struct Writer<'s> {
    snapshot: &'s Snapshot,
    out: String,
    left: usize,
    /// The containers being written, outermost first.
    open: Vec<ObjectId>,
    /// How deep the object being written is nested.
    depth: usize,
}

impl<'s> Writer<'s> {
    fn push(&mut self, text: &str) {
        for character in text.chars().take(self.left) {
            self.out.push(character);
            self.left -= 1;
        }
    }

    fn is_full(&self) -> bool {
        self.left == 0
    }

    fn text(&self, id: ObjectId) -> Option<&'s str> {
        self.snapshot.texts().text(id)
    }

    fn address(&self, id: ObjectId) -> String {
        self.snapshot.objects().address(id).map_or_else(String::new, |address| address.to_string())
    }

    /// The text of a field that is a str.
    fn word(&self, id: ObjectId, field: &str) -> &'s str {
        own(self.snapshot, id, field).and_then(|found| self.text(found)).unwrap_or_default()
    }

    fn object(&mut self, id: ObjectId) {
        if self.is_full() || self.depth > DEEPEST {
            return;
        }
        self.depth += 1;
        self.nested(id);
        self.depth -= 1;
    }

    fn nested(&mut self, id: ObjectId) {
        if is_class(self.snapshot, id) {
            let long = self.text(id).unwrap_or("type");
            return self.push(&format!("<class '{}'>", builtin_type(long).unwrap_or(long)));
        }
        let Some(rule) = rule(self.snapshot, id) else { return self.default(id) };
        let known = self.value(id, rule) || self.container(id, rule) || self.library(id, rule) || self.fields(id, rule);
        if !known {
            self.default(id);
        }
    }

    /// `object.__repr__`.
    fn default(&mut self, id: ObjectId) {
        let long = self.snapshot.objects().type_name(id);
        let name = builtin_type(long).unwrap_or(long);
        self.push(&format!("<{name} object at {}>", self.address(id)));
    }

    /// Numbers, strings and the single ones of their kind.
    fn value(&mut self, id: ObjectId, rule: &str) -> bool {
        let text = match (rule, self.text(id)) {
            ("NoneType", _) => "None".to_owned(),
            ("ellipsis", _) => "Ellipsis".to_owned(),
            ("NotImplementedType", _) => "NotImplemented".to_owned(),
            ("str", Some(text)) => str_repr(text),
            ("int" | "float" | "bool" | "complex" | "bytes" | "bytearray", Some(text)) => text.to_owned(),
            _ => return false,
        };
        self.push(&text);
        true
    }
}

/// Whose `tp_repr` speaks for the object: its own type's, or that of the first builtin one below its classes. None
/// where a class made in Python speaks for itself.
fn rule(snapshot: &Snapshot, id: ObjectId) -> Option<&str> {
    let classes = lineage::classes(snapshot, id);
    let stops = |long: &str| is_ruled(bare(long));
    if lineage::defining(snapshot, id, "__repr__", stops).is_some() {
        return None;
    }
    let below = classes.iter().filter_map(|class| snapshot.texts().text(*class)).map(bare).find(|name| is_ruled(name));
    // Types whose instances do not hold them, and heaps written by hand.
    below.or_else(|| Some(bare(snapshot.objects().type_name(id))))
}

/// `dict` of `builtins.dict`; other names as they are.
fn bare(long: &str) -> &str {
    builtin_type(long).unwrap_or(long)
}

/// Builtin types whose `tp_repr` is known here and not that of `object`.
fn is_ruled(name: &str) -> bool {
    const VALUES: [&str; 7] = ["str", "int", "float", "bool", "complex", "bytes", "bytearray"];
    [&VALUES[..], &containers::RULED, &library::RULED, &fields::RULED].iter().any(|ruled| ruled.contains(&name))
}

/// `Session` of any class.
fn short_name(snapshot: &Snapshot, id: ObjectId) -> &str {
    short_type(snapshot.objects().type_name(id))
}
