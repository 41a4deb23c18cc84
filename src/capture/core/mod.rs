//! A core file: the memory of a process that was written to disk, by gdb's `gcore` or by the kernel at a crash.
//!
//! What is not in it, the pages that the process only read, comes from the files that it had mapped (`NT_FILE`).

mod elf;
mod files;

use super::CoreFile;
use super::target::{Mapping, Target};
use crate::error::{Error, Result};
use elf::{Layout, MappedFile, Segment};
use files::Files;
use object::LittleEndian;
use object::elf::{FileHeader64, PT_LOAD, PT_NOTE};
use object::read::elf::{FileHeader, ProgramHeader};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What is read of mapped files at most, all together: a core of a few bytes may say that they lie everywhere.
const LARGEST_FILES: u64 = 8 << 30;

/// A core file, opened, with the files that belong to it.
pub(super) struct Core {
    path: PathBuf,
    file: File,
    segments: Vec<Segment>,
    /// Where the segments begin of which the core holds bytes, ascending.
    starts: Vec<u64>,
    mappings: Vec<Mapping>,
    files: Files,
    program: Option<PathBuf>,
    /// How much was read from them.
    from_files: Cell<u64>,
    pub(super) pid: Option<u32>,
    pub(super) command: Vec<String>,
    threads: Vec<(u32, Option<u64>)>,
}

impl fmt::Display for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "core {}", self.path.display())
    }
}

impl Core {
    /// Opens a core file and looks for the files that the process had mapped.
    ///
    /// # Errors
    /// Not a core file, one of another kind of machine, or one that is cut short.
    pub(super) fn open(core: &CoreFile) -> Result<Self> {
        let at = |error: Error| error.at(core.path.display());
        let file = File::open(&core.path).map_err(|error| at(Error::io("open it", error)))?;
        if file.metadata().is_ok_and(|about| about.is_dir()) {
            return Err(at(Error::invalid("expected a core file, found a folder")));
        }
        let Layout { segments, notes } = Layout::read(&file).map_err(at)?;
        let program = notes.program_headers.and_then(|at| mapped_at(&notes.files, at)).map(|part| part.path.clone());
        let held = |name: &Path| build_id(&file, &segments, &notes.files, name);
        let files = Files::find(core, &notes.files, program.as_deref(), held);
        let mappings = mappings(&segments, &notes.files, &files);
        let full = segments.iter().filter(|segment| !segment.bytes.is_empty());
        Ok(Core {
            path: core.path.clone(),
            starts: full.map(|segment| segment.memory.start).collect(),
            mappings,
            files,
            program,
            pid: notes.pid,
            command: notes.command,
            threads: notes.threads,
            from_files: Cell::new(0),
            segments,
            file,
        })
    }

    /// The kernel's number of the thread whose `threading.get_ident()` this is.
    pub(super) fn native_id(&self, thread: u64) -> Option<u64> {
        self.threads.iter().find(|(_, pointer)| *pointer == Some(thread)).map(|(id, _)| u64::from(*id))
    }

    /// When it was written.
    pub(super) fn written_at(&self) -> Option<SystemTime> {
        self.file.metadata().and_then(|about| about.modified()).ok()
    }

    /// How much memory the core holds, in bytes.
    pub(super) fn held_bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes.end - segment.bytes.start).sum()
    }

    /// What was not found beside the core, of what the heap's types may need.
    pub(super) fn warnings(&self) -> Vec<String> {
        let code = self.mappings.iter().filter(|mapping| mapping.executable);
        let code: BTreeSet<&Path> = code.filter_map(|mapping| mapping.file.as_deref()).collect();
        self.files.warnings(|name| code.contains(name))
    }
}

impl Target for Core {
    fn mappings(&self) -> Result<Vec<Mapping>> {
        Ok(self.mappings.clone())
    }

    fn executable(&self) -> Option<PathBuf> {
        self.program.clone()
    }

    fn open(&self, mapping: &Mapping) -> Result<File> {
        let name = mapping.file.as_deref();
        let name = name.ok_or_else(|| Error::invalid(format!("{self}: no file at {:#x}", mapping.start)))?;
        self.files.open(name).map_err(|error| error.at(self))
    }

    fn read(&self, address: u64, buffer: &mut [u8]) -> Result<usize> {
        let mut done = 0;
        while done < buffer.len() {
            let at = address.saturating_add(done as u64);
            let rest = &mut buffer[done..];
            let got = match held(&self.file, &self.segments, at, rest) {
                0 => self.read_mapped(at, rest),
                got => got,
            };
            if got == 0 {
                break;
            }
            done += got;
        }
        Ok(done)
    }
}

impl Core {
    /// Reads memory that the core leaves out because it was the same as in a file.
    fn read_mapped(&self, address: u64, buffer: &mut [u8]) -> usize {
        let after = self.mappings.partition_point(|mapping| mapping.start <= address);
        let mapping = after.checked_sub(1).map(|number| &self.mappings[number]).filter(|it| address < it.end);
        let Some((mapping, name)) = mapping.and_then(|mapping| Some((mapping, mapping.file.as_ref()?))) else {
            return 0;
        };
        let Some(file) = self.files.get(name) else { return 0 };
        let into = address - mapping.start;
        // What the core holds of the rest, it holds better.
        let next = self.starts.get(self.starts.partition_point(|start| *start <= address));
        let end = next.map_or(mapping.end, |start| mapping.end.min(*start));
        let length = usize::try_from(end - address).unwrap_or(usize::MAX).min(buffer.len());
        if self.from_files.get() > LARGEST_FILES {
            return 0;
        }
        let got = file.read_at(&mut buffer[..length], mapping.file_offset.saturating_add(into)).unwrap_or(0);
        self.from_files.set(self.from_files.get() + got as u64);
        got
    }
}

/// Reads memory that the core holds; zero bytes where it holds none.
fn held(file: &File, segments: &[Segment], address: u64, buffer: &mut [u8]) -> usize {
    let after = segments.partition_point(|segment| segment.memory.start <= address);
    let Some(segment) = after.checked_sub(1).map(|number| &segments[number]) else { return 0 };
    let into = address - segment.memory.start;
    let room = (segment.bytes.end - segment.bytes.start).saturating_sub(into);
    let length = usize::try_from(room).unwrap_or(usize::MAX).min(buffer.len());
    file.read_at(&mut buffer[..length], segment.bytes.start.saturating_add(into)).unwrap_or(0)
}

/// Segments and mapped files as one list: gdb leaves segments out that it does not dump.
fn mappings(segments: &[Segment], mapped: &[MappedFile], files: &Files) -> Vec<Mapping> {
    let mut mappings: Vec<Mapping> = Vec::new();
    for segment in segments.iter().filter(|segment| !segment.memory.is_empty()) {
        let behind = mapped_at(mapped, segment.memory.start);
        mappings.push(Mapping {
            start: segment.memory.start,
            end: segment.memory.end,
            readable: segment.readable,
            writable: segment.writable,
            executable: segment.executable,
            foreign: false,
            file_offset: behind
                .map_or(0, |mapped| mapped.offset.saturating_add(segment.memory.start - mapped.memory.start)),
            file: behind.map(|mapped| mapped.path.clone()),
        });
    }
    // How far the segments reach up to each of them.
    let reach = |end: &mut u64, mapping: &Mapping| {
        *end = mapping.end.max(*end);
        Some(*end)
    };
    let ends: Vec<u64> = mappings.iter().scan(0, reach).collect();
    for part in mapped {
        let before = mappings[..ends.len()].partition_point(|mapping| mapping.start < part.memory.end);
        if before > 0 && ends[before - 1] > part.memory.start {
            continue;
        }
        // Without the file nobody knows; as code it will be asked for, and its absence told.
        let flags = match files.get(&part.path) {
            Some(file) => files::flags(file, part.offset).unwrap_or((true, false, false)),
            None => (true, false, true),
        };
        mappings.push(Mapping {
            start: part.memory.start,
            end: part.memory.end,
            readable: flags.0,
            // What it had written to, the core would hold.
            writable: flags.1,
            executable: flags.2,
            foreign: false,
            file_offset: part.offset,
            file: Some(part.path.clone()),
        });
    }
    mappings.sort_by_key(|mapping| mapping.start);
    mappings
}

/// The file that was mapped at an address.
fn mapped_at(mapped: &[MappedFile], address: u64) -> Option<&MappedFile> {
    let after = mapped.partition_point(|part| part.memory.start <= address);
    mapped[..after].last().filter(|part| part.memory.contains(&address))
}

/// The build-id of a mapped program or library, from its own headers in memory, if the core holds them.
fn build_id(file: &File, segments: &[Segment], mapped: &[MappedFile], name: &Path) -> Option<Vec<u8>> {
    const PAGE: usize = 0x1000;
    let first = mapped.iter().find(|mapped| mapped.path == name && mapped.offset == 0)?.memory.start;
    let mut page = vec![0; PAGE];
    let got = held(file, segments, first, &mut page);
    page.truncate(got);
    let header = FileHeader64::<LittleEndian>::parse(&*page).ok()?;
    let parts = header.program_headers(LittleEndian, &*page).ok()?;
    let base = parts.iter().find(|part| part.p_type(LittleEndian) == PT_LOAD)?.p_vaddr.get(LittleEndian);
    parts.iter().filter(|part| part.p_type(LittleEndian) == PT_NOTE).find_map(|part| {
        let at = first.wrapping_add(part.p_vaddr.get(LittleEndian).wrapping_sub(base & !(PAGE as u64 - 1)));
        let length = part.p_filesz.get(LittleEndian).min(PAGE as u64);
        let mut notes = vec![0; usize::try_from(length).unwrap_or(0)];
        let got = held(file, segments, at, &mut notes);
        elf::build_id(&notes[..got])
    })
}
