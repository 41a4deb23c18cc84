//! A core file gives the same heap as the live process, whoever wrote it.

use crate::pythons::{self, Python};
use crate::victim::{Victim, WAITING, gcore};
use heapgraph::analysis::select::select;
use heapgraph::capture::{CoreFile, Options, capture_core, capture_pid};
use heapgraph::snapshot::Snapshot;
use heapgraph::testkit::difference;
use nix::sys::signal::Signal;
use std::path::{Path, PathBuf};
use std::process::Command;

fn core(path: &Path) -> CoreFile {
    CoreFile { path: path.to_owned(), ..CoreFile::default() }
}

fn live(victim: &Victim) -> Snapshot {
    capture_pid(victim.pid(), &Options::default()).unwrap()
}

/// How many instances of the program's own class a snapshot has.
fn kept(snapshot: &Snapshot) -> usize {
    select(snapshot, "type:__main__.Kept").unwrap().ids.len()
}

#[test]
fn a_core_by_gdb_is_the_same_heap() {
    for python in pythons::installed() {
        let folder = tempfile::tempdir().unwrap();
        // The program with the most kinds of objects, threads and blocked calls.
        let victim = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/truth/victim.py");
        let victim = Victim::spawn(Command::new(&python.executable).args(["-B", victim, "-n", "1"]));
        victim.signal(Signal::SIGSTOP);
        let live = live(&victim);
        let Some(path) = gcore(victim.pid(), folder.path()) else { return };
        let dead = capture_core(&core(&path), &Options::default()).unwrap();
        if dead.metadata().warnings.iter().any(|warning| warning.contains("stacks lead to memory")) {
            // glibc 2.42 has guard pages inside a stack's mapping, at which gdb 13 gives up the pages around them.
            println!("{}: gdb left out parts of the threads' stacks", python.version);
            assert_eq!(live.objects().real_ids().count(), dead.objects().real_ids().count());
            continue;
        }
        assert_eq!(difference(&live, &dead), None, "{}", python.version);
        let (live, dead) = (live.metadata(), dead.metadata());
        assert_eq!(dead.warnings, [""; 0], "{}", python.version);
        assert_eq!((&live.threads, &live.collector, live.pid), (&dead.threads, &dead.collector, dead.pid));
        assert_eq!((&live.python, &live.executable), (&dead.python, &dead.executable));
        assert_eq!((dead.pause_ms, dead.attempts), (None, None));
        assert_eq!(dead.source, Some(format!("core {}", path.display())));
    }
}

/// Where the kernel writes a core into the folder of the process that crashes, and limits allow it.
fn kernel_writes_here() -> bool {
    let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap_or_default();
    let here = !pattern.trim().is_empty() && !pattern.starts_with('|') && !pattern.contains('/');
    if !here {
        println!("not covered: the kernel writes cores to {pattern:?}");
    }
    here
}

/// A program that waits, with a heap captured live, then killed so that the kernel writes its core.
fn crash(executable: &Path, filter: &str, folder: &Path) -> (Snapshot, PathBuf) {
    let script = "ulimit -c unlimited && echo $0 > /proc/$$/coredump_filter && exec \"$@\"";
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script, filter]).arg(executable).args(["-I", "-c", WAITING]).current_dir(folder);
    let mut victim = Victim::spawn(&mut command);
    crate::victim::wait_for("it sleeps", || victim.state() == 'S');
    let snapshot = live(&victim);
    victim.signal(Signal::SIGABRT);
    let status = victim.child.wait().unwrap();
    let core = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let core = core.into_iter().find(|path| path.file_name().unwrap().to_string_lossy().contains("core"));
    (snapshot, core.unwrap_or_else(|| panic!("{status}, and no core in {}", folder.display())))
}

#[test]
fn a_core_by_the_kernel_takes_what_it_leaves_out_from_the_files() {
    if !kernel_writes_here() {
        return;
    }
    for python in pythons::installed() {
        // As by default; the least; without headers, so that files cannot be checked; with every file's pages.
        for (filter, checked) in [("0x33", true), ("0x11", true), ("0x1", false), ("0x7f", true)] {
            let folder = tempfile::tempdir().unwrap();
            let (live, path) = crash(&python.executable, filter, folder.path());
            let dead = capture_core(&core(&path), &Options::default()).unwrap();
            assert_eq!(difference(&live, &dead), None, "{} {filter}", python.version);
            assert_eq!(kept(&dead), 500);
            let (live, dead) = (live.metadata(), dead.metadata());
            assert_eq!(live.threads, dead.threads);
            assert!(live.command.join(" ").starts_with(&dead.command[0]), "{:?}", dead.command);
            assert_eq!(dead.warnings.is_empty(), checked, "{} {filter}: {:?}", python.version, dead.warnings);
            assert!(dead.warnings.iter().all(|warning| warning.contains("unchecked")), "{:?}", dead.warnings);
        }
    }
}

/// A Python whose interpreter is in the program itself.
fn static_python() -> Option<Python> {
    const ASK: &str = "import sys, sysconfig; sys.exit(sysconfig.get_config_var('Py_ENABLE_SHARED') or 0)";
    let is_static = |python: &Python| {
        Command::new(&python.executable).args(["-c", ASK]).status().is_ok_and(|status| status.success())
    };
    let found = pythons::installed().into_iter().find(is_static);
    if found.is_none() {
        println!("not covered: every installed Python has its interpreter in a library");
    }
    found
}

#[test]
fn a_program_that_moved_is_named_by_exe_or_found_under_sysroot() {
    let Some(python) = static_python().filter(|_| kernel_writes_here()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("bin/app-python");
    std::fs::create_dir(program.parent().unwrap()).unwrap();
    std::fs::copy(&python.executable, &program).unwrap();
    let (live, path) = crash(&program, "0x33", folder.path());
    std::fs::remove_file(&program).unwrap();

    let lost = capture_core(&core(&path), &Options::default()).unwrap_err();
    assert!(lost.is_io() && lost.to_string().contains("app-python"), "{lost}");
    assert!(lost.hint().unwrap().contains("--exe") && lost.hint().unwrap().contains("--sysroot"));

    let named = CoreFile { exe: Some(python.executable.clone()), ..core(&path) };
    assert_eq!(difference(&live, &capture_core(&named, &Options::default()).unwrap()), None);

    let other = CoreFile { exe: Some(env!("CARGO_BIN_EXE_heapgraph").into()), ..core(&path) };
    let other = capture_core(&other, &Options::default()).unwrap_err();
    assert!(other.is_invalid() && other.to_string().contains("build-id"), "{other}");

    let root = folder.path().join("root");
    let place = root.join(program.strip_prefix("/").unwrap());
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    std::fs::copy(&python.executable, &place).unwrap();
    let found = capture_core(&CoreFile { sysroot: Some(root), ..core(&path) }, &Options::default()).unwrap();
    assert_eq!(kept(&found), 500);
    // The other libraries are not under it: said, and no reason to give up.
    assert!(found.metadata().warnings[0].contains("not found"), "{:?}", found.metadata().warnings);
}

#[test]
fn a_core_in_the_middle_of_a_collection_is_read_with_a_warning() {
    let program = "
import gc
class Kept:
    def __init__(self, number): self.number, self.me = number, self
kept = [Kept(number) for number in range(100000)]
print('ready', flush=True)
while True: gc.collect()
";
    for python in pythons::installed() {
        let victim = Victim::start(&python, program);
        let folder = tempfile::tempdir().unwrap();
        let mut warned = false;
        for _ in 0..20 {
            let Some(path) = gcore(victim.pid(), folder.path()) else { return };
            let found = capture_core(&core(&path), &Options::default()).unwrap();
            assert_eq!(kept(&found), 100_000, "{}", python.version);
            warned = found.metadata().warnings.iter().any(|warning| warning.contains("while the collector ran"));
            if warned {
                break;
            }
        }
        assert!(warned, "{}: none of 20 cores fell into a collection", python.version);
    }
}
