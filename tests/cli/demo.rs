//! `heapgraph demo`: from nothing to a picture, with nothing hard-coded.

use crate::heapgraph::{heapgraph, run_in};
use crate::{files, pythons};
use std::path::Path;
use std::process::Command;

/// Renames every class, function, parameter, attribute and variable of the program, and prints the new names as JSON.
const RENAME: &str = r#"
import ast, json, sys
tree = ast.parse(open(sys.argv[1]).read())
names = set()
for node in ast.walk(tree):
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        names.add(node.name)
    elif isinstance(node, ast.arg):
        names.add(node.arg)
    elif isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
        names.add(node.id if isinstance(node, ast.Name) else node.attr)
names = sorted(name for name in names if not name.startswith("__"))
new = {name: f"renamed_{number}" for number, name in enumerate(names)}
for node in ast.walk(tree):
    for field in ("name", "arg", "id", "attr"):
        old = getattr(node, field, None)
        if old in new and not isinstance(node, ast.alias):
            setattr(node, field, new[old])
open(sys.argv[2], "w").write(ast.unparse(tree))
print(json.dumps(new))
"#;

#[test]
fn three_lines_say_who_holds_the_leak_and_a_picture_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let run = run_in(folder.path(), &["demo"]);
    let lines: Vec<&str> = run.text().lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].contains("20,000 Session objects"), "{lines:?}");
    assert!(lines[1].contains("dict with 20,000 items"), "{lines:?}");
    assert!(lines[2].ends_with("__main__.SHOP.store.entries"), "{lines:?}");
    assert!(run.stderr.contains("heapgraph-demo.png"), "{}", run.stderr);
    assert_eq!(files(folder.path()), ["heapgraph-demo.png"]);
    let picture = std::fs::read(folder.path().join("heapgraph-demo.png")).unwrap();
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n") && picture.len() > 10_000);
}

#[test]
fn the_answer_is_found_and_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let python = pythons::installed().into_iter().find(|python| python.minor >= 11).unwrap();
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/leaky.py");
    let copy = folder.path().join("copy.py");
    let renamed = Command::new(&python.executable).args(["-c", RENAME]).arg(original).arg(&copy).output().unwrap();
    let names: serde_json::Value = serde_json::from_slice(&renamed.stdout).unwrap();
    let text = std::fs::read_to_string(&copy).unwrap();
    for old in ["Session", "SHOP", "store", "entries", "sessions"] {
        assert!(names[old].is_string() && !text.contains(&format!(".{old}")), "{old} was renamed");
    }
    let before = run_in(folder.path(), &["demo"]).text().to_owned();
    let after = run_in(folder.path(), &["demo", "--program", "copy.py"]).text().to_owned();
    let new = |old: &str| names[old].as_str().unwrap().to_owned();
    let translated = before.replace("Session objects", &format!("{} objects", new("Session"))).replace(
        "__main__.SHOP.store.entries",
        &format!("__main__.{}.{}.{}", new("SHOP"), new("store"), new("entries")),
    );
    assert_ne!(translated, before);
    // Longer names take more bytes: everything but the size is the same.
    let words = |text: &str| {
        text.split_whitespace()
            .filter(|word| !word.contains('.') || word.contains("__"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(words(&after), words(&translated));
}

#[test]
fn without_a_python_it_says_what_to_install() {
    let folder = tempfile::tempdir().unwrap();
    let output = heapgraph(&["demo"]).current_dir(folder.path()).env("PATH", folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("3.11") && stderr.contains("\ntry: apt install python3"), "{stderr}");
    assert!(files(folder.path()).is_empty());
}
