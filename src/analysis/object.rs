//! One object: what it is, and where each of its references comes from.

use crate::cpython::fold::{owners_of_cell, owners_of_dict};
use crate::cpython::label::{builtin_type_of, object_detail, object_title, reference_label};
use crate::snapshot::{
    Address, Flags, Generation, ObjectId, Reference, ReferenceId, ReferenceKind, Referrers, RootKind, Snapshot,
};

/// How much to list.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// At most so many holders in each list; the rest is counted.
    pub holders: usize,
    /// At most so many references by name for each holder; the rest is counted.
    pub names: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { holders: 100, names: 10 }
    }
}

/// An object explained.
#[derive(Clone, PartialEq, Debug)]
pub struct ObjectReport {
    /// Its row.
    pub object: ObjectId,
    /// `id()`; `None` for a row that stands for a root.
    pub address: Option<Address>,
    /// The long name of its type.
    pub type_name: String,
    /// What it is, in a few words.
    pub title: String,
    /// What tells it from its like.
    pub detail: Option<String>,
    /// Its own bytes.
    pub size: u64,
    /// Which list of the collector it stood in.
    pub generation: Generation,
    /// What is special about it.
    pub flags: Flags,
    /// `len()`.
    pub length: Option<u64>,
    /// As stored: a value's prefix, a name.
    pub text: Option<String>,
    /// The count stored in it. Says nothing for an immortal object.
    pub refcount: u32,
    /// How many counted references were found: all of `holders`, listed or not.
    pub counted: u64,
    /// Refcount less counted references: held by C code, a running call, the interpreter. Zero for immortal objects.
    pub held_outside: u64,
    /// Who holds counted references to it: roots first, then by row.
    pub holders: Holders,
    /// Roots that lead to it and explain no count: entries of the module table, the interpreter's labels.
    pub labels: Holders,
    /// References that are no part of the count: guessed, borrowed, weak.
    pub uncounted: Holders,
    /// How many references it has to others.
    pub references: u64,
    /// How many objects these lead to.
    pub referents: u64,
}

/// Some holders, and how many more there are.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Holders {
    /// Those that are listed.
    pub listed: Vec<Holder>,
    /// How many further holders there are.
    pub more_holders: u64,
    /// How many references these have to the object.
    pub more_references: u64,
}

/// An object that refers to the one in question.
#[derive(Clone, PartialEq, Debug)]
pub struct Holder {
    /// Its row.
    pub object: ObjectId,
    /// `None` for a row that stands for a root.
    pub address: Option<Address>,
    /// The long name of its type.
    pub type_name: String,
    /// What it is, in a few words; an own `__dict__` says whose: `dict of module app`.
    pub title: String,
    /// How many references of this sort it has to the object.
    pub count: u64,
    /// The first of them.
    pub references: Vec<HeldBy>,
}

/// One reference as a report names it.
#[derive(Clone, PartialEq, Debug)]
pub struct HeldBy {
    /// Which reference.
    pub reference: ReferenceId,
    /// Its kind.
    pub kind: ReferenceKind,
    /// The words of its marks: `guessed`, `borrowed`, `untraversed`.
    pub marks: Vec<&'static str>,
    /// As one would write it: `.cache`, `['k']`, `[3]`, `local req`. `None` where there is nothing to say.
    pub label: Option<String>,
}

/// Explains one object. Linear in the references to it and from it.
///
/// ```
/// use heapgraph::analysis::object::{Options, explain};
/// use heapgraph::testkit::{id, sketch};
/// let heap = sketch("x:list*4; y:list > x, x; d:dict > x['x']");
/// let report = explain(&heap, &heap.referrers(), id(&heap, "x"), &Options::default());
/// assert_eq!((report.refcount, report.counted, report.held_outside), (4, 3, 1));
/// assert_eq!(report.holders.listed[0].references[1].label.as_deref(), Some("[1]"));
/// ```
pub fn explain(snapshot: &Snapshot, referrers: &Referrers, id: ObjectId, options: &Options) -> ObjectReport {
    let objects = snapshot.objects();
    let [mut holders, mut labels, mut uncounted] = [(); 3].map(|()| Listing::new(snapshot, referrers, options));
    for reference in referrers.of(snapshot.references(), id) {
        match sort_of(snapshot, reference) {
            Some(Sort::Counted) => holders.add(reference),
            Some(Sort::Label) => labels.add(reference),
            Some(Sort::Uncounted) => uncounted.add(reference),
            None => {}
        }
    }
    let counted = holders.references;
    let mortal = !objects.flags(id).contains(Flags::IMMORTAL);
    let refcount = objects.refcount(id);
    let mut referents: Vec<ObjectId> = snapshot.references().of(id).map(|reference| reference.target).collect();
    let references = referents.len() as u64;
    referents.sort();
    referents.dedup();
    ObjectReport {
        object: id,
        address: objects.address(id),
        type_name: objects.type_name(id).to_owned(),
        title: object_title(snapshot, id),
        detail: object_detail(snapshot, id),
        size: objects.size(id),
        generation: objects.generation(id),
        flags: objects.flags(id),
        length: snapshot.texts().length(id),
        text: snapshot.texts().text(id).map(str::to_owned),
        refcount,
        counted,
        held_outside: if mortal { u64::from(refcount).saturating_sub(counted) } else { 0 },
        holders: holders.finish(),
        labels: labels.finish(),
        uncounted: uncounted.finish(),
        references,
        referents: referents.len() as u64,
    }
}

enum Sort {
    Counted,
    Label,
    Uncounted,
}

/// On which list a reference belongs. The label of `<held outside Python>` is on none: it only says that the count is
/// higher than what was found.
fn sort_of(snapshot: &Snapshot, reference: Reference<'_>) -> Option<Sort> {
    let held = snapshot.objects().root_kind(reference.holder) == Some(RootKind::Held);
    match reference.kind() {
        _ if reference.tag.counted() => Some(Sort::Counted),
        ReferenceKind::Root if held => None,
        ReferenceKind::Root => Some(Sort::Label),
        _ => Some(Sort::Uncounted),
    }
}

/// A list of holders in the making. References come by holder, so that those of one holder come together.
struct Listing<'s> {
    snapshot: &'s Snapshot,
    referrers: &'s Referrers,
    options: &'s Options,
    holders: Holders,
    last: Option<ObjectId>,
    references: u64,
}

impl<'s> Listing<'s> {
    fn new(snapshot: &'s Snapshot, referrers: &'s Referrers, options: &'s Options) -> Self {
        Listing { snapshot, referrers, options, holders: Holders::default(), last: None, references: 0 }
    }

    fn add(&mut self, reference: Reference<'_>) {
        self.references += 1;
        let new = self.last.replace(reference.holder) != Some(reference.holder);
        let full = self.holders.listed.len() == self.options.holders;
        if new && !full && self.holders.more_holders == 0 {
            self.holders.listed.push(self.holder(reference.holder));
        } else if new {
            self.holders.more_holders += 1;
        }
        if self.holders.more_holders > 0 {
            self.holders.more_references += 1;
            return;
        }
        let Some(holder) = self.holders.listed.last_mut() else { return };
        holder.count += 1;
        if holder.references.len() < self.options.names {
            holder.references.push(HeldBy {
                reference: reference.id,
                kind: reference.kind(),
                marks: reference.tag.marks().collect(),
                label: reference_label(self.snapshot, reference),
            });
        }
    }

    fn holder(&self, id: ObjectId) -> Holder {
        let objects = self.snapshot.objects();
        Holder {
            object: id,
            address: objects.address(id),
            type_name: objects.type_name(id).to_owned(),
            title: holder_title(self.snapshot, self.referrers, id),
            count: 0,
            references: Vec::new(),
        }
    }

    fn finish(self) -> Holders {
        self.holders
    }
}

/// What a holder is, and for parts of something else, whose: `dict of module app`, `cell of function handle`.
pub fn holder_title(snapshot: &Snapshot, referrers: &Referrers, id: ObjectId) -> String {
    let title = object_title(snapshot, id);
    let owner = match builtin_type_of(snapshot, id) {
        Some("dict") => owners_of_dict(snapshot, referrers, id).next(),
        Some("cell") => owners_of_cell(snapshot, referrers, id).next(),
        _ => None,
    };
    match owner {
        Some(reference) => format!("{title} of {}", object_title(snapshot, reference.holder)),
        None => title,
    }
}
