//! Which objects the collector finds unreachable: CPython's `deduce_unreachable` (Modules/gcmodule.c, Python/gc.c).

use super::heap::Heap;
use crate::graph::Marks;
use crate::snapshot::{Flags, Generation};
use foldhash::HashMap;

/// What the collector would find.
pub(super) struct Trace {
    /// Everything but the unreachable: what is outside the set of the collection, and what is alive in it.
    pub(super) alive: Marks,
    /// The same, with the uncollectable: holders of `tp_del` and what these reach.
    pub(super) kept: Marks,
    /// Guessed references that decide, by being real or not, whether more is unreachable.
    pub(super) doubtful: u64,
}

/// What is known of each object's count once every reference that was found is taken off.
pub(super) struct Counts {
    /// Of each row, what is left: held outside Python.
    rest: Vec<u32>,
    /// Rows whose count is lower than the references found, once for each that is too many.
    pub(super) lacking: Vec<u32>,
    /// Rows that something outside of the set holds.
    held: Marks,
    /// Guessed references within the set: holder and target.
    guesses: Vec<(u32, u32)>,
}

impl Counts {
    /// The counts as they were before, where they were lower than the references found raised to these.
    pub(super) fn restored(mut self, before: &[u32]) -> Vec<u32> {
        self.rest.copy_from_slice(before);
        self.lacking.iter().for_each(|row| self.rest[*row as usize] += 1);
        self.rest
    }
}

/// The rows outside of the set of a collection: the collector looks at the tracked objects of generation 0 to
/// `generation`. What is gone already is outside too.
pub(super) fn outside(heap: &Heap<'_>, generation: Generation, gone: &Marks) -> Marks {
    let mut outside = gone.clone();
    outside.extend(heap.roots());
    for (row, &of) in heap.objects.generations.iter().enumerate() {
        if of > generation.0 {
            outside.insert(row as u32);
        }
    }
    outside
}

/// Takes every reference off the counts of its target, and notes what is held from outside of the set.
///
/// CPython takes off those from within the set alone, and what is left above zero is held from outside. Doing it this
/// way round tells as well what nothing in the heap explains, and where a count is too low.
pub(super) fn subtract(heap: &Heap<'_>, counts: Vec<u32>, outside: &Marks, gone: &Marks) -> Counts {
    let mut result = Counts { rest: counts, lacking: Vec::new(), held: heap.pinned.clone(), guesses: Vec::new() };
    for holder in (0..heap.rows()).filter(|row| !gone.contains(*row)) {
        let member = !outside.contains(holder);
        for edge in heap.graph.edges(holder) {
            let target = heap.graph.target(edge);
            if heap.is_counted(edge) {
                match result.rest[target as usize].checked_sub(1) {
                    Some(less) => result.rest[target as usize] = less,
                    None if heap.pinned.contains(target) => {}
                    None => result.lacking.push(target),
                }
                if !member || heap.is_untraversed(edge) {
                    result.held.insert(target);
                }
            } else if member && heap.is_guessed(edge) && !outside.contains(target) {
                result.guesses.push((holder, target));
            }
        }
    }
    result
}

/// What is alive, and what is not and will stay.
pub(super) fn trace(heap: &Heap<'_>, counts: &Counts, outside: Marks) -> Trace {
    let held = |row: &u32| counts.rest[*row as usize] > 0 || counts.held.contains(*row);
    let doubtful = Doubt::new(counts, &outside).map_or(0, |doubt| doubt.decisive(heap, counts, outside.clone()));
    let mut alive = outside;
    alive.reach(heap.graph, (0..heap.rows()).filter(held), |edge| heap.is_followed(edge));
    let mut kept = alive.clone();
    let legacy = |row: &u32| heap.has(*row, Flags::LEGACY_FINALIZER) && !alive.contains(*row);
    kept.reach(heap.graph, (0..heap.rows()).filter(legacy), |edge| heap.is_followed(edge));
    Trace { alive, kept, doubtful }
}

/// Objects whose whole unexplained count may be guessed references from within the set. If these are real and their
/// holders die, so do they, and CPython would find more than we can know.
struct Doubt {
    /// Of each such object: how many of the guesses may turn out to be none before it is held from outside for sure.
    spare: HashMap<u32, u32>,
}

impl Doubt {
    fn new(counts: &Counts, outside: &Marks) -> Option<Self> {
        let mut guesses: HashMap<u32, u32> = HashMap::default();
        counts.guesses.iter().for_each(|(_, target)| *guesses.entry(*target).or_default() += 1);
        let mut spare = HashMap::default();
        for (target, guesses) in guesses {
            let rest = counts.rest[target as usize];
            let certain = rest == 0 || rest > guesses || counts.held.contains(target) || outside.contains(target);
            if !certain {
                spare.insert(target, guesses - rest);
            }
        }
        (!spare.is_empty()).then_some(Doubt { spare })
    }

    /// How many guesses decide: those between objects that all would be unreachable if as many guesses as possible
    /// were real. Linear in the heap.
    fn decisive(mut self, heap: &Heap<'_>, counts: &Counts, mut alive: Marks) -> u64 {
        let mut in_doubt = Marks::none(heap.rows() as usize);
        in_doubt.extend(self.spare.keys().copied());
        let held = |row: u32| counts.held.contains(row) || counts.rest[row as usize] > 0 && !in_doubt.contains(row);
        let mut open = Vec::new();
        for source in (0..heap.rows()).filter(|row| held(*row)) {
            if alive.insert(source) {
                open.push(source);
            }
            while let Some(row) = open.pop() {
                for edge in heap.graph.edges(row) {
                    let target = heap.graph.target(edge);
                    if alive.contains(target) {
                        continue;
                    }
                    let reached = heap.is_followed(edge) || heap.is_guessed(edge) && self.holds(target);
                    if reached && alive.insert(target) {
                        open.push(target);
                    }
                }
            }
        }
        let decides = |(holder, target): &&(u32, u32)| {
            !alive.contains(*holder) && !alive.contains(*target) && in_doubt.contains(*target)
        };
        counts.guesses.iter().filter(decides).count() as u64
    }

    /// Takes note that a guess comes from something alive; whether its target then is alive for sure.
    fn holds(&mut self, target: u32) -> bool {
        match self.spare.get_mut(&target) {
            Some(0) => true,
            Some(spare) => {
                *spare -= 1;
                false
            }
            // Without a count that it could explain, the guess is wrong.
            None => false,
        }
    }
}
