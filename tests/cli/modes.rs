//! Who may read what heapgraph writes: its owner alone, whatever the umask, from the first byte on.

use crate::heapgraph::heapgraph;
use crate::program::Program;
use crate::{Shop, pythons};
use std::fs::{metadata, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Starts heapgraph in a folder with a umask that forbids nothing.
fn start(folder: &Path, line: &str) -> Child {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "umask 0; exec \"$0\" \"$@\""]).arg(heapgraph(&[]).get_program()).args(line.split(' '));
    command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn run(folder: &Path, line: &str) {
    let done = start(folder, line).wait_with_output().unwrap();
    assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
}

fn mode(path: &Path) -> u32 {
    metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o7777
}

/// Every file of the folder is its owner's alone.
fn assert_private(folder: &Path, line: &str) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        assert_eq!(mode(&entry.path()), 0o600, "{line}: {}", entry.path().display());
    }
}

#[test]
fn every_file_is_private() {
    let program = Program::start(&pythons::installed()[0], "examples/talk/self_list.py");
    let pid = program.pid();
    let shop = Shop::new();
    for line in [
        format!("capture -p {pid} -o one.parquet"),
        format!("capture -p {pid} -o one.json"),
        format!("capture -p {pid}"),
        format!("capture -p {pid} --children -o ./"),
        format!("export -p {pid} -o two.json"),
        "export app.parquet -o three.parquet".into(),
        "collect app.parquet -o after.parquet".into(),
        "leaks app.parquet -o report.html".into(),
        "cycles app.parquet -o cycles.svg".into(),
        "diff app.parquet app.json -o grew.svg".into(),
        "retained app.parquet -o map.html".into(),
        "retained app.parquet --as flame -o flame.svg".into(),
        "chain app.parquet app.User -o chain.svg".into(),
        "backrefs app.parquet app.User -o back.json".into(),
    ] {
        let before = std::fs::read_dir(shop.folder.path()).unwrap().count();
        run(shop.folder.path(), &line);
        assert!(std::fs::read_dir(shop.folder.path()).unwrap().count() > before, "{line}");
        assert_private(shop.folder.path(), &line);
    }
    for ending in ["svg", "png", "pdf", "html", "dot", "mmd", "json"] {
        let line = format!("refs app.parquet app.CACHE -o picture.{ending}");
        run(shop.folder.path(), &line);
        assert_private(shop.folder.path(), &line);
    }
    assert!(program.finish());
}

#[test]
fn a_file_that_others_could_read_is_replaced_by_one_that_they_cannot() {
    let shop = Shop::new();
    let path = shop.path("picture.svg");
    std::fs::write(&path, "old").unwrap();
    set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
    run(shop.folder.path(), "refs app.parquet app.CACHE -o picture.svg");
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn a_file_is_private_before_it_has_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let python = pythons::installed()[0].executable.display().to_string();
    let mut child = start(folder.path(), &format!("capture -o app.parquet -- {python} -I -c input()"));
    let temporary = loop {
        let mut entries = std::fs::read_dir(folder.path()).unwrap().flatten();
        if let Some(entry) = entries.next() {
            break entry.path();
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    };
    assert!(temporary.display().to_string().ends_with(".tmp"));
    assert_eq!(mode(&temporary), 0o600);
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"\n").unwrap();
    assert!(child.wait().unwrap().success());
    assert_private(folder.path(), "capture");
}
