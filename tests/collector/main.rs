//! What heapgraph says that the collector would free is what it frees: random heaps in every installed CPython,
//! captured from outside with the collector off, and then really collected.
//!
//! `victim.py` builds the heaps and collects each three times, once a generation. `HEAPGRAPH_TEST_HEAPS=300` asks for
//! as many heaps on each Python, `HEAPGRAPH_TEST_SEED=17` for one heap on each, `HEAPGRAPH_TEST_REPORT=FILE` for the
//! figures as JSON, of which `table.py` makes docs/collector-proof.md.
#![cfg(test)]

mod answer;
mod check;
#[path = "../support/heapgraph.rs"]
mod heapgraph_program;
#[path = "../support/pythons.rs"]
mod pythons;
mod replay;
mod tally;
mod victim;

use answer::Answer;
use check::Check;
use heapgraph::capture::{Options, capture_pid};
use heapgraph::snapshot::Snapshot;
use pythons::Python;
use std::path::Path;
use std::sync::Mutex;
use tally::Tally;
use victim::{Heap, Victim};

/// Heaps on each Python, where nobody asks for more.
const HEAPS: u64 = 6;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

/// The heaps of one Python: other ones than those of any other. Debug builds are slow, and get half as many.
fn seeds(python: &Python) -> std::ops::Range<u64> {
    if let Some(seed) = number("HEAPGRAPH_TEST_SEED") {
        return seed..seed + 1;
    }
    let heaps = number("HEAPGRAPH_TEST_HEAPS").unwrap_or(HEAPS);
    let micro: u64 = python.version.rsplit('.').next().and_then(|micro| micro.parse().ok()).unwrap_or(0);
    let first = u64::from(python.minor) * 1_000_000 + micro * 10_000 + if python.debug { 5_000 } else { 0 };
    first..first + if python.debug { heaps.div_ceil(2) } else { heaps }
}

/// Builds, captures and collects all heaps of one Python.
fn prove(python: &Python) -> Tally {
    let folder = tempfile::tempdir().unwrap();
    let mut victim = Victim::start(python, folder.path());
    let mut tally = Tally::new(python);
    for seed in seeds(python) {
        let heap = victim.build(seed);
        let snapshot = capture_pid(heap.pid, &Options::default())
            .unwrap_or_else(|error| panic!("{}, seed {seed}: {error}", python.version));
        let answers = [0, 1, 2].map(|generation| Answer::of_library(&snapshot, generation));
        if seed == seeds(python).start {
            the_program_says_the_same(&heap, &answers, folder.path());
        }
        let collections = victim.collect(&heap);
        for (generation, (real, ours)) in (0..).zip(collections.iter().zip(&answers)) {
            let check = Check::new(real, ours);
            tally.add_check(&check, ours);
            if check.is_wrong() {
                let what = check::explain(&heap, &snapshot, generation, real, ours);
                tally.wrong.push(format!("CPython {} {what}", python.version));
            }
        }
        tally.add_heap(&heap, &snapshot, &collections[2]);
    }
    tally
}

/// A second capture, by the program, to a file, asked by the program.
fn the_program_says_the_same(heap: &Heap, answers: &[Answer; 3], folder: &Path) {
    let file = folder.join("heap.parquet").display().to_string();
    heapgraph_program::run(&["capture", "--pid", &heap.pid.to_string(), "-o", &file]).text();
    for (generation, answer) in (0..).zip(answers) {
        assert_eq!(&Answer::of_program(&file, generation), answer, "seed {}", heap.seed);
    }
}

/// Two at a time: while one process builds or collects, another is captured.
fn on_every_python(builds: &[Python]) -> Vec<Tally> {
    let waiting = Mutex::new(builds.iter().enumerate());
    let done = Mutex::new(Vec::new());
    let next = || waiting.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((place, python)) = next() {
                    let tally = prove(python);
                    println!("{}", tally.line());
                    done.lock().unwrap().push((place, tally));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, tally)| tally).collect()
}

#[test]
fn what_is_said_to_be_collected_is_what_the_collector_collects() {
    let mut builds = pythons::installed();
    builds.extend(pythons::find(8..=14).into_iter().filter(|python| python.debug));
    let tallies = on_every_python(&builds);
    let (covered, missed) = tally::coverage(&tallies);
    println!("{covered}");
    if let Some(path) = std::env::var_os("HEAPGRAPH_TEST_REPORT") {
        let report: Vec<serde_json::Value> = tallies.iter().map(Tally::json).collect();
        std::fs::write(path, serde_json::to_string_pretty(&report).unwrap()).unwrap();
    }
    let wrong: Vec<&str> = tallies.iter().flat_map(|tally| &tally.wrong).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} collections differ:\n{}", wrong.len(), wrong.join("\n"));
    let asked_for_one = number("HEAPGRAPH_TEST_SEED").is_some();
    assert!(asked_for_one || missed.is_empty(), "the heaps are too poor: {}", missed.join("; "));
}

/// The comparison is no use if it cannot fail.
#[test]
fn a_heap_that_is_said_wrong_is_noticed_and_printed() {
    let sketch = "a:list@0 > b; b:list@0 > a, c.x; c:dict@0 > b; d:list@0 > d";
    let snapshot: Snapshot = heapgraph::testkit::sketch(sketch);
    let ours = Answer::of_library(&snapshot, 0);
    let all: Vec<u64> = ours.collected.iter().copied().collect();
    assert_eq!(all, [0x1000, 0x1010, 0x1020, 0x1030]);
    let heap = Heap { seed: 7, pid: 0, pieces: vec!["plain_list".into()], frozen: 0 };
    let mut real = victim::Collection { returned: 4, collected: ours.collected.clone(), ..Default::default() };
    assert!(!Check::new(&real, &ours).is_wrong());

    real.collected.remove(&0x1020);
    assert!(Check::new(&real, &ours).is_wrong());
    let text = check::explain(&heap, &snapshot, 0, &real, &ours);
    assert!(text.contains("collected, foreseen only: 1 objects: dict 0x1020"), "{text}");
    // What hangs together with it is shown, and nothing else.
    let line = text.lines().last().unwrap_or_default();
    assert_eq!(Answer::of_library(&heapgraph::testkit::sketch(line), 0).collected.len(), 3, "{line}");

    let number_only = victim::Collection { returned: 5, collected: ours.collected.clone(), ..Default::default() };
    assert!(Check::new(&number_only, &ours).is_wrong());
    let blurred = Answer { blur: [1, 0, 0, 0], ..ours.clone() };
    assert!(!Check::new(&number_only, &blurred).is_wrong());
    assert!(Check::new(&real, &blurred).is_wrong(), "finalizers blur the number, not the set");
}
