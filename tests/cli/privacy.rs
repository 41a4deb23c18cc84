//! What `--no-values` and `--redact` promise: no secret of a live program is in the file, every name of its source is.

use crate::heapgraph::run_in;
use crate::pythons::{self, Python};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// How every planted text begins, the number that is planted too, and a multiple of it.
const SECRETS: [&str; 3] = ["planted-secret", "918273645546372819", "1.377410"];

/// Names of types, attributes, functions, variables and files, which stay.
const NAMES: [&str; 12] = [
    "__main__.Customer",
    "card_number",
    "extra",
    "api_token",
    "charge",
    "local_password",
    "amount_due",
    "kept_error",
    "'MODULE_LEVEL'",
    "'__init__'",
    "planted.py",
    "'maxsize'",
];

/// The program with its secrets, and the folder in which its captures go.
struct Planted {
    child: Child,
    folder: tempfile::TempDir,
}

impl Planted {
    fn start(python: &Python) -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/planted.py");
        let mut command = Command::new(&python.executable);
        command.arg("-I").arg(program).arg("planted-secret-0").env("HEAPGRAPH_TEST_TOKEN", "planted-secret-1");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        Planted { child, folder: tempfile::tempdir().unwrap() }
    }

    /// The snapshot as it is on the disk, and all that is in it as text.
    fn capture(&self, options: &[&str]) -> (Vec<u8>, String) {
        let pid = self.child.id().to_string();
        let (file, text) = ("heap.parquet", "heap.json");
        run_in(self.folder.path(), &[&["capture", "-p", &pid, "-o", file], options].concat()).text();
        run_in(self.folder.path(), &["export", file, "-o", text]).text();
        let read = |name| std::fs::read(self.folder.path().join(name)).unwrap();
        (read(file), String::from_utf8(read(text)).unwrap())
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn assert_clean(python: &Python, options: &[&str], (raw, text): &(Vec<u8>, String)) {
    for secret in SECRETS {
        assert!(!contains(raw, secret), "{} {options:?}: {secret} in the file", python.version);
        let found = text.find(secret).map(|at| text.get(at.saturating_sub(200)..at + 100).unwrap_or("?"));
        assert_eq!(found, None, "{} {options:?}: {secret}", python.version);
    }
    for name in NAMES {
        assert!(text.contains(name), "{} {options:?}: {name} is gone", python.version);
    }
}

#[test]
fn no_secret_is_in_the_file_and_every_name_is() {
    for python in pythons::installed() {
        let program = Planted::start(&python);
        let (_, shown) = program.capture(&[]);
        // What is not found is worth something only if it is found without the option: 14 is a key, 0 is in argv.
        for number in (0..=16).filter(|number| *number != 12) {
            assert!(shown.contains(&format!("planted-secret-{number}")), "{}: {number}", python.version);
        }
        assert_clean(&python, &["--no-values"], &program.capture(&["--no-values"]));
        assert_clean(&python, &["--redact"], &program.capture(&["--redact"]));
    }
}

#[test]
fn hashes_tell_equal_values_apart_from_others_in_one_file_alone() {
    let python = pythons::installed().pop().unwrap();
    let program = Planted::start(&python);
    let hashes = |(_, text): (Vec<u8>, String)| {
        let heap: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(heap["metadata"]["values"], "hashed");
        let objects = heap["objects"].as_array().unwrap().clone();
        let of = |text: &serde_json::Value| text.as_str().map(str::to_owned);
        let texts =
            objects.iter().filter(|object| object["type"] == "builtins.float").map(|object| of(&object["text"]));
        texts.flatten().collect::<std::collections::BTreeSet<String>>()
    };
    let (first, second) = (hashes(program.capture(&["--redact"])), hashes(program.capture(&["--redact"])));
    assert!(first.len() > 1 && first.iter().all(|text| text.starts_with('#') && text.len() == 17), "{first:?}");
    assert_eq!(first.len(), second.len());
    assert!(first.is_disjoint(&second), "the key is new for each file");
}
