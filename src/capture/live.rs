//! Capturing a process that runs: stop it, copy it, and try again where the stop fell into a change.

use super::process::Process;
use super::stop::Stopped;
use super::target::Target;
use super::{
    Image, Options, Runtime, Unsettled, Values, check, copy, memory, milliseconds, no_interpreter, read, rfc3339,
};
use crate::error::{Error, Result};
use crate::snapshot::{Memory, Metadata, Snapshot};
use std::time::{Duration, Instant, SystemTime};

/// The pause between two attempts: longer than most collections take.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(10);

/// An image that is settled and still contradicts itself was taken in the middle of a small change, such as a dict's
/// growth: a few more will do. What is left then is damage, and told.
const CONTRADICTIONS: u32 = 5;

/// Captures the heap of a running process, which goes on whatever happens here.
///
/// The process stands still while its private writable memory is copied: about 0.3 s per GB. The time it took is in
/// the snapshot's metadata.
///
/// # Errors
/// No such process, not CPython, a version without a layout table, a missing right, or a heap that was in pieces at
/// every attempt. Predicates of [`Error`] tell them apart.
pub fn capture_pid(pid: u32, options: &Options) -> Result<Snapshot> {
    let begin = Instant::now();
    let process = Process::open(pid)?;
    let (mut attempts, mut contradictions) = (0, 0);
    loop {
        attempts += 1;
        let last = attempts >= options.attempts || begin.elapsed() > options.patience;
        match on_a_thread(|| attempt(&process, options.values, Stopped::new)) {
            Ok(Taken { snapshot, .. }) if !last && contradictions < CONTRADICTIONS && is_contradictory(&snapshot) => {
                contradictions += 1;
            }
            Ok(taken) => return Ok(taken.finish(begin, attempts)),
            Err(Failed::ForNow(_)) if !last => {}
            Err(Failed::Unreadable(_)) if !last && contradictions < CONTRADICTIONS => contradictions += 1,
            // What is said of a process that has ended meanwhile would not be true of what it was.
            Err(failed) => return Err(Process::open(pid).err().unwrap_or(failed.error())),
        }
        std::thread::sleep(BETWEEN_ATTEMPTS);
    }
}

/// Does it on a thread of its own. The kernel lets go of what a thread traces when that ends: also of a thread that did
/// not stop in time, and would do it later, for ever.
pub(super) fn on_a_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}

fn is_contradictory(snapshot: &Snapshot) -> bool {
    !snapshot.metadata().warnings.is_empty()
}

/// Captures a process that stands still already, and lets it go on once its memory is copied.
pub(super) fn capture_held(pid: u32, held: Stopped, options: &Options) -> Result<Snapshot> {
    let begin = Instant::now();
    let process = Process::open(pid)?;
    let taken = attempt(&process, options.values, |_| Ok(held)).map_err(Failed::error)?;
    Ok(taken.finish(begin, 1))
}

/// Why an attempt gave no snapshot.
enum Failed {
    ForGood(Error),
    /// Another moment may do: the collector ran, or the process was on its way into another program.
    ForNow(Error),
    /// Nothing that is known, or its interpreter was being torn down: a few more attempts tell.
    Unreadable(Error),
}

impl Failed {
    fn error(self) -> Error {
        match self {
            Failed::ForGood(error) | Failed::ForNow(error) | Failed::Unreadable(error) => error,
        }
    }
}

/// One attempt's harvest.
struct Taken {
    snapshot: Snapshot,
    pause: Duration,
    /// What is known from outside.
    about: Metadata,
}

/// The interpreter is looked for anew each time: the process may have become another program meanwhile.
fn attempt(process: &Process, values: Values, stop: impl FnOnce(&Process) -> Result<Stopped>) -> Result<Taken, Failed> {
    let mappings = process.mappings().map_err(Failed::ForGood)?;
    // Before the stop, since the process may end right after it.
    let about = describe(process, values);
    let runtime = Runtime::find(process, &mappings).map_err(|error| {
        // Found half of one program and half of the next: it was on its way from one to the other.
        let same = process
            .mappings()
            .is_ok_and(|now| now.iter().map(|map| map.start).eq(mappings.iter().map(|map| map.start)));
        if same { for_now_if_malformed(error) } else { Failed::ForNow(error) }
    })?;
    let (image, pause) = copy_once(process, stop).map_err(Failed::ForGood)?;
    check(&image, &runtime).map_err(|unsettled| {
        Failed::ForNow(match unsettled {
            Unsettled::NoInterpreter => no_interpreter(),
            Unsettled::Collecting => Error::malformed("every attempt fell into a run of the garbage collector")
                .with_hint("the process collects all the time: try again, or look at its gc thresholds"),
            Unsettled::Damaged(error) => error,
        })
    })?;
    let resident_bytes = about.memory.as_ref().map_or(0, |memory| memory.resident_bytes);
    let memory = Some(Memory { resident_bytes, ..memory(&mappings, &image) });
    let snapshot = read(image, &runtime, values).map_err(|error| match for_now_if_malformed(error) {
        Failed::ForGood(error) => Failed::Unreadable(error),
        failed => failed,
    })?;
    Ok(Taken { snapshot, pause, about: Metadata { memory, ..about } })
}

fn for_now_if_malformed(error: Error) -> Failed {
    if error.is_malformed() { Failed::ForNow(error) } else { Failed::ForGood(error) }
}

fn copy_once(process: &Process, stop: impl FnOnce(&Process) -> Result<Stopped>) -> Result<(Image, Duration)> {
    let mappings = process.mappings()?;
    // Before the stop, since the process may end right after it.
    let mut constants = copy::Constants::default();
    constants.read(process, &mappings);
    let buffer = copy::WarmBuffer::for_process(process, &mappings);
    let stopping = Instant::now();
    let stopped = stop(process)?;
    let mappings = process.mappings()?;
    let filled = buffer.fill(process, &mappings);
    drop(stopped);
    let pause = stopping.elapsed();
    let mut image = filled?;
    // Of libraries that it loaded meanwhile.
    constants.read(process, &mappings);
    constants.add_to(&mut image);
    image.seal();
    Ok((image, pause))
}

fn describe(process: &Process, values: Values) -> Metadata {
    Metadata {
        pid: Some(process.pid),
        namespace_pid: process.namespace_pid(),
        command: values.command(process.command()),
        executable: process.executable().map(|file| file.display().to_string()),
        captured_at: Some(rfc3339(SystemTime::now())),
        source: Some(format!("pid {}", process.pid)),
        memory: Some(Memory { resident_bytes: process.resident_bytes(), ..Memory::default() }),
        ..Metadata::default()
    }
}

impl Taken {
    /// Adds what is known from outside to what memory told.
    fn finish(self, begin: Instant, attempts: u32) -> Snapshot {
        let seen = self.snapshot.metadata().clone();
        let metadata = Metadata {
            format: seen.format,
            python: seen.python,
            build: seen.build,
            collector: seen.collector,
            threads: seen.threads,
            values: seen.values,
            warnings: seen.warnings,
            pause_ms: Some(milliseconds(self.pause)),
            capture_ms: Some(milliseconds(begin.elapsed())),
            attempts: Some(attempts),
            ..self.about
        };
        self.snapshot.with_metadata(metadata)
    }
}

/// The processes that a process started, that these started, and so on; parents before their children.
pub fn descendants(pid: u32) -> Vec<u32> {
    let listed = procfs::process::all_processes().into_iter().flatten().flatten();
    let parents: Vec<(u32, u32)> = listed
        .filter_map(|process| {
            let stat = process.stat().ok()?;
            Some((u32::try_from(stat.ppid).ok()?, u32::try_from(stat.pid).ok()?))
        })
        .collect();
    let mut found = vec![pid];
    let mut at = 0;
    while at < found.len() {
        let children = parents.iter().filter(|(parent, _)| *parent == found[at]).map(|(_, child)| *child);
        let new: Vec<u32> = children.filter(|child| !found.contains(child)).collect();
        found.extend(new);
        at += 1;
    }
    found.split_off(1)
}
