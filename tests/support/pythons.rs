//! Which Pythons are installed here, for every suite that starts one.
//!
//! Looked for on the `PATH`, under pyenv, and in the usual folders. `HEAPGRAPH_TEST_PYTHONS=3.11,3.12` makes it a failure
//! if one of these is missing; without it, whatever is found is covered and printed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The versions that heapgraph captures.
const SUPPORTED: std::ops::RangeInclusive<u32> = 11..=13;

/// Versions that it knows by name only.
const OTHERS: [u32; 6] = [10, 9, 8, 7, 6, 14];

/// An interpreter of a supported version.
#[derive(Clone, Debug)]
pub(crate) struct Python {
    pub(crate) executable: PathBuf,
    /// `3.12.1`.
    pub(crate) version: String,
    pub(crate) minor: u32,
}

/// Every installed CPython of a supported version, oldest first, each executable once.
///
/// # Panics
/// If none is installed, or one that `HEAPGRAPH_TEST_PYTHONS` asks for is missing.
pub(crate) fn installed() -> Vec<Python> {
    let mut found: BTreeMap<(u32, PathBuf), Python> = BTreeMap::new();
    for candidate in candidates() {
        if let Some(python) = ask(&candidate) {
            let place = python.executable.canonicalize().unwrap_or_else(|_| python.executable.clone());
            found.entry((python.minor, place)).or_insert(python);
        }
    }
    let found: Vec<Python> = found.into_values().collect();
    let demanded = std::env::var("HEAPGRAPH_TEST_PYTHONS").unwrap_or_default();
    for wanted in demanded.split(',').map(str::trim).filter(|wanted| !wanted.is_empty()) {
        let prefix = format!("{wanted}.");
        let here = found.iter().any(|python| python.version == wanted || python.version.starts_with(&prefix));
        assert!(here, "HEAPGRAPH_TEST_PYTHONS asks for {wanted}, found {found:?}");
    }
    assert!(
        !found.is_empty(),
        "no CPython 3.11, 3.12 or 3.13 is installed: apt install python3, or pyenv install 3.12"
    );
    let covered: Vec<String> =
        found.iter().map(|python| format!("{} ({})", python.version, python.executable.display())).collect();
    println!("covered: {}", covered.join(", "));
    found
}

/// An installed Python of another version than those, with its version, if there is one.
pub(crate) fn unsupported() -> Option<(PathBuf, String)> {
    let others = folders().into_iter().flat_map(|folder| OTHERS.map(|minor| folder.join(format!("python3.{minor}"))));
    others.filter(|candidate| candidate.is_file()).find_map(|candidate| tell(&candidate))
}

fn candidates() -> Vec<PathBuf> {
    let names: Vec<String> = SUPPORTED.map(|minor| format!("python3.{minor}")).chain(["python3".to_owned()]).collect();
    let all =
        folders().into_iter().flat_map(|folder| names.iter().map(move |name| folder.join(name)).collect::<Vec<_>>());
    all.filter(|candidate| candidate.is_file()).collect()
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
    let (executable, version) = tell(candidate)?;
    let minor = version.strip_prefix("3.")?.split('.').next()?.parse().ok()?;
    SUPPORTED.contains(&minor).then_some(Python { executable, version, minor })
}

/// Executable and version of a CPython.
fn tell(candidate: &Path) -> Option<(PathBuf, String)> {
    const TELL: &str = "import sys; print(sys.implementation.name); print(*sys.version_info[:3], sep='.'); \
                        print(sys.executable)";
    let output = Command::new(candidate).args(["-I", "-c", TELL]).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut lines = text.lines();
    let (name, version, executable) = (lines.next()?, lines.next()?, lines.next()?);
    (name == "cpython" && output.status.success()).then(|| (executable.into(), version.to_owned()))
}
