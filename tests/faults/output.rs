//! The place for the file is full, closed, gone or forbidden.

use crate::heapgraph::heapgraph;
use crate::pythons;
use crate::report::Row;
use crate::victim::{Victim, WAITING, wait_for};
use crate::{entries, is_root};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The process is as before, and ends well.
fn unharmed(victim: Victim) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", victim.pid())).unwrap();
    assert!(status.contains("TracerPid:\t0\n") && !['T', 't', 'Z'].contains(&victim.state()));
    assert!(victim.finish());
}

fn row(fault: &str, said: &str) {
    let checked = "neither stopped nor traced, ends well; no file under the name, nor a temporary one";
    Row { fault, tried: 1, target: "went on", checked, said }.write("faults");
}

/// Captures a process with `capture -o OUTPUT`, started by a shell that does something first.
fn by_shell(first: &str, output: &str, after: &str) -> Output {
    let victim = Victim::start(&pythons::installed()[0], WAITING);
    let program = heapgraph(&[]).get_program().to_owned();
    let script = format!("{first} \"$0\" capture -p {} -o {output} {after}", victim.pid());
    let done = Command::new("/bin/sh").arg("-c").arg(script).arg(program).stdin(Stdio::null()).output().unwrap();
    unharmed(victim);
    done
}

#[test]
fn a_disk_that_is_full() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().display();
    let mount = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", &place.to_string()];
    if !is_root() || !Command::new("mount").args(mount).status().is_ok_and(|status| status.success()) {
        println!("not covered: only root can mount a small disk");
        return;
    }
    let done = by_shell("", &format!("{place}/heap.parquet"), "");
    let left = entries(folder.path());
    assert!(Command::new("umount").arg(folder.path()).status().unwrap().success());
    assert_eq!(done.status.code(), Some(2));
    assert!(said(&done).contains("heap.parquet") && said(&done).contains("No space left"), "{}", said(&done));
    assert!(left.is_empty(), "{left:?}");
    row("the disk is full", "exit 2: the file's name, `No space left on device`");
}

#[test]
fn a_limit_on_the_size_of_files() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("heap.parquet").display().to_string();
    for first in ["ulimit -f 8;", "trap '' XFSZ; ulimit -f 8;"] {
        let done = by_shell(first, &name, "");
        assert_eq!(done.status.code(), Some(2), "{first} {}", said(&done));
        assert!(said(&done).contains("heap.parquet") && said(&done).contains("too large"), "{}", said(&done));
        assert!(entries(folder.path()).is_empty(), "{:?}", entries(folder.path()));
    }
    row("RLIMIT_FSIZE is passed, SIGXFSZ by default or ignored", "exit 2: the file's name, `File too large`");
}

#[test]
fn standard_output_that_is_full_or_closed() {
    let done = by_shell("", "-", "> /dev/full");
    assert_eq!(done.status.code(), Some(2));
    assert!(said(&done).contains("No space left"), "{}", said(&done));
    row("`-o - > /dev/full`", "exit 2: `No space left on device`");
    let done = by_shell("", "-", "| head -c 10");
    assert_eq!(done.stdout.len(), 10);
    assert!(!said(&done).contains("error"), "{}", said(&done));
    let done = by_shell("", "-", "| true; exit \"${PIPESTATUS:-0}\"");
    assert_eq!(done.status.code(), Some(0));
    row("`-o - | head -c 10`: the reader goes away", "exit 0: it has what it wanted");
    let done = by_shell("", "-", ">&-");
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    row("standard output is closed (`>&-`)", "exit 0: as if it were /dev/null, which is opened in its place");
}

/// Has `heapgraph` follow a command that waits, with its file started in `folder`; then something happens, and the
/// command ends.
fn following(mut heapgraph: Command, python: &Path, folder: &Path, change: impl FnOnce()) -> Output {
    let program = "import sys; print('up', flush=True); sys.stdin.read(); sys.exit(7)";
    heapgraph.arg("capture").arg("-o").arg(folder.join("heap.parquet")).arg("--").arg(python);
    heapgraph.args(["-I", "-c", program]).current_dir("/");
    heapgraph.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = heapgraph.spawn().unwrap();
    let started = || folder.exists() && entries(folder).iter().any(|name| name.ends_with(".tmp"));
    wait_for("the file to be started", started);
    change();
    drop(child.stdin.take());
    let done = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stdout), "up\n", "the program ran");
    done
}

#[test]
fn a_folder_that_is_removed_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let python = &pythons::installed()[0].executable;
    let done = following(heapgraph(&[]), python, &out, || std::fs::remove_dir_all(&out).unwrap());
    assert_eq!(done.status.code(), Some(2));
    assert!(said(&done).contains("heap.parquet") && said(&done).contains("No such file"), "{}", said(&done));
    assert!(entries(folder.path()).is_empty());
    row("the output's folder is removed meanwhile", "exit 2: the file's name, `No such file or directory`");
}

#[test]
fn a_folder_that_becomes_read_only_meanwhile() {
    // As another user, for whom modes count; heapgraph and the Python must be within that user's reach.
    const NOBODY: u32 = 65534;
    let reachable = |python: &&pythons::Python| {
        let mut test = Command::new("test");
        test.arg("-x").arg(&python.executable).uid(NOBODY).gid(NOBODY).status().is_ok_and(|status| status.success())
    };
    let pythons = pythons::installed();
    let Some(python) = pythons.iter().find(reachable).filter(|_| is_root()) else {
        println!("not covered: needs root, and a Python that another user may start");
        return;
    };
    let (programs, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let copy = programs.path().join("heapgraph");
    // By another process: were it open for writing here, a test that forks now would keep it busy.
    assert!(Command::new("cp").arg(heapgraph(&[]).get_program()).arg(&copy).status().unwrap().success());
    [programs.path(), &copy].into_iter().for_each(|path| mode(path, 0o755));
    mode(folder.path(), 0o777);
    let mut command = Command::new(&copy);
    command.uid(NOBODY).gid(NOBODY);
    let done = following(command, &python.executable, folder.path(), || mode(folder.path(), 0o555));
    assert_eq!(done.status.code(), Some(2));
    assert!(said(&done).contains("Permission denied"), "{}", said(&done));
    assert!(!folder.path().join("heap.parquet").exists());
    Row {
        fault: "the output's folder becomes read-only meanwhile",
        tried: 1,
        target: "went on",
        checked: "no file under the name; the temporary one, which nobody may remove, is mode 0600",
        said: "exit 2: the file's name, `Permission denied`",
    }
    .write("faults");
}
