//! From objects in any order, referring to each other by address, to a frozen [`Snapshot`].
//!
//! Every reader and the capture go through here, so that the order of rows, the roots and the references from
//! `<held outside Python>` mean the same whoever made the snapshot.

use super::Snapshot;
use super::address_index::AddressIndex;
use super::flag::Flags;
use super::id::{Address, NameId, TypeId};
use super::kind::{ReferenceKind, ReferenceTag, RootKind};
use super::metadata::{FORMAT_VERSION, Metadata};
use super::objects::{Generation, ObjectColumns, Objects, Texts};
use super::references::{NO_NAME, ReferenceColumns, References};
use super::roots::{RootEntry, RootRows};
use super::strings::{Interner, TextColumn};
use crate::error::{Error, Result};

/// An object to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewObject<'a> {
    /// What `id()` returns. Not zero, and of one object only.
    pub address: Address,
    /// From [`SnapshotBuilder::type_name`].
    pub type_name: TypeId,
    /// Bytes of the object itself.
    pub size: u64,
    /// `None`: as many as the counted references and roots that lead to it.
    pub refcount: Option<u32>,
    /// Which list of the collector it stands in.
    pub generation: Generation,
    /// What is special about it.
    pub flags: Flags,
    /// `len()` of a sized object.
    pub length: Option<u64>,
    /// At most 80 characters; longer texts are the caller's to cut.
    pub text: Option<&'a str>,
}

/// A reason why an object is alive without a Python holder.
#[derive(Clone, Copy, Debug)]
pub struct NewRoot<'a> {
    /// Which kind of root.
    pub kind: RootKind,
    /// The rows it hangs under, outermost first: `["thread 139 MainThread", "frame app.py:42 handle"]`.
    /// Empty: directly under the one row of its kind.
    pub path: &'a [&'a str],
    /// Kind of the reference from the last of these rows to the target.
    pub reference: ReferenceKind,
    /// How the holder names it: a module's name, a variable.
    pub name: Option<&'a str>,
    /// The object that is alive by it.
    pub target: Address,
    /// Whether this entry explains one of the target's references.
    pub counted: bool,
}

/// Collects objects, references and roots; [`finish`](SnapshotBuilder::finish) freezes them.
#[derive(Default)]
pub struct SnapshotBuilder {
    types: Interner,
    names: Interner,
    columns: ObjectColumns,
    // `refcounts` cannot say "not given", so these rows are remembered apart.
    refcount_missing: Vec<usize>,
    lengths: Vec<u64>,
    texts: TextColumn,
    offsets: Vec<u32>,
    targets: Vec<u64>,
    tags: Vec<u8>,
    reference_names: Vec<u32>,
    roots: RootRows,
}

impl SnapshotBuilder {
    /// An empty heap.
    pub fn new() -> Self {
        SnapshotBuilder::default()
    }

    /// The id of a type name, for [`NewObject::type_name`].
    ///
    /// # Errors
    /// Refused past 4 GiB of names.
    pub fn type_name(&mut self, name: &str) -> Result<TypeId> {
        self.types.intern(name).map(TypeId::new)
    }

    /// The id of a reference name, for [`SnapshotBuilder::reference`].
    ///
    /// # Errors
    /// Refused past 4 GiB of names.
    pub fn name(&mut self, name: &str) -> Result<NameId> {
        self.names.intern(name).map(NameId::new)
    }

    /// The text of a name given out earlier.
    pub fn name_text(&self, name: NameId) -> Option<&str> {
        self.names.get(name.get())
    }

    /// Adds an object. The references added next are its own.
    ///
    /// # Errors
    /// Refused past 4 GiB of text.
    pub fn object(&mut self, object: NewObject<'_>) -> Result<()> {
        self.offsets.push(self.reference_count()?);
        let columns = &mut self.columns;
        if object.refcount.is_none() {
            self.refcount_missing.push(columns.addresses.len());
        }
        columns.addresses.push(object.address.0);
        columns.types.push(object.type_name.get());
        columns.sizes.push(object.size);
        columns.refcounts.push(object.refcount.unwrap_or(0));
        columns.generations.push(object.generation.0);
        columns.flags.push(object.flags.bits());
        self.lengths.push(object.length.unwrap_or(u64::MAX));
        self.texts.push(object.text)
    }

    /// Adds a reference from the object added last. Its target may be added later.
    ///
    /// # Panics
    /// If no object was added yet.
    pub fn reference(&mut self, target: Address, tag: ReferenceTag, name: Option<NameId>) {
        assert!(!self.offsets.is_empty(), "a reference needs a holder: add the object first");
        self.targets.push(target.0);
        self.tags.push(tag.byte());
        self.reference_names.push(name.map_or(NO_NAME, NameId::get));
    }

    /// Adds a root entry. Its target may be added later.
    ///
    /// # Errors
    /// Refused past 4 GiB of names.
    pub fn root(&mut self, root: NewRoot<'_>) -> Result<()> {
        let name = root.name.map(|name| self.names.intern(name)).transpose()?;
        self.roots.add(&root, name);
        Ok(())
    }

    /// How many objects were added.
    pub fn len(&self) -> usize {
        self.columns.addresses.len()
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.columns.addresses.is_empty()
    }

    fn reference_count(&self) -> Result<u32> {
        u32::try_from(self.targets.len())
            .map_err(|_| Error::unsupported(format!("{} references; at most 2³²−1 fit", self.targets.len())))
    }

    /// Freezes the heap: orders the rows (synthetic; tracked by generation, as added; the rest by address), resolves
    /// addresses, fills in refcounts that were not given, and makes the synthetic rows. Objects with more references
    /// than the heap explains hang under `<held outside Python>`; immortal ones that nothing reaches under
    /// `<interpreter>`.
    ///
    /// Linear in objects and references, but for the sort of untracked addresses.
    ///
    /// # Errors
    /// Two objects at one address, a reference or a root to an address without an object: each named by address.
    pub fn finish(mut self, metadata: Metadata) -> Result<Snapshot> {
        self.offsets.push(self.reference_count()?);
        let index = AddressIndex::new(&self.columns.addresses).map_err(|position| {
            Error::malformed(format!("two objects at {}", Address(self.columns.addresses[position])))
        })?;
        let order = self.row_order();
        let mut place = vec![0u32; order.len()];
        for (row, &added) in order.iter().enumerate() {
            place[added as usize] = row as u32;
        }
        let mut graph = self.resolve(&index, &order, &place)?;
        let mut roots = std::mem::take(&mut self.roots).resolve(|address| {
            index.position(address).map(|added| place[added]).ok_or_else(|| nowhere("a root", address))
        })?;
        let explained = explain(&graph, &roots);
        let refcounts = self.refcounts(&order, &place, &explained);
        let flags = order.iter().map(|&added| self.columns.flags[added as usize]).collect::<Vec<_>>();
        hold_the_unexplained(&mut roots, &refcounts, &explained, &flags);
        hang_immortals(&mut roots, &graph, &flags);
        roots.sort();

        let (texts, columns) = self.real_rows(&roots, &order, refcounts, flags)?;
        graph.name_table = self.names.finish();
        let references = References::new(roots.prepend_to(graph))?;
        let metadata = Metadata { format: FORMAT_VERSION.into(), ..metadata };
        // That no two objects share an address was found when they were indexed.
        Ok(Snapshot { objects: Objects::new(columns)?, texts, references, metadata })
    }

    fn row_order(&self) -> Vec<u32> {
        let columns = &self.columns;
        let is_tracked = |added: &u32| Generation(columns.generations[*added as usize]).is_tracked();
        let (mut order, untracked): (Vec<u32>, Vec<u32>) = (0..columns.addresses.len() as u32).partition(is_tracked);
        order.sort_by_key(|&added| columns.generations[added as usize]);
        // With the address beside the number, sorting stays within the memory that it moves.
        let mut by_address: Vec<(u64, u32)> =
            untracked.into_iter().map(|added| (columns.addresses[added as usize], added)).collect();
        by_address.sort_unstable();
        order.extend(by_address.into_iter().map(|(_, added)| added));
        order
    }

    /// The references between real objects, as if there were no synthetic rows yet.
    fn resolve(&mut self, index: &AddressIndex, order: &[u32], place: &[u32]) -> Result<ReferenceColumns> {
        let mut graph = ReferenceColumns::default();
        graph.offsets.reserve(order.len() + 1);
        graph.offsets.push(0);
        graph.targets.reserve(self.targets.len());
        graph.tags.reserve(self.targets.len());
        graph.names.reserve(self.targets.len());
        for &added in order {
            let added = added as usize;
            let range = self.offsets[added] as usize..self.offsets[added + 1] as usize;
            for &target in &self.targets[range.clone()] {
                let found = index.position(Address(target)).ok_or_else(|| {
                    nowhere(&format!("the object at {}", Address(self.columns.addresses[added])), Address(target))
                })?;
                graph.targets.push(place[found]);
            }
            graph.tags.extend_from_slice(&self.tags[range.clone()]);
            graph.names.extend_from_slice(&self.reference_names[range]);
            graph.offsets.push(graph.targets.len() as u32);
        }
        Ok(graph)
    }

    fn refcounts(&self, order: &[u32], place: &[u32], explained: &[u32]) -> Vec<u32> {
        let mut refcounts: Vec<u32> = order.iter().map(|&added| self.columns.refcounts[added as usize]).collect();
        for &added in &self.refcount_missing {
            let row = place[added] as usize;
            refcounts[row] = explained[row];
        }
        refcounts
    }

    /// The object columns with the synthetic rows in front.
    fn real_rows(
        &mut self,
        roots: &RootRows<u32>,
        order: &[u32],
        refcounts: Vec<u32>,
        flags: Vec<u32>,
    ) -> Result<(Texts, ObjectColumns)> {
        let mut texts = Texts::default();
        let mut columns = ObjectColumns::default();
        for (type_name, text) in roots.rows() {
            columns.types.push(self.types.intern(type_name)?);
            texts.push(None, Some(text))?;
        }
        let synthetic = columns.types.len();
        columns.addresses = vec![0; synthetic];
        columns.sizes = vec![0; synthetic];
        columns.refcounts = vec![0; synthetic];
        columns.generations = vec![Generation::UNTRACKED.0; synthetic];
        columns.flags = vec![Flags::SYNTHETIC.bits(); synthetic];

        let added = &self.columns;
        columns.addresses.extend(order.iter().map(|&row| added.addresses[row as usize]));
        columns.types.extend(order.iter().map(|&row| added.types[row as usize]));
        columns.sizes.extend(order.iter().map(|&row| added.sizes[row as usize]));
        columns.generations.extend(order.iter().map(|&row| added.generations[row as usize]));
        columns.refcounts.extend(refcounts);
        columns.flags.extend(flags);
        for &row in order {
            let length = self.lengths[row as usize];
            texts.push((length != u64::MAX).then_some(length), self.texts.get(row as usize))?;
        }
        columns.type_names = std::mem::take(&mut self.types).finish();
        Ok((texts, columns))
    }
}

fn nowhere(holder: &str, target: Address) -> Error {
    Error::malformed(format!("{holder} refers to {target}, but there is no object at that address"))
}

/// How many references of each object the heap and the roots account for.
fn explain(graph: &ReferenceColumns, roots: &RootRows<u32>) -> Vec<u32> {
    let mut explained = vec![0u32; graph.offsets.len() - 1];
    let counted: Vec<bool> =
        (0..=u8::MAX).map(|byte| ReferenceTag::from_byte(byte).is_some_and(ReferenceTag::counted)).collect();
    for (&target, &tag) in graph.targets.iter().zip(&graph.tags) {
        explained[target as usize] = explained[target as usize].saturating_add(u32::from(counted[usize::from(tag)]));
    }
    for entry in roots.entries().filter(|entry| entry.tag.counted()) {
        explained[entry.target as usize] = explained[entry.target as usize].saturating_add(1);
    }
    explained
}

/// Gives a root entry to every mortal object that has more references than were found.
fn hold_the_unexplained(roots: &mut RootRows<u32>, refcounts: &[u32], explained: &[u32], flags: &[u32]) {
    let mut named = vec![false; refcounts.len()];
    // An entry that counts says who holds one of the references, not that there are more.
    let labels = roots.entries_of(RootKind::Held).filter(|entry| entry.tag == ReferenceTag::plain(ReferenceKind::Root));
    labels.for_each(|entry| named[entry.target as usize] = true);
    for row in 0..refcounts.len() {
        let mortal = flags[row] & Flags::IMMORTAL.bits() == 0;
        if mortal && refcounts[row] > explained[row] && !named[row] {
            roots.push(RootKind::Held, RootEntry::label(row as u32));
        }
    }
}

/// Immortal objects have no count to reason with: those that nothing reaches belong to the interpreter.
fn hang_immortals(roots: &mut RootRows<u32>, graph: &ReferenceColumns, flags: &[u32]) {
    let mut reached = vec![false; flags.len()];
    let mut pending: Vec<u32> = roots.entries().filter(|entry| entry.tag.holds()).map(|entry| entry.target).collect();
    spread(&mut reached, &mut pending, graph);
    for row in 0..flags.len() {
        if flags[row] & Flags::IMMORTAL.bits() != 0 && !reached[row] {
            roots.push(RootKind::Interpreter, RootEntry::label(row as u32));
            pending.push(row as u32);
            spread(&mut reached, &mut pending, graph);
        }
    }
}

fn spread(reached: &mut [bool], pending: &mut Vec<u32>, graph: &ReferenceColumns) {
    const WEAK: u8 = ReferenceKind::Weak as u8;
    while let Some(row) = pending.pop() {
        let row = row as usize;
        if std::mem::replace(&mut reached[row], true) {
            continue;
        }
        let range = graph.offsets[row] as usize..graph.offsets[row + 1] as usize;
        for (&target, &tag) in graph.targets[range.clone()].iter().zip(&graph.tags[range]) {
            if tag & 0b1_1111 != WEAK && !reached[target as usize] {
                pending.push(target);
            }
        }
    }
}
