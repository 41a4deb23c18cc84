//! What a sketch says, before it is a snapshot.

use crate::snapshot::{Flags, Generation, Metadata, ReferenceKind, ReferenceTag, RootKind};

/// The first address that a label gets, and how far the next one is.
const FIRST: u64 = 0x1000;
const STEP: u64 = 0x10;
const SOURCE: &str = "sketch";

/// The parsed line.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) objects: Vec<PlannedObject>,
    pub(super) roots: Vec<PlannedRoot>,
}

pub(super) struct PlannedObject {
    pub(super) label: String,
    pub(super) type_name: String,
    pub(super) refcount: Option<u32>,
    pub(super) generation: Generation,
    pub(super) size: u64,
    pub(super) length: Option<u64>,
    pub(super) text: Option<String>,
    pub(super) flags: Flags,
    pub(super) references: Vec<PlannedReference>,
}

impl PlannedObject {
    pub(super) fn new(label: String) -> Self {
        PlannedObject {
            label,
            type_name: "object".into(),
            refcount: None,
            generation: Generation(2),
            size: 0,
            length: None,
            text: None,
            flags: Flags::empty(),
            references: Vec::new(),
        }
    }
}

pub(super) struct PlannedReference {
    pub(super) target: String,
    pub(super) tag: ReferenceTag,
    pub(super) name: Option<String>,
}

pub(super) struct PlannedRoot {
    pub(super) kind: RootKind,
    pub(super) path: Vec<String>,
    pub(super) reference: ReferenceKind,
    pub(super) name: Option<String>,
    pub(super) target: String,
    pub(super) counted: bool,
}

impl PlannedRoot {
    /// `<held> > a`: asks for an object that has more references than are found.
    pub(super) fn is_held_label(&self) -> bool {
        let plain = self.reference == ReferenceKind::Root && self.name.is_none() && !self.counted;
        self.kind == RootKind::Held && self.path.is_empty() && plain
    }
}

/// What the metadata of a sketch with these labels say, so that [`address_of`] finds them again.
pub(super) fn source(labels: &[String]) -> String {
    std::iter::once(SOURCE).chain(labels.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
}

/// The labels of a sketch in order of their addresses; none for other heaps.
pub(super) fn labels(metadata: &Metadata) -> Vec<&str> {
    let mut words = metadata.source.as_deref().unwrap_or_default().split(' ');
    if words.next() == Some(SOURCE) { words.collect() } else { Vec::new() }
}

/// The address of the label at this position.
pub(super) fn address_at(position: usize) -> u64 {
    FIRST + position as u64 * STEP
}

/// The label's address: spelled out (`0x7f00`), or by its position among the labels.
pub(super) fn address_of(metadata: &Metadata, label: &str) -> Option<u64> {
    match explicit_address(label) {
        Some(address) => Some(address),
        None => labels(metadata).iter().position(|known| *known == label).map(address_at),
    }
}

/// The address that a label like `0x7f00` spells out.
pub(super) fn explicit_address(label: &str) -> Option<u64> {
    label.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok())
}
