//! A process, from outside, to a [`Snapshot`].
//!
//! Read the maps, allocate and fault in buffers, stop every thread by ptrace, read the maps again, copy the writable
//! memory, let go; everything else reads the copy. Nothing runs in the target, nothing is written into it, and its
//! garbage is not collected.
//!
//! The rooms, in the order in which a capture passes through them: `process` (what `/proc` tells), `elf` and `runtime`
//! (finding the interpreter), `stop` and `copy` (the only part during which the target stands still), `image` (the
//! copy), `types` and `heap` (the walk), `readers` (one rule per type), `roots` (why things are alive).

mod breakpoint;
mod build;
mod copy;
mod debug_offsets;
mod elf;
mod heap;
mod image;
mod launch;
mod learned;
mod lines;
mod lists;
mod process;
mod readers;
mod roots;
mod runtime;
mod stop;
mod text;
mod type_reader;
mod types;
mod walk;

pub use launch::{Launch, Running, When, capture_command};

use crate::error::{Error, Result};
use crate::snapshot::{Collector, Memory, Metadata, Snapshot, SnapshotBuilder};
use build::Build;
use heap::Reader;
use image::{Image, Marks};
use process::Target;
use runtime::{ListHead, Runtime};
use std::time::{Duration, Instant, SystemTime};
use stop::Stopped;

/// What to read, and how hard to try.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How often to try again when the stop fell into a collection or another moment when the heap is in pieces.
    pub attempts: u32,
}

impl Default for Options {
    fn default() -> Self {
        Options { attempts: 50 }
    }
}

/// The pause between two attempts: longer than most collections take.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(10);

/// Captures the heap of a running process, which goes on whatever happens here.
///
/// The process stands still while its private writable memory is copied: about 0.3 s per GB. The time it took is in
/// the snapshot's metadata.
///
/// # Errors
/// No such process, not CPython, a version without a layout table, a missing right, or a heap that was in pieces at
/// every attempt. Predicates of [`Error`] tell them apart.
pub fn capture_pid(pid: u32, options: &Options) -> Result<Snapshot> {
    let found = Found::new(pid)?;
    let (image, pause) = copy_settled(&found.target, &found.runtime, options)?;
    found.snapshot(image, pause)
}

/// Captures a process that stands still already, and lets it go on once its memory is copied.
fn capture_held(pid: u32, held: Stopped) -> Result<Snapshot> {
    let found = Found::new(pid)?;
    let (image, pause) = copy_once(&found.target, |_| Ok(held))?;
    settled(&image, &found.runtime)?;
    found.snapshot(image, pause)
}

/// A process in which the interpreter was found, and what is to be said of it.
struct Found {
    begin: Instant,
    target: Target,
    runtime: Runtime,
    metadata: Metadata,
}

impl Found {
    fn new(pid: u32) -> Result<Self> {
        let begin = Instant::now();
        let target = Target::open(pid)?;
        let mappings = target.mappings()?;
        let runtime = Runtime::find(&target, &mappings)?;
        let memory = Memory {
            resident_bytes: target.resident_bytes(),
            copied_bytes: 0,
            writable_bytes: mappings.iter().filter(|map| map.may_hold_objects()).map(|map| map.end - map.start).sum(),
            mappings: mappings.len() as u64,
        };
        let metadata = Metadata {
            pid: Some(pid),
            command: target.command(),
            executable: target.executable().map(|file| file.display().to_string()),
            captured_at: Some(humantime::format_rfc3339_seconds(SystemTime::now()).to_string()),
            source: Some(format!("pid {pid}")),
            memory: Some(memory),
            ..Metadata::default()
        };
        Ok(Found { begin, target, runtime, metadata })
    }

    fn snapshot(self, image: Image, pause: Duration) -> Result<Snapshot> {
        let copied_bytes = image.len();
        let snapshot = read(image, &self.runtime)?;
        let seen = snapshot.metadata().clone();
        let metadata = Metadata {
            format: seen.format,
            python: seen.python,
            build: seen.build,
            collector: seen.collector,
            threads: seen.threads,
            warnings: seen.warnings,
            memory: self.metadata.memory.map(|memory| Memory { copied_bytes, ..memory }),
            pause_ms: Some(milliseconds(pause)),
            capture_ms: Some(milliseconds(self.begin.elapsed())),
            ..self.metadata
        };
        Ok(snapshot.with_metadata(metadata))
    }
}

fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// Copies the process's memory at a moment when its heap is in one piece.
fn copy_settled(target: &Target, runtime: &Runtime, options: &Options) -> Result<(Image, Duration)> {
    let mut last = None;
    for _ in 0..options.attempts.max(1) {
        let (image, pause) = copy_once(target, Stopped::new)?;
        match settled(&image, runtime) {
            Ok(()) => return Ok((image, pause)),
            Err(error) => last = Some(error),
        }
        std::thread::sleep(BETWEEN_ATTEMPTS);
    }
    Err(last.unwrap_or_else(|| Error::invalid("no attempt was made")))
}

fn copy_once(target: &Target, stop: impl FnOnce(&Target) -> Result<Stopped>) -> Result<(Image, Duration)> {
    let buffer = copy::WarmBuffer::for_process(target, &target.mappings()?);
    let stopping = Instant::now();
    let stopped = stop(target)?;
    let mappings = target.mappings()?;
    let filled = buffer.fill(target, &mappings);
    drop(stopped);
    let pause = stopping.elapsed();
    let mut image = filled?;
    copy::add_constants(&mut image, target, &mappings);
    image.seal();
    Ok((image, pause))
}

/// Whether the image shows the heap between two changes.
fn settled(image: &Image, runtime: &Runtime) -> Result<()> {
    let memory = image.view();
    let interpreters = runtime.interpreters(&memory);
    if interpreters.is_empty() {
        return Err(Error::not_python("the interpreter has not started yet, or is gone already")
            .with_hint("capture later, when the program runs"));
    }
    for interpreter in interpreters {
        if runtime.is_collecting(&memory, interpreter) {
            return Err(Error::malformed("every attempt fell into a run of the garbage collector")
                .with_hint("the process collects all the time: try again, or look at its gc thresholds"));
        }
        runtime.list_heads(&memory, interpreter)?;
    }
    Ok(())
}

/// Reads a heap out of copied memory, which is given back as soon as all is read. The metadata holds what memory
/// tells: version, collector, threads, warnings.
fn read(image: Image, runtime: &Runtime) -> Result<Snapshot> {
    let (builder, metadata) = read_objects(&image, runtime)?;
    drop(image);
    builder.finish(metadata)
}

fn read_objects(image: &Image, runtime: &Runtime) -> Result<(SnapshotBuilder, Metadata)> {
    let memory = image.view();
    let interpreters = runtime.interpreters(&memory);
    let build = interpreters.last().map_or(Ok(Build::Release), |main| Build::of(&memory, runtime, *main))?;
    let (layout, marks) = (build.layout(&runtime.layout), Marks::new(image));
    let mut reader = Reader::new(image, &marks, &layout);
    let (mut heads, mut threads) = (Vec::new(), Vec::new());
    for &interpreter in &interpreters {
        reader.self_test(runtime, interpreter)?;
        reader.learn_static_types(interpreter);
        heads.extend(runtime.list_heads(&reader.memory, interpreter)?);
    }
    let collector = interpreters.last().map(|interpreter| collector(&reader, runtime, *interpreter, &heads));
    let (tracked, warnings) = reader.list_tracked(&heads);
    reader.learn_from(&tracked)?;
    for &interpreter in &interpreters {
        threads.extend(reader.read_roots(runtime, interpreter)?);
    }
    reader.walk(&tracked)?;
    let metadata = Metadata {
        python: Some(runtime.layout.version.to_string()),
        build: Some(build.name().into()),
        collector,
        threads,
        warnings,
        ..Metadata::default()
    };
    Ok((reader.builder, metadata))
}

/// Settings and counters of the collector: behind each list head stand its threshold and count
/// (Include/internal/pycore_gc.h, `struct gc_generation`).
fn collector(reader: &Reader<'_>, runtime: &Runtime, interpreter: u64, heads: &[ListHead]) -> Collector {
    let number = |address: u64| i64::from(reader.memory.half(address) as i32);
    let young = heads.iter().filter(|head| head.generation.0 < 3).take(3);
    let (thresholds, counts) = young.map(|head| (number(head.address + 16), number(head.address + 20))).unzip();
    let enabled = reader.memory.half(runtime.collector(interpreter) + runtime.layout.gc_enabled) != 0;
    Collector { enabled, thresholds, counts }
}
