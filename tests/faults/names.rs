//! No capture replaces a file that the user did not name.

use crate::entries;
use crate::heapgraph::run_in;
use crate::pythons;
use crate::report::Row;
use crate::victim::{Victim, WAITING};

#[test]
fn earlier_files_stay() {
    let python = &pythons::installed()[0];
    let (one, other) = (Victim::start(python, WAITING), Victim::start(python, WAITING));
    let pids = format!("{},{}", one.pid(), other.pid());
    let folder = tempfile::tempdir().unwrap();
    let keep = |name: String| std::fs::write(folder.path().join(name), "mine").unwrap();
    keep(format!("heapgraph-{}.parquet", one.pid()));
    keep(format!("heapgraph-{}-0007.parquet", one.pid()));
    keep("app-0002.parquet".into());
    for _ in 0..2 {
        run_in(folder.path(), &["capture", "-p", &pids, "-o", "./"]).text();
    }
    let program = "import time\nfor n in range(12): time.sleep(0.1)";
    let executable = python.executable.display().to_string();
    let command = ["--", &executable, "-I", "-c", program];
    run_in(folder.path(), &[&["capture", "--every", "0.4", "--keep", "1", "-o", "app.parquet"], &command[..]].concat())
        .text();
    let names = entries(folder.path());
    let mine: Vec<&String> =
        names.iter().filter(|name| std::fs::read(folder.path().join(name)).is_ok_and(|text| text == b"mine")).collect();
    assert_eq!(mine.len(), 3, "{names:?}");
    for pid in [one.pid(), other.pid()] {
        assert!(names.contains(&format!("heapgraph-{pid}-2.parquet")), "{names:?}");
    }
    let series: Vec<&String> = names.iter().filter(|name| name.starts_with("app-")).collect();
    assert!(series.len() == 2 && **series[1] > *"app-0002.parquet", "a series goes on behind the last: {names:?}");
    // A name that the user gave is replaced.
    std::fs::write(folder.path().join(format!("own-{}.parquet", one.pid())), "old").unwrap();
    run_in(folder.path(), &["capture", "-p", &pids, "-o", "own-{pid}.parquet"]).text();
    assert!(std::fs::read(folder.path().join(format!("own-{}.parquet", one.pid()))).unwrap().starts_with(b"PAR1"));
    assert!(one.finish() && other.finish());
    Row {
        fault: "files of an earlier run stand where a series or `-p 1,2` would write",
        tried: 4,
        target: "went on",
        checked: "the earlier files are as they were; the new ones have other names",
        said: "exit 0",
    }
    .write("faults");
}
