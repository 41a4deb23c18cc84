//! The talk's examples: what heapgraph says from outside is what Python says from inside.
//!
//! Every program of `examples/talk` is started on every installed CPython, prints its own truth, is captured by the
//! built binary while it waits, and is then asked whether it was harmed.
#![cfg(test)]

#[path = "../support/heapgraph.rs"]
mod heapgraph;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/pythons.rs"]
mod pythons;

use program::Program;
use serde_json::Value;
use std::collections::BTreeMap;

/// A program's truth, and the file it was captured to.
struct Captured {
    truth: Value,
    file: String,
    minor: u32,
    _folder: tempfile::TempDir,
}

impl Captured {
    fn ask(&self, command: &str, rest: &[&str]) -> heapgraph::Run {
        heapgraph::run(&[&[command, self.file.as_str()], rest].concat())
    }

    fn truth(&self, name: &str) -> u64 {
        self.truth[name].as_u64().unwrap_or_else(|| panic!("no {name} in {}", self.truth))
    }

    fn address(&self, name: &str) -> String {
        format!("{:#x}", self.truth(name))
    }

    /// The one object that a selector means, as `object --json` tells it.
    fn object(&self, selector: &str) -> Value {
        let report = self.ask("object", &[selector, "--json"]).json();
        assert_eq!(report["objects"].as_array().map(Vec::len), Some(1), "{selector}");
        report["objects"][0].clone()
    }
}

/// Captures a program on every Python, and hands each capture to the test.
fn on_every_python(path: &str, test: impl Fn(&Captured)) {
    for python in pythons::installed() {
        println!("{path} on {}", python.version);
        let program = Program::start(&python, path);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("talk.parquet").display().to_string();
        heapgraph::run(&["capture", "--pid", &program.pid().to_string(), "-o", &file]).text();
        let captured = Captured { truth: program.truth.clone(), file, minor: python.minor, _folder: folder };
        test(&captured);
        assert!(program.finish(), "the program goes on and ends well");
    }
}

/// Type names at both ends of every line of a picture, with the label.
fn lines(picture: &Value) -> Vec<(String, String, Option<String>)> {
    let title = |id: &Value| {
        let nodes = picture["nodes"].as_array().unwrap();
        let node = nodes.iter().find(|node| node["id"] == *id).unwrap();
        node["label"][0].as_str().unwrap().to_owned()
    };
    let edges = picture["edges"].as_array().unwrap().iter();
    let label = |edge: &Value| edge["label"].as_str().map(str::to_owned);
    let mut all: Vec<_> = edges.map(|edge| (title(&edge["from"]), title(&edge["to"]), label(edge))).collect();
    all.sort();
    all
}

fn line(from: &str, to: &str, label: Option<&str>) -> (String, String, Option<String>) {
    (from.to_owned(), to.to_owned(), label.map(str::to_owned))
}

#[test]
fn one_list_in_a_list_a_list_and_a_dict_is_the_picture_of_objgraphs_documentation() {
    on_every_python("examples/talk/shared_list.py", |talk| {
        let picture = talk.ask("refs", &[&talk.address("y"), "--style", "objgraph", "--json"]).json();
        let ids: Vec<&str> =
            picture["nodes"].as_array().unwrap().iter().filter_map(|node| node["id"].as_str()).collect();
        let mut expected: Vec<String> =
            ["x", "y", "list in y", "dict in y"].iter().map(|name| format!("o{}", talk.truth(name))).collect();
        let mut found: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
        let list_to_list = || line("list", "list", None);
        let drawn = [line("dict", "list", Some("x")), line("list", "dict", None), list_to_list(), list_to_list()];
        let mut drawn: Vec<_> = drawn.into_iter().chain([list_to_list()]).collect();
        drawn.sort();
        assert_eq!(lines(&picture), drawn);
    });
}

#[test]
fn ours_names_the_positions_and_the_key() {
    on_every_python("examples/talk/shared_list.py", |talk| {
        let picture = talk.ask("refs", &["__main__.y", "--json"]).json();
        assert_eq!(picture["nodes"].as_array().map(Vec::len), Some(4), "{picture:#}");
        let labels: Vec<Option<String>> = lines(&picture).into_iter().map(|(_, _, label)| label).collect();
        for label in ["['x']", "[0]", "[1]", "[2]"] {
            assert!(labels.contains(&Some(label.to_owned())), "{label} in {labels:?}");
        }
        assert_eq!(labels.len(), 5);
        let backrefs = talk.ask("backrefs", &[&talk.address("x"), "--max-depth", "1", "--json"]).json();
        let holders: Vec<&str> =
            backrefs["nodes"].as_array().unwrap().iter().filter_map(|node| node["address"].as_str()).collect();
        for name in ["y", "list in y", "dict in y"] {
            assert!(holders.contains(&talk.address(name).as_str()), "{name} holds x: {holders:?}");
        }
    });
}

#[test]
fn a_list_that_contains_itself_is_one_box_with_a_line_to_itself() {
    on_every_python("examples/talk/self_list.py", |talk| {
        let address = talk.address("id");
        let picture = talk.ask("refs", &["__main__.loop", "--json"]).json();
        assert_eq!(picture["nodes"].as_array().map(Vec::len), Some(1));
        assert_eq!(picture["nodes"][0]["address"], address.as_str());
        assert_eq!(lines(&picture), [line("list", "list", Some("[0]"))]);
        let object = talk.object(&address);
        assert_eq!(object["refcount"].as_u64(), Some(talk.truth("references")));
        assert_eq!((object["counted"].as_u64(), object["held_outside"].as_u64()), (Some(2), Some(0)));
    });
}

#[test]
fn an_address_is_what_id_returns() {
    on_every_python("examples/talk/identity.py", |talk| {
        let names: BTreeMap<String, u64> = serde_json::from_value(talk.truth.clone()).unwrap();
        assert_eq!(names.len(), 9);
        for (name, id) in names {
            let found = talk.object(&format!("path:__main__.{name}"));
            assert_eq!(found["address"], format!("{id:#x}"), "{name}");
            // And the other way round: the number finds the object.
            assert_eq!(talk.object(&id.to_string())["address"], found["address"], "{name}");
        }
    });
}

#[test]
fn every_reference_is_explained_by_its_holder() {
    on_every_python("examples/talk/refcounts.py", |talk| {
        // Attributes stand in a dict of their own up to 3.10.
        let attribute: &[&str] =
            if talk.minor > 10 { &[".thing", "['in_attribute']"] } else { &["['in_attribute']", "['thing']"] };
        let cases: [(&str, &[&str]); 6] = [
            ("once", &["['once']"]),
            ("twice", &["['again']", "['twice']"]),
            ("in_list", &["['in_list']", "[0]", "[1]"]),
            ("in_dict", &["['in_dict']", "['thing']"]),
            ("in_attribute", attribute),
            ("passed", &["['passed']", "local argument"]),
        ];
        for (name, holders) in cases {
            let object = talk.object(&format!("__main__.{name}"));
            let count = talk.truth(name);
            assert_eq!(object["refcount"].as_u64(), Some(count), "{name}: {object:#}");
            // Up to 3.10 the caller's evaluation stack holds an argument too, and how deep it is while the caller waits
            // nobody stores (Objects/frameobject.c, f_stacktop).
            let on_the_stack = u64::from(name == "passed" && talk.minor <= 10);
            assert_eq!(object["counted"].as_u64(), Some(count - on_the_stack), "{name}: {object:#}");
            assert_eq!(object["held_outside"].as_u64(), Some(on_the_stack), "{name}");
            let listed = object["holders"]["listed"].as_array().unwrap().iter();
            let references = listed.flat_map(|holder| holder["references"].as_array().unwrap());
            let mut labels: Vec<&str> = references.filter_map(|reference| reference["label"].as_str()).collect();
            labels.sort_unstable();
            assert_eq!(labels, holders, "{name}");
        }
    });
}

#[test]
fn eight_reference_cycles_are_found_and_none_is_uncollectable() {
    on_every_python("examples/talk/ref_cycle.py", |talk| {
        let report = talk.ask("cycles", &["--json", "--members"]).json();
        let shapes = report["shapes"].as_array().unwrap().iter();
        let nodes: Vec<&Value> = shapes.filter(|shape| shape["shape"] == "Node.other → Node.other").collect();
        assert_eq!(nodes.len(), 1, "{report:#}");
        let found = nodes[0];
        assert_eq!(found["count"].as_u64(), Some(talk.truth("cycles")));
        assert_eq!(found["garbage"].as_u64(), Some(talk.truth("cycles")));
        assert_eq!((&found["cut"], &found["smallest"]), (&serde_json::json!(["Node.other"]), &Value::from(true)));
        assert_eq!(found["legacy_finalizers"], 0);
        // Up to 3.10 each node's own dict is a member too.
        let members: u64 =
            found["members"].as_array().unwrap().iter().map(|one| one.as_array().unwrap().len() as u64).sum();
        assert_eq!(members, talk.truth("objects") * if talk.minor > 10 { 1 } else { 2 });
        assert_eq!(found["objects"].as_u64(), Some(members));
        let failing = talk.ask("cycles", &["--fail-on", "garbage"]);
        assert_eq!(failing.code, Some(1), "{}", failing.stderr);
        let collection = talk.ask("collect", &["--json"]).json();
        assert_eq!(collection["uncollectable"], 0);
    });
}

/// The number at a path of keys: `["strings", "certain", "bytes"]`.
fn number(report: &Value, path: &[&str]) -> u64 {
    let found = path.iter().fold(report, |value, key| &value[*key]);
    found.as_u64().unwrap_or_else(|| panic!("no number at {path:?} in {report:#}"))
}

/// The row of a list in which a field has this value.
fn row<'r>(list: &'r Value, field: &str, value: &str) -> &'r Value {
    let mut rows = list.as_array().unwrap().iter();
    rows.find(|row| row[field] == value).unwrap_or_else(|| panic!("no {field} {value} in {list:#}"))
}

/// Objects and bytes of a kind of place.
fn held(part: &Value, place: &str) -> (u64, u64) {
    let held = row(&part["held"], "place", place);
    (number(held, &["objects"]), number(held, &["bytes"]))
}

#[test]
fn what_a_program_wastes_is_what_it_says_it_wastes() {
    on_every_python("examples/talk/waste.py", |talk| {
        let report = talk.ask("waste", &["--json"]).json();
        let state = row(&report["strings"]["texts"], "text", &format!("'{}'", talk.truth["state"].as_str().unwrap()));
        assert_eq!(
            (number(state, &["count"]), number(state, &["bytes"])),
            (talk.truth("states"), talk.truth("state_bytes"))
        );
        assert_eq!((&state["certain"], &state["held"][0]["place"]), (&true.into(), &"Order.state".into()));
        assert_eq!(held(&report["strings"], "Order.state"), (talk.truth("states") - 1, talk.truth("state_bytes")));
        let blob = row(&report["strings"]["texts"], "text", "b'bytes of this program, once more'");
        assert_eq!(
            (number(blob, &["count"]), number(blob, &["bytes"])),
            (40 + 1, talk.truth("blob_bytes") + talk.truth("blob_bytes") / 39)
        );
        // Thirty texts end in ten different ways, beyond what a snapshot keeps of them.
        let texts = report["strings"]["texts"].as_array().unwrap().iter();
        let long: Vec<&Value> = texts.filter(|one| one["certain"] == false && one["count"] == 30).collect();
        assert!(long.len() == 1 && number(long[0], &["bytes"]) >= talk.truth("long_bytes"));
        containers_are_as_the_program_says(talk, &report["containers"]);
        let slices = &report["slices"]["lists"];
        let page = row(slices, "address", &talk.address("page"));
        assert_eq!(
            (number(page, &["bytes"]), number(page, &["start"]), number(page, &["end"])),
            (talk.truth("page_size"), 100, 350)
        );
        assert_eq!((&page["of"], &page["of_expression"]), (&talk.address("items").into(), &"__main__.ITEMS".into()));
        let copy = row(slices, "expression", "__main__.COPY");
        assert_eq!((number(copy, &["bytes"]), &copy["of"]), (talk.truth("copy_size"), &talk.address("items").into()));
        calls_and_files_are_as_the_program_says(talk, &report);
    });
}

fn containers_are_as_the_program_says(talk: &Captured, containers: &Value) {
    let place = |name| held(containers, name);
    assert_eq!(place("Bag.empty_list"), (200, 200 * talk.truth("empty_list_size")));
    assert_eq!(place("Bag.empty_dict"), (200, 200 * talk.truth("empty_dict_size")));
    assert_eq!(place("Bag.empty_set"), (200, 200 * talk.truth("empty_set_size")));
    // Of an entry: key and value, and the hash where not all keys are strings; up to 3.10 always.
    let by_string = if talk.minor > 10 { 16 } else { 24 };
    assert_eq!(place("Order.tags"), (500, 500 * by_string * (talk.truth("tag_room") - 1)));
    assert_eq!(place("Bag.numbered"), (200, 200 * 24 * (talk.truth("numbered_room") - 1)));
    assert_eq!(
        place("Bag.small_list"),
        (200, 200 * (talk.truth("small_list_size") - talk.truth("empty_list_size") - 8))
    );
    assert_eq!(place("Bag.small_set"), (200, 200 * 16 * (talk.truth("small_set_room") - 1)));
}

fn calls_and_files_are_as_the_program_says(talk: &Captured, report: &Value) {
    let calls = report["suspended"]["codes"].as_array().unwrap();
    let code = |name: &str| calls.iter().find(|one| one["code"].as_str().unwrap().ends_with(name)).unwrap();
    let rows = code("rows");
    assert_eq!(number(rows, &["count"]), 25 + 3, "those that never started wait too");
    // Up to 3.10 each has a frame object beside its buffer.
    let (kept, buffers) = (number(rows, &["keeps", "bytes"]), talk.truth("buffers"));
    assert!((buffers..buffers + 28 * 700).contains(&kept), "{kept} of {buffers}");
    assert_eq!(number(code("answer"), &["count"]), 7);
    let files = &report["files"];
    let log = row(&files["files"], "expression", "__main__.LOG");
    assert_eq!((number(log, &["descriptor"]), &log["name"]), (talk.truth("log"), &talk.truth["path"]));
    assert_eq!(number(row(&files["files"], "expression", "__main__.RAW"), &["descriptor"]), talk.truth("raw"));
    let socket = row(&files["files"], "expression", "__main__.SOCKET");
    assert_eq!((number(socket, &["descriptor"]), &socket["type"]), (talk.truth("socket"), &"socket.socket".into()));
    assert_eq!((number(files, &["open"]), number(files, &["closed"])), (3, 1));
}
