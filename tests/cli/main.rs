//! The command line through the built binary: help, answers, errors, and the manners of a Unix program.
#![cfg(test)]

mod answers;
mod captures;
mod charts;
mod collect;
mod cycles;
mod demo;
mod diff;
mod errors;
mod escapes;
#[path = "../support/golden.rs"]
mod golden;
#[path = "../support/heapgraph.rs"]
mod heapgraph;
mod help;
mod leaks;
mod manners;
mod modes;
mod privacy;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/python.rs"]
mod python;
#[path = "../support/pythons.rs"]
mod pythons;
mod signals;

use ::heapgraph::format::{Format, Overwrite, write_file};
use ::heapgraph::snapshot::{FORMAT_VERSION, Metadata};
use ::heapgraph::testkit::sketch;
use std::path::PathBuf;

/// A module with a cache of sessions, each in a cycle with its user; a frame; something held from outside.
const SHOP: &str = "
    <modules> > app;
    app:builtins.module#72=app > ns.__dict__;
    ns:builtins.dict#232[2] > cache['CACHE'], Session['Session'];
    Session:builtins.type#1064=Session!class;
    cache:app.Cache#48 > entries.entries;
    entries:builtins.dict#640[2] > s1['user-1'], s2['user-2'];
    s1:app.Session#56 > u1.user, Session~type;
    s2:app.Session#56 > u2.user, Session~type;
    u1:app.User#48 > l1.sessions, n1.name; l1:builtins.list#88[1] > s1; n1:builtins.str@untracked#55[3]=ada;
    u2:app.User#48 > l2.sessions, n2.name; l2:builtins.list#88[1] > s2; n2:builtins.str@untracked#55[3]=bob;
    lost:app.Session#56 > lost.me, Session~type;
    <thread 1 MainThread | frame app.py:42 handle> > req; req:app.Request#48 > s1.session;
    <held> > spare; spare:builtins.list#56[0]
";

/// A folder with the shop's heap in it.
struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    fn new() -> Self {
        let shop = Shop { folder: tempfile::tempdir().unwrap() };
        // A sketch's own metadata knows its labels, which no capture has.
        let (format, python) = (FORMAT_VERSION.to_owned(), Some("3.12.1".to_owned()));
        let metadata = Metadata { format, python, pid: Some(4711), ..Metadata::default() };
        let heap = sketch(SHOP).with_metadata(metadata);
        write_file(&heap, Format::Parquet, &shop.path("app.parquet"), Overwrite::Refuse).unwrap();
        write_file(&heap, Format::Json, &shop.path("app.json"), Overwrite::Refuse).unwrap();
        shop
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs in the folder, so that no path of this machine gets into the output.
    fn run(&self, line: &str) -> heapgraph::Run {
        heapgraph::run_in(self.folder.path(), &words(line))
    }

    /// Names of all files in the folder.
    fn files(&self) -> Vec<String> {
        files(self.folder.path())
    }
}

fn files(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A line of words; no test needs quotes.
fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// An error as it should look, and nothing else.
trait Failed {
    /// What it says went wrong: one line of message and at most one hint, on stderr alone, exit code 2.
    fn error(&self) -> &str;
}

impl Failed for heapgraph::Run {
    fn error(&self) -> &str {
        assert_eq!(self.code, Some(2), "heapgraph {}\n{}", self.line, self.stderr);
        assert!(self.stdout.is_empty(), "heapgraph {}: an error leaves stdout empty", self.line);
        let lines: Vec<&str> = self.stderr.lines().collect();
        assert!(lines.first().is_some_and(|line| line.starts_with("heapgraph: ")), "{}", self.stderr);
        assert!(lines[1..].iter().all(|line| line.starts_with("try: ")) && lines.len() <= 2, "{}", self.stderr);
        &self.stderr
    }
}
