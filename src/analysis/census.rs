//! What types there are: how many objects of each, and how many bytes.

use super::pattern::TypeFilter;
use super::retained::Retained;
use crate::snapshot::{Generation, ObjectId, Objects, References};
use foldhash::HashMap;
use std::cmp::Reverse;

/// Which objects to count.
#[derive(Clone, Default, Debug)]
pub struct Options {
    /// Only what the collector tracks: the view that objgraph has. As there, frozen objects are not among them.
    pub tracked: bool,
    /// Only types that pass.
    pub types: TypeFilter,
}

/// One type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeCount {
    /// Its long name.
    pub type_name: String,
    /// How many objects it has.
    pub count: u64,
    /// Their own bytes in all.
    pub bytes: u64,
    /// What they retain, where that was asked for: at least these bytes would be freed without them.
    pub retained: Option<u64>,
}

/// The objects of a snapshot by type.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Census {
    /// Most objects first, or most retained bytes where these were asked for; equal numbers by name. Types without an
    /// object are left out.
    pub types: Vec<TypeCount>,
    /// Objects counted.
    pub objects: u64,
    /// Bytes counted.
    pub bytes: u64,
}

/// Counts objects by type; rows that stand for roots are left out. Linear, and needs the object columns alone.
///
/// ```
/// use heapgraph::analysis::census::{Options, count};
/// let heap = heapgraph::testkit::sketch("a:app.Session > b; b:dict; c:app.Session");
/// let census = count(heap.objects(), &Options::default());
/// assert_eq!((census.types[0].type_name.as_str(), census.types[0].count), ("app.Session", 2));
/// ```
pub fn count(objects: &Objects, options: &Options) -> Census {
    let mut types = by_type(objects, objects.real_ids().filter(|id| is_counted(objects, id.index(), options)));
    types.retain(|one| options.types.passes(&one.type_name));
    types.sort_by(|a, b| (Reverse(a.count), &a.type_name).cmp(&(Reverse(b.count), &b.type_name)));
    let sums = types.iter().fold((0, 0), |sum: (u64, u64), one| (sum.0 + one.count, sum.1.saturating_add(one.bytes)));
    Census { types, objects: sums.0, bytes: sums.1 }
}

/// These objects by type, most bytes first, then by name. Linear.
pub(super) fn by_type(objects: &Objects, ids: impl Iterator<Item = ObjectId>) -> Vec<TypeCount> {
    let columns = objects.columns();
    let mut counts = vec![(0u64, 0u64); columns.type_names.len()];
    for row in ids.map(ObjectId::index) {
        let (count, bytes) = &mut counts[columns.types[row] as usize];
        *count += 1;
        *bytes = bytes.saturating_add(columns.sizes[row]);
    }
    let some = counts.into_iter().zip(columns.type_names.iter()).filter(|((count, _), _)| *count > 0);
    let row =
        |((count, bytes), name): (_, &str)| TypeCount { type_name: name.to_owned(), count, bytes, retained: None };
    let mut types: Vec<TypeCount> = some.map(row).collect();
    types.sort_by(|a, b| (Reverse(a.bytes), &a.type_name).cmp(&(Reverse(b.bytes), &b.type_name)));
    types
}

/// The same with what the objects of each type retain, types that retain most first.
///
/// An object that another one of its type retains adds nothing. Garbage counts too, with what it retains of other
/// garbage, so that no type retains less than its own bytes. Practically linear. See [`Retained::by_type`] for why it is
/// a lower bound.
pub fn count_retained(objects: &Objects, references: &References, options: &Options) -> Census {
    count_retained_of(objects, references, &Retained::of_living(objects, references), options)
}

/// The same of a heap of which it is known what the living retain.
pub(super) fn count_retained_of(
    objects: &Objects,
    references: &References,
    living: &Retained,
    options: &Options,
) -> Census {
    let mut census = count(objects, options);
    let counts = |retained: &Retained| retained.by_type(objects, |id| is_counted(objects, id.index(), options));
    let living = counts(living);
    let garbage = counts(&Retained::of_garbage(objects, references));
    let sums = living.into_iter().zip(garbage).map(|(living, garbage)| living.saturating_add(garbage));
    // Two type ids never share a name.
    let by_name: HashMap<&str, u64> = objects.type_names().iter().zip(sums).collect();
    census.types.iter_mut().for_each(|one| one.retained = by_name.get(one.type_name.as_str()).copied());
    census.types.sort_by(|a, b| (Reverse(a.retained), &a.type_name).cmp(&(Reverse(b.retained), &b.type_name)));
    census
}

fn is_counted(objects: &Objects, row: usize, options: &Options) -> bool {
    !options.tracked || Generation(objects.columns().generations[row]) < Generation::FROZEN
}
