//! What a snapshot is of: the process, and the heap in a few numbers.

use crate::snapshot::{Metadata, Objects};

/// The answer of `info`.
#[derive(Clone, PartialEq, Debug)]
pub struct Summary {
    /// The process and how it was captured.
    pub metadata: Metadata,
    /// Objects, without the rows that stand for roots.
    pub objects: u64,
    /// References.
    pub references: u64,
    /// The objects' own bytes.
    pub bytes: u64,
    /// Types that have an object.
    pub types: u64,
    /// Objects in any list of the collector: the generations and the frozen ones.
    pub tracked: u64,
    /// Objects in generations 0, 1 and 2.
    pub generations: [u64; 3],
    /// Objects that `gc.freeze()` set aside.
    pub frozen: u64,
}

/// Sums up a snapshot. Linear, and needs the object columns alone; `references` is how many references there are.
pub fn summarize(objects: &Objects, metadata: &Metadata, references: u64) -> Summary {
    let columns = objects.columns();
    let real = objects.synthetic()..objects.len();
    let mut in_list = [0u64; 4];
    let mut present = vec![false; columns.type_names.len()];
    let mut bytes = 0u64;
    for row in real.clone() {
        if let Some(list) = in_list.get_mut(usize::from(columns.generations[row])) {
            *list += 1;
        }
        present[columns.types[row] as usize] = true;
        bytes = bytes.saturating_add(columns.sizes[row]);
    }
    let [young, middle, old, frozen] = in_list;
    Summary {
        metadata: metadata.clone(),
        objects: real.len() as u64,
        references,
        bytes,
        types: present.iter().filter(|present| **present).count() as u64,
        tracked: in_list.iter().sum(),
        generations: [young, middle, old],
        frozen,
    }
}
