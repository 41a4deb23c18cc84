//! Processes that see another file system, other process numbers and other users than we do.

use crate::heapgraph::run;
use crate::pythons::{self, Python};
use crate::victim::{Victim, WAITING};
use heapgraph::analysis::select::select;
use heapgraph::capture::{Options, capture_pid};
use std::path::Path;
use std::process::Command;

/// Runs a program in namespaces of its own: another root, another process number, and a user namespace. Its Python
/// lies under `/inside`, which does not exist for us. `None` where namespaces may not be made.
fn contained(python: &Python, folder: &Path) -> Option<Victim> {
    let prefix = python.executable.parent()?.parent()?;
    // A root of bind mounts; python is started in it under a name that we do not have.
    let script = r#"
set -e
mount -t tmpfs none "$1"
mkdir "$1/inside" "$1/proc" "$1/old" "$1/lib" "$1/lib64" "$1/usr" "$1/etc"
for d in lib lib64 usr etc; do [ -e "/$d" ] && mount --rbind "/$d" "$1/$d"; done
mount --rbind "$2" "$1/inside"
mkdir -p "$1$2" && mount --rbind "$2" "$1$2"
mount -t proc proc "$1/proc"
cd "$1"
pivot_root . old
umount -l old
exec "/inside/bin/$3" -I -c "$4"
"#;
    let name = python.executable.file_name()?.to_str()?;
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script, "sh"]);
    command.arg(folder).arg(prefix).arg(name).arg(WAITING);
    let mut possible = Command::new("unshare");
    possible.args(["--user", "--map-root-user", "--mount", "--pid", "--fork", "true"]);
    if !possible.status().is_ok_and(|status| status.success()) {
        println!("not covered: namespaces may not be made here");
        return None;
    }
    Some(Victim::spawn(&mut command))
}

/// Whether a Python is a program of its own, and not one that a loader beside it starts.
fn is_installed(python: &Python) -> bool {
    // `debian.py` leaves this mark beside what it unpacked.
    !python.executable.ancestors().any(|folder| folder.join("complete").is_file())
}

/// `unshare` stays outside and waits for the process inside.
fn inside(victim: &Victim) -> u32 {
    let children = format!("/proc/{0}/task/{0}/children", victim.pid());
    std::fs::read_to_string(children).unwrap().trim().parse().unwrap()
}

#[test]
fn a_process_in_a_container_is_read_through_its_own_root() {
    for python in pythons::installed().into_iter().filter(is_installed) {
        let folder = tempfile::tempdir().unwrap();
        let Some(victim) = contained(&python, folder.path()) else { return };
        let pid = inside(&victim);
        let snapshot = capture_pid(pid, &Options::default()).unwrap();
        assert_eq!(select(&snapshot, "type:__main__.Kept").unwrap().ids.len(), 500);
        let metadata = snapshot.metadata();
        assert_eq!((metadata.pid, metadata.namespace_pid), (Some(pid), Some(1)), "{}", python.version);
        let executable = metadata.executable.clone().unwrap();
        assert!(executable.starts_with("/inside/") && !Path::new(&executable).exists(), "{executable}");
        let main = metadata.threads.iter().find(|thread| thread.name.as_deref() == Some("MainThread")).unwrap();
        assert_eq!(main.native_id, Some(1), "as the process itself numbers its threads");
        let pid = pid.to_string();
        let info = run(&["info", "-p", &pid, "--json"]).json();
        assert_eq!(info["namespace_pid"], 1);
        assert!(run(&["info", "-p", &pid]).text().contains("1 in its own namespace"));
        assert!(victim.finish());
    }
}

#[test]
fn a_program_that_was_deleted_while_it_runs() {
    for python in pythons::installed().into_iter().filter(is_installed) {
        let folder = tempfile::tempdir().unwrap();
        let prefix = python.executable.parent().unwrap().parent().unwrap();
        let copy = folder.path().join("python");
        std::fs::copy(&python.executable, &copy).unwrap();
        let mut command = Command::new(&copy);
        command.args(["-c", WAITING]).env("PYTHONHOME", prefix);
        // A library of its own, where Python is one: that goes too.
        let library = format!("libpython3.{}.so.1.0", python.minor);
        if std::fs::copy(prefix.join("lib").join(&library), folder.path().join(&library)).is_ok() {
            command.env("LD_LIBRARY_PATH", folder.path());
        }
        let victim = Victim::spawn(&mut command);
        std::fs::remove_dir_all(folder.path()).unwrap();
        let maps = std::fs::read_to_string(format!("/proc/{}/maps", victim.pid())).unwrap();
        assert!(maps.contains("(deleted)"), "{}", python.version);
        let snapshot = capture_pid(victim.pid(), &Options::default()).unwrap();
        assert_eq!(select(&snapshot, "type:__main__.Kept").unwrap().ids.len(), 500, "{}", python.version);
        assert!(victim.finish());
    }
}

#[test]
fn where_nothing_can_be_written_the_snapshot_streams() {
    let victim = Victim::start(&pythons::installed()[0], WAITING);
    let script = r#"
mount --bind / / && mount -o remount,bind,ro / || exit 77
mount -t tmpfs -o ro none /dev/shm || exit 77
cd / && exec "$0" "$@"
"#;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("streamed.parquet");
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_heapgraph"), "capture", "-o", "-"]);
    command.args(["-p", &victim.pid().to_string()]).stdout(std::fs::File::create(&file).unwrap());
    let output = command.output().unwrap();
    if output.status.code() == Some(77) || output.status.code() == Some(1) {
        println!("not covered: mounts may not be made here");
        return;
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let info = run(&["info", file.to_str().unwrap(), "--json"]).json();
    assert_eq!(info["pid"], victim.pid());
    assert!(victim.finish());
}
