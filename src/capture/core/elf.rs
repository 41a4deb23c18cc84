//! The layout of a core file: segments and notes, checked before anything is read by them.

use crate::error::{Error, Result};
use object::elf::{
    self, ET_CORE, FileHeader64, NT_AUXV, NT_FILE, NT_PRPSINFO, NT_PRSTATUS, PF_R, PF_W, PF_X, PT_LOAD, PT_NOTE,
};
use object::read::ReadCache;
use object::read::elf::{FileHeader, NoteIterator, ProgramHeader};
use object::{LittleEndian, ReadRef};
use std::collections::BTreeSet;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

type Header = FileHeader64<LittleEndian>;

/// The processor that heapgraph itself was built for: Python's structs are read as this one lays them out.
#[cfg(target_arch = "aarch64")]
const MACHINE: elf::Machine = elf::EM_AARCH64;
#[cfg(not(target_arch = "aarch64"))]
const MACHINE: elf::Machine = elf::EM_X86_64;

/// More pieces of memory than any process has: Linux allows 65,530 unless told otherwise.
const MOST_PIECES: usize = 1 << 18;
/// More files than any process has mapped. Each is opened and looked into.
const MOST_FILES: usize = 1 << 10;

/// A piece of the process's memory, and which bytes of the core hold the beginning of it.
#[derive(Clone)]
pub(super) struct Segment {
    pub(super) memory: Range<u64>,
    pub(super) bytes: Range<u64>,
    pub(super) readable: bool,
    pub(super) writable: bool,
    pub(super) executable: bool,
}

/// A line of the note that lists mapped files.
#[derive(Clone)]
pub(super) struct MappedFile {
    pub(super) memory: Range<u64>,
    pub(super) offset: u64,
    pub(super) path: PathBuf,
}

/// What a core file says of the process beside its memory.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) pid: Option<u32>,
    pub(super) command: Vec<String>,
    /// Kernel number and, where it is known, thread pointer of each thread: the latter is `threading.get_ident()`.
    pub(super) threads: Vec<(u32, Option<u64>)>,
    pub(super) files: Vec<MappedFile>,
    /// The address of the main program's headers.
    pub(super) program_headers: Option<u64>,
}

/// The parts of a core file.
pub(super) struct Layout {
    pub(super) segments: Vec<Segment>,
    pub(super) notes: Notes,
}

impl Layout {
    /// Reads headers and notes.
    ///
    /// # Errors
    /// Not a core file, of another kind of machine, or cut short.
    pub(super) fn read(file: &File) -> Result<Self> {
        let io = |error| Error::io("read it", error);
        let length = file.metadata().map_err(io)?.len();
        let cache = ReadCache::new(file.try_clone().map_err(io)?);
        let header = header(&cache)?;
        let cut = |_| cut_short(length, None);
        let headers = header.program_headers(LittleEndian, &cache).map_err(cut)?;
        let needed =
            headers.iter().map(|part| part.p_offset.get(LittleEndian).saturating_add(part.p_filesz.get(LittleEndian)));
        let needed = needed.max().unwrap_or(0);
        if needed > length {
            return Err(cut_short(length, Some(needed)));
        }
        let mut layout = Layout { segments: Vec::new(), notes: Notes::default() };
        for part in headers {
            match part.p_type(LittleEndian) {
                PT_LOAD => layout.segments.extend(segment(part)),
                PT_NOTE => layout.notes.read(&cache, part),
                _ => {}
            }
        }
        layout.segments.sort_by_key(|segment| segment.memory.start);
        layout.notes.files.sort_by_key(|file| file.memory.start);
        layout.check(length)?;
        Ok(layout)
    }

    /// Whether it is of a size that a process can have, and says of none of its bytes twice what they are.
    fn check(&self, length: u64) -> Result<()> {
        let names: BTreeSet<&Path> = self.notes.files.iter().map(|file| file.path.as_path()).collect();
        let counts = [
            (self.segments.len(), MOST_PIECES, "pieces of memory"),
            (self.notes.files.len(), MOST_PIECES, "mappings of files"),
            (names.len(), MOST_FILES, "mapped files"),
        ];
        for (found, most, what) in counts {
            if found > most {
                return Err(Error::malformed(format!("the core file lists {found} {what}, more than {most}")));
            }
        }
        let held = self.segments.iter().map(|segment| segment.bytes.end - segment.bytes.start);
        let held = held.fold(0, u64::saturating_add);
        if held > length {
            return Err(Error::malformed(format!(
                "the core file's pieces of memory lie over each other: {held} bytes in {length}"
            )));
        }
        Ok(())
    }
}

fn cut_short(length: u64, needed: Option<u64>) -> Error {
    let what = match needed {
        Some(needed) => format!("the core file is cut short: {length} bytes of {needed} are there"),
        None => format!("the core file is cut short: {length} bytes do not even hold its headers"),
    };
    Error::malformed(what).with_hint("was the disk full, or `ulimit -c` too low, when it was written?")
}

/// The file's header, if it is a core of this kind of machine.
fn header(cache: &ReadCache<File>) -> Result<&Header> {
    let hint = "a core file comes from gcore PID, or from the kernel when a process crashes";
    let start = cache.read_bytes_at(0, 20).ok().filter(|start| start.starts_with(&elf::ELFMAG));
    let Some(start) = start else {
        return Err(Error::malformed("expected an ELF core file, found something else").with_hint(hint));
    };
    let (class, order) = (start[4], start[5]);
    if class == elf::ELFCLASS32.0 {
        return Err(Error::unsupported("a core file of a 32-bit process: only 64-bit ones can be read"));
    }
    if order != elf::ELFDATA2LSB.0 {
        return Err(Error::unsupported("a core file of a big-endian machine: only little-endian ones can be read"));
    }
    let header = Header::parse(cache).map_err(|error| Error::malformed(format!("not a whole ELF header: {error}")))?;
    let kind = header.e_type(LittleEndian);
    if kind != ET_CORE {
        let found = if kind == elf::ET_EXEC || kind == elf::ET_DYN { "a program or library" } else { "another kind" };
        return Err(Error::malformed(format!("expected an ELF core file, found {found}")).with_hint(hint));
    }
    let machine = header.e_machine(LittleEndian);
    if machine != MACHINE {
        let (theirs, ours) = (name(machine), name(MACHINE));
        return Err(Error::unsupported(format!("a core file of {theirs}: this heapgraph reads those of {ours}"))
            .with_hint("run heapgraph on a machine like the one that the core comes from"));
    }
    Ok(header)
}

fn name(machine: elf::Machine) -> String {
    match machine {
        elf::EM_X86_64 => "x86_64".into(),
        elf::EM_AARCH64 => "aarch64".into(),
        elf::EM_PPC64 => "ppc64".into(),
        elf::EM_RISCV => "riscv64".into(),
        elf::EM_S390 => "s390x".into(),
        other => format!("machine number {}", other.0),
    }
}

fn segment(part: &elf::ProgramHeader64<LittleEndian>) -> Option<Segment> {
    let (start, offset) = (part.p_vaddr.get(LittleEndian), part.p_offset.get(LittleEndian));
    // The first page is never mapped (vm.mmap_min_addr), and no address has more than 57 bits.
    if start < 4096 || start >> 57 != 0 {
        return None;
    }
    let held = part.p_filesz.get(LittleEndian).min(part.p_memsz.get(LittleEndian));
    let flags = part.p_flags(LittleEndian);
    Some(Segment {
        memory: start..start.checked_add(part.p_memsz.get(LittleEndian))?,
        bytes: offset..offset.checked_add(held)?,
        readable: flags.contains(PF_R),
        writable: flags.contains(PF_W),
        executable: flags.contains(PF_X),
    })
}

impl Notes {
    /// Takes what it knows out of a note segment; damaged notes end the reading.
    fn read(&mut self, cache: &ReadCache<File>, part: &elf::ProgramHeader64<LittleEndian>) {
        let Ok(Some(mut notes)) = part.notes(LittleEndian, cache) else { return };
        while let Ok(Some(note)) = notes.next() {
            let bytes = note.desc();
            match note.n_type(LittleEndian) {
                NT_PRSTATUS => self.threads.extend(thread(bytes)),
                NT_PRPSINFO => self.process(bytes),
                NT_FILE => self.files.extend(mapped_files(bytes).unwrap_or_default()),
                NT_AUXV => self.program_headers = auxiliary(bytes, AT_PHDR),
                _ => {}
            }
        }
    }

    /// `struct elf_prpsinfo` of 64-bit machines (linux/elfcore.h): the number at 24, 80 letters of command line at 56.
    fn process(&mut self, bytes: &[u8]) {
        self.pid = half(bytes, 24);
        let line = bytes.get(56..136).unwrap_or_default();
        let line = line.split(|byte| *byte == 0).next().unwrap_or_default();
        self.command = String::from_utf8_lossy(line).split_whitespace().map(str::to_owned).collect();
    }
}

/// `AT_PHDR` of getauxval(3).
const AT_PHDR: u64 = 3;

fn auxiliary(bytes: &[u8], wanted: u64) -> Option<u64> {
    let pairs = bytes.chunks_exact(16).map(|pair| (word(pair, 0), word(pair, 8)));
    pairs.into_iter().find(|(key, _)| *key == Some(wanted)).and_then(|(_, value)| value)
}

/// `struct elf_prstatus` of 64-bit machines (linux/elfcore.h): the number at 32, registers at 112. On x86_64 the 22nd of
/// them is `fs_base`, the thread pointer, which is what `pthread_self` returns.
fn thread(bytes: &[u8]) -> Option<(u32, Option<u64>)> {
    let pointer = if MACHINE == elf::EM_X86_64 { word(bytes, 112 + 21 * 8) } else { None };
    Some((half(bytes, 32)?, pointer))
}

/// Count, page size, then start, end and offset (in pages) of each, then their names (fs/binfmt_elf.c,
/// `fill_files_note`).
fn mapped_files(bytes: &[u8]) -> Option<Vec<MappedFile>> {
    let count = usize::try_from(word(bytes, 0)?).ok().filter(|count| *count <= bytes.len() / 24)?;
    let page = word(bytes, 8)?;
    let mut names = bytes.get(16 + count * 24..)?.split(|byte| *byte == 0);
    let mut files = Vec::with_capacity(count);
    for number in 0..count {
        let at = 16 + number * 24;
        let (start, end) = (word(bytes, at)?, word(bytes, at + 8)?);
        let offset = word(bytes, at + 16)?.saturating_mul(page);
        let path = String::from_utf8_lossy(names.next()?).into_owned().into();
        if start < end {
            files.push(MappedFile { memory: start..end, offset, path });
        }
    }
    Some(files)
}

/// The build-id in a program's own notes.
pub(super) fn build_id(notes: &[u8]) -> Option<Vec<u8>> {
    let mut notes = NoteIterator::<Header>::new(LittleEndian, 4, notes).ok()?;
    while let Ok(Some(note)) = notes.next() {
        if note.name() == elf::ELF_NOTE_GNU && note.n_type(LittleEndian) == elf::NT_GNU_BUILD_ID {
            return Some(note.desc().to_vec());
        }
    }
    None
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}

fn half(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}
