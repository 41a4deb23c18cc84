//! How often each comparison was exact, blurred or wrong, and what the heaps had in them.

use super::answer::{Answer, BLUR};
use super::check::{Check, Verdict};
use super::pythons::Python;
use super::replay;
use super::victim::{Collection, Heap};
use heapgraph::snapshot::Snapshot;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What heaps are to have in their garbage, and the least share of all heaps, in percent.
const ASKED: [(&str, usize); 9] = [
    ("garbage", 80),
    ("deque", 10),
    ("partial", 10),
    ("generator", 10),
    ("closure", 10),
    ("slots", 10),
    ("tp_del", 10),
    ("frozen", 10),
    ("cycle across generations", 10),
];

/// 3.12.1 starts with a few hundred frozen objects that nobody froze; after `gc.freeze()` it is all there were.
const FROZEN: u64 = 1000;

/// The figures of one Python.
pub(crate) struct Tally {
    python: String,
    heaps: usize,
    /// By the name of the figure and the verdict.
    verdicts: BTreeMap<(&'static str, &'static str), usize>,
    /// How many numbers each reason blurred, and how many of these did differ.
    reasons: BTreeMap<&'static str, (usize, usize)>,
    coverage: BTreeMap<&'static str, usize>,
    /// All objects that the real collector found dead.
    dead: usize,
    /// One text for each mismatch.
    pub(crate) wrong: Vec<String>,
}

impl Tally {
    pub(crate) fn new(python: &Python) -> Self {
        let build = if python.debug { " (debug)" } else { "" };
        Tally {
            python: format!("{}{build}", python.version),
            heaps: 0,
            verdicts: BTreeMap::new(),
            reasons: BTreeMap::new(),
            coverage: BTreeMap::new(),
            dead: 0,
            wrong: Vec::new(),
        }
    }

    pub(crate) fn add_check(&mut self, check: &Check, ours: &Answer) {
        let figures = [("collected", check.collected), ("uncollectable", check.stuck), ("number", check.number)];
        for (figure, verdict) in figures {
            *self.verdicts.entry((figure, word(verdict))).or_default() += 1;
        }
        for (reason, _) in BLUR.iter().zip(ours.blur).filter(|(_, count)| *count > 0) {
            let (blurred, differ) = self.reasons.entry(reason).or_default();
            *blurred += 1;
            *differ += usize::from(check.number == Verdict::Blurred);
        }
    }

    /// Looks at the full collection of a heap.
    pub(crate) fn add_heap(&mut self, heap: &Heap, snapshot: &Snapshot, full: &Collection) {
        self.heaps += 1;
        self.dead += full.dead().len();
        let found = [
            ("garbage", !full.dead().is_empty()),
            ("deque", full.has("collections.deque")),
            ("partial", full.has("functools.partial")),
            ("generator", full.has("generator")),
            ("closure", full.has("cell")),
            ("slots", full.has("Slotted") || full.has("SlottedChild") || full.has("SlotsAndDict")),
            ("tp_del", !full.uncollectable.is_empty()),
            ("frozen", heap.frozen > FROZEN),
            ("cycle across generations", replay::has_cycle_across_generations(snapshot, &full.dead())),
        ];
        for (what, _) in found.iter().filter(|(_, has)| *has) {
            *self.coverage.entry(what).or_default() += 1;
        }
    }

    fn count(&self, figure: &'static str, verdict: Verdict) -> usize {
        self.verdicts.get(&(figure, word(verdict))).copied().unwrap_or(0)
    }

    /// A line for people.
    pub(crate) fn line(&self) -> String {
        let figure = |name| {
            use Verdict::{Agrees, Blurred, Exact, Wrong};
            let [exact, agrees, blurred, wrong] = [Exact, Agrees, Blurred, Wrong].map(|it| self.count(name, it));
            format!("{name} {exact} exact, {agrees} equal though blurred, {blurred} blurred, {wrong} wrong")
        };
        let figures = ["collected", "uncollectable", "number"].map(figure).join("; ");
        format!("{}: {} heaps, {} dead objects: {figures}", self.python, self.heaps, self.dead)
    }

    /// The same for the table.
    pub(crate) fn json(&self) -> Value {
        let figure = |name: &'static str| -> Value {
            let verdicts = [Verdict::Exact, Verdict::Agrees, Verdict::Blurred, Verdict::Wrong];
            verdicts.iter().map(|it| (word(*it).to_owned(), Value::from(self.count(name, *it)))).collect()
        };
        let reasons: BTreeMap<&str, Value> = self
            .reasons
            .iter()
            .map(|(reason, (blurred, differ))| (*reason, json!({"checks": blurred, "differ": differ})))
            .collect();
        json!({
            "python": self.python,
            "heaps": self.heaps,
            "dead": self.dead,
            "collected": figure("collected"),
            "uncollectable": figure("uncollectable"),
            "number": figure("number"),
            "reasons": reasons,
            "coverage": self.coverage,
        })
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Exact => "exact",
        Verdict::Agrees => "agrees",
        Verdict::Blurred => "blurred",
        Verdict::Wrong => "wrong",
    }
}

/// What the heaps of all Pythons had in them: a line, and what is below the share that is asked for.
pub(crate) fn coverage(tallies: &[Tally]) -> (String, Vec<String>) {
    let heaps: usize = tallies.iter().map(|tally| tally.heaps).sum();
    let count = |what| -> usize { tallies.iter().filter_map(|tally| tally.coverage.get(what)).sum() };
    let shares: Vec<String> =
        ASKED.iter().map(|(what, _)| format!("{what} {} %", 100 * count(what) / heaps.max(1))).collect();
    let missed = ASKED.iter().filter(|(what, least)| 100 * count(what) < least * heaps);
    let missed = missed.map(|(what, least)| format!("{what}: {} of {heaps} heaps, asked for {least} %", count(what)));
    (format!("{heaps} heaps: {}", shares.join(", ")), missed.collect())
}
