//! A process, from outside, to a [`Snapshot`].
//!
//! Read the maps, allocate and fault in buffers, stop every thread by ptrace, read the maps again, copy the writable
//! memory, let go; everything else reads the copy. Nothing runs in the target, nothing is written into it, and its
//! garbage is not collected. A core file is such a copy already.
//!
//! The rooms, in the order in which a capture passes through them: `target` (what is asked of a process, live or
//! dead), `process` (what `/proc` tells) and `core` (what a core file tells), `elf` and `runtime` (finding the
//! interpreter), `stop` and `copy` (the only part during which the target stands still), `image` (the copy), `types`
//! and `heap` (the walk), `readers` (one rule per type), `roots` (why things are alive).

mod breakpoint;
mod build;
mod copy;
mod core;
mod damage;
mod debug_offsets;
mod elf;
#[cfg(feature = "testkit")]
mod frozen;
mod heap;
mod image;
mod launch;
mod learned;
mod lines;
mod lists;
mod live;
mod privacy;
mod process;
mod readers;
mod rights;
mod roots;
mod runtime;
mod stop;
mod target;
mod text;
mod trap;
mod type_reader;
mod types;
mod version;
mod walk;

#[cfg(feature = "testkit")]
pub use frozen::Frozen;
pub use launch::{Launch, Running, When, capture_command, start_and_wait, wait_for_resident};
pub use live::{capture_pid, descendants};
pub use privacy::Values;

use self::core::Core;
use crate::error::{Error, Result};
use crate::snapshot::{Collector, Memory, Metadata, Snapshot, SnapshotBuilder};
use build::Build;
use heap::Reader;
use image::{Image, Marks};
use learned::Learned;
use privacy::Privacy;
use runtime::{ListHead, Runtime};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};
use target::Target;

/// How hard to try, and what to show.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How often to stop the process, where the stop fell into a collection or another moment when the heap is in
    /// pieces.
    pub attempts: u32,
    /// After this time no further attempt is made.
    pub patience: Duration,
    /// What becomes of the values of strings and numbers, of dict keys and of the command line.
    pub values: Values,
}

impl Default for Options {
    fn default() -> Self {
        Options { attempts: 50, patience: Duration::from_secs(30), values: Values::Shown }
    }
}

/// A core file, and where the files are that its process had mapped.
#[derive(Clone, Default, Debug)]
pub struct CoreFile {
    /// The core file.
    pub path: PathBuf,
    /// The program, if it is not where it was.
    pub exe: Option<PathBuf>,
    /// A folder that holds the process's files by their full names.
    pub sysroot: Option<PathBuf>,
}

/// Reads the heap of a process that was written to a core file, by `gcore` or by the kernel.
///
/// A core cannot be taken again: one of a process that was in the middle of a collection, or that died of damaged
/// memory, gives what can still be read, and warnings in the metadata that say what is missing.
///
/// # Errors
/// Not a core file, one that is cut short, of another kind of machine or without CPython; files of the process that
/// are needed and not found, or not the same ones. Predicates of [`Error`] tell them apart.
pub fn capture_core(file: &CoreFile, options: &Options) -> Result<Snapshot> {
    let begin = Instant::now();
    let core = Core::open(file)?;
    let at = |error: Error| error.at(&core);
    let (mappings, runtime, image) = freeze(&core)?;
    let mut warnings = core.warnings();
    match check(&image, &runtime) {
        Ok(()) => {}
        Err(Unsettled::Collecting) => warnings.push(
            "taken while the collector ran: objects that it had set aside may be listed as untracked, or not at all, \
             and generations may be wrong"
                .into(),
        ),
        // Without an interpreter there is nothing to read; damaged lists are told where they are walked.
        Err(Unsettled::NoInterpreter) => return Err(at(no_interpreter())),
        Err(Unsettled::Damaged(_)) => {}
    }
    let memory = Memory { resident_bytes: core.held_bytes(), ..memory(&mappings, &image) };
    let snapshot = read(image, &runtime, options.values).map_err(at)?;
    let mut seen = snapshot.metadata().clone();
    for thread in seen.threads.iter_mut().filter(|thread| thread.native_id.is_none()) {
        thread.native_id = core.native_id(thread.id);
    }
    warnings.append(&mut seen.warnings);
    let metadata = Metadata {
        pid: core.pid,
        command: options.values.command(core.command.clone()),
        executable: core.executable().map(|file| file.display().to_string()),
        captured_at: core.written_at().map(rfc3339),
        source: Some(core.to_string()),
        memory: Some(memory),
        capture_ms: Some(milliseconds(begin.elapsed())),
        warnings,
        ..seen
    };
    Ok(snapshot.with_metadata(metadata))
}

/// A core's mappings, the interpreter in them, and all memory that is read from here on.
fn freeze(core: &Core) -> Result<(Vec<target::Mapping>, Runtime, Image)> {
    let mappings = core.mappings()?;
    let runtime = Runtime::find(core, &mappings)?;
    let mut image = copy::all(core, &mappings).map_err(|error| error.at(core))?;
    let mut constants = copy::Constants::default();
    constants.read(core, &mappings);
    constants.add_to(&mut image);
    image.seal();
    Ok((mappings, runtime, image))
}

fn memory(mappings: &[target::Mapping], image: &Image) -> Memory {
    let writable = mappings.iter().filter(|map| map.may_hold_objects()).map(target::Mapping::len);
    let writable = writable.fold(0, u64::saturating_add);
    Memory { resident_bytes: 0, copied_bytes: image.len(), writable_bytes: writable, mappings: mappings.len() as u64 }
}

fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

fn rfc3339(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

/// Why an image does not show the heap between two changes.
enum Unsettled {
    /// It has not started yet, or is gone already.
    NoInterpreter,
    Collecting,
    /// Another moment in the middle of a change, or damaged memory.
    Damaged(Error),
}

fn no_interpreter() -> Error {
    Error::not_python("the interpreter has not started yet, or is gone already")
        .with_hint("capture later, when the program runs")
}

/// Whether the image shows the heap between two changes.
fn check(image: &Image, runtime: &Runtime) -> Result<(), Unsettled> {
    let memory = image.view();
    let interpreters = runtime.interpreters(&memory);
    if interpreters.is_empty() {
        return Err(Unsettled::NoInterpreter);
    }
    for interpreter in interpreters {
        if runtime.is_collecting(&memory, interpreter) {
            return Err(Unsettled::Collecting);
        }
        runtime.list_heads(&memory, interpreter).map_err(Unsettled::Damaged)?;
    }
    Ok(())
}

/// Reads a heap out of copied memory, which is given back as soon as all is read. The metadata holds what memory
/// tells: version, collector, threads, warnings.
fn read(image: Image, runtime: &Runtime, values: Values) -> Result<Snapshot> {
    let (builder, metadata) = read_objects(&image, runtime, values)?;
    drop(image);
    builder.finish(metadata)
}

fn read_objects(image: &Image, runtime: &Runtime, values: Values) -> Result<(SnapshotBuilder, Metadata)> {
    let memory = image.view();
    let interpreters = runtime.interpreters(&memory);
    let build = interpreters.first().map_or(Ok(Build::Release), |main| Build::of(&memory, runtime, *main))?;
    let layout = build.layout(&runtime.layout);
    let marks = Marks::new(image);
    let mut reader = Reader::new(image, &marks, &layout);
    reader.learn(Learned { privacy: Privacy::new(values), ..Learned::default() });
    let (mut heads, mut threads) = (Vec::<ListHead>::new(), Vec::new());
    for (place, &interpreter) in interpreters.iter().enumerate() {
        if place == 0 {
            reader.self_test(runtime, interpreter)?;
        }
        reader.learn_static_types(interpreter);
        let own = runtime.list_heads(&reader.memory, interpreter);
        let or_by_place = |error| runtime.list_heads_by_place(&reader.memory, interpreter).ok_or(error);
        let own = own.or_else(or_by_place)?;
        // All interpreters of 3.8 share one collector.
        heads.extend(
            own.into_iter().filter(|head| heads.iter().all(|known| known.address != head.address)).collect::<Vec<_>>(),
        );
    }
    let collector = interpreters.first().map(|main| collector(&reader, runtime, *main, &heads));
    let (tracked, mut warnings) = reader.list_tracked(&heads);
    reader.learn_from(&tracked)?;
    for &interpreter in &interpreters {
        threads.extend(reader.read_roots(runtime, interpreter)?);
    }
    reader.walk(&tracked)?;
    warnings.extend(reader.damage.warnings());
    let metadata = Metadata {
        python: Some(runtime.layout.version.to_string()),
        build: Some(build.name().into()),
        collector,
        threads,
        values: values.told(),
        warnings,
        ..Metadata::default()
    };
    Ok((reader.builder, metadata))
}

/// Settings and counters of the main interpreter's collector, whose lists come first: behind each list head stand its threshold and count
/// (Include/internal/pycore_gc.h, `struct gc_generation`).
fn collector(reader: &Reader<'_>, runtime: &Runtime, interpreter: u64, heads: &[ListHead]) -> Collector {
    let number = |address: u64| i64::from(reader.memory.half(address) as i32);
    let young = heads.iter().filter(|head| head.generation.0 < 3).take(3);
    let (thresholds, counts) = young.map(|head| (number(head.address + 16), number(head.address + 20))).unzip();
    let enabled = reader.memory.half(runtime.collector(interpreter) + runtime.layout.gc_enabled) != 0;
    Collector { enabled, thresholds, counts }
}
