//! Expected output in files: `BLESS=1 cargo test --locked` writes them anew.

use std::path::Path;

/// Compares text with `tests/golden/<name>`.
///
/// # Panics
/// If they differ, showing the first line that does and how to accept the new text.
pub(crate) fn check(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if expected == found {
        return;
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let at = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let line = |lines: &[&str]| lines.get(at).map_or("<end>".to_owned(), |line| (*line).to_owned());
    panic!(
        "{name} differs in line {}\n  expected: {}\n  found:    {}\nBLESS=1 cargo test --locked accepts it\n\n{found}",
        at + 1,
        line(&old),
        line(&new)
    );
}
