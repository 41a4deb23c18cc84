//! A Python with pinned packages, for tests that ask another program for its opinion.
//!
//! Used by `#[path = "../support/python.rs"] mod python;` in a test suite. Environments live under `target/` and are
//! made once: the first test that asks installs, the others wait and reuse.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The interpreter of the virtual environment `target/venv-NAME`, which has `packages` as `pip` names them
/// (`duckdb==2.0.0`). Made with `base` (`python3`, or a path) on first use, and again when base or packages change.
///
/// # Panics
/// Where the environment cannot be made: with what pip said.
pub(crate) fn environment(base: &str, name: &str, packages: &[&str]) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("target/tmp has a parent");
    let folder = target.join(format!("venv-{name}"));
    let (python, stamp) = (folder.join("bin/python"), folder.join("packages.txt"));
    let wanted = format!("{base}\n{}\n", packages.join("\n"));

    // Tests run in parallel, in threads and in processes: whoever holds the lock installs.
    let lock = File::create(target.join(format!("venv-{name}.lock"))).expect("target/ is ours to write");
    lock.lock().expect("a file under target/ can be locked");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return python;
    }
    run(Path::new(base), &["-m".as_ref(), "venv".as_ref(), "--clear".as_ref(), folder.as_os_str()]);
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    if !packages.is_empty() {
        run(&python, &install.iter().chain(packages).map(OsStr::new).collect::<Vec<_>>());
    }
    fs::write(&stamp, wanted).expect("the environment was just made");
    python
}

/// Whether `environment` can start from this interpreter: distributions leave `ensurepip` out of their plain package.
#[allow(dead_code, reason = "most suites start from `python3`")]
pub(crate) fn makes_environments(python: &Path) -> bool {
    let mut asked = Command::new(python);
    asked.args(["-I", "-c", "import venv, ensurepip"]).stderr(Stdio::null());
    asked.status().is_ok_and(|status| status.success())
}

/// Runs `python` with these arguments and gives what it printed.
///
/// # Panics
/// If it cannot be started or fails: with all that it said.
pub(crate) fn run(python: &Path, arguments: &[&OsStr]) -> String {
    let output = Command::new(python)
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap_or_else(|error| panic!("cannot start {}: {error}", python.display()));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{} {arguments:?}: {}\n{said}\n{complained}", python.display(), output.status);
    said
}
