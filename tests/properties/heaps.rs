//! Random heaps of the shape that Python gives them: modules with dicts, classes, instances, closures, calls.

use heapgraph::Snapshot;
use heapgraph::testkit::random::{Options, Random, heap};
use heapgraph::testkit::{print, sketch};
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `check` on heaps of many seeds; a failing heap is printed, as the sketch that draws it.
pub(crate) fn on_heaps(count: u64, make: impl Fn(u64) -> Snapshot, check: impl Fn(&Snapshot)) {
    for seed in 0..count {
        let snapshot = make(seed);
        if catch_unwind(AssertUnwindSafe(|| check(&snapshot))).is_err() {
            panic!("the heap of seed {seed} fails: {}", print(&snapshot));
        }
    }
}

/// Anything that a snapshot can be: odd names, every mark and flag.
pub(crate) fn odd(seed: u64) -> Snapshot {
    heap(&mut Random::new(seed), &Options { objects: 14, references: 3, odd: true, roots: 5 })
}

/// What Python makes of modules, classes, instances, functions and containers. Names are unlike within a holder.
pub(crate) fn pythonic(seed: u64) -> Snapshot {
    let mut random = Random::new(seed);
    let count = 4 + random.below(24);
    let mut text = String::from("<modules> > m0.app, m1.app.models, m2.os");
    if random.chance(1, 2) {
        text += "; <thread 7 Main | frame app.py:3 run> > o0.req, o1.arg";
    }
    for module in 0..3 {
        let _ = write!(text, "; m{module}:module > n{module}.__dict__; n{module}:dict");
        entries(&mut text, &mut random, count);
    }
    for object in 0..count {
        let _ = write!(text, "; o{object}");
        one(&mut text, &mut random, object, count);
    }
    sketch(&text)
}

fn one(text: &mut String, random: &mut Random, object: u64, count: u64) {
    let mut any = || random.below(count);
    let (a, b, c) = (any(), any(), any());
    let _ = match random.below(8) {
        0 => write!(text, ":app.Session > o{a}.user, o{b}.log"),
        1 => write!(text, ":app.Plain > d{object}.__dict__; d{object}:dict > o{a}['x'], o{b}['y'], o{c}['a b']"),
        2 => write!(text, ":list > o{a}, o{b}, o{a}, o{c}"),
        3 => write!(
            text,
            ":function > t{object}~closure.__closure__; t{object}:tuple > c{object}; c{object}:cell > o{a}~closure.s"
        ),
        4 => write!(text, ":generator > o{a}~local.x, c{object}~local.y; c{object}:cell > o{b}~closure.y"),
        5 => write!(text, ":type!class > d{object}.__dict__; d{object}:dict > o{b}['limit'], o{c}['__doc__']"),
        6 => write!(text, ":set > o{a}, o{b}"),
        _ => {
            *text += ":dict";
            entries(text, random, count);
            Ok(())
        }
    };
}

/// The entries of a dict: identifiers, texts that need quoting, numbers.
fn entries(text: &mut String, random: &mut Random, count: u64) {
    const KEYS: [&str; 6] = ["'CACHE'", "'a b'", "7", "(1, 'x')", "'models'", "'it'"];
    for (position, key) in KEYS.iter().take(random.below(7) as usize).enumerate() {
        let before = if position == 0 { " >" } else { "," };
        let _ = write!(text, "{before} o{}[\"{key}\"]", random.below(count));
    }
}

/// Heaps that are mostly garbage: cycles across generations, frozen and untracked objects among them, `tp_del`, every
/// mark; a few objects are held.
pub(crate) fn rubbish(seed: u64) -> Snapshot {
    const WHERE: [&str; 10] = ["", "", "", "", "@1", "@1", "@0", "@0", "@untracked", "@frozen"];
    const FLAGS: [&str; 6] =
        ["!legacy_finalizer", "!finalizer", "!finalized", "!suspended", "!immortal", "!weakref_callback"];
    const MARKS: [&str; 8] = ["", "", "", "", "", "+untraversed", "+guessed", "+borrowed"];
    let mut random = Random::new(seed);
    let count = 3 + random.below(14);
    let mut text = String::new();
    for object in 0..count {
        let _ = write!(text, "o{object}:app.T{}{}#{}", object % 3, random.pick(&WHERE), 16 + object);
        if random.chance(1, 4) {
            text += random.pick(&FLAGS);
        }
        for position in 0..random.below(4) {
            let before = if position == 0 { " >" } else { "," };
            // Most references go to a neighbour, so that there are cycles of several sizes.
            let near = (object + random.below(3)) % count;
            let target = if random.chance(3, 4) { near } else { random.below(count) };
            let kind = random.pick(&["", ".next", ".next", "['k']", "~weak"]);
            let _ = write!(text, "{before} o{target}{kind}{}", if kind == "~weak" { "" } else { random.pick(&MARKS) });
        }
        text += "; ";
    }
    for _ in 0..random.below(4) {
        let root = random.pick(&["<held>", "<held>", "<modules>", "<thread 1 Main | frame app.py:3 run>"]);
        let _ = write!(text, "{root} > o{}; ", random.below(count));
    }
    sketch(&text)
}

/// Many cycles of few types and names, some of one shape: instances with and without a `__dict__`, lists, dicts.
pub(crate) fn knots(seed: u64) -> Snapshot {
    let mut random = Random::new(seed);
    let (types, names) = (1 + random.below(6), 1 + random.below(5));
    let mut text = String::from("<modules> > m; m:module > ns.__dict__; ns:dict > g0n0['a'], l0['b']; l0:list");
    for group in 0..1 + random.below(4) {
        let count = 1 + random.below(8);
        // A later group repeats the first now and then: another cycle of its shape.
        let mut random = if random.chance(1, 2) { Random::new(seed) } else { Random::new(seed * 31 + group) };
        for object in 0..count {
            let _ = write!(text, "; g{group}n{object}:");
            let _ = match random.below(4) {
                0 => write!(text, "list > "),
                1 => {
                    write!(text, "app.T{} > d{group}n{object}.__dict__; d{group}n{object}:dict > ", random.below(types))
                }
                _ => write!(text, "app.T{} > ", random.below(types)),
            };
            for reference in 0..1 + random.below(3) {
                let comma = if reference == 0 { "" } else { ", " };
                let (target, name) = (random.below(count), random.below(names));
                let written = if text.contains(&format!("; g{group}n{object}:list")) {
                    "[]".to_owned()
                } else if text.contains(&format!("d{group}n{object}:dict")) {
                    format!("['x{name}']")
                } else {
                    format!(".x{name}")
                };
                let _ = write!(text, "{comma}g{group}n{target}{written}");
            }
        }
    }
    sketch(&text)
}
