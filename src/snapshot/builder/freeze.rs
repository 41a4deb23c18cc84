//! From what was added to rows: their order, the synthetic ones in front, and every address resolved.

use super::SnapshotBuilder;
use crate::error::{Error, Result};
use crate::snapshot::Snapshot;
use crate::snapshot::address_index::AddressIndex;
use crate::snapshot::flag::Flags;
use crate::snapshot::id::Address;
use crate::snapshot::kind::{ReferenceKind, ReferenceTag, RootKind};
use crate::snapshot::metadata::{FORMAT_VERSION, Metadata};
use crate::snapshot::objects::{Generation, ObjectColumns, Objects, Texts};
use crate::snapshot::references::{NO_NAME, ReferenceColumns, References};
use crate::snapshot::roots::{RootEntry, RootRows};
use crate::snapshot::strings::{Interner, Strings, TextColumn};
use std::ops::Range;

impl SnapshotBuilder {
    /// Freezes the heap: orders the rows (synthetic; tracked by generation, as added; the rest by address), resolves
    /// addresses, fills in refcounts that were not given, and makes the synthetic rows. Objects with more references
    /// than the heap explains hang under `<held outside Python>`; immortal ones that nothing reaches under
    /// `<interpreter>`. Types and names are numbered by their first use, so that equal heaps are equal files whoever
    /// was the first to name something.
    ///
    /// Linear in objects and references, but for the sort of untracked addresses. Uses a second thread.
    ///
    /// # Errors
    /// Two objects at one address, a reference or a root to an address without an object: each named by address.
    pub fn finish(mut self, metadata: Metadata) -> Result<Snapshot> {
        self.offsets.push(self.reference_count()?);
        let (index, order) = two(|| self.index(), || self.row_order());
        let index = index?;
        let links = Links::resolve(&mut self, &index)?;
        let mut roots = std::mem::take(&mut self.roots).resolve(|address| {
            index.position(address).map(|added| added as u32).ok_or_else(|| nowhere("a root", address))
        })?;
        drop(index);
        let explained = links.explain(&roots);
        for &added in &self.refcount_missing {
            self.columns.refcounts[added] = explained[added];
        }
        self.hold_the_unexplained(&mut roots, &order, &explained);
        drop(explained);
        self.hang_immortals(&mut roots, &order, &links);
        roots.sort();
        let place = places(&order, roots.rows().count());
        let SnapshotBuilder { types, names, columns, lengths, texts, .. } = self;
        let (objects, references) = two(
            || objects(&roots, &order, columns, types, &lengths, &texts),
            || links.into_columns(&roots, &order, &place, names.strings()).and_then(References::new),
        );
        let (texts, objects) = objects?;
        let metadata = Metadata { format: FORMAT_VERSION.into(), ..metadata };
        // That no two objects share an address was found when they were indexed.
        Ok(Snapshot { objects, texts, references: references?, metadata })
    }

    fn index(&self) -> Result<AddressIndex> {
        AddressIndex::new(&self.columns.addresses).map_err(|position| {
            Error::malformed(format!("two objects at {}", Address(self.columns.addresses[position])))
        })
    }

    /// The number under which each row's object was added, synthetic rows left out.
    fn row_order(&self) -> Vec<u32> {
        let columns = &self.columns;
        let mut order = Vec::with_capacity(columns.addresses.len());
        let mut untracked = Vec::new();
        for added in self.batch_ranges().into_iter().flatten() {
            match Generation(columns.generations[added as usize]).is_tracked() {
                true => order.push(added),
                // With the address beside the number, sorting stays within the memory that it moves.
                false => untracked.push((columns.addresses[added as usize], added)),
            }
        }
        order.sort_by_key(|&added| columns.generations[added as usize]);
        untracked.sort_unstable();
        order.extend(untracked.into_iter().map(|(_, added)| added));
        order
    }

    /// Which objects were added in which batch, by number of the batch.
    fn batch_ranges(&self) -> Vec<Range<u32>> {
        let all = self.columns.addresses.len() as u32;
        let first = self.batches.first().map_or(all, |(_, first)| *first);
        let ends = self.batches.iter().skip(1).map(|(_, first)| *first).chain([all]);
        let mut ranges: Vec<(u32, Range<u32>)> =
            self.batches.iter().zip(ends).map(|((number, first), end)| (*number, *first..end)).collect();
        ranges.sort_by_key(|(number, _)| *number);
        std::iter::once(0..first).chain(ranges.into_iter().map(|(_, range)| range)).collect()
    }

    /// Gives a root entry to every mortal object that has more references than were found.
    fn hold_the_unexplained(&self, roots: &mut RootRows<u32>, order: &[u32], explained: &[u32]) {
        let mut named = vec![false; order.len()];
        // An entry that counts says who holds one of the references, not that there are more.
        let labels =
            roots.entries_of(RootKind::Held).filter(|entry| entry.tag == ReferenceTag::plain(ReferenceKind::Root));
        labels.for_each(|entry| named[entry.target as usize] = true);
        for &added in order {
            let at = added as usize;
            let mortal = self.columns.flags[at] & Flags::IMMORTAL.bits() == 0;
            if mortal && self.columns.refcounts[at] > explained[at] && !named[at] {
                roots.push(RootKind::Held, RootEntry::label(added));
            }
        }
    }

    /// Immortal objects have no count to reason with: those that nothing reaches belong to the interpreter.
    fn hang_immortals(&self, roots: &mut RootRows<u32>, order: &[u32], links: &Links) {
        let flags = &self.columns.flags;
        let mut reached = vec![false; flags.len()];
        let mut pending: Vec<u32> =
            roots.entries().filter(|entry| entry.tag.holds()).map(|entry| entry.target).collect();
        links.spread(&mut reached, &mut pending);
        for &added in order {
            if flags[added as usize] & Flags::IMMORTAL.bits() != 0 && !reached[added as usize] {
                roots.push(RootKind::Interpreter, RootEntry::label(added));
                pending.push(added);
                links.spread(&mut reached, &mut pending);
            }
        }
    }
}

/// The row of each object, by the number under which it was added.
fn places(order: &[u32], synthetic: usize) -> Vec<u32> {
    let mut place = vec![0u32; order.len()];
    for (row, &added) in order.iter().enumerate() {
        place[added as usize] = (row + synthetic) as u32;
    }
    place
}

fn nowhere(holder: &str, target: Address) -> Error {
    Error::malformed(format!("{holder} refers to {target}, but there is no object at that address"))
}

/// Runs both, one of them on a thread of its own.
fn two<A: Send, B>(other: impl FnOnce() -> A + Send, own: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let own = own();
        (other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), own)
    })
}

/// The references in the order in which they were added, by numbers of added objects.
struct Links {
    offsets: Vec<u32>,
    targets: Vec<u32>,
    tags: Vec<u8>,
    names: Vec<u32>,
}

impl Links {
    /// Takes the references out of the builder. Looking addresses up is most of it: both halves at once.
    fn resolve(builder: &mut SnapshotBuilder, index: &AddressIndex) -> Result<Self> {
        let addresses = std::mem::take(&mut builder.targets);
        let mut targets = vec![0u32; addresses.len()];
        let middle = addresses.len() / 2;
        let (first, second) = targets.split_at_mut(middle);
        let (a, b) =
            two(|| look_up(index, &addresses[..middle], first), || look_up(index, &addresses[middle..], second));
        if let Some(at) = a.or(b.map(|at| at + middle)) {
            let holder = builder.offsets.partition_point(|offset| *offset as usize <= at) - 1;
            let holder = format!("the object at {}", Address(builder.columns.addresses[holder]));
            return Err(nowhere(&holder, Address(addresses[at])));
        }
        let (offsets, tags) = (std::mem::take(&mut builder.offsets), std::mem::take(&mut builder.tags));
        Ok(Links { offsets, targets, tags, names: std::mem::take(&mut builder.reference_names) })
    }

    /// How many references of each object the heap and the roots account for.
    fn explain(&self, roots: &RootRows<u32>) -> Vec<u32> {
        let mut explained = vec![0u32; self.offsets.len() - 1];
        let counted: Vec<bool> =
            (0..=u8::MAX).map(|byte| ReferenceTag::from_byte(byte).is_some_and(ReferenceTag::counted)).collect();
        for (&target, &tag) in self.targets.iter().zip(&self.tags) {
            let count = &mut explained[target as usize];
            *count = count.saturating_add(u32::from(counted[usize::from(tag)]));
        }
        for entry in roots.entries().filter(|entry| entry.tag.counted()) {
            explained[entry.target as usize] = explained[entry.target as usize].saturating_add(1);
        }
        explained
    }

    fn range(&self, added: u32) -> Range<usize> {
        self.offsets[added as usize] as usize..self.offsets[added as usize + 1] as usize
    }

    fn spread(&self, reached: &mut [bool], pending: &mut Vec<u32>) {
        const WEAK: u8 = ReferenceKind::Weak as u8;
        while let Some(added) = pending.pop() {
            if std::mem::replace(&mut reached[added as usize], true) {
                continue;
            }
            let range = self.range(added);
            for (&target, &tag) in self.targets[range.clone()].iter().zip(&self.tags[range]) {
                if tag & 0b1_1111 != WEAK && !reached[target as usize] {
                    pending.push(target);
                }
            }
        }
    }

    /// The whole graph: the synthetic rows' references first, then each row's own.
    fn into_columns(
        self,
        roots: &RootRows<u32>,
        order: &[u32],
        place: &[u32],
        names: &Strings,
    ) -> Result<ReferenceColumns> {
        let mut graph = roots.references(place);
        graph.offsets.reserve(order.len());
        graph.targets.reserve(self.targets.len());
        graph.tags.reserve(self.targets.len());
        graph.names.reserve(self.targets.len());
        for &added in order {
            let range = self.range(added);
            graph.targets.extend(self.targets[range.clone()].iter().map(|target| place[*target as usize]));
            graph.tags.extend_from_slice(&self.tags[range.clone()]);
            graph.names.extend_from_slice(&self.names[range]);
            graph.offsets.push(graph.targets.len() as u32);
        }
        graph.name_table = by_first_use(&mut graph.names, names)?;
        Ok(graph)
    }
}

/// Looks up every address; the position of the first that is not there.
fn look_up(index: &AddressIndex, addresses: &[u64], positions: &mut [u32]) -> Option<usize> {
    let mut pairs = addresses.iter().zip(positions);
    pairs.position(|(address, position)| match index.position(Address(*address)) {
        Some(found) => {
            *position = found as u32;
            false
        }
        None => true,
    })
}

/// The object columns with the synthetic rows in front.
fn objects(
    roots: &RootRows<u32>,
    order: &[u32],
    added: ObjectColumns,
    mut types: Interner,
    lengths: &[u64],
    added_texts: &TextColumn,
) -> Result<(Texts, Objects)> {
    let mut texts = Texts::default();
    let mut columns = ObjectColumns::default();
    for (type_name, text) in roots.rows() {
        columns.types.push(types.intern(type_name)?);
        texts.push(None, Some(text))?;
    }
    let synthetic = columns.types.len();
    columns.addresses = permuted(order, added.addresses, synthetic, 0);
    columns.types.extend(order.iter().map(|&row| added.types[row as usize]));
    columns.sizes = permuted(order, added.sizes, synthetic, 0);
    columns.refcounts = permuted(order, added.refcounts, synthetic, 0);
    columns.generations = permuted(order, added.generations, synthetic, Generation::UNTRACKED.0);
    columns.flags = permuted(order, added.flags, synthetic, Flags::SYNTHETIC.bits());
    for &row in order {
        let length = lengths[row as usize];
        texts.push((length != u64::MAX).then_some(length), added_texts.get(row as usize))?;
    }
    columns.type_names = by_first_use(&mut columns.types, types.strings())?;
    Ok((texts, Objects::new(columns)?))
}

/// A column in the order of rows; what was added goes as soon as it is copied.
fn permuted<T: Copy>(order: &[u32], added: Vec<T>, synthetic: usize, before: T) -> Vec<T> {
    let mut column = Vec::with_capacity(synthetic + order.len());
    column.resize(synthetic, before);
    column.extend(order.iter().map(|&row| added[row as usize]));
    column
}

/// Numbers strings anew by their first use in `column`, which may hold [`NO_NAME`]; gives their table.
fn by_first_use(column: &mut [u32], strings: &Strings) -> Result<Strings> {
    let mut table = Strings::default();
    let mut number = vec![NO_NAME; strings.len()];
    for id in column.iter_mut().filter(|id| **id != NO_NAME) {
        let new = &mut number[*id as usize];
        if *new == NO_NAME
            && let Some(text) = strings.get(*id)
        {
            *new = table.push(text)?;
        }
        *id = *new;
    }
    Ok(table)
}
