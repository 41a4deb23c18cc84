//! Which Pythons are installed here, for every suite that starts one.
//!
//! Looked for on the `PATH`, under pyenv, and in the usual folders; `debian.py` beside this file adds what Debian builds.
//! `HEAPGRAPH_TEST_PYTHONS=3.11,3.12` makes it a failure if one of these is missing; without it, whatever is found is
//! covered and printed.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The versions that heapgraph captures.
const SUPPORTED: RangeInclusive<u32> = 8..=14;

/// An interpreter of a supported version.
#[derive(Clone, Debug)]
pub(crate) struct Python {
    pub(crate) executable: PathBuf,
    /// `3.12.1`.
    pub(crate) version: String,
    pub(crate) minor: u32,
    /// Compiled with `--with-pydebug`.
    pub(crate) debug: bool,
}

/// Every installed release build of a supported CPython, oldest first, each executable once.
///
/// # Panics
/// If none is installed, or one that `HEAPGRAPH_TEST_PYTHONS` asks for is missing.
pub(crate) fn installed() -> Vec<Python> {
    let found: Vec<Python> = installed_builds().into_iter().filter(|python| !python.debug).collect();
    let demanded = std::env::var("HEAPGRAPH_TEST_PYTHONS").unwrap_or_default();
    for wanted in demanded.split(',').map(str::trim).filter(|wanted| !wanted.is_empty()) {
        let prefix = format!("{wanted}.");
        let here = found.iter().any(|python| python.version == wanted || python.version.starts_with(&prefix));
        assert!(here, "HEAPGRAPH_TEST_PYTHONS asks for {wanted}, found {found:?}");
    }
    assert!(!found.is_empty(), "no CPython 3.8 to 3.14 is installed: apt install python3, or pyenv install 3.12");
    found
}

/// The same with debug builds.
pub(crate) fn installed_builds() -> Vec<Python> {
    static FOUND: OnceLock<Vec<Python>> = OnceLock::new();
    let found = FOUND.get_or_init(|| find(SUPPORTED)).clone();
    let covered: Vec<String> =
        found.iter().map(|python| format!("{} ({})", python.version, python.executable.display())).collect();
    println!("covered: {}", covered.join(", "));
    found
}

/// Every installed CPython 3 of these minor versions, as `installed` finds them.
pub(crate) fn find(minors: RangeInclusive<u32>) -> Vec<Python> {
    let names: Vec<String> = minors.clone().map(|minor| format!("python3.{minor}")).chain(["python3".into()]).collect();
    let mut found: BTreeMap<(u32, PathBuf), Python> = BTreeMap::new();
    let unpacked = DEBIAN.get_or_init(debian);
    let known = folders().into_iter().flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    for candidate in known.chain(unpacked.iter().cloned()) {
        let python = Some(&candidate).filter(|candidate| candidate.is_file()).and_then(|candidate| ask(candidate));
        if let Some(python) = python.filter(|python| minors.contains(&python.minor)) {
            let place = python.executable.canonicalize().unwrap_or_else(|_| python.executable.clone());
            found.entry((python.minor, place)).or_insert(python);
        }
    }
    found.into_values().collect()
}

/// Asked for once by each test program.
static DEBIAN: OnceLock<Vec<PathBuf>> = OnceLock::new();

/// The interpreters out of Debian's packages; the script says on standard error what could not be had.
fn debian() -> Vec<PathBuf> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/debian.py");
    match Command::new("python3").arg("-B").arg(script).stderr(Stdio::inherit()).output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).lines().map(PathBuf::from).collect(),
        Err(error) => {
            eprintln!("skipped: the Pythons of Debian: cannot start python3: {error}");
            Vec::new()
        }
    }
}

fn folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(["/usr/local/bin", "/usr/bin"].map(PathBuf::from));
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let root = std::env::var_os("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from);
    if let Ok(versions) = std::fs::read_dir(root.join("versions")) {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    folders
}

/// What an executable says of itself. Shims that start nothing, and other implementations, say nothing of use.
fn ask(candidate: &Path) -> Option<Python> {
    const TELL: &str = "import sys; print(sys.implementation.name); print(*sys.version_info[:3], sep='.'); \
                        print(sys.executable); print(hasattr(sys, 'gettotalrefcount'))";
    let output = Command::new(candidate).args(["-I", "-c", TELL]).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut lines = text.lines();
    let (name, version, executable) = (lines.next()?, lines.next()?, lines.next()?);
    let debug = lines.next()? == "True";
    let minor = version.strip_prefix("3.")?.split('.').next()?.parse().ok()?;
    let fits = name == "cpython" && output.status.success();
    fits.then(|| Python { executable: executable.into(), version: version.to_owned(), minor, debug })
}
