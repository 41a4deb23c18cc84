//! Finding the interpreter in a process: `_PyRuntime`, its version, its layout, its interpreters and their lists.

use super::elf::Symbols;
use super::image::Memory;
use super::target::{Mapping, Target};
use crate::cpython::layout::{Layout, Version};
use crate::error::{Error, Result};
use crate::snapshot::Generation;
use std::path::{Path, PathBuf};

/// `_Py_DebugOffsets` starts with this (Include/internal/pycore_runtime.h, 3.13 and later).
const DEBUG_OFFSETS_COOKIE: [u8; 8] = *b"xdebugpy";

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
            match Symbols::of(target, mappings, &file, &["_PyRuntime", "Py_Version"]) {
                Ok(Some(symbols)) => {
                    if let Some(address) = symbols.address("_PyRuntime") {
                        let version = version(target, &symbols, address, &file)?;
                        let mut layout = Layout::of(version)?;
                        apply_debug_offsets(target, address, &mut layout)?;
                        return Ok(Runtime { layout, address, file });
                    }
                }
                Ok(None) => {}
                Err(error) => unreadable = unreadable.or(Some(error)),
            }
        }
        Err(unreadable.unwrap_or_else(|| not_python(target, mappings)))
    }

    /// The interpreters, the main one last as CPython keeps them.
    pub(super) fn interpreters(&self, memory: &Memory<'_>) -> Vec<u64> {
        let first = memory.pointer(self.address + self.layout.runtime_interpreters_head);
        chain(memory, first, self.layout.interpreter_next)
    }

    /// The thread states of one interpreter.
    pub(super) fn threads(&self, memory: &Memory<'_>, interpreter: u64) -> Vec<u64> {
        let first = memory.pointer(interpreter + self.layout.interpreter_threads_head);
        chain(memory, first, self.layout.thread_next)
    }

    /// The collector's state of one interpreter.
    pub(super) fn collector(&self, interpreter: u64) -> u64 {
        interpreter + self.layout.interpreter_gc
    }

    /// Whether the collector runs at this moment: its lists and refcounts are then in pieces.
    pub(super) fn is_collecting(&self, memory: &Memory<'_>, interpreter: u64) -> bool {
        memory.half(self.collector(interpreter) + self.layout.gc_collecting) != 0
    }

    /// The heads of the collector's lists: generations 0, 1, 2 and the permanent one.
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
        let generations = [Generation(0), Generation(1), Generation(2), Generation::FROZEN];
        Ok(heads.into_iter().zip(generations).map(|(address, generation)| ListHead { address, generation }).collect())
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

fn version(target: &dyn Target, symbols: &Symbols, runtime: u64, file: &Path) -> Result<Version> {
    let from_word =
        |word: u32| Version { major: (word >> 24) as u8, minor: (word >> 16) as u8, micro: (word >> 8) as u8 };
    if let Some(address) = symbols.address("Py_Version") {
        let version = from_word(target.peek_word(address)? as u32);
        if version.major == 3 {
            return Ok(version);
        }
    }
    // 3.10 and older have no such symbol; debug offsets repeat the version from 3.13 on.
    let words = target.peek(runtime, 16)?;
    if words.starts_with(&DEBUG_OFFSETS_COOKIE) {
        return Ok(from_word(target.peek_word(runtime + 8)? as u32));
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let minor = name.split("python3.").nth(1).and_then(|rest| {
        rest.split(|letter: char| !letter.is_ascii_digit()).next().and_then(|digits| digits.parse().ok())
    });
    minor
        .map(|minor| Version { major: 3, minor, micro: 0 })
        .ok_or_else(|| Error::unsupported(format!("{target}: {} does not say which Python it is", file.display())))
}

/// From 3.13 on the process says itself where the parts are that move most between patch releases.
fn apply_debug_offsets(target: &dyn Target, runtime: u64, layout: &mut Layout) -> Result<()> {
    let bytes = target.peek(runtime, 200)?;
    if !bytes.starts_with(&DEBUG_OFFSETS_COOKIE) {
        return Ok(());
    }
    let word = |index: usize| {
        let bytes = bytes.get(index * 8..index * 8 + 8).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u64::from_le_bytes)
    };
    if word(2) != 0 {
        return Err(Error::unsupported(format!(
            "{target} runs a free-threaded build of CPython {}, which has no collector lists to walk",
            layout.version
        ))
        .with_hint("capture the same program on a build with the GIL"));
    }
    // Cookie, version, free-threaded; then per structure its size and fields, in the order of 3.13's header.
    layout.runtime_interpreters_head = word(5);
    layout.interpreter_next = word(8);
    layout.interpreter_threads_head = word(9);
    layout.interpreter_gc = word(10);
    layout.interpreter_modules = word(11);
    layout.interpreter_sysdict = word(12);
    layout.interpreter_builtins = word(13);
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
