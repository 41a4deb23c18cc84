//! One real collection laid beside the simulated one.

use super::answer::{Answer, BLUR};
use super::replay;
use super::victim::{Addresses, Collection, Heap};
use heapgraph::snapshot::{Address, ObjectId, Snapshot};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How a figure compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// Equal, and nothing was said to blur it.
    Exact,
    /// Equal, though something might have made it differ.
    Agrees,
    /// Different, as was said to be possible.
    Blurred,
    /// Different, and nothing was said.
    Wrong,
}

/// Verdicts on one collection.
pub(crate) struct Check {
    /// The collected: guesses alone may blur them.
    pub(crate) collected: Verdict,
    /// The uncollectable and `gc.garbage`: they are counted after finalizers and callbacks ran.
    pub(crate) stuck: Verdict,
    /// What `gc.collect` returned.
    pub(crate) number: Verdict,
}

impl Check {
    pub(crate) fn new(real: &Collection, ours: &Answer) -> Self {
        let guessed = ours.blur[3] > 0;
        let blurred = ours.blur.iter().any(|count| *count > 0);
        let stuck = (&real.uncollectable, &real.garbage) == (&ours.uncollectable, &ours.garbage);
        Check {
            collected: verdict(real.collected == ours.collected, guessed),
            stuck: verdict(stuck, blurred),
            number: verdict(real.returned == ours.returns, blurred),
        }
    }

    pub(crate) fn is_wrong(&self) -> bool {
        [self.collected, self.stuck, self.number].contains(&Verdict::Wrong)
    }
}

fn verdict(equal: bool, blurred: bool) -> Verdict {
    match (equal, blurred) {
        (true, false) => Verdict::Exact,
        (true, true) => Verdict::Agrees,
        (false, true) => Verdict::Blurred,
        (false, false) => Verdict::Wrong,
    }
}

/// What differs, for a person who has to find out why, and the part of the heap in which it lies.
pub(crate) fn explain(heap: &Heap, snapshot: &Snapshot, generation: u8, real: &Collection, ours: &Answer) -> String {
    let mut text = format!("seed {} generation {generation}, made of {}\n", heap.seed, heap.pieces.join(" "));
    let blur: Vec<String> = BLUR.iter().zip(ours.blur).map(|(word, count)| format!("{word} {count}")).collect();
    let _ = writeln!(text, "  returned {}, expected {}; blurred by {}", real.returned, ours.returns, blur.join(", "));
    let sets = [
        ("collected", &real.collected, &ours.collected),
        ("uncollectable", &real.uncollectable, &ours.uncollectable),
        ("gc.garbage", &real.garbage, &ours.garbage),
    ];
    for (what, real, ours) in sets {
        for (verb, more, less) in [("not foreseen", real, ours), ("foreseen only", ours, real)] {
            let objects: Vec<String> = more.difference(less).take(12).map(|at| name(snapshot, *at)).collect();
            if !objects.is_empty() {
                let count = more.difference(less).count();
                let _ = writeln!(text, "  {what}, {verb}: {count} objects: {}", objects.join(", "));
            }
        }
    }
    let differing: Addresses = real.dead().symmetric_difference(&ours.dead()).copied().collect();
    let last = match differing.is_empty() {
        true => counted(real).join(", "),
        false => replay::part(snapshot, &differing, &real.dead()),
    };
    let _ = writeln!(text, "  {last}");
    text
}

/// How many of each type died: where the sets are equal, that tells why the number is not.
fn counted(real: &Collection) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    real.types.values().for_each(|name| *counts.entry(name).or_default() += 1);
    counts.iter().map(|(name, count)| format!("{count} {name}")).collect()
}

fn name(snapshot: &Snapshot, at: u64) -> String {
    match find(snapshot, at) {
        Some(id) => format!("{} {at:#x}", snapshot.objects().type_name(id)),
        None => format!("{at:#x}, which was not captured"),
    }
}

fn find(snapshot: &Snapshot, at: u64) -> Option<ObjectId> {
    snapshot.objects().find(Address(at))
}
