//! Nothing that stands in a heap reaches the terminal as a command to it: not in tables, trees, prose and JSON on stdout,
//! not in notes and errors on stderr.

use crate::heapgraph::{Run, run_in};
use crate::{pythons, words};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// A title, a cleared screen, colours and a title by C1 controls, text in the other direction, lines of their own.
const BAD: [&str; 13] = [
    "\u{1b}]0;EVIL\u{7}",
    "\u{1b}[2J",
    "\u{9b}31m",
    "\u{9d}0;EVIL\u{9c}",
    "\u{202e}EVIL\u{202c}",
    "\u{2066}EVIL",
    "\u{200f}\u{61c}",
    "\nEVIL",
    "\rEVIL",
    "\u{2028}EVIL",
    "\u{8}\u{8}",
    "\u{7f}",
    "\u{0}",
];

/// Every command that writes text, in the forms that take texts of the heap. `BAD` stands for one of the above.
const COMMANDS: &str = "info a.json | types a.json --retained | object a.json 0x1000 | object a.json 0x108
    | retained a.json | retained a.json --tree | retained a.json --garbage | retained a.json 0x200 0x300
    | retained a.json --limit 3 | cycles a.json --all-references | cycles a.json --members | collect a.json
    | leaks a.json | leaks b.json --since a.json | waste a.json | diff a.json b.json | diff a.json b.json c.json
    | chain a.json 0x1000 | chain a.json 0x1000 0x1010 --merge | chain a.json 0x1000 --paths 3
    | chain a.json --from 0x200 --to 0x1000 | chain a.json 0xa000 | chain a.json type:appBAD.T1BAD
    | refs a.json 0x200 | refs a.json 0x100 --max-depth 5 --values | backrefs a.json 0x108 --too-many 2
    | object a.json BAD | chain a.json 0x1000 --exclude type:BAD | collect a.json --cut appBAD.T1BAD.otherBAD
    | refs a.json 0x200 --filter BAD | info BAD";

/// A heap that has something to say in every report, with `bad` in each of its names and texts, and `more` objects.
fn heap(bad: &str, more: u64) -> Value {
    let name = |text: &str| format!("{text}{bad}");
    let typed = |number: u64| format!("app{bad}.T{number}{bad}");
    let hex = |address: u64| format!("{address:#x}");
    let link = |to: u64, kind: &str, name: String| json!({"to": hex(to), "kind": kind, "name": name});
    let object = |address: u64, of_type: String, references: Vec<Value>| json!({"address": hex(address), "type": of_type, "references": references, "size": 500});
    let value = |address: u64, text: &str| json!({"address": hex(address), "type": "builtins.str", "text": name(text), "length": 400, "size": 500});
    let items = (0..60).map(|nth| 0x1000 + nth * 16).chain((0..more).map(|nth| 0xe000 + nth * 16));
    let items = items.map(|to| json!({"to": hex(to), "kind": "item"})).collect();
    let mut objects = vec![
        object(0x100, "builtins.module".into(), vec![link(0x110, "attribute", "__dict__".into())]),
        object(0x110, "builtins.dict".into(), vec![link(0x200, "key", format!("'cache{bad}'"))]),
        value(0x108, "key"),
        object(0x200, typed(0), vec![link(0x300, "attribute", name("items"))]),
        object(0x300, "builtins.list".into(), items),
        object(0xa000, typed(3), vec![link(0xa010, "attribute", name("g"))]),
        object(0xa010, typed(4), vec![link(0xa000, "attribute", name("h"))]),
        object(0xc000, "builtins.generator".into(), vec![link(0x200, "local", name("loc"))]),
    ];
    for nth in (0..60).map(|nth| nth * 16) {
        let other = link(0x5000 + nth, "attribute", name("other"));
        let texts = [link(0x108, "attribute", name("text")), link(0x9000 + nth, "attribute", name("copy"))];
        objects.push(object(0x1000 + nth, typed(1), [&[other], &texts[..]].concat()));
        objects.push(object(0x5000 + nth, typed(2), vec![link(0x1000 + nth, "attribute", name("back"))]));
        objects.push(value(0x9000 + nth, "copy"));
        objects.push(json!({"address": hex(0xb000 + nth), "type": typed(7), "refcount": 3}));
    }
    objects.extend((0..more).map(|nth| object(0xe000 + nth * 16, typed(8), vec![])));
    let path = [name("thread 1 Main"), name("frame app.py:42 f")];
    let roots = json!([
        {"kind": "module", "name": name("app"), "to": "0x100"},
        {"kind": "frame", "path": path, "reference": "local", "name": name("req"), "to": "0xc000"},
    ]);
    let told = ["python", "build", "captured_at", "source", "values"].map(|key| (key.to_owned(), json!(name(key))));
    let mut metadata: serde_json::Map<String, Value> = told.into_iter().collect();
    metadata.insert("command".into(), json!([name("python"), name("app.py")]));
    metadata.insert("warnings".into(), json!([name("warning")]));
    metadata.insert("threads".into(), json!([{"id": 1, "name": name("Main"), "frames": [name("app.py:42 f")]}]));
    json!({"schema": "heapgraph.snapshot/1", "metadata": metadata, "objects": objects, "roots": roots})
}

/// Neither stream holds anything but lines of plain text.
fn assert_plain(run: &Run) {
    let obeyed = |letter: char| {
        letter.is_control() && letter != '\n'
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for text in [std::str::from_utf8(&run.stdout).expect("UTF-8"), run.stderr.as_str()] {
        let found = text.lines().find(|line| line.contains(obeyed) || line.starts_with("EVIL"));
        assert_eq!(found, None, "heapgraph {:?}", run.line);
    }
    assert!(matches!(run.code, Some(0 | 2)), "heapgraph {:?}: {:?} {}", run.line, run.code, run.stderr);
}

#[test]
fn no_text_of_a_snapshot_is_a_command_to_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    for bad in BAD {
        for (name, more) in [("a.json", 0), ("b.json", 20), ("c.json", 40)] {
            std::fs::write(folder.path().join(name), heap(bad, more).to_string()).unwrap();
        }
        for command in COMMANDS.split('|') {
            // No argument of a program holds a zero.
            let words: Vec<String> =
                words(command).iter().map(|word| word.replace("BAD", bad.trim_matches('\0'))).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            for form in [&[][..], &["--json"]] {
                assert_plain(&run_in(folder.path(), &[&words[..], form].concat()));
            }
        }
    }
}

#[test]
fn nor_is_a_name_of_a_live_program() {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/escapes.py");
    for python in pythons::installed() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(&python.executable);
        command.arg("-I").arg(&program).arg(BAD[..12].concat()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        let capture = run_in(folder.path(), &["capture", "-p", &child.id().to_string(), "-o", "a.parquet"]);
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_plain(&capture);
        let mut told = capture.stderr;
        for line in [
            "info a.parquet",
            "types a.parquet -n 0",
            "leaks a.parquet",
            "cycles a.parquet",
            "waste a.parquet",
            "retained a.parquet --tree",
            "refs a.parquet __main__ --too-many 0",
            "chain a.parquet __main__.cache[0]",
            "object a.parquet __main__.cache[0]",
        ] {
            let run = run_in(folder.path(), &words(line));
            assert_plain(&run);
            assert_plain(&run_in(folder.path(), &[&words(line)[..], &["--json"]].concat()));
            told += run.text();
        }
        for planted in ["Evil\\x1b]0", "other\\x1b]0", "thread\\x1b]0"] {
            assert!(told.contains(planted), "{}: {planted} is told of, as text", python.version);
        }
    }
}

#[test]
fn a_command_to_copy_has_no_name_that_is_an_option() {
    let folder = tempfile::tempdir().unwrap();
    let link = |to: &str, name: &str| json!({"to": to, "kind": "attribute", "name": name});
    let heap = json!({
        "schema": "heapgraph.snapshot/1",
        "objects": [
            {"address": "0x10", "type": "builtins.module", "references": [link("0x20", "kept")]},
            {"address": "0x20", "type": "builtins.list", "size": 100_000},
        ],
        "roots": [{"kind": "module", "name": "-ox.svg", "to": "0x10"}],
    });
    std::fs::write(folder.path().join("a.json"), heap.to_string()).unwrap();
    let run = run_in(folder.path(), &["leaks", "a.json"]);
    let line = run.text().lines().find(|line| line.contains("heapgraph retained")).expect("a suspect has a command");
    let words: Vec<&str> = line.trim().trim_start_matches("heapgraph ").split(' ').collect();
    assert_eq!(words, ["retained", "a.json", "path:-ox.svg.kept"]);
    run_in(folder.path(), &words).text();
    assert!(!folder.path().join("x.svg").exists());
}
