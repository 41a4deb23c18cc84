//! `demo`: from nothing to a picture. Starts a leaking program, captures it from outside, says who holds the leak.

use super::output::{Answer, Destination, say};
use super::stop::Stop;
use clap::Args;
use heapgraph::analysis::leaks::{self, Contents, Suspect};
use heapgraph::analysis::neighbourhood::{self, Direction};
use heapgraph::analysis::retained::Retained;
use heapgraph::capture;
use heapgraph::cpython::label::{object_detail, object_title, short_type};
use heapgraph::render::text::{bytes, clean, grouped};
use heapgraph::render::{self, DrawOptions, PictureFormat, scene};
use heapgraph::snapshot::{ObjectId, Snapshot};
use heapgraph::{Error, Result};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = include_str!("../../examples/leaky.py");
const PICTURE: &str = "heapgraph-demo.png";

/// Tried in this order; the first that answers and is new enough is taken.
const PYTHONS: [&str; 5] = ["python3.14", "python3.13", "python3.12", "python3.11", "python3"];
const OLDEST: (u32, u32) = (3, 11);

/// From nothing to a picture: capture a small leaking program and see who holds the leak
///
/// Starts a Python program that leaks, copies its heap from outside, prints who holds the leaked objects, and draws why
/// one of them is alive into heapgraph-demo.png. Needs python3 3.11 or later on the PATH, and no privileges.
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Another program instead of the built-in one: it prints `ready` and ends with its standard input
    #[arg(long, hide = true, value_name = "FILE")]
    program: Option<PathBuf>,
}

impl Demo {
    pub(crate) fn answer(&self, stop: &Stop) -> Result<Answer> {
        let (to, python) = (Destination::start(Path::new(PICTURE), stop)?, find_python()?);
        let leaking = Leaking::start(&python, self.program.as_deref(), stop)?;
        let pid = leaking.child.id();
        say(&format!("started a leaking program: {} (pid {pid})", python.display()));
        let snapshot = capture::capture_pid(pid, &capture::Options::default())?;
        drop(leaking);
        let pause = snapshot.metadata().pause_ms.unwrap_or_default();
        let objects = grouped(snapshot.objects().real_ids().count() as u64);
        say(&format!("copied its heap from outside: {objects} objects; it stood still for {pause:.1} ms"));
        let report = leaks::find(&snapshot, None, &leaks::Options::default());
        let leak = report.suspects.first().and_then(|suspect| Some((suspect, suspect.contents.as_ref()?)));
        let (suspect, held) =
            leak.ok_or_else(|| Error::invalid("expected a pile of objects in the heap, found none"))?;
        let picture = draw(&snapshot, suspect, held)?;
        let saved = Answer::bytes(picture, to);
        saved.deliver(stop)?;
        let wrote = format!("wrote {PICTURE}: why one of them is alive");
        Ok(Answer::text(told(&snapshot, report.bytes, suspect, held)).with_notes([wrote]))
    }
}

/// Who holds the leak, in three lines.
fn told(snapshot: &Snapshot, heap: u64, suspect: &Suspect, held: &Contents) -> String {
    let share = held.bytes as f64 * 100.0 / heap.max(1) as f64;
    let title = object_title(snapshot, suspect.holder);
    let detail = object_detail(snapshot, suspect.holder).map(|detail| format!(" with {detail}")).unwrap_or_default();
    format!(
        "leaked   {} {} objects: {} with all that hangs on them, {share:.0} % of the heap\n\
         held by  a {}{}\n\
         which is {}\n",
        grouped(held.count),
        clean(short_type(&held.type_name)),
        bytes(held.bytes),
        clean(&title),
        clean(&detail),
        clean(suspect.expression.as_deref().unwrap_or(&title)),
    )
}

/// Why is the last of the leaked objects alive?
fn draw(snapshot: &Snapshot, suspect: &Suspect, held: &Contents) -> Result<Vec<u8>> {
    let is_leaked = |id: &ObjectId| snapshot.objects().type_name(*id) == held.type_name;
    let mut targets = snapshot.references().of(suspect.holder).map(|reference| reference.target);
    let example = targets.rfind(is_leaked).or_else(|| snapshot.objects().real_ids().find(is_leaked));
    let asked: Vec<ObjectId> = example.into_iter().collect();
    let retained = Retained::of_living(snapshot.objects(), snapshot.references());
    let options =
        neighbourhood::Options { max_depth: 5, retained: Some(&retained), ..neighbourhood::Options::default() };
    let part = neighbourhood::walk(snapshot, &snapshot.referrers(), &asked, Direction::Backrefs, &options);
    let scene = scene::ours(snapshot, &part, &scene::PictureOptions::default());
    Ok(render::draw(&scene, PictureFormat::Png, &DrawOptions::default())?.bytes)
}

/// The program, waiting; it ends when this value is dropped.
struct Leaking {
    child: Child,
    _folder: Option<tempfile::TempDir>,
}

impl Leaking {
    fn start(python: &Path, program: Option<&Path>, stop: &Stop) -> Result<Self> {
        let folder = program.is_none().then(tempfile::tempdir).transpose();
        let folder = folder.map_err(|error| Error::io("make a temporary folder", error))?;
        let program = match (&folder, program) {
            (Some(folder), _) => {
                stop.remember(folder.path());
                let path = folder.path().join("leaky.py");
                std::fs::write(&path, PROGRAM).map_err(|error| Error::io(path.display().to_string(), error))?;
                path
            }
            (None, program) => program.expect("without a folder there is a program").to_owned(),
        };
        let mut command = Command::new(python);
        command.arg("-I").arg(program).stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = command.spawn().map_err(|error| Error::io(format!("start {}", python.display()), error))?;
        let mut leaking = Leaking { child, _folder: folder };
        leaking.wait_until_ready()?;
        Ok(leaking)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let output = self.child.stdout.take().expect("its output is piped");
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).map_err(|error| Error::io("read from the program", error))?;
        match line.trim_end() {
            "ready" => Ok(()),
            other => Err(Error::invalid(format!("expected the leaking program to say `ready`, found {other:?}"))),
        }
    }
}

impl Drop for Leaking {
    fn drop(&mut self) {
        // Its standard input ends, and so does it; an error means that it has ended already.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The executable of a CPython that is new enough.
fn find_python() -> Result<PathBuf> {
    PYTHONS.iter().find_map(|name| usable(name)).ok_or_else(|| {
        let (major, minor) = OLDEST;
        Error::unsupported(format!("expected CPython {major}.{minor} or later on the PATH, found none"))
            .with_hint("apt install python3, dnf install python3, apk add python3, or uv python install 3.13")
    })
}

/// Where this Python is, if it can be started and is new enough. Names on the PATH may be shims that start nothing.
fn usable(name: &str) -> Option<PathBuf> {
    const TELL: &str = "import sys; print(sys.implementation.name, *sys.version_info[:2]); print(sys.executable)";
    let output = Command::new(name).args(["-I", "-c", TELL]).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    let (version, executable) = text.trim_end().split_once('\n')?;
    new_enough(version).then(|| PathBuf::from(executable))
}

/// `cpython 3 12`.
fn new_enough(version: &str) -> bool {
    let mut words = version.split(' ');
    let implementation = words.next();
    let mut number = || words.next().and_then(|word| word.parse::<u32>().ok());
    let found = number().zip(number());
    implementation == Some("cpython") && found.is_some_and(|found| found >= OLDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cpython_that_is_new_enough_will_do() {
        assert!(new_enough("cpython 3 11") && new_enough("cpython 3 14"));
        for other in ["cpython 3 10", "pypy 3 11", "cpython", "", "cpython 3 x"] {
            assert!(!new_enough(other), "{other}");
        }
        assert_eq!(usable("heapgraph-no-such-python"), None);
        assert_eq!(usable("true"), None);
    }
}
