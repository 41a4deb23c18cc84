//! How references read without their addresses: who by type, by which name, to what type.

use super::knots::NONE;
use crate::cpython::builtin::takes_weak_references;
use crate::cpython::label::{builtin_type, identifier_key, short_type};
use crate::snapshot::{ObjectColumns, ReferenceColumns, ReferenceId, ReferenceKind, Snapshot};
use foldhash::HashMap;

/// What an edge of a cycle reads as: a link's number, [`FOLDED`], or a number marked as [`MIRRORED`].
pub(super) type Edge = u32;
/// The reference to an own `__dict__` that belongs to its owner: it has no name, and cannot be cut.
pub(super) const FOLDED: Edge = (1 << 31) - 1;
/// Added to an entry of an own `__dict__` that repeats what its owner holds inline: the shape has it once.
pub(super) const MIRRORED: Edge = 1 << 31;
/// In place of the owner of an own dict that has several; [`NONE`] alone is more.
pub(super) const SEVERAL: u32 = NONE - 1;

/// A holder's type, a name and a target's type.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Triple {
    name: u32,
    target: u32,
}

/// A holder's type and how it names the reference.
struct Name {
    holder: u32,
    label: String,
    kind: ReferenceKind,
    // Whether one of its targets takes no weak reference.
    refused: bool,
}

/// What is looked up for each reference: types of holder and target, kind, name in the snapshot, whether it is folded.
type Raw = (u32, u32, u32, u8);

/// The names and links met so far.
pub(super) struct Links<'s> {
    objects: &'s ObjectColumns,
    references: &'s ReferenceColumns,
    snapshot: &'s Snapshot,
    own_dict: Vec<bool>,
    dict: Vec<bool>,
    names: Vec<Name>,
    by_label: HashMap<(u32, String), u32>,
    triples: Vec<Triple>,
    by_triple: HashMap<Triple, u32>,
    by_raw: HashMap<Raw, u32>,
    ambiguous: HashMap<&'s str, bool>,
}

impl<'s> Links<'s> {
    pub(super) fn new(snapshot: &'s Snapshot) -> Self {
        let (objects, references) = (snapshot.objects().columns(), snapshot.references().columns());
        let mut used = vec![false; objects.type_names.len()];
        objects.types.iter().for_each(|of_type| used[*of_type as usize] = true);
        let mut ambiguous = HashMap::default();
        for (name, _) in objects.type_names.iter().zip(used).filter(|(_, used)| *used) {
            ambiguous.entry(short_type(name)).and_modify(|ambiguous| *ambiguous = true).or_insert(false);
        }
        Links {
            objects,
            references,
            snapshot,
            own_dict: references.name_table.iter().map(|name| name == "__dict__").collect(),
            dict: objects.type_names.iter().map(|name| builtin_type(name) == Some("dict")).collect(),
            names: Vec::new(),
            by_label: HashMap::default(),
            triples: Vec::new(),
            by_triple: HashMap::default(),
            by_raw: HashMap::default(),
            ambiguous,
        }
    }

    /// Whether a reference leads from an object that is no dict to its own `__dict__`.
    pub(super) fn is_own_dict(&self, holder: u32, reference: u32) -> bool {
        let name = self.references.names[reference as usize] as usize;
        let of = |row: u32| self.dict[self.objects.types[row as usize] as usize];
        self.own_dict.get(name) == Some(&true)
            && self.kind(reference) == ReferenceKind::Attribute
            && !of(holder)
            && of(self.references.targets[reference as usize])
    }

    /// By row, the owner of an own dict: [`SEVERAL`] where a dict has more than one, [`NONE`] for all else.
    pub(super) fn own_dicts(&self) -> Vec<u32> {
        let mut owners = vec![NONE; self.objects.types.len()];
        if !self.own_dict.contains(&true) {
            return owners;
        }
        for (holder, range) in self.references.offsets.windows(2).enumerate() {
            for reference in (range[0]..range[1]).filter(|reference| self.is_own_dict(holder as u32, *reference)) {
                let owner = &mut owners[self.references.targets[reference as usize] as usize];
                *owner = if *owner == NONE { holder as u32 } else { SEVERAL };
            }
        }
        owners
    }

    pub(super) fn is_borrowed(&self, reference: u32) -> bool {
        self.snapshot.references().tag(ReferenceId::new(reference)).is_borrowed()
    }

    fn kind(&self, reference: u32) -> ReferenceKind {
        self.snapshot.references().tag(ReferenceId::new(reference)).kind()
    }

    /// Whether an inline attribute and an entry of an own dict have one name.
    pub(super) fn reads_alike(&self, inline: u32, entry: u32) -> bool {
        let name = |reference: u32| self.snapshot.references().name(ReferenceId::new(reference));
        let attribute = self.kind(inline) == ReferenceKind::Attribute;
        attribute && self.kind(entry) == ReferenceKind::Key && name(entry).and_then(identifier_key) == name(inline)
    }

    /// What a reference reads as. `holder` is the row that it counts for: with `folded` the owner of the dict.
    pub(super) fn of(&mut self, holder: u32, reference: u32, folded: bool) -> Edge {
        let kind = self.kind(reference);
        let holder = self.objects.types[holder as usize];
        let target = self.objects.types[self.references.targets[reference as usize] as usize];
        let raw = (holder, target, self.references.names[reference as usize], kind as u8 | u8::from(folded) << 7);
        if let Some(known) = self.by_raw.get(&raw) {
            return *known;
        }
        let label = label(kind, self.snapshot.references().name(ReferenceId::new(reference)), folded);
        let (names, triples) = (&mut self.names, &mut self.triples);
        let name = *self.by_label.entry((holder, label)).or_insert_with_key(|(holder, label)| {
            names.push(Name { holder: *holder, label: label.clone(), kind, refused: false });
            names.len() as u32 - 1
        });
        let triple = Triple { name, target };
        let link = *self.by_triple.entry(triple).or_insert_with(|| {
            triples.push(triple);
            triples.len() as u32 - 1
        });
        let refused = !takes_weak_references(self.long_type(target)) || self.is_fixed(name);
        self.names[name as usize].refused |= refused;
        self.by_raw.insert(raw, link);
        link
    }

    /// How many links there are.
    pub(super) fn len(&self) -> usize {
        self.triples.len()
    }

    /// How many names there are.
    pub(super) fn names(&self) -> usize {
        self.names.len()
    }

    /// The name of an edge; `None` for one that is folded.
    pub(super) fn name_of(&self, edge: Edge) -> Option<u32> {
        (edge != FOLDED).then(|| self.triples[(edge & !MIRRORED) as usize].name)
    }

    /// The type of an edge's target.
    pub(super) fn target_of(&self, edge: Edge) -> u32 {
        self.triples[(edge & !MIRRORED) as usize].target
    }

    /// The type of a name's holders.
    pub(super) fn holder(&self, name: u32) -> u32 {
        self.names[name as usize].holder
    }

    pub(super) fn kind_of(&self, name: u32) -> ReferenceKind {
        self.names[name as usize].kind
    }

    /// Whether a name is a position that nothing can be taken out of: a tuple's.
    pub(super) fn is_fixed(&self, name: u32) -> bool {
        let name = &self.names[name as usize];
        name.kind == ReferenceKind::Item
            && matches!(builtin_type(self.long_type(name.holder)), Some("tuple" | "frozenset"))
    }

    /// How much a program would have to change to do without a name: 0 where a weak reference does, 1 for a variable
    /// that can end, 2 for all else.
    pub(super) fn effort(&self, name: u32) -> u64 {
        use ReferenceKind::{Attribute, Closure, DictKey, Item, Key, Local};
        let name = &self.names[name as usize];
        match name.kind {
            Attribute | Key | Item | DictKey if !name.refused => 0,
            Local => 1,
            Closure if !name.refused => 1,
            _ => 2,
        }
    }

    /// Whether something stands against a weak reference in place of one of a name's references.
    pub(super) fn is_refused(&self, name: u32) -> bool {
        self.names[name as usize].refused
    }

    /// `Child.parent`, `list[]`.
    pub(super) fn text(&self, name: u32) -> String {
        let name = &self.names[name as usize];
        format!("{}{}", self.type_text(name.holder), name.label)
    }

    /// The last part of a type's name, or all of it where another type of the heap has the same last part.
    pub(super) fn type_text(&self, of_type: u32) -> &'s str {
        let long = self.long_type(of_type);
        let short = short_type(long);
        if self.ambiguous.get(short) == Some(&true) { long } else { short }
    }

    pub(super) fn long_type(&self, of_type: u32) -> &'s str {
        self.objects.type_names.get(of_type).unwrap_or("?")
    }
}

/// How a reference is written behind its holder's type: `.parent`, `['k']`, `[]`. What has no name of its own is written
/// as Python would reach it (`.__class__`), else by its kind.
pub(in crate::analysis) fn label(kind: ReferenceKind, name: Option<&str>, folded: bool) -> String {
    let step = match (kind, name) {
        (ReferenceKind::Key, name) => match name.and_then(identifier_key).filter(|_| folded) {
            Some(name) => return format!(".{name}"),
            None => format!("[{}]", name.unwrap_or("?")),
        },
        (ReferenceKind::Item | ReferenceKind::DictKey, _) => "[]".into(),
        (ReferenceKind::Type, _) => ".__class__".into(),
        (ReferenceKind::Base, _) => ".__base__".into(),
        (_, Some(name)) => format!(".{name}"),
        (kind, None) => format!(".{kind}"),
    };
    if folded { format!(".__dict__{step}") } else { step }
}
