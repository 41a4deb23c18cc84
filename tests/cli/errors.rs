//! Bad input: one message that says what, where and what to try; exit code 2; nothing left behind.

use crate::heapgraph::{heapgraph, run, run_in};
use crate::{Failed, Shop, files, pythons};
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

#[test]
fn what_is_no_snapshot_is_refused_by_name() {
    let shop = Shop::new();
    let whole = std::fs::read(shop.path("app.parquet")).unwrap();
    let json = std::fs::read_to_string(shop.path("app.json")).unwrap();
    let bad: [(&str, &[u8], &str); 7] = [
        ("empty", b"", "empty"),
        ("text", b"hello, world\n", "text"),
        ("binary", &[0x7f, b'E', b'L', b'F', 2, 1, 1, 0], "binary"),
        ("cut.parquet", &whole[..whole.len() / 2], "cut.parquet"),
        ("headless.parquet", &whole[4..], "headless.parquet"),
        ("cut.json", &json.as_bytes()[..json.len() / 2], "cut.json"),
        ("other.json", b"{\"schema\": \"something/1\"}", "other.json"),
    ];
    for (name, bytes, _) in bad {
        std::fs::write(shop.path(name), bytes).unwrap();
    }
    let before = shop.files();
    for (name, _, named) in bad {
        for command in ["info", "types", "export -o out.json"] {
            let run = shop.run(&format!("{command} {name}"));
            assert!(run.error().contains(named), "{command} {name}: {}", run.stderr);
        }
    }
    assert_eq!(shop.files(), before);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let shop = Shop::new();
    assert!(shop.run("types missing.parquet").error().contains("missing.parquet"));
    assert!(shop.run("types .").stderr.starts_with("heapgraph: .: "));
}

fn with_heap(shop: &Shop, name: &str, object: &str) {
    let text = format!(r#"{{"schema": "heapgraph.snapshot/1", "objects": [{object}], "roots": []}}"#);
    std::fs::write(shop.path(name), text).unwrap();
}

#[test]
fn a_heap_without_roots_is_read_with_a_warning() {
    const WARNING: &str = "no roots: nothing tells why any object is alive";
    let shop = Shop::new();
    let cycle =
        r#"{"address": "0x1000", "type": "T", "references": [{"to": "0x1000", "kind": "attribute", "name": "a"}]}"#;
    with_heap(&shop, "rootless.json", cycle);
    assert_eq!(shop.run("export rootless.json -o rootless.parquet").code, Some(0));
    for file in ["rootless.json", "rootless.parquet"] {
        for command in ["collect", "cycles", "leaks", "retained", "types --retained", "collect --cut T.a"] {
            let run = shop.run(&format!("{command} {file}"));
            assert_eq!(run.code, Some(0), "{command} {file}: {}", run.stderr);
            assert_eq!(
                run.stderr.matches(&format!("warning: {file}: {WARNING}")).count(),
                1,
                "{command}: {}",
                run.stderr
            );
        }
        let info = shop.run(&format!("info {file} --json")).json();
        let warnings = info["warnings"].as_array().unwrap();
        assert!(warnings.len() == 1 && warnings[0].as_str().unwrap().starts_with(WARNING), "{file}: {info}");
    }
    assert!(!shop.run("collect app.parquet").stderr.contains("no roots"));
}

#[test]
fn a_refcount_lower_than_the_references_is_warned_of() {
    let shop = Shop::new();
    let object =
        r#"{"address": "0x1000", "type": "T", "refcount": 0, "references": [{"to": "0x1000", "kind": "item"}]}"#;
    with_heap(&shop, "low.json", object);
    assert_eq!(shop.run("export low.json -o low.parquet").code, Some(0));
    for line in ["collect low.json", "collect low.parquet", "leaks low.parquet"] {
        let run = shop.run(line);
        assert_eq!(run.code, Some(0), "{line}: {}", run.stderr);
        assert!(run.stderr.contains("warning: more references found than the refcount says"), "{line}: {}", run.stderr);
        assert!(run.stderr.contains("of 1 object"), "{line}: {}", run.stderr);
    }
    assert_eq!(shop.run("collect low.json --json").json()["undercounted"], 1);
}

#[test]
fn a_newer_format_is_refused_with_both_versions() {
    let shop = Shop::new();
    let json = std::fs::read_to_string(shop.path("app.json")).unwrap();
    for (from, to) in [("\"format\":\"1.0\"", "\"format\":\"2.0\""), ("heapgraph.snapshot/1", "heapgraph.snapshot/2")] {
        let newer = json.replace(from, to);
        assert_ne!(newer, json, "{from} stands in the file");
        std::fs::write(shop.path("newer.json"), newer).unwrap();
        let run = shop.run("types newer.json");
        assert!(run.error().contains("newer.json"), "{}", run.stderr);
        assert!(run.stderr.contains('2') && run.stderr.contains('1'), "{}", run.stderr);
    }
}

#[test]
fn what_is_not_in_the_heap_is_answered_with_the_nearest_names() {
    let shop = Shop::new();
    for (object, near) in [
        ("Sesion", "Session"),
        ("app.Sessoin", "Session"),
        ("app.CASH", "app.CACHE"),
        ("app.CACHE.entrys", "entries"),
        ("0x1001", "0x10"),
        ("Session[9]", "3"),
    ] {
        for command in ["object", "chain", "refs", "backrefs"] {
            let run = shop.run(&format!("{command} app.parquet {object}"));
            let missing = object.rsplit('.').next().unwrap();
            assert!(run.error().contains(missing), "{command} {object}: {}", run.stderr);
            assert!(run.stderr.contains(near), "{command} {object}: {}", run.stderr);
        }
    }
    assert!(shop.run("refs app.parquet app.CACHE --filter Sesion").error().contains("Session"));
}

#[test]
fn no_object_and_an_impossible_picture_are_told_apart() {
    let shop = Shop::new();
    assert!(shop.run("object app.parquet").error().contains("OBJECT"));
    let run = shop.run("refs app.parquet app.CACHE -o x.gif");
    assert!(run.error().contains(".svg") && run.stderr.contains("x.gif"), "{}", run.stderr);
    assert!(shop.run("export app.parquet -o x.heap").error().contains(".parquet"));
    assert_eq!(shop.files(), ["app.json", "app.parquet"]);
}

/// An error of `capture` and of every command that captures on the spot; the folder stays empty.
fn refused(pid: u32, named: &str) {
    let folder = tempfile::tempdir().unwrap();
    let pid = pid.to_string();
    for line in [
        &["capture", "--pid", &pid][..],
        &["capture", "--pid", &pid, "-o", "out.parquet"],
        &["types", "--pid", &pid],
        &["object", "--pid", &pid, "dict[0]"],
    ] {
        let run = run_in(folder.path(), line);
        assert!(run.error().contains(named) && run.stderr.contains(&pid), "{line:?}: {}", run.stderr);
        assert!(files(folder.path()).is_empty(), "{line:?} left {:?}", files(folder.path()));
    }
}

#[test]
fn a_process_that_does_not_exist() {
    refused(u32::MAX, "no process");
    refused(4_194_305, "no process");
}

#[test]
fn a_process_that_is_not_python() {
    let mut sleep = Command::new("sleep").arg("60").spawn().unwrap();
    refused(sleep.id(), "Python");
    assert!(sleep.try_wait().unwrap().is_none(), "it runs on");
    sleep.kill().unwrap();
    sleep.wait().unwrap();
}

#[test]
fn a_process_that_has_ended_and_was_not_waited_for() {
    let mut ended = Command::new("true").spawn().unwrap();
    let state = || std::fs::read_to_string(format!("/proc/{}/stat", ended.id())).unwrap();
    while !state().contains(") Z ") {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    refused(ended.id(), "ended");
    ended.wait().unwrap();
}

#[test]
fn a_program_that_ends_before_its_moment() {
    let python = pythons::installed().remove(0);
    let folder = tempfile::tempdir().unwrap();
    let executable = python.executable.display().to_string();
    let run = run_in(folder.path(), &["capture", "--after", "60", "-o", "x.parquet", "--", &executable, "-c", "pass"]);
    assert!(run.error().contains("ended"), "{}", run.stderr);
    let run = run_in(folder.path(), &["capture", "--", "heapgraph-no-such-program"]);
    assert!(run.error().contains("heapgraph-no-such-program"), "{}", run.stderr);
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_version_that_is_not_supported_is_named() {
    let older = pythons::find(6..=7);
    println!("covered: {older:?}");
    for python in older {
        with_waiting(&python, "", |pid| {
            let run = run(&["capture", "--pid", &pid.to_string()]);
            for word in [&python.version, &pid.to_string(), "3.13"] {
                assert!(run.error().contains(word), "{word} in {}", run.stderr);
            }
        });
    }
}

/// Starts a program that does something to itself and then waits, hands its number on, and lets it end.
fn with_waiting(python: &pythons::Python, preparation: &str, look: impl FnOnce(u32)) {
    let program = format!("{preparation}\nimport sys\nsys.stdout.write('1'); sys.stdout.flush(); sys.stdin.readline()");
    let mut command = Command::new(&python.executable);
    let mut waiting = command.args(["-c", &program]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    waiting.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
    look(waiting.id());
    writeln!(waiting.stdin.take().unwrap()).unwrap();
    assert!(waiting.wait().unwrap().success(), "it ends well");
}

#[test]
fn a_build_without_the_gil_is_named() {
    // What such a build says of itself, in the third word of its debug offsets: none can be installed from packages.
    const CLAIM: &str = "import ctypes; (ctypes.c_uint64 * 3).in_dll(ctypes.pythonapi, '_PyRuntime')[2] = 1";
    for python in pythons::installed().iter().filter(|python| python.minor >= 13) {
        with_waiting(python, CLAIM, |pid| {
            let run = run(&["capture", "--pid", &pid.to_string()]);
            let error = run.error();
            for word in ["free-threaded", &python.version, &pid.to_string()] {
                assert!(error.contains(word), "{word} in {error}");
            }
        });
    }
}

#[test]
fn a_build_that_traces_references_is_named() {
    for python in pythons::installed() {
        with_waiting(&python, "import sys; sys.getobjects = None", |pid| {
            let run = run(&["capture", "--pid", &pid.to_string()]);
            let error = run.error();
            assert!(error.contains("Py_TRACE_REFS") && error.contains(&python.version), "{error}");
        });
    }
}

#[test]
fn a_debug_build_is_said_to_be_one() {
    for python in pythons::installed_builds() {
        with_waiting(&python, "", |pid| {
            let info = run(&["info", "--pid", &pid.to_string(), "--json"]).json();
            let build = if python.debug { "debug" } else { "release" };
            assert_eq!(info["build"], build, "{}", python.version);
        });
    }
}

#[test]
fn a_program_for_another_kind_of_machine_is_named() {
    // The smallest ELF file for i386: one segment, and code that calls pause() (29) for ever.
    const CODE: [u8; 9] = [0xb8, 29, 0, 0, 0, 0xcd, 0x80, 0xeb, 0xf7];
    const BASE: u32 = 0x0804_8000;
    let mut file = vec![0x7f, b'E', b'L', b'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let half = |file: &mut Vec<u8>, values: &[u16]| values.iter().for_each(|v| file.extend(v.to_le_bytes()));
    let word = |file: &mut Vec<u8>, values: &[u32]| values.iter().for_each(|v| file.extend(v.to_le_bytes()));
    half(&mut file, &[2, 3]); // executable, i386
    word(&mut file, &[1, BASE + 84, 52, 0, 0]);
    half(&mut file, &[52, 32, 1, 0, 0, 0]);
    let size = 84 + CODE.len() as u32;
    word(&mut file, &[1, 0, BASE, BASE, size, size, 5, 0x1000]);
    file.extend(CODE);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("python3.11");
    std::fs::write(&path, file).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let Ok(mut program) = Command::new(&path).spawn() else {
        println!("not covered: this kernel starts no 32-bit programs");
        return;
    };
    let run = run(&["capture", "--pid", &program.id().to_string()]);
    program.kill().unwrap();
    program.wait().unwrap();
    let error = run.error();
    assert!(error.contains("I386") && error.contains(&program.id().to_string()), "{error}");
}

#[test]
fn a_missing_right_is_named_with_how_to_get_it() {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    let mut command = heapgraph(&["types", "--pid", "1"]);
    if is_root {
        command.uid(65534).gid(65534);
    }
    let Ok(output) = command.current_dir("/").output() else {
        println!("not covered: the binary lies where another user cannot start it");
        return;
    };
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    for word in ["may not be read", "CAP_SYS_PTRACE", "Docker", "Kubernetes", "systemd", "\ntry: "] {
        assert!(stderr.contains(word), "{word} in {stderr}");
    }
}

#[test]
fn numbers_that_are_none_are_usage_errors() {
    for line in [["types", "--pid", "x"], ["types", "--pid", "-1"], ["types", "a", "--limit=x"]] {
        let run = run(&line);
        assert_eq!(run.code, Some(2), "{line:?}");
        assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    }
}
