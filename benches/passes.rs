//! One pass over a snapshot file in a process of its own, and petgraph's beside it:
//! `cargo bench --locked --bench passes -- FILE PASS…` with `read`, `graph`, `collect`, `components`, `kosaraju`, `dominators`,
//! `simple_fast`, `chain`.
//!
//! Prints a line of JSON: the seconds of each, in the order asked for. Opening the file is not part of the others.
//! petgraph's run on a `petgraph::Graph` of the same edges, whose making is not timed. Class references are left out of
//! `dominators` and `simple_fast`, which is quadratic with them; `dominators` is done with them as well.

use heapgraph::analysis::{collect, paths};
use heapgraph::format::{self, Source};
use heapgraph::graph::{Components, Csr, Dominators};
use heapgraph::snapshot::{ObjectId, ReferenceKind, ReferenceTag, Snapshot};
use petgraph::Graph;
use petgraph::algo::{dominators::simple_fast, kosaraju_scc};
use petgraph::graph::NodeIndex;
use serde_json::{Map, Value};
use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [file, passes @ ..] = arguments.as_slice() else { return };
    let open = || Source::open(Path::new(file)).expect("a snapshot file");
    let mut figures = Map::new();
    let mut heap = None;
    for pass in passes {
        match pass.as_str() {
            "graph" => figures.insert(pass.clone(), seconds(|| format::read_graph(&open()))),
            "read" => figures.insert(pass.clone(), seconds(|| heap = format::read(&open()).ok())),
            _ => {
                let heap = heap.get_or_insert_with(|| format::read(&open()).expect("a snapshot"));
                for (name, value) in timed(heap, pass) {
                    figures.insert(name, value);
                }
                None
            }
        };
    }
    let line = Value::Object(figures).to_string() + "\n";
    std::io::stdout().write_all(line.as_bytes()).expect("somebody reads the figures");
}

fn seconds<T>(work: impl FnOnce() -> T) -> Value {
    let begun = Instant::now();
    black_box(work());
    Value::from(begun.elapsed().as_secs_f64())
}

fn timed(heap: &Snapshot, pass: &str) -> Vec<(String, Value)> {
    let columns = heap.references().columns();
    let graph = Csr::new(&columns.offsets, &columns.targets);
    let all = ReferenceTag::table(ReferenceTag::holds);
    let plain = ReferenceTag::table(|tag| tag.holds() && tag.kind() != ReferenceKind::Type);
    let keep = |table: [bool; 256]| move |edge: u32| table[usize::from(columns.tags[edge as usize])];
    let rows = heap.objects().len() as u32;
    let one = |value| vec![(pass.to_owned(), value)];
    match pass {
        "collect" => one(seconds(|| collect::collect(heap.objects(), heap.references(), &collect::Options::default()))),
        "components" => one(seconds(|| Components::find(graph, 0..rows, keep(plain)))),
        "kosaraju" => {
            let peer = as_petgraph(heap, keep(plain));
            one(seconds(|| kosaraju_scc(&peer)))
        }
        "dominators" => vec![
            (pass.to_owned(), seconds(|| Dominators::new(graph, [0], keep(plain)))),
            ("dominators_with_classes".to_owned(), seconds(|| Dominators::new(graph, [0], keep(all)))),
        ],
        "simple_fast" => {
            let peer = as_petgraph(heap, keep(plain));
            one(seconds(|| simple_fast(&peer, NodeIndex::new(0))))
        }
        "chain" => {
            let most = most_held(columns.targets.as_slice(), rows);
            let options = paths::Options::default();
            one(seconds(|| paths::chains(heap, &[most], &options)))
        }
        other => panic!("expected a pass, found {other}"),
    }
}

/// The object with the most references to it.
fn most_held(targets: &[u32], rows: u32) -> ObjectId {
    let mut counts = vec![0u32; rows as usize];
    targets.iter().for_each(|target| counts[*target as usize] += 1);
    let most = (0..rows).max_by_key(|row| counts[*row as usize]);
    ObjectId::new(most.unwrap_or(0))
}

fn as_petgraph(heap: &Snapshot, keep: impl Fn(u32) -> bool) -> Graph<(), ()> {
    let columns = heap.references().columns();
    let mut graph = Graph::with_capacity(heap.objects().len(), columns.targets.len());
    heap.objects().ids().for_each(|_| {
        graph.add_node(());
    });
    for (holder, range) in columns.offsets.windows(2).enumerate() {
        for edge in (range[0]..range[1]).filter(|edge| keep(*edge)) {
            let target = columns.targets[edge as usize] as usize;
            graph.add_edge(NodeIndex::new(holder), NodeIndex::new(target), ());
        }
    }
    graph
}
