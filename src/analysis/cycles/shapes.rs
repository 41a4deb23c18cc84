//! Cycles grouped by the references between their members.

use super::knots::Knots;
use super::links::{FOLDED, Links, MIRRORED};
use super::{Link, Shape, Sum};
use crate::snapshot::{Flags, ObjectId, Snapshot};
use foldhash::HashMap;
use std::cmp::Reverse;
use std::hash::BuildHasher;

/// Different references of a shape that a report lists.
const LISTED: usize = 50;

/// The shapes of all cycles.
pub(super) struct Shapes {
    // How often each link stands in a cycle of shape s: `links[starts[s]..starts[s + 1]]`, by link.
    links: Vec<(u32, u32)>,
    starts: Vec<u32>,
    sums: Vec<Sum>,
    of: Vec<u32>,
    // The cycles of shape s, ascending: `cycles[cycle_starts[s]..cycle_starts[s + 1]]`.
    cycles: Vec<u32>,
    cycle_starts: Vec<u32>,
    order: Vec<u32>,
}

impl Shapes {
    /// Linear in the references of all cycles, but for sorting the different ones of each.
    pub(super) fn new(snapshot: &Snapshot, knots: &Knots, links: &Links<'_>) -> Self {
        let mut shapes = Shapes {
            links: Vec::new(),
            starts: vec![0],
            sums: Vec::new(),
            of: Vec::with_capacity(knots.len()),
            cycles: Vec::new(),
            cycle_starts: Vec::new(),
            order: Vec::new(),
        };
        let sizes = &snapshot.objects().columns().sizes;
        let mut tally = Tally { counts: vec![0; links.len()], met: Vec::new(), by_hash: HashMap::default() };
        for cycle in 0..knots.len() as u32 {
            let shape = tally.shape(knots, cycle, &mut shapes);
            shapes.of.push(shape);
            shapes.sums[shape as usize].add(knots.rows_of(cycle), sizes);
        }
        shapes.sort(knots);
        shapes
    }

    fn sort(&mut self, knots: &Knots) {
        self.cycle_starts = vec![0; self.sums.len() + 1];
        for (shape, sum) in self.sums.iter().enumerate() {
            self.cycle_starts[shape + 1] = self.cycle_starts[shape] + sum.cycles as u32;
        }
        let mut next = self.cycle_starts.clone();
        self.cycles = vec![0; knots.len()];
        for (cycle, shape) in self.of.iter().enumerate() {
            let slot = &mut next[*shape as usize];
            self.cycles[*slot as usize] = cycle as u32;
            *slot += 1;
        }
        // Shapes are numbered by their first cycles, and these by their lowest rows.
        self.order = (0..self.sums.len() as u32).collect();
        let sums = &self.sums;
        let size = |shape: &u32| (sums[*shape as usize].bytes, sums[*shape as usize].cycles);
        self.order.sort_by_key(|shape| (Reverse(size(shape)), *shape));
    }

    fn signature(&self, shape: u32) -> &[(u32, u32)] {
        &self.links[self.starts[shape as usize] as usize..self.starts[shape as usize + 1] as usize]
    }

    /// All shapes, biggest first.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// Puts shapes with such a cycle before the others, each part in the order it had.
    pub(super) fn put_first(&mut self, wanted: impl Fn(&u32) -> bool) {
        let mut order = std::mem::take(&mut self.order);
        order.sort_by_cached_key(|shape| !self.cycles(*shape).iter().any(&wanted));
        self.order = order;
    }

    /// The shape of a cycle.
    pub(super) fn of(&self, cycle: u32) -> u32 {
        self.of[cycle as usize]
    }

    /// The cycles of a shape, ascending.
    pub(super) fn cycles(&self, shape: u32) -> &[u32] {
        let shape = shape as usize;
        &self.cycles[self.cycle_starts[shape] as usize..self.cycle_starts[shape + 1] as usize]
    }

    /// What can be said of a shape without looking for anything.
    pub(super) fn describe(
        &self,
        snapshot: &Snapshot,
        knots: &Knots,
        links: &Links<'_>,
        shape: u32,
        members: bool,
    ) -> Shape {
        let cycles = self.cycles(shape);
        let mut signature = self.signature(shape).to_vec();
        signature.sort_by_key(|(link, count)| (Reverse(*count), *link));
        let link = |(link, count): &(u32, u32)| Link {
            name: links.name_of(*link).map(|name| links.text(name)).unwrap_or_default(),
            target: links.type_text(links.target_of(*link)).to_owned(),
            count: u64::from(*count),
        };
        let flags = &snapshot.objects().columns().flags;
        let rows = || cycles.iter().flat_map(|cycle| knots.rows_of(*cycle));
        let flagged = |flag: Flags| rows().filter(|row| flags[**row as usize] & flag.bits() != 0).count() as u64;
        let ids = |cycle: &u32| knots.rows_of(*cycle).iter().map(|row| ObjectId::new(*row)).collect();
        Shape {
            text: String::new(),
            sum: self.sums[shape as usize],
            garbage: 0,
            objects: knots.nodes(cycles[0]).filter(|node| !knots.is_folded(*node)).count() as u64,
            references: signature.iter().take(LISTED).map(link).collect(),
            more_references: signature.len().saturating_sub(LISTED) as u64,
            example: Vec::new(),
            example_length: 0,
            cut: Default::default(),
            holders: Vec::new(),
            more_holders: 0,
            finalizers: flagged(Flags::FINALIZER),
            legacy_finalizers: flagged(Flags::LEGACY_FINALIZER),
            members: if members { cycles.iter().map(ids).collect() } else { Vec::new() },
        }
    }
}

/// Counts the links of one cycle at a time.
struct Tally {
    counts: Vec<u32>,
    met: Vec<u32>,
    by_hash: HashMap<u64, u32>,
}

impl Tally {
    /// The shape of a cycle; a new one if none is equal.
    fn shape(&mut self, knots: &Knots, cycle: u32, shapes: &mut Shapes) -> u32 {
        self.met.clear();
        for edge in knots.edges_within(cycle) {
            let link = knots.edge(edge);
            if link == FOLDED || link & MIRRORED != 0 {
                continue;
            }
            let count = &mut self.counts[link as usize];
            if *count == 0 {
                self.met.push(link);
            }
            *count += 1;
        }
        self.met.sort_unstable();
        let start = shapes.links.len();
        let counts = &mut self.counts;
        shapes.links.extend(self.met.iter().map(|link| (*link, std::mem::take(&mut counts[*link as usize]))));
        let found = self.find(shapes, start);
        if (found as usize) < shapes.sums.len() {
            shapes.links.truncate(start);
        } else {
            shapes.starts.push(shapes.links.len() as u32);
            shapes.sums.push(Sum::default());
        }
        found
    }

    /// The shape with the same links as those that stand at the end, from `start`; the next number if there is none.
    fn find(&mut self, shapes: &Shapes, start: usize) -> u32 {
        let wanted = &shapes.links[start..];
        let mut hash = self.by_hash.hasher().hash_one(wanted);
        loop {
            let new = shapes.sums.len() as u32;
            let found = *self.by_hash.entry(hash).or_insert(new);
            if found == new || shapes.signature(found) == wanted {
                return found;
            }
            hash = hash.wrapping_add(1);
        }
    }
}
