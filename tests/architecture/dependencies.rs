//! `docs/dependencies.md` names every dependency, and says what it is: whatever Cargo can tell is compared with Cargo.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

const PAGE: &str = "docs/dependencies.md";
/// The sets of features whose crates are counted.
const SETS: [(&str, &str); 4] = [
    ("none", ""),
    ("`capture`", "capture"),
    ("`parquet`", "parquet"),
    ("all, with the command line", "cli,terminal-images"),
];

fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).args(["--locked", "--offline"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().expect("cargo starts");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// By name: the licence, and how many other crates it brings along.
fn trees() -> BTreeMap<String, (String, usize)> {
    let kinds = ["tree", "-e", "normal,build,dev", "--no-dedupe", "--prefix", "depth", "--format", "|{p}|{l}"];
    let (mut found, mut top) = (BTreeMap::new(), String::new());
    let mut below: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in cargo(&[&kinds[..], &["--target", "x86_64-unknown-linux-gnu"]].concat()).lines() {
        let [depth, package, licence] = line.splitn(3, '|').collect::<Vec<_>>()[..] else { continue };
        // `name v1.2.3 (proc-macro)`: a crate is its name and version.
        let crate_name = package.split(" (").next().unwrap_or_default().to_owned();
        match depth {
            "0" => {}
            "1" => {
                top = package.split(' ').next().unwrap_or_default().to_owned();
                found.insert(top.clone(), (licence.to_owned(), 0));
            }
            _ => drop(below.entry(top.clone()).or_default().insert(crate_name)),
        }
    }
    for (name, crates) in below {
        found.entry(name).and_modify(|one| one.1 = crates.len());
    }
    found
}

/// How many crates a build of the library or the command line takes, itself left out.
fn crates_with(features: &str) -> usize {
    let what = ["tree", "-e", "normal,build", "--prefix", "none", "--target", "x86_64-unknown-linux-gnu"];
    let tree = cargo(&[&what[..], &["--no-default-features", "--features", features]].concat());
    let crates: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(" (").next()).collect();
    crates.iter().filter(|one| !one.is_empty() && !one.starts_with("heapgraph ")).count()
}

/// A row of the table: its name, and the cells that Cargo can tell.
fn row(package: &Value, dependency: &Value, trees: &BTreeMap<String, (String, usize)>) -> (String, [String; 4]) {
    let name = dependency["name"].as_str().expect("a name");
    let (licence, brings) = trees.get(name).cloned().unwrap_or_default();
    let optional = format!("dep:{name}");
    let features = package["features"].as_object().expect("a table of features");
    let with: Vec<String> = features
        .iter()
        .filter(|(_, needs)| needs.as_array().is_some_and(|needs| needs.iter().any(|need| *need == *optional)))
        .map(|(feature, _)| format!("`{feature}`"))
        .collect();
    let with = if with.is_empty() { "always".to_owned() } else { with.join(", ") };
    let with = if dependency["kind"] == "dev" { "tests".to_owned() } else { with };
    let default = (dependency["uses_default_features"] == true).then_some("default");
    let own = dependency["features"].as_array().expect("a list").iter().filter_map(Value::as_str);
    let own: Vec<&str> = default.into_iter().chain(own).collect();
    let own = if own.is_empty() { "none".to_owned() } else { own.join(", ") };
    // A crate without the field has a file.
    let licence = if licence.is_empty() { "MIT (by its file)".to_owned() } else { licence };
    (name.to_owned(), [with, licence, own, brings.to_string()])
}

#[test]
fn every_dependency_has_a_row_that_is_true() {
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"])).unwrap();
    let (package, trees) = (&metadata["packages"][0], trees());
    let mut expected: BTreeMap<String, [String; 4]> = BTreeMap::new();
    for dependency in package["dependencies"].as_array().expect("a list").iter().filter(|one| one["path"].is_null()) {
        let (name, cells) = row(package, dependency, &trees);
        // What tests use besides has its row as a dependency.
        if dependency["kind"].is_null() || !expected.contains_key(&name) {
            expected.insert(name, cells);
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = std::fs::read_to_string(&path).expect("the page is there");
    let (mut lines, mut seen) = (Vec::new(), BTreeSet::new());
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        lines.push(match cells[..] {
            ["", name, purpose, _, _, _, _, ""] if name.starts_with('`') => {
                let name = name.trim_matches('`');
                let [with, licence, own, brings] =
                    expected.get(name).unwrap_or_else(|| panic!("{PAGE}: {name} is no dependency any more"));
                assert!(
                    !purpose.is_empty() && seen.insert(name.to_owned()),
                    "{PAGE}: {name} stands there once, with a reason"
                );
                format!("| `{name}` | {purpose} | {with} | {licence} | {own} | {brings} |")
            }
            ["", set, _, ""] if SETS.iter().any(|(name, _)| *name == set) => {
                let features = SETS.iter().find(|(name, _)| *name == set).map_or("", |(_, features)| features);
                format!("| {set} | {} |", crates_with(features))
            }
            _ => line.to_owned(),
        });
    }
    let missing: Vec<&String> = expected.keys().filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "{PAGE} has no row for {missing:?}: what is each for, and is it worth it?");
    let found = lines.join("\n") + "\n";
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &found).expect("the page can be written");
    } else {
        let differing = page.lines().zip(found.lines()).find(|(written, found)| written != found);
        assert!(
            page == found,
            "{PAGE}: {differing:?}\nBLESS=1 cargo test --locked --test architecture writes what Cargo says"
        );
    }
}
