//! The stop: at a bad moment it is tried again, and its length is the one that the process itself sees.

use crate::pythons;
use crate::victim::Victim;
use heapgraph::analysis::select::select;
use heapgraph::capture::{Options, capture_pid};
use heapgraph::snapshot::ReferenceKind;
use std::time::{Duration, Instant};

#[test]
fn a_stop_inside_a_collection_is_made_again() {
    // Collects four fifths of its time.
    let program = "
import gc, time
kept = [[number] for number in range(100000)]
print('ready', flush=True)
while True:
    begin = time.monotonic()
    gc.collect()
    time.sleep((time.monotonic() - begin) / 4)
";
    for python in pythons::installed() {
        let victim = Victim::start(&python, program);
        let mut attempts = Vec::new();
        // One in five first attempts falls between two collections: thirty in a row never do.
        while attempts.iter().all(|attempts| *attempts == 1) {
            assert!(attempts.len() < 30, "{}: no stop fell into a collection", python.version);
            let snapshot = capture_pid(victim.pid(), &Options::default()).unwrap();
            assert_eq!(snapshot.metadata().warnings, [""; 0], "{}", python.version);
            let kept = select(&snapshot, "__main__.kept").unwrap().ids[0];
            assert_eq!(snapshot.texts().length(kept), Some(100_000));
            attempts.push(snapshot.metadata().attempts.unwrap());
        }
        println!("{}: attempts {attempts:?}", python.version);
    }
}

#[test]
fn a_process_that_only_collects_ends_the_attempts() {
    let program = "
import gc
kept = [[number] for number in range(300000)]
print('ready', flush=True)
while True: gc.collect()
";
    let victim = Victim::start(&pythons::installed()[0], program);
    let mut options = Options::default();
    options.patience = Duration::from_millis(300);
    let begin = Instant::now();
    if let Err(error) = capture_pid(victim.pid(), &options) {
        assert!(error.is_malformed() && error.to_string().contains("garbage collector"), "{error}");
        assert!(error.hint().unwrap().contains("gc"));
    }
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[test]
fn a_dict_that_grows_is_whole_in_every_snapshot() {
    // Every place freed is used up again, so that the table is made anew all the time.
    let program = "
table = {number: None for number in range(200000)}
print('ready', flush=True)
number = 200000
while True:
    del table[number - 200000]
    table[number] = None
    number += 1
";
    for python in pythons::installed() {
        let victim = Victim::start(&python, program);
        let mut attempts = Vec::new();
        for _ in 0..8 {
            let snapshot = capture_pid(victim.pid(), &Options::default()).unwrap();
            assert_eq!(snapshot.metadata().warnings, [""; 0], "{}", python.version);
            let table = select(&snapshot, "__main__.table").unwrap().ids[0];
            let keys = snapshot.references().of(table).filter(|held| held.kind() == ReferenceKind::DictKey);
            // One may just have been taken out.
            assert!((199_999..=200_001).contains(&keys.count()), "{}", python.version);
            attempts.push(snapshot.metadata().attempts.unwrap());
        }
        println!("{}: attempts {attempts:?}", python.version);
    }
}

#[test]
fn the_pause_is_the_one_that_the_process_sees() {
    // The longest gap between two looks at the clock, told and forgotten on every line of input.
    let program = "
import sys, threading, time
kept = [str(number) for number in range(300000)]
longest = 0
def beat():
    global longest
    last = time.monotonic_ns()
    while True:
        now = time.monotonic_ns()
        if now - last > longest: longest = now - last
        last = now
threading.Thread(target=beat, daemon=True).start()
time.sleep(0.2)
longest = 0
print('ready', flush=True)
for line in sys.stdin:
    longest = 0
    time.sleep(0.6)
    print(longest, flush=True)
";
    use std::io::Write;
    let python = pythons::installed().pop().unwrap();
    let mut victim = Victim::start(&python, program);
    let mut seen = Vec::new();
    for _ in 0..5 {
        victim.input().write_all(b"\n").unwrap();
        std::thread::sleep(Duration::from_millis(100));
        let snapshot = capture_pid(victim.pid(), &Options::default()).unwrap();
        let said = snapshot.metadata().pause_ms.unwrap();
        let gap = victim.line().parse::<f64>().unwrap() / 1e6;
        seen.push((said, gap));
    }
    println!("pause said and seen, ms: {seen:?}");
    // A machine with other work to do adds to what either sees, but not five times in a row.
    assert!(seen.iter().any(|(said, gap)| *gap > 0.5 * said), "{seen:?}");
    assert!(seen.iter().any(|(said, gap)| *gap < 3.0 * said + 20.0), "{seen:?}");
}
