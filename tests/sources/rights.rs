//! A missing right: which one it is and how to get it, for a process of another user and for one with more rights.

use crate::heapgraph::heapgraph;
use crate::pythons;
use crate::victim::{Victim, WAITING};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

fn is_root() -> bool {
    let root = std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    if !root {
        println!("not covered: only root can become another user");
    }
    root
}

/// The built program where every user can start it.
fn for_everybody(folder: &tempfile::TempDir) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let copy = folder.path().join("heapgraph");
    // By another process: were it open for writing here, a test that forks now would keep it busy.
    let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_heapgraph")).arg(&copy).status().unwrap();
    assert!(copied.success());
    for path in [folder.path(), &copy] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    copy
}

fn refused(command: &mut Command, reason: &str) {
    let output = command.output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("may not be read") && stderr.contains(reason), "{stderr}");
    for word in ["CAP_SYS_PTRACE", "Docker", "Kubernetes", "kubectl debug", "systemd"] {
        assert!(stderr.contains(word), "{word} in {stderr}");
    }
    assert_eq!(stderr.lines().count(), 2, "one line what, one line how: {stderr}");
}

#[test]
fn another_users_process() {
    if !is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let victim = Victim::start(&pythons::installed()[0], WAITING);
    let mut command = Command::new(for_everybody(&folder));
    command.args(["capture", "-o", "-", "-p", &victim.pid().to_string()]).uid(65534).gid(65534);
    refused(&mut command, "it belongs to user 0, we are user 65534 and lack CAP_SYS_PTRACE");
    assert!(victim.finish());
}

#[test]
fn root_without_the_capability() {
    if !is_root() {
        return;
    }
    let victim = Victim::start(&pythons::installed()[0], WAITING);
    let pid = victim.pid().to_string();
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set", "-sys_ptrace", env!("CARGO_BIN_EXE_heapgraph"), "types", "-p", &pid]);
    if command.output().is_err() {
        println!("not covered: setpriv is not installed");
        return;
    }
    refused(&mut command, "it has capabilities that heapgraph lacks, and CAP_SYS_PTRACE is missing");
    assert!(victim.finish());
}

#[test]
fn a_filter_on_system_calls() {
    // A filter as Docker's: these two calls give EPERM. Set by a Python program that then becomes heapgraph.
    let program = "
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def step(code, yes, no, value): return struct.pack('HBBI', code, yes, no, value)
refused = [101, 310] # ptrace and process_vm_readv on x86_64
steps = step(0x20, 0, 0, 0) # load the call's number
for place, call in enumerate(refused): steps += step(0x15, len(refused) - place, 0, call)
steps += step(6, 0, 0, 0x7fff0000) + step(6, 0, 0, 0x50001) # allow; errno 1
buffer = ctypes.create_string_buffer(steps)
filter = struct.pack('HxxxxxxP', len(steps) // 8, ctypes.addressof(buffer))
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, ctypes.c_char_p(filter), 0, 0) == 0
os.execv(sys.argv[1], sys.argv[1:])
";
    if cfg!(not(target_arch = "x86_64")) || !is_root() {
        return;
    }
    let python = &pythons::installed()[0];
    let victim = Victim::start(python, WAITING);
    let heapgraph = heapgraph(&[]);
    let mut command = Command::new(&python.executable);
    command.args(["-I", "-c", program]).arg(heapgraph.get_program());
    refused(command.args(["types", "-p", &victim.pid().to_string()]), "a seccomp filter on heapgraph");
    assert!(victim.finish());
}
