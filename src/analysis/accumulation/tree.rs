//! The tree of shortest paths in preorder, so that all below an object is one range.

use crate::graph::ShortestPaths;
use crate::snapshot::{Objects, TypeId};

/// In place of a position where a row is not in the tree.
const OUTSIDE: u32 = u32::MAX;

/// A forest over rows. Takes 28 bytes per row.
pub(super) struct Tree {
    /// Rows below each row, itself included.
    sizes: Vec<u32>,
    /// Their bytes.
    bytes: Vec<u64>,
    children: Vec<u32>,
    /// The place of each row in preorder, and the row at each place.
    places: Vec<u32>,
    rows: Vec<u32>,
    /// The places of each type's instances, ascending: those of type t are `starts[t]..starts[t + 1]`.
    starts: Vec<u32>,
    instances: Vec<u32>,
}

impl Tree {
    /// Linear in the number of rows.
    pub(super) fn new(objects: &Objects, paths: &ShortestPaths) -> Self {
        let rows = objects.len();
        let mut tree = Tree {
            sizes: vec![1; rows],
            bytes: objects.columns().sizes.clone(),
            children: vec![0; rows],
            places: vec![OUTSIDE; rows],
            rows: vec![0; paths.order().len()],
            starts: Vec::new(),
            instances: Vec::new(),
        };
        // Backwards, everything below a row is summed up before the row itself.
        for &row in paths.order().iter().rev() {
            if let Some(step) = paths.arrival(row) {
                let (row, above) = (row as usize, step.from as usize);
                tree.sizes[above] += tree.sizes[row];
                tree.bytes[above] = tree.bytes[above].saturating_add(tree.bytes[row]);
                tree.children[above] += 1;
            }
        }
        tree.number(paths);
        tree.sort_by_type(objects);
        tree
    }

    fn number(&mut self, paths: &ShortestPaths) {
        let mut free = vec![0u32; self.places.len()];
        let mut end = 0;
        for &row in paths.order() {
            // Each child takes the next range of its parent's; a source begins behind the trees before it.
            let next = paths.arrival(row).map_or(&mut end, |step| &mut free[step.from as usize]);
            let place = *next;
            *next += self.sizes[row as usize];
            free[row as usize] = place + 1;
            self.places[row as usize] = place;
            self.rows[place as usize] = row;
        }
    }

    fn sort_by_type(&mut self, objects: &Objects) {
        let types = &objects.columns().types;
        self.starts = vec![0; objects.type_names().len() + 1];
        for &row in &self.rows {
            self.starts[types[row as usize] as usize + 1] += 1;
        }
        for of_type in 1..self.starts.len() {
            self.starts[of_type] += self.starts[of_type - 1];
        }
        let mut next = self.starts.clone();
        self.instances = vec![0; self.rows.len()];
        for (place, &row) in self.rows.iter().enumerate() {
            let slot = &mut next[types[row as usize] as usize];
            self.instances[*slot as usize] = place as u32;
            *slot += 1;
        }
    }

    /// The places of a type's instances, ascending.
    pub(super) fn instances(&self, of_type: TypeId) -> &[u32] {
        &self.instances[self.starts[of_type.index()] as usize..self.starts[of_type.index() + 1] as usize]
    }

    /// The row at a place.
    pub(super) fn node_at(&self, place: u32) -> u32 {
        self.rows[place as usize]
    }

    /// How many rows hang directly under `row`.
    pub(super) fn children(&self, row: u32) -> u32 {
        self.children[row as usize]
    }

    /// Bytes of a row with all below it.
    pub(super) fn bytes(&self, row: u32) -> u64 {
        self.bytes[row as usize]
    }

    /// Of these places, those below `row`, itself included.
    pub(super) fn below<'p>(&self, row: u32, places: &'p [u32]) -> &'p [u32] {
        let first = self.places[row as usize];
        let end = first + self.sizes[row as usize];
        let from = places.partition_point(|place| *place < first);
        &places[from..from + places[from..].partition_point(|place| *place < end)]
    }

    /// Bytes of the rows at these places with all below them, nothing twice.
    pub(super) fn bytes_of_outermost(&self, places: &[u32]) -> u64 {
        let (mut sum, mut end) = (0u64, 0);
        for &place in places.iter() {
            let row = self.rows[place as usize] as usize;
            if place >= end {
                sum = sum.saturating_add(self.bytes[row]);
                end = place + self.sizes[row];
            }
        }
        sum
    }
}
