//! What types there are: how many objects of each, and how many bytes.

use super::pattern::TypeFilter;
use crate::snapshot::{Generation, Objects, TypeId};
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
}

/// The objects of a snapshot by type.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Census {
    /// Most objects first, equal numbers by name. Types without an object are left out.
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
    let columns = objects.columns();
    let mut counts = vec![(0u64, 0u64); columns.type_names.len()];
    for row in objects.synthetic()..objects.len() {
        let listed = Generation(columns.generations[row]) < Generation::FROZEN;
        if listed || !options.tracked {
            let (count, bytes) = &mut counts[columns.types[row] as usize];
            *count += 1;
            *bytes = bytes.saturating_add(columns.sizes[row]);
        }
    }
    let mut census = Census::default();
    for (id, (count, bytes)) in counts.into_iter().enumerate().filter(|(_, (count, _))| *count > 0) {
        let type_name = objects.name_of_type(TypeId::new(id as u32));
        if options.types.passes(type_name) {
            census.types.push(TypeCount { type_name: type_name.to_owned(), count, bytes });
            census.objects += count;
            census.bytes = census.bytes.saturating_add(bytes);
        }
    }
    census.types.sort_by(|a, b| (Reverse(a.count), &a.type_name).cmp(&(Reverse(b.count), &b.type_name)));
    census
}
