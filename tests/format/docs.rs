//! The examples of docs/formats.md work as they stand.

use crate::python;
use heapgraph::format::{self, Format, Overwrite, Source};
use heapgraph::testkit::sketch;
use std::path::Path;

const PAGE: &str = include_str!("../../docs/formats.md");

/// The fenced blocks in this language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    PAGE.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

fn run(program: &str) -> String {
    let heap = sketch(
        "<modules> > app; app:builtins.module > c.cache, s.last; c:builtins.list > s, s; s:app.Session#48; t:app.Session#64",
    );
    let folder = tempfile::tempdir().expect("a temporary folder");
    format::write_file(&heap, Format::Parquet, &folder.path().join("app.parquet"), Overwrite::Refuse).expect("a heap");
    let script = folder.path().join("example.py");
    let enter = format!("import os\nos.chdir({:?})\n", folder.path().display().to_string());
    std::fs::write(&script, enter + program).expect("a temporary folder is ours");
    let packages = ["duckdb==2.0.0", "pandas==3.1.1", "pyarrow==26.0.1"];
    python::run(&python::environment("python3", "format", &packages), &[Path::new(&script).as_os_str()])
}

#[test]
fn the_queries_for_duckdb_say_what_they_promise() {
    let [queries] = blocks("sql")[..] else { panic!("one block of SQL") };
    let said = run(&format!(
        "import duckdb\nfor query in '''{queries}'''.split(';'):\n    if query.strip():\n        print(duckdb.sql(query).fetchall())\n"
    ));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0].starts_with("[('app.Session', 2, ") && lines[0].contains("112"), "{said}");
    assert_eq!(lines[1], "[('builtins.list', None, 2), ('builtins.module', 'last', 1)]");
}

#[test]
fn the_example_for_pandas_says_what_it_promises() {
    let [example] = blocks("python")[..] else { panic!("one block of Python") };
    let said = run(example);
    let session = said.lines().find(|line| line.starts_with("app.Session")).unwrap_or_else(|| panic!("{said}"));
    assert_eq!(session.split_whitespace().collect::<Vec<_>>(), ["app.Session", "2", "112"], "{said}");
    assert_eq!(said.lines().last(), Some("None None None"), "{said}");
}

#[test]
fn the_example_in_json_is_a_snapshot() {
    let [example] = blocks("json")[..] else { panic!("one block of JSON") };
    let heap = format::read(&Source::from_bytes(example.as_bytes())).unwrap();
    assert_eq!(heap.verify(), Ok(()));
    assert_eq!((heap.objects().real_ids().len(), heap.objects().synthetic()), (2, 4));
}
