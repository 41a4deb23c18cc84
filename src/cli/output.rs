//! An answer on its way out: data to stdout or a file, everything else to stderr, and the exit code.

use super::stop::Stop;
use heapgraph::capture::Running;
use heapgraph::format::{self, AtomicFile, Format, Overwrite};
use heapgraph::render::text::clean;
use heapgraph::snapshot::Snapshot;
use heapgraph::{Error, Result};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What a command found out, and where it goes.
pub(crate) struct Answer {
    body: Body,
    to: Destination,
    notes: Vec<String>,
    running: Option<Running>,
    file: Option<(Body, Destination)>,
    failed: bool,
}

/// Writes an answer bit by bit.
type Writing = dyn Fn(&mut dyn Write) -> io::Result<()>;

enum Body {
    Bytes(Vec<u8>),
    Written(Box<Writing>),
    Snapshot(Box<Snapshot>, Format),
}

/// Where an answer goes.
pub(crate) enum Destination {
    Stdout,
    /// A file that the user named: whatever is there is replaced.
    Named(PathBuf),
    /// A file that we named: whatever is there stays.
    Chosen(PathBuf),
    /// A file that was started before the work, to be sure that there is a place for it.
    Started(AtomicFile),
}

impl Destination {
    /// What `-o` asks for, before the work: nobody should wait for a capture only to hear that there is no place for
    /// what comes of it. `-` is standard output.
    pub(crate) fn start(path: &Path, stop: &Stop) -> Result<Self> {
        if path.as_os_str() == "-" {
            return Ok(Destination::Stdout);
        }
        stop.create(path, Overwrite::Replace).map(Destination::Started)
    }

    /// The name of the file, where it has one yet to be started.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Destination::Named(path) | Destination::Chosen(path) => Some(path),
            Destination::Stdout | Destination::Started(_) => None,
        }
    }
}

impl Answer {
    /// Text for stdout. A missing newline at its end is added.
    pub(crate) fn text(mut text: String) -> Self {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        Answer::bytes(text.into_bytes(), Destination::Stdout)
    }

    /// Text for stdout that is written as it is made, because it may be larger than memory.
    pub(crate) fn written(writing: impl Fn(&mut dyn Write) -> io::Result<()> + 'static) -> Self {
        Answer::new(Body::Written(Box::new(writing)), Destination::Stdout)
    }

    /// Bytes for stdout or a file.
    pub(crate) fn bytes(bytes: Vec<u8>, to: Destination) -> Self {
        Answer::new(Body::Bytes(bytes), to)
    }

    /// A snapshot for stdout or a file.
    pub(crate) fn snapshot(snapshot: Snapshot, format: Format, to: Destination) -> Self {
        Answer::new(Body::Snapshot(Box::new(snapshot), format), to)
    }

    fn new(body: Body, to: Destination) -> Self {
        Answer { body, to, notes: Vec::new(), running: None, file: None, failed: false }
    }

    /// A snapshot to write beside the answer, before it.
    #[must_use]
    pub(crate) fn with_snapshot(mut self, snapshot: Snapshot, format: Format, to: Destination) -> Self {
        self.file = Some((Body::Snapshot(Box::new(snapshot), format), to));
        self
    }

    /// Adds lines for stderr.
    #[must_use]
    pub(crate) fn with_notes(mut self, notes: impl IntoIterator<Item = String>) -> Self {
        self.notes.extend(notes);
        self
    }

    /// Exits 1 once all is written: `--fail-on` found what it looks for.
    #[must_use]
    pub(crate) fn failing(mut self, failed: bool) -> Self {
        self.failed = failed;
        self
    }

    /// Waits for a program's own end when all is written.
    #[must_use]
    pub(crate) fn and_wait_for(mut self, running: Option<Running>) -> Self {
        self.running = running;
        self
    }

    /// Writes the answer, then the notes; gives the exit code.
    pub(crate) fn deliver(self, stop: &Stop) -> Result<ExitCode> {
        self.file.map_or(Ok(()), |(body, to)| body.put(to, stop))?;
        self.body.put(self.to, stop)?;
        self.notes.iter().for_each(|note| say(note));
        self.running.map_or(Ok(()), |running| running.wait().map(drop))?;
        Ok(ExitCode::from(u8::from(self.failed)))
    }
}

impl Body {
    fn put(&self, to: Destination, stop: &Stop) -> Result<()> {
        match to {
            Destination::Stdout => self.print(),
            Destination::Named(path) => self.save(stop.create(&path, Overwrite::Replace)?, stop),
            Destination::Chosen(path) => self.save(stop.create(&path, Overwrite::Refuse)?, stop),
            Destination::Started(file) => self.save(file, stop),
        }
    }

    fn print(&self) -> Result<()> {
        let mut out = Pipe { out: io::stdout(), closed: false };
        if matches!(self, Body::Snapshot(_, Format::Parquet)) && out.out.is_terminal() {
            return Err(
                Error::invalid("a snapshot is no text for a terminal").with_hint("-o FILE, or a pipe: … | wc -c")
            );
        }
        match self.write(&mut out) {
            Err(_) if out.closed => Ok(()),
            done => done,
        }
    }

    fn save(&self, mut file: AtomicFile, stop: &Stop) -> Result<()> {
        self.write(&mut file).map_err(|error| error.at(file.path().display()))?;
        stop.commit(file)
    }

    fn write(&self, out: &mut (impl Write + Send)) -> Result<()> {
        match self {
            Body::Bytes(bytes) => out.write_all(bytes).map_err(|error| Error::io("write", error))?,
            Body::Written(writing) => writing(out).map_err(|error| Error::io("write", error))?,
            Body::Snapshot(snapshot, format) => format::write(snapshot, *format, &mut *out)?,
        }
        out.flush().map_err(|error| Error::io("write", error))
    }
}

/// Standard output that remembers that its reader went away, whatever a writer above makes of the error.
struct Pipe<W> {
    out: W,
    closed: bool,
}

impl<W: Write> Pipe<W> {
    fn note<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        self.closed |= done.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        done
    }
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.out.write(bytes);
        self.note(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.out.flush();
        self.note(done)
    }
}

/// A line for the person at the terminal. Names and texts of the heap may stand in it, so what would move the cursor or
/// begin a line of its own is written as an escape.
pub(crate) fn say(line: &str) {
    // With stderr gone there is nobody to tell.
    let _ = writeln!(io::stderr(), "{}", clean(line));
}

/// Tells what went wrong, and what to try next on a line of its own.
pub(crate) fn exit_code(done: Result<ExitCode>) -> ExitCode {
    let error = match done {
        Ok(code) => return code,
        Err(error) => error,
    };
    say(&format!("heapgraph: {error}"));
    if let Some(hint) = error.hint() {
        say(&format!("try: {hint}"));
    }
    ExitCode::from(if error.is_interrupted() { 130 } else { 2 })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_remembered_beyond_any_rewritten_error() {
        let mut pipe = Pipe { out: Closed, closed: false };
        let rewritten = pipe.write_all(b"x").map_err(|_| "some parquet error");
        assert!(rewritten.is_err() && pipe.closed);
        let mut open = Pipe { out: Vec::new(), closed: false };
        open.write_all(b"x").unwrap();
        assert!(!open.closed);
    }

    #[test]
    fn a_dash_is_standard_output_and_everything_else_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let start = |path: &Path| Destination::start(path, &Stop::default());
        assert!(matches!(start("-".as_ref()), Ok(Destination::Stdout)));
        assert!(matches!(start(&folder.path().join("-")), Ok(Destination::Started(_))));
        assert!(start(&folder.path().join("missing/x")).err().is_some_and(|error| error.is_io()));
    }
}
