//! The files that a process had mapped: found again beside its core, and made sure to be the same ones.

use super::super::CoreFile;
use super::super::target::{below, open_regular, open_within};
use super::elf::MappedFile;
use crate::error::{Error, Result};
use object::read::ReadCache;
use object::{Object, ObjectSegment, SegmentFlags};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

/// What became of a file since.
pub(super) enum Found {
    /// The same one, by its build-id, or one of which the core does not tell.
    Same {
        file: File,
        checked: bool,
    },
    Missing(std::io::Error),
    /// Another build under the same name.
    Different {
        held: String,
        found: String,
    },
}

/// The mapped files by their names in the process.
pub(super) struct Files {
    found: BTreeMap<PathBuf, (PathBuf, Found)>,
    sysroot: bool,
}

impl Files {
    /// Opens each file once and compares it with what the core holds of it: `build_id` tells, by the file's name.
    pub(super) fn find(
        core: &CoreFile,
        mapped: &[MappedFile],
        program: Option<&Path>,
        build_id: impl Fn(&Path) -> Option<Vec<u8>>,
    ) -> Self {
        let mut found = BTreeMap::new();
        for name in mapped.iter().map(|mapped| &mapped.path) {
            if !found.contains_key(name) {
                let (place, file) = look_for(core, name, program);
                found.insert(
                    name.clone(),
                    (place, file.map_or_else(Found::Missing, |file| check(file, build_id(name)))),
                );
            }
        }
        Files { found, sysroot: core.sysroot.is_some() }
    }

    /// A file, if it is the one that was mapped.
    pub(super) fn get(&self, name: &Path) -> Option<&File> {
        match self.found.get(name) {
            Some((_, Found::Same { file, .. })) => Some(file),
            _ => None,
        }
    }

    /// As [`get`](Files::get), with the reason why not.
    ///
    /// # Errors
    /// It is not there, or is another build.
    pub(super) fn open(&self, name: &Path) -> Result<File> {
        let io = |what: &Path, error| Error::io(format!("open {}", what.display()), error);
        match self.found.get(name) {
            None => Err(Error::malformed(format!("the core lists no file {}", name.display()))),
            Some((place, Found::Same { file, .. })) => file.try_clone().map_err(|error| io(place, error)),
            Some((place, Found::Missing(error))) => {
                let again = std::io::Error::new(error.kind(), error.to_string());
                let hint = if self.sysroot {
                    "the files of the process have to lie under --sysroot by their full names"
                } else {
                    "--exe FILE names the program, --sysroot DIR a folder with all the files of the machine or image \
                     that the core comes from"
                };
                Err(io(place, again).with_hint(hint))
            }
            Some((place, Found::Different { held, found })) => Err(Error::invalid(format!(
                "{} is not the file that the process ran: expected build-id {held}, found {found}",
                place.display()
            ))
            .with_hint("name the right one with --exe FILE, or its folder tree with --sysroot DIR")),
        }
    }

    /// What is to be said of the files that were not found or not checked: one line for each kind.
    pub(super) fn warnings(&self, needed: impl Fn(&Path) -> bool) -> Vec<String> {
        let list = |wanted: fn(&Found) -> bool| {
            let files = self.found.iter().filter(|(name, (_, found))| wanted(found) && needed(name));
            let names: Vec<String> = files.map(|(name, _)| name.display().to_string()).collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        let missing = list(|found| matches!(found, Found::Missing(_)));
        let different = list(|found| matches!(found, Found::Different { .. }));
        let unchecked = list(|found| matches!(found, Found::Same { checked: false, .. }));
        [
            missing.map(|files| format!("not found, so names of C types in them are missing: {files}")),
            different.map(|files| format!("of another build than in the core, so left out: {files}")),
            unchecked.map(|files| format!("taken unchecked, because the core holds no build-id of: {files}")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A file of the process, and where it was looked for.
fn look_for(core: &CoreFile, name: &Path, program: Option<&Path>) -> (PathBuf, std::io::Result<File>) {
    // A file that had lost its name when the core was written may still lie there under it.
    let text = name.to_string_lossy();
    let name = Path::new(text.strip_suffix(" (deleted)").unwrap_or(&text));
    match (&core.exe, &core.sysroot) {
        (Some(exe), _) if program.is_some_and(|program| program.to_string_lossy() == text) => {
            (exe.clone(), open_regular(exe))
        }
        (_, Some(root)) => (below(root, name), open_within(root, name)),
        _ => (name.to_owned(), open_regular(name)),
    }
}

/// Compares a file with what the core holds of it.
fn check(file: File, held: Option<Vec<u8>>) -> Found {
    let Some(held) = held else { return Found::Same { checked: !is_elf(&file), file } };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match of_file(&file) {
        Some(found) if found == held => Found::Same { file, checked: true },
        found => Found::Different { held: hex(&held), found: found.map_or_else(|| "none".into(), |id| hex(&id)) },
    }
}

fn is_elf(file: &File) -> bool {
    parsed(file, |_| ()).is_some()
}

fn of_file(file: &File) -> Option<Vec<u8>> {
    parsed(file, |elf| elf.build_id().ok().flatten().map(<[u8]>::to_vec)).flatten()
}

/// Readable, writable, executable: as the file's own headers ask for the part at an offset; `None` where they do not.
pub(super) fn flags(file: &File, offset: u64) -> Option<(bool, bool, bool)> {
    parsed(file, |elf| {
        let segment = elf.segments().find(|segment| {
            let (start, length) = segment.file_range();
            (start & !0xfff..start.saturating_add(length)).contains(&offset)
        })?;
        let SegmentFlags::Elf { p_flags, .. } = segment.flags() else { return None };
        let has = |flag: object::elf::ProgramFlags| p_flags.contains(flag);
        Some((has(object::elf::PF_R), has(object::elf::PF_W), has(object::elf::PF_X)))
    })
    .flatten()
}

fn parsed<T>(file: &File, ask: impl Fn(&object::File<'_, &ReadCache<File>>) -> T) -> Option<T> {
    let cache = ReadCache::new(file.try_clone().ok()?);
    object::File::parse(&cache).ok().map(|elf| ask(&elf))
}
