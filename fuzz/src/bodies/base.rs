//! The core file that the memory target damages: a small Python's.

use super::seeds::root;
use heapgraph::capture::CoreFile;
use std::io::{BufRead, BufReader, Error, ErrorKind};
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
pub fn place() -> PathBuf {
    std::env::var_os("HEAPGRAPH_FUZZ_CORE").map_or_else(|| root().join("target/fuzz/base.core"), PathBuf::from)
}

/// The core file; made with gdb where it is not there yet.
///
/// # Errors
/// No Python or no gdb.
pub fn core() -> std::io::Result<CoreFile> {
    let path = place();
    if !path.is_file() {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        std::fs::rename(dump(folder)?, &path)?;
    }
    Ok(CoreFile { path, ..CoreFile::default() })
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
