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
        match attempt(&process, options.values, Stopped::new) {
            Ok(Taken { snapshot, .. }) if !last && contradictions < CONTRADICTIONS && is_contradictory(&snapshot) => {
                contradictions += 1;
            }
            Ok(taken) => return Ok(taken.describe(&process, options.values, begin, attempts)),
            Err(Failed::ForGood(error)) => return Err(error),
            Err(Failed::ForNow(error)) if last => return Err(error),
            Err(Failed::ForNow(_)) => {}
        }
        std::thread::sleep(BETWEEN_ATTEMPTS);
    }
}

fn is_contradictory(snapshot: &Snapshot) -> bool {
    !snapshot.metadata().warnings.is_empty()
}

/// Captures a process that stands still already, and lets it go on once its memory is copied.
pub(super) fn capture_held(pid: u32, held: Stopped, options: &Options) -> Result<Snapshot> {
    let begin = Instant::now();
    let process = Process::open(pid)?;
    let taken = attempt(&process, options.values, |_| Ok(held))
        .map_err(|(Failed::ForGood(error) | Failed::ForNow(error))| error)?;
    Ok(taken.describe(&process, options.values, begin, 1))
}

/// Why an attempt gave no snapshot.
enum Failed {
    ForGood(Error),
    /// Another moment may do: the collector ran, or the process was on its way into another program.
    ForNow(Error),
}

/// One attempt's harvest.
struct Taken {
    snapshot: Snapshot,
    pause: Duration,
    memory: Memory,
}

/// The interpreter is looked for anew each time: the process may have become another program meanwhile.
fn attempt(process: &Process, values: Values, stop: impl FnOnce(&Process) -> Result<Stopped>) -> Result<Taken, Failed> {
    let mappings = process.mappings().map_err(Failed::ForGood)?;
    let runtime = Runtime::find(process, &mappings).map_err(for_now_if_malformed)?;
    let (image, pause) = copy_once(process, stop).map_err(Failed::ForGood)?;
    check(&image, &runtime).map_err(|unsettled| {
        Failed::ForNow(match unsettled {
            Unsettled::NoInterpreter => no_interpreter(),
            Unsettled::Collecting => Error::malformed("every attempt fell into a run of the garbage collector")
                .with_hint("the process collects all the time: try again, or look at its gc thresholds"),
            Unsettled::Damaged(error) => error,
        })
    })?;
    let memory = memory(&mappings, &image);
    let snapshot = read(image, &runtime, values).map_err(for_now_if_malformed)?;
    Ok(Taken { snapshot, pause, memory })
}

fn for_now_if_malformed(error: Error) -> Failed {
    if error.is_malformed() { Failed::ForNow(error) } else { Failed::ForGood(error) }
}

fn copy_once(process: &Process, stop: impl FnOnce(&Process) -> Result<Stopped>) -> Result<(Image, Duration)> {
    let buffer = copy::WarmBuffer::for_process(process, &process.mappings()?);
    let stopping = Instant::now();
    let stopped = stop(process)?;
    let mappings = process.mappings()?;
    let filled = buffer.fill(process, &mappings);
    drop(stopped);
    let pause = stopping.elapsed();
    let mut image = filled?;
    copy::add_constants(&mut image, process, &mappings);
    image.seal();
    Ok((image, pause))
}

impl Taken {
    /// Adds what is known from outside to what memory told.
    fn describe(self, process: &Process, values: Values, begin: Instant, attempts: u32) -> Snapshot {
        let seen = self.snapshot.metadata().clone();
        let metadata = Metadata {
            pid: Some(process.pid),
            namespace_pid: process.namespace_pid(),
            command: values.command(process.command()),
            executable: process.executable().map(|file| file.display().to_string()),
            captured_at: Some(rfc3339(SystemTime::now())),
            source: Some(format!("pid {}", process.pid)),
            memory: Some(Memory { resident_bytes: process.resident_bytes(), ..self.memory }),
            pause_ms: Some(milliseconds(self.pause)),
            capture_ms: Some(milliseconds(begin.elapsed())),
            attempts: Some(attempts),
            ..seen
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
