//! Which object of one snapshot is which of another.
//!
//! An address says it, unless it was given to something else meanwhile: then the type, the text or the length of a
//! value differs. Of two objects of one type without a value, one freed and one made in its place, nothing tells.

use crate::cpython::descriptor;
use crate::cpython::label::builtin_type;
use crate::graph::Marks;
use crate::snapshot::{Address, AddressIndex, ObjectId, Snapshot};
use foldhash::HashMap;

/// In place of a row where there is none.
pub(super) const NONE: u32 = u32::MAX;

/// The objects that two snapshots have in common.
pub(super) struct Identity {
    /// For each new row the old row of the same object, or [`NONE`].
    pub(super) old_of: Vec<u32>,
    /// The old rows whose objects are still there.
    pub(super) stayed: Marks,
    /// Addresses that hold another object than before.
    pub(super) reused: u64,
}

/// Finds each object of `new` in `old`. Linear; the index of addresses takes about 5 bytes per old object.
pub(super) fn identify(old: &Snapshot, new: &Snapshot) -> Identity {
    let old_rows =
        AddressIndex::new(&old.objects().columns().addresses).expect("a snapshot has no two objects at one address");
    let alike = Alike::new(old, new);
    let mut found =
        Identity { old_of: vec![NONE; new.objects().len()], stayed: Marks::none(old.objects().len()), reused: 0 };
    for id in new.objects().real_ids() {
        let address = Address(new.objects().columns().addresses[id.index()]);
        let Some(row) = old_rows.position(address) else { continue };
        if alike.are(ObjectId::new(row as u32), id) {
            found.old_of[id.index()] = row as u32;
            found.stayed.insert(row as u32);
        } else {
            found.reused += 1;
        }
    }
    found
}

/// Of each type of `new`, the same type in `old`, or [`NONE`].
pub(super) fn old_types(old: &Snapshot, new: &Snapshot) -> Vec<u32> {
    translate(old.objects().type_names().iter(), new.objects().type_names().iter())
}

/// Of each name in `new`, its number among the names in `old`, or [`NONE`]. Linear.
pub(super) fn translate<'n>(old: impl Iterator<Item = &'n str>, new: impl Iterator<Item = &'n str>) -> Vec<u32> {
    let known: HashMap<&str, u32> = old.zip(0..).collect();
    new.map(|name| known.get(name).copied().unwrap_or(NONE)).collect()
}

/// Tells whether two objects at one address may be one.
struct Alike<'s> {
    old: &'s Snapshot,
    new: &'s Snapshot,
    types: Vec<u32>,
    /// Of each type of `new`: whether its texts and its lengths stay as long as an object lives.
    fixed: Vec<(bool, bool)>,
    texts: bool,
}

impl<'s> Alike<'s> {
    fn new(old: &'s Snapshot, new: &'s Snapshot) -> Self {
        // Hashes have a key of their own in each snapshot: equal texts look different.
        let hashed = |snapshot: &Snapshot| snapshot.metadata().values.as_deref() == Some("hashed");
        let names = new.objects().type_names().iter();
        let fixed = names.map(|name| (text_is_fixed(name), length_is_fixed(name))).collect();
        Alike { old, new, types: old_types(old, new), fixed, texts: !hashed(old) && !hashed(new) }
    }

    fn are(&self, old: ObjectId, new: ObjectId) -> bool {
        let type_id = self.new.objects().type_id(new);
        let (text_stays, length_stays) = self.fixed[type_id.index()];
        let (before, after) = (self.old.texts(), self.new.texts());
        self.types[type_id.index()] == self.old.objects().type_id(old).get()
            && !(text_stays && self.texts && texts_differ(before.text(old), after.text(new)))
            && !(length_stays && differ(before.length(old), after.length(new)))
    }
}

/// Whether both are known and not equal.
fn differ<T: PartialEq>(left: Option<T>, right: Option<T>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left != right)
}

/// The same of texts. A file or socket whose text says that it is closed now is the one that was open.
fn texts_differ(old: Option<&str>, new: Option<&str>) -> bool {
    let is_state = |text: Option<&str>| text.is_some_and(|text| descriptor::parse(text).is_some());
    differ(old, new) && !(is_state(old) && is_state(new))
}

/// Types whose texts never change: values and names. A frame's says which line it has come to.
fn text_is_fixed(type_name: &str) -> bool {
    builtin_type(type_name) != Some("frame")
}

/// Types whose `len()` never changes.
fn length_is_fixed(type_name: &str) -> bool {
    matches!(builtin_type(type_name), Some("str" | "bytes" | "tuple" | "frozenset"))
}
