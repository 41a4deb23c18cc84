//! The core file that the memory target damages: a small Python's, with the pages left out that no reader misses.

use super::seeds::root;
use heapgraph::Result;
use heapgraph::capture::{CoreFile, Options, capture_core};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Error, ErrorKind};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// An object of every kind that has a reader of its own, and little else.
const PROGRAM: &str = "
import sys, array, collections, functools, weakref, types
class Kept:
    def __init__(self, n): self.n, self.me = n, self
class Slots:
    __slots__ = 'a', '__weakref__'
    def __del__(self): pass
def steps(given):
    local = [given, 2]
    yield lambda: local
async def later(): pass
kept, slots, steps, later = Kept(1), Slots(), steps(3), later()
next(steps); slots.a = kept
weak = weakref.ref(slots, print)
table = {1: (1, 'a'), 'b': {2}, 3.5: [bytes(3)], (4,): frozenset((5,)), 'kept': kept}
more = [collections.deque([1]), collections.OrderedDict(a=1), collections.defaultdict(list), array.array('d', [1]),
        functools.partial(print, 1), functools.lru_cache(len), iter([1]), iter(table), memoryview(b'x'), bytearray(4),
        types.SimpleNamespace(a=1), types.MappingProxyType(table), property(len), staticmethod(len), kept.__init__, 1 << 90]
def wait(argument):
    print('ready', flush=True)
    sys.stdin.read()
wait(more)
";

/// Where it is kept; another one is named by `HEAPGRAPH_FUZZ_CORE`.
fn place() -> PathBuf {
    std::env::var_os("HEAPGRAPH_FUZZ_CORE").map_or_else(|| root().join("target/fuzz/base.core"), PathBuf::from)
}

/// The core file; made with gdb where it is not there yet, which takes half a minute.
///
/// # Errors
/// No Python or no gdb.
pub fn core() -> std::io::Result<CoreFile> {
    let path = place();
    let core = CoreFile { path: path.clone(), ..CoreFile::default() };
    if !path.is_file() {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let fresh = dump(folder)?;
        slim(&fresh)?;
        std::fs::rename(fresh, path)?;
    }
    Ok(core)
}

/// Starts the program and writes its core.
fn dump(folder: &Path) -> std::io::Result<PathBuf> {
    let python = std::env::var_os("HEAPGRAPH_FUZZ_PYTHON").unwrap_or_else(|| "python3".into());
    let mut child = Command::new(python)
        .args(["-I", "-S", "-c", PROGRAM])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", std::env::var_os("HOME").unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let pid = child.id();
    let mut line = String::new();
    child.stdout.take().map(BufReader::new).ok_or(ErrorKind::BrokenPipe)?.read_line(&mut line)?;
    let out = folder.join("new.core");
    let written = Command::new("gcore").arg("-o").arg(&out).arg(pid.to_string()).output();
    child.kill()?;
    child.wait()?;
    if !written?.status.success() {
        return Err(Error::other("gcore wrote no core"));
    }
    Ok(folder.join(format!("new.core.{pid}")))
}

/// Overwrites with zeros what is not needed for an object of every type to be read: large runs of pages first.
fn slim(path: &Path) -> std::io::Result<()> {
    let file = File::options().read(true).write(true).open(path)?;
    let whole = types(path).map_err(Error::other)?;
    let mut length = 1 << 20;
    while length >= 1 << 12 {
        for run in writable(&file)?.into_iter().flat_map(|range| chunks(range, length)) {
            let mut bytes = vec![0; (run.end - run.start) as usize];
            file.read_exact_at(&mut bytes, run.start)?;
            if bytes.iter().all(|byte| *byte == 0) {
                continue;
            }
            file.write_all_at(&vec![0; bytes.len()], run.start)?;
            if !types(path).is_ok_and(|types| types == whole) {
                file.write_all_at(&bytes, run.start)?;
            }
        }
        length /= 4;
    }
    Ok(())
}

fn chunks(range: Range<u64>, length: u64) -> impl Iterator<Item = Range<u64>> {
    let starts = range.clone().step_by(length as usize);
    starts.map(move |start| start..(start + length).min(range.end))
}

/// The types of a core's objects, and the kinds of what holds them; none where a thread is missing.
fn types(path: &Path) -> Result<BTreeSet<String>> {
    let core = CoreFile { path: path.to_owned(), ..CoreFile::default() };
    let heap = capture_core(&core, &Options::default())?;
    let objects = heap.objects();
    let threads = heap.metadata().threads.iter().map(|thread| format!("thread of {} frames", thread.frames.len()));
    let broken = heap.metadata().warnings.iter().map(String::clone);
    Ok(objects.ids().map(|id| objects.type_name(id).to_owned()).chain(threads).chain(broken).collect())
}

/// Where the writable segments lie in a core file.
fn writable(file: &File) -> std::io::Result<Vec<Range<u64>>> {
    let word = |at: u64| {
        let mut bytes = [0; 8];
        file.read_exact_at(&mut bytes, at).map(|()| u64::from_le_bytes(bytes))
    };
    let (headers, count) = (word(32)?, word(56)? & 0xffff);
    let mut found = Vec::new();
    for at in (0..count).map(|number| headers + number * 56) {
        // Type PT_LOAD in the first half of the word, PF_W among the flags in the other.
        let (kind, start, length) = (word(at)?, word(at + 8)?, word(at + 32)?);
        if kind as u32 == 1 && kind >> 32 & 2 != 0 {
            found.push(start..start + length);
        }
    }
    Ok(found)
}
