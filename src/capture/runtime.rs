//! Finding the interpreter in a process: `_PyRuntime`, its version, its layout, its interpreters and their lists.

use super::debug_offsets::DebugOffsets;
use super::elf::Symbols;
use super::image::Memory;
use super::target::{Mapping, Target};
use super::version;
use crate::cpython::layout::{Layout, Version};
use crate::error::{Error, Result};
use crate::snapshot::Generation;
use std::path::{Path, PathBuf};

/// Defined by every CPython 3, also by those before 3.7, which had no `_PyRuntime`.
const BEFORE_RUNTIME: &str = "_Py_NoneStruct";

/// A list of chained structures that never ends is damage: no process has this many interpreters or threads.
const MANY: usize = 10_000;

/// Where the interpreter is and how it is laid out: known before the process is stopped.
pub(super) struct Runtime {
    pub(super) layout: Layout,
    pub(super) address: u64,
    /// The file with the interpreter's code, in the target's own view.
    pub(super) file: PathBuf,
}

/// The head of one of the collector's lists.
#[derive(Clone, Copy, Debug)]
pub(super) struct ListHead {
    pub(super) address: u64,
    pub(super) generation: Generation,
}

impl Runtime {
    /// Looks through the files that the process has loaded.
    ///
    /// # Errors
    /// Not Python, PyPy, or a CPython without a layout table: refused by name.
    pub(super) fn find(target: &dyn Target, mappings: &[Mapping]) -> Result<Self> {
        let mut unreadable = None;
        for file in candidates(target, mappings) {
            match Symbols::of(target, mappings, &file, &["_PyRuntime", "Py_Version", BEFORE_RUNTIME]) {
                Ok(Some(symbols)) => {
                    if let Some(address) = symbols.address("_PyRuntime") {
                        let version = version(target, mappings, &symbols, address, &file)?;
                        let mut layout = layout(target, version)?;
                        apply_debug_offsets(target, address, &mut layout)?;
                        return Ok(Runtime { layout, address, file });
                    }
                    if let Some(version) = version::stated(target, mappings, &file) {
                        // 3.6 and older: refused by its number.
                        layout(target, version)?;
                    }
                }
                Ok(None) => {}
                Err(error) => unreadable = unreadable.or(Some(error)),
            }
        }
        Err(unreadable.unwrap_or_else(|| not_python(target, mappings)))
    }

    /// The interpreters, the main one first: CPython puts each new one in front.
    pub(super) fn interpreters(&self, memory: &Memory<'_>) -> Vec<u64> {
        let first = memory.pointer(self.address + self.layout.runtime_interpreters_head);
        let mut found = chain(memory, first, self.layout.interpreter_next);
        found.reverse();
        found
    }

    /// An interpreter's own number: 0 is the main one.
    pub(super) fn number(&self, memory: &Memory<'_>, interpreter: u64) -> u64 {
        memory.pointer(interpreter + self.layout.interpreter_id)
    }

    /// The thread states of one interpreter.
    pub(super) fn threads(&self, memory: &Memory<'_>, interpreter: u64) -> Vec<u64> {
        let first = memory.pointer(interpreter + self.layout.interpreter_threads_head);
        chain(memory, first, self.layout.thread_next)
    }

    /// The collector's state of one interpreter.
    pub(super) fn collector(&self, interpreter: u64) -> u64 {
        match self.layout.runtime_gc {
            // One collector for all interpreters, up to 3.8.
            Some(offset) => self.address + offset,
            None => interpreter + self.layout.interpreter_gc.unwrap_or(0),
        }
    }

    /// Whether the collector runs at this moment: its lists and refcounts are then in pieces.
    pub(super) fn is_collecting(&self, memory: &Memory<'_>, interpreter: u64) -> bool {
        memory.half(self.collector(interpreter) + self.layout.gc_collecting) != 0
    }

    /// The heads of the collector's lists, in order of their addresses.
    ///
    /// Found by structure, not by offset: patch releases move them (3.13.0 to 3.13.5), but a head is always a pair of
    /// pointers whose neighbours point back at it.
    ///
    /// # Errors
    /// Another number of heads than four.
    pub(super) fn list_heads(&self, memory: &Memory<'_>, interpreter: u64) -> Result<Vec<ListHead>> {
        let (start, mut heads, mut at) = (self.collector(interpreter), Vec::new(), 0);
        while at + 16 <= self.layout.gc_size {
            let head = start + at;
            if is_list_head(memory, head) {
                heads.push(head);
                at += 16;
            } else {
                at += 4;
            }
        }
        if heads.len() != 4 {
            return Err(Error::malformed(format!(
                "expected the collector's 4 lists, found {} at {start:#x}",
                heads.len()
            ))
            .with_hint("the process was caught in the middle of a change, or its memory is damaged: try again"));
        }
        let generations = self.generations(memory, start, heads[0]);
        Ok(heads.into_iter().zip(generations).map(|(address, generation)| ListHead { address, generation }).collect())
    }

    /// What the four lists are. 3.14.0 to 3.14.4 collect incrementally: a young list, two old ones that take turns at
    /// being visited, and the permanent one; both old ones count as generation 2, which alone is collected in full.
    /// Every other release has three generations, and a pointer to the first in the collector's state (`generation0`).
    fn generations(&self, memory: &Memory<'_>, start: u64, young: u64) -> [Generation; 4] {
        // An empty list's head points at itself.
        let mut places =
            (start..start + self.layout.gc_size).step_by(8).filter(|place| !(young..young + 16).contains(place));
        let generational = places.any(|place| memory.word(place) == Some(young));
        let second = if generational { Generation(1) } else { Generation(2) };
        [Generation(0), second, Generation(2), Generation::FROZEN]
    }
}

impl Runtime {
    /// As [`list_heads`](Runtime::list_heads), for memory where a list is linked one way only or broken. Between the
    /// generations and the permanent one stands a pointer to the first of them (Include/internal/pycore_gc.h,
    /// `generation0`).
    pub(super) fn list_heads_by_place(&self, memory: &Memory<'_>, interpreter: u64) -> Option<Vec<ListHead>> {
        const GENERATION: u64 = 24;
        let start = self.collector(interpreter);
        let mut places = (0..self.layout.gc_size / 8).map(|number| start + number * 8);
        let pointer = places.find(|place| {
            let first = memory.pointer(*place);
            let distance = place.wrapping_sub(first);
            (3 * GENERATION..=4 * GENERATION).contains(&distance) && first >= start
        })?;
        let first = memory.pointer(pointer);
        let addresses = [first, first + GENERATION, first + 2 * GENERATION, pointer + 8];
        let generations = [Generation(0), Generation(1), Generation(2), Generation::FROZEN];
        let heads = addresses.into_iter().zip(generations);
        Some(heads.map(|(address, generation)| ListHead { address, generation }).collect())
    }
}

/// The two low bits of the collector's pointers are its own flags (Include/internal/pycore_gc.h).
const POINTER_MASK: u64 = !3;

fn is_list_head(memory: &Memory<'_>, head: u64) -> bool {
    let next = memory.pointer(head) & POINTER_MASK;
    let previous = memory.pointer(head + 8) & POINTER_MASK;
    let linked = |word: Option<u64>| word.is_some_and(|word| word & POINTER_MASK == head);
    next != 0 && previous != 0 && linked(memory.word(next + 8)) && linked(memory.word(previous))
}

fn chain(memory: &Memory<'_>, first: u64, next: u64) -> Vec<u64> {
    let mut found = Vec::new();
    let mut at = first;
    while at != 0 && found.len() < MANY && memory.word(at + next).is_some() && !found.contains(&at) {
        found.push(at);
        at = memory.pointer(at + next);
    }
    found
}

/// Loaded files, likely ones first: the executable, then what has "python" in its name, then the rest.
fn candidates(target: &dyn Target, mappings: &[Mapping]) -> Vec<PathBuf> {
    let executable = target.executable();
    let mut files: Vec<PathBuf> = Vec::new();
    for mapping in mappings.iter().filter(|mapping| mapping.executable) {
        if let Some(file) = &mapping.file
            && !files.contains(file)
        {
            files.push(file.clone());
        }
    }
    let rank = |file: &PathBuf| {
        let named = file.file_name().is_some_and(|name| name.to_string_lossy().contains("python"));
        (Some(file) != executable.as_ref(), !named)
    };
    files.sort_by_key(rank);
    files
}

fn layout(target: &dyn Target, version: Version) -> Result<Layout> {
    Layout::of(version).map_err(|error| error.at(target))
}

fn version(target: &dyn Target, mappings: &[Mapping], symbols: &Symbols, runtime: u64, file: &Path) -> Result<Version> {
    let from_word =
        |word: u32| Version { major: (word >> 24) as u8, minor: (word >> 16) as u8, micro: (word >> 8) as u8 };
    if let Some(address) = symbols.address("Py_Version") {
        let version = from_word(target.peek_word(address)? as u32);
        if version.major == 3 {
            return Ok(version);
        }
    }
    // 3.10 and older have no such symbol; debug offsets repeat the version from 3.13 on.
    if let Some(offsets) = DebugOffsets::parse(&target.peek(runtime, 16)?) {
        return Ok(from_word(offsets.version()));
    }
    version::stated(target, mappings, file)
        .ok_or_else(|| Error::unsupported(format!("{target}: {} does not say which Python it is", file.display())))
}

/// From 3.13 on the process's own word goes before the table's.
fn apply_debug_offsets(target: &dyn Target, runtime: u64, layout: &mut Layout) -> Result<()> {
    let Some(offsets) = DebugOffsets::parse(&target.peek(runtime, DebugOffsets::LENGTH)?) else { return Ok(()) };
    if offsets.is_free_threaded() {
        return Err(Error::unsupported(format!(
            "{target} runs a free-threaded build of CPython {}, which has no collector lists to walk",
            layout.version
        ))
        .with_hint("capture the same program on a build with the GIL"));
    }
    offsets.apply(layout);
    Ok(())
}

fn not_python(target: &dyn Target, mappings: &[Mapping]) -> Error {
    let pypy = mappings
        .iter()
        .filter_map(|mapping| mapping.file.as_deref())
        .find(|file| file.file_name().is_some_and(|name| name.to_string_lossy().contains("pypy")));
    if let Some(file) = pypy {
        return Error::unsupported(format!("{target} runs PyPy ({}), whose objects are not CPython's", file.display()));
    }
    let what = target.executable().map_or_else(|| "?".into(), |file| file.display().to_string());
    Error::not_python(format!("{target} ({what}) is not CPython: no loaded file defines _PyRuntime"))
        .with_hint("ps ax | grep python shows the processes that are")
}

#[cfg(test)]
mod tests {
    use super::super::image::Image;
    use super::*;

    const COLLECTOR: u64 = 0x10000;
    const OBJECTS: u64 = 0x40000;
    /// Where the lists of 3.14 begin in the collector's state, and how far they lie apart.
    const HEADS: u64 = 24;
    const APART: u64 = 24;

    /// A collector's state of 3.14 with so many objects on each of its four lists; the low bits of their `next` say which
    /// old list they belong to, as the incremental collector has it.
    fn image(lengths: [u64; 4], generation0: bool) -> (Image, Runtime) {
        let layout = Layout::of(Version { major: 3, minor: 14, micro: 0 }).unwrap();
        let mut memory = vec![0u8; 0x2000];
        let mut put = |address: u64, word: u64| {
            let at = if address >= OBJECTS { address - OBJECTS + 0x1000 } else { address - COLLECTOR };
            memory[at as usize..][..8].copy_from_slice(&word.to_le_bytes());
        };
        let mut object = OBJECTS;
        for (list, length) in (0..).zip(lengths) {
            let head = COLLECTOR + HEADS + list * APART;
            let members: Vec<u64> = (0..length).map(|number| object + number * 32).collect();
            object += length * 32;
            let ring: Vec<u64> = [head].into_iter().chain(members).chain([head]).collect();
            for pair in ring.windows(2) {
                let old_space = if list == 2 { 1 } else { 0 };
                put(pair[0], pair[1] | old_space);
                put(pair[1] + 8, pair[0]);
            }
        }
        if generation0 {
            put(COLLECTOR + 256, COLLECTOR + HEADS);
        }
        let mut image = Image::default();
        image.add(memory, [(COLLECTOR, 0..0x1000), (OBJECTS, 0x1000..0x2000)]);
        image.seal();
        (image, Runtime { layout, address: 0, file: "python3.14".into() })
    }

    fn generations(lengths: [u64; 4], generation0: bool) -> Vec<(u64, u8)> {
        let (image, runtime) = image(lengths, generation0);
        let heads = runtime.list_heads(&image.view(), COLLECTOR - runtime.layout.interpreter_gc).unwrap();
        heads.iter().map(|head| (head.address - COLLECTOR, head.generation.0)).collect()
    }

    #[test]
    fn the_incremental_collector_is_told_from_the_generational_one_by_its_state() {
        for lengths in [[3, 2, 4, 1], [0, 0, 0, 0], [5, 0, 1, 0]] {
            let incremental = generations(lengths, false);
            assert_eq!(incremental, [(24, 0), (48, 2), (72, 2), (96, 3)], "{lengths:?}");
            let generational = generations(lengths, true);
            assert_eq!(generational, [(24, 0), (48, 1), (72, 2), (96, 3)], "{lengths:?}");
        }
    }

    #[test]
    fn a_list_that_does_not_close_is_damage() {
        let (image, runtime) = image([3, 2, 4, 1], true);
        let elsewhere = COLLECTOR - runtime.layout.interpreter_gc + 0x800;
        assert!(runtime.list_heads(&image.view(), elsewhere).is_err());
    }
}
