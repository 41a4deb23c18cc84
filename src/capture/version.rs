//! Which Python a process runs, where no symbol says it: up to 3.10 the text behind `sys.version`.

use super::target::{Mapping, Target};
use crate::cpython::layout::Version;
use std::path::Path;

/// More static data than this has no interpreter.
const LARGEST_DATA: u64 = 64 << 20;

/// Looks through the static data of the interpreter's file: `Py_GetVersion` (Python/getversion.c) keeps its text there,
/// in a buffer that it fills when the interpreter starts.
pub(super) fn stated(target: &dyn Target, mappings: &[Mapping], file: &Path) -> Option<Version> {
    let own = |mapping: &Mapping| mapping.writable && mapping.file.as_deref() == Some(file);
    // What the file has no bytes for follows in a mapping without a name.
    let follows = |before: Option<&Mapping>, mapping: &Mapping| {
        mapping.writable && before.is_some_and(|before| before.end == mapping.start && own(before))
    };
    let data = mappings.iter().enumerate().filter(|(number, mapping)| {
        let before = number.checked_sub(1).and_then(|before| mappings.get(before));
        own(mapping) || (mapping.file.is_none() && follows(before, mapping))
    });
    let sized = data.filter(|(_, mapping)| mapping.end - mapping.start <= LARGEST_DATA);
    sized.into_iter().find_map(|(_, mapping)| {
        let bytes = target.peek(mapping.start, (mapping.end - mapping.start) as usize).ok()?;
        in_text(&bytes)
    })
}

/// `3.8.18 (default, May  9 2026, 07:33:04)`, at the start of a C string.
fn in_text(bytes: &[u8]) -> Option<Version> {
    let starts = bytes.windows(3).enumerate().filter(|(_, window)| matches!(window, [0, b'2' | b'3', b'.']));
    starts.into_iter().find_map(|(at, _)| {
        let text = bytes.get(at + 1..)?;
        let end = text.iter().take(40).position(|byte| *byte == b'(')?;
        let version = std::str::from_utf8(&text[..end]).ok()?.strip_suffix(' ')?;
        let mut parts = Some(version).filter(|version| !version.contains(' '))?.splitn(3, '.');
        let (major, minor) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        // Release candidates and later work say `3.9.0rc1`, `3.9.1+`.
        let micro = parts.next()?.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()?;
        Some(Version { major, minor, micro })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_out_of_static_data() {
        let found = |text: &str| in_text(text.as_bytes()).map(|version| version.to_string());
        assert_eq!(found("x\x003.7\x003.8.18 (default, May  9 2026)\0").as_deref(), Some("3.8.18"));
        assert_eq!(found("\x002.7.18 (default, May  9 2026)\0").as_deref(), Some("2.7.18"));
        assert_eq!(found("\x003.10.0rc2+ (main)\0").as_deref(), Some("3.10.0"));
        assert_eq!(found("\x003.31.1 is not Python's (\0"), None);
        assert_eq!(found("3.8.18 (not at the start)\x003."), None);
    }
}
