//! The process that builds random heaps and really collects them: `victim.py` from this side.

use super::pythons::Python;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Objects by their addresses.
pub(crate) type Addresses = BTreeSet<u64>;

/// A Python that builds heap after heap, each in a child of its own.
pub(crate) struct Victim {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// What the collector prints goes here.
    said: PathBuf,
}

/// A heap that waits to be captured.
pub(crate) struct Heap {
    pub(crate) seed: u64,
    pub(crate) pid: u32,
    /// Which makers it was made of.
    pub(crate) pieces: Vec<String>,
    /// What `gc.get_freeze_count()` said.
    pub(crate) frozen: u64,
}

/// What one run of the real collector did.
#[derive(Default)]
pub(crate) struct Collection {
    /// What `gc.collect` returned.
    pub(crate) returned: u64,
    /// What it found dead and took.
    pub(crate) collected: Addresses,
    /// What it found dead and had to leave.
    pub(crate) uncollectable: Addresses,
    /// What `gc.garbage` gained.
    pub(crate) garbage: Addresses,
    /// The types of all these, as the collector calls them.
    pub(crate) types: BTreeMap<u64, String>,
}

impl Victim {
    pub(crate) fn start(python: &Python, folder: &Path) -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/collector/victim.py");
        let said = folder.join("collected.txt");
        let mut command = Command::new(&python.executable);
        command.args(["-B", "-s"]).arg(&program).arg(&said).stdin(Stdio::piped()).stdout(Stdio::piped());
        // The order of sets belongs to the seed.
        let mut process = command.env("PYTHONHASHSEED", "0").env_remove("PYTHONPATH").spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Victim { input: process.stdin.take(), process, output, said }
    }

    /// Has a heap built, which then waits.
    pub(crate) fn build(&mut self, seed: u64) -> Heap {
        self.send(&format!("{seed}\n"));
        let facts = self.line(seed);
        let pieces = facts["pieces"].as_array().into_iter().flatten();
        let pieces = pieces.filter_map(|piece| piece.as_str().map(str::to_owned)).collect();
        Heap { seed, pid: number(&facts, "pid") as u32, pieces, frozen: number(&facts, "frozen") }
    }

    /// Lets the heap be collected: what happened in generation 0, 1 and 2.
    pub(crate) fn collect(&mut self, heap: &Heap) -> [Collection; 3] {
        self.send("\n");
        let mut collections: [Collection; 3] = Default::default();
        for _ in 0..3 {
            let told = self.line(heap.seed);
            let of = &mut collections[number(&told, "generation") as usize];
            of.returned = number(&told, "returned");
            of.garbage = told["garbage"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        }
        let mut generation = 0;
        for line in std::fs::read_to_string(&self.said).unwrap().lines() {
            match line.strip_prefix("generation ") {
                Some(number) => generation = number.parse().unwrap(),
                None => collections[generation].add(line),
            }
        }
        collections
    }

    fn send(&mut self, text: &str) {
        let input = self.input.as_mut().expect("it is taken when the victim ends");
        input.write_all(text.as_bytes()).and_then(|()| input.flush()).unwrap();
    }

    fn line(&mut self, seed: u64) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("seed {seed}: the victim said {line:?}: {error}"))
    }
}

/// A number that the victim tells, or its error.
fn number(told: &Value, name: &str) -> u64 {
    told[name].as_u64().unwrap_or_else(|| panic!("the victim said {told}"))
}

impl Drop for Victim {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.wait();
    }
}

impl Collection {
    /// `gc: collectable <list 0x7f00>`.
    fn add(&mut self, line: &str) {
        let parse = || {
            let (word, object) = line.strip_prefix("gc: ")?.strip_suffix('>')?.split_once(" <")?;
            let (name, address) = object.rsplit_once(" 0x")?;
            Some((word, name, u64::from_str_radix(address, 16).ok()?))
        };
        let (word, name, address) = parse().unwrap_or_else(|| panic!("the collector said {line:?}"));
        let set = if word == "collectable" { &mut self.collected } else { &mut self.uncollectable };
        set.insert(address);
        self.types.insert(address, name.to_owned());
    }

    /// The collected and the uncollectable.
    pub(crate) fn dead(&self) -> Addresses {
        self.collected.union(&self.uncollectable).copied().collect()
    }

    /// Whether something of a type was collected.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.collected.iter().any(|address| self.types[address] == name)
    }
}
