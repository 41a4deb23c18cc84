//! `leaks` on programs that leak in ways of their own, and on programs that do not.

use crate::heapgraph::{Run, run};
use crate::pythons::{self, Python};
use crate::{Failed, Shop};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// What each class of a leaking program does beside being kept.
const KEPT: &str = "
class Kept:
    def __init__(self, n): self.n = n; self.parts = ['a', n]
    def notice(self, event): pass
";

/// How it is kept, what holds it then, and what that holds.
const LEAKS: [(&str, &str, &str); 9] = [
    ("CACHE = {}\nfor n in range(5000): CACHE['k%d' % n] = Kept(n)", "__main__.CACHE", "Kept"),
    ("LOG = []\nfor n in range(50000): LOG.append('line %d of a log that grows' % n)", "__main__.LOG", "str"),
    (
        "class Bus: pass\nBUS = Bus(); BUS.listeners = []\nfor n in range(5000): BUS.listeners.append(Kept(n).notice)",
        "__main__.BUS.listeners",
        "method",
    ),
    ("class Of: all = []\nfor n in range(5000): Of.all.append(Kept(n))", "__main__.Of.all", "Kept"),
    (
        "def make():\n    seen = []\n    return lambda one: seen.append(one)\nHANDLER = make()\n\
         for n in range(5000): HANDLER(Kept(n))",
        "__main__.HANDLER.__closure__[0].cell_contents",
        "Kept",
    ),
    (
        "import functools\n@functools.lru_cache(maxsize=None)\ndef page(n): return Kept(n)\n\
         for n in range(5000): page(n)",
        "__main__.page",
        "Kept",
    ),
    (
        "import threading\nLOCAL = threading.local(); LOCAL.jobs = []\nfor n in range(5000): LOCAL.jobs.append(Kept(n))",
        "['jobs']",
        "Kept",
    ),
    (
        "BY_ID, ORDER = {}, []\nfor n in range(5000): BY_ID[n] = Kept(n); ORDER.append(BY_ID[n])",
        "__main__.BY_ID",
        "Kept",
    ),
    (
        "HEAD = None\nfor n in range(20000):\n    one = Kept(n); one.next = HEAD; HEAD = one\ndel one",
        "__main__.HEAD",
        "Kept",
    ),
];

/// A program that waits until it is dropped.
struct Waiting(Child);

impl Waiting {
    fn start(python: &Python, program: &str) -> Self {
        let text = format!("import sys\n{program}\nprint('ready', flush=True)\nsys.stdin.read()");
        let mut command = Command::new(&python.executable);
        command.args(["-I", "-c", &text]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "{program}");
        Waiting(child)
    }

    fn leaks(&self, options: &[&str]) -> Run {
        run(&[&["leaks", "--pid", &self.0.id().to_string()], options].concat())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

#[test]
fn each_kind_of_leak_is_named_with_what_holds_it() {
    let pythons = pythons::installed();
    for python in [pythons.first().unwrap(), pythons.last().unwrap()] {
        for (program, holder, held) in LEAKS {
            let report = Waiting::start(python, &format!("{KEPT}{program}")).leaks(&["--json"]).json();
            let first = &report["suspects"][0];
            let path = first["expression"].as_str().unwrap_or_default();
            let named = path.starts_with(holder) || path.ends_with(holder);
            assert!(named && first["over"] == true, "{} {holder}: {first:#}", python.version);
            let type_name = first["holds"]["type"].as_str().unwrap_or_default();
            let count = first["holds"]["count"].as_u64();
            assert!(type_name.ends_with(held) && count >= Some(5000), "{} {holder}: {first:#}", python.version);
        }
    }
}

#[test]
fn garbage_in_cycles_is_told_with_what_to_make_weak() {
    let program = "import gc; gc.disable()\nclass Parent:\n    def __del__(self): pass\nclass Child: pass\n\
                   for n in range(500):\n    p, c = Parent(), Child(); p.child, c.parent = c, p\ndel p, c";
    let waiting = Waiting::start(pythons::installed().last().unwrap(), program);
    let run = waiting.leaks(&["--fail-on", "garbage"]);
    assert_eq!(run.code, Some(1));
    let text = String::from_utf8(run.stdout).unwrap();
    for part in ["gc.collect() would free", "500 Parent", "switched off", "of them garbage", "a weakref"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_process_that_does_nothing_alarms_nobody() {
    for python in pythons::installed() {
        for program in ["", "import json, logging, asyncio, http.server, unittest, decimal"] {
            let waiting = Waiting::start(&python, program);
            let run = waiting.leaks(&["--fail-on", "suspects,uncollectable"]);
            let text = run.text();
            assert!(text.starts_with("Nothing holds much of the heap"), "{}: {text}", python.version);
            for word in ["can never be freed", "have no Python holder", "to break", "switched off"] {
                assert!(!text.contains(word), "{}: {word}: {text}", python.version);
            }
        }
    }
}

#[test]
fn growth_fails_where_it_is_as_much_as_is_asked_for() {
    let shop = Shop::new();
    for (options, code) in [("growth=10%", 0), ("growth=0%", 2), ("growth=10%,garbage", 1), ("garbage", 1)] {
        let run = shop.run(&format!("leaks app.parquet --since app.json --fail-on {options}"));
        assert_eq!(run.code, Some(code), "{options}: {}", run.stderr);
    }
    let json = shop.run("leaks app.parquet --since app.json --json").json();
    assert_eq!((&json["schema"], &json["growth"]["growth"]), (&"heapgraph.leaks/1".into(), &0.0.into()));
    assert!(shop.run("leaks app.parquet --fail-on growth=5%").error().contains("--since"));
    assert!(shop.run("leaks app.parquet --since missing.parquet").error().contains("missing.parquet"));
}
