//! `capture`: a running process, or a command that is started for it, to a snapshot file.

use super::export;
use super::output::{Answer, Destination};
use super::stop::Stop;
use clap::Args;
use heapgraph::capture::{self, Launch, Options, When};
use heapgraph::format::{AtomicFile, Format, Overwrite};
use heapgraph::render::text::{bytes, grouped};
use heapgraph::snapshot::Snapshot;
use heapgraph::{Error, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Copy the heap of a running Python process into a snapshot file
#[derive(Args, Debug)]
#[command(after_help = "\
Nothing runs in the process and nothing is written into it; it stands still while its memory is copied.
A COMMAND is captured when it ends, before its interpreter tears down, or --after SECONDS; it needs no privileges.")]
pub(crate) struct Capture {
    /// The process to capture
    #[arg(short, long, required_unless_present = "command", conflicts_with = "command")]
    pid: Option<u32>,
    /// Start this Python program and capture it
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
    /// The file to write, .parquet or .json; - is standard output [default: heapgraph-PID-TIME.parquet]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Capture COMMAND when it has run so long, and let it go on
    #[arg(long, value_name = "SECONDS", requires = "command", conflicts_with = "pid", value_parser = seconds)]
    after: Option<Duration>,
}

impl Capture {
    pub(crate) fn answer(&self, stop: &Stop) -> Result<Answer> {
        let options = Options::default();
        let (format, started) = (self.format()?, self.start_file(stop)?);
        let (snapshot, running) = match self.pid {
            Some(pid) => (capture::capture_pid(pid, &options)?, None),
            None => {
                let (snapshot, running) = capture::capture_command(&self.launch(), &options)?;
                (snapshot, Some(running))
            }
        };
        let path = self.output.clone().unwrap_or_else(|| free_name(&snapshot));
        let notes = told(&snapshot, &path);
        let to = match started {
            Some(file) => Destination::Started(file),
            None if self.is_stdout() => Destination::Stdout,
            None => Destination::Chosen(path),
        };
        Ok(Answer::snapshot(snapshot, format, to).with_notes(notes).and_wait_for(running))
    }

    fn launch(&self) -> Launch {
        Launch { command: self.command.clone(), when: self.after.map_or(When::AtEnd, When::After) }
    }

    /// The file that `-o` names, before anything is stopped or started: is there a place for it?
    fn start_file(&self, stop: &Stop) -> Result<Option<AtomicFile>> {
        if self.is_stdout() && self.pid.is_none() {
            return Err(Error::invalid("expected a file for -o: the command's own output goes to standard output")
                .with_hint("-o heap.parquet"));
        }
        let named = self.output.as_deref().filter(|_| !self.is_stdout());
        named.map(|path| stop.create(path, Overwrite::Replace)).transpose()
    }

    fn is_stdout(&self) -> bool {
        self.output.as_deref().is_some_and(|path| path.as_os_str() == "-")
    }

    fn format(&self) -> Result<Format> {
        match self.output.as_deref() {
            Some(path) if !self.is_stdout() => export::format_of(path),
            _ => Ok(Format::Parquet),
        }
    }
}

fn seconds(text: &str) -> std::result::Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| "expected a number of seconds from 0 up".to_owned())
}

/// `heapgraph-PID-TIME.parquet`, numbered if that is taken.
fn free_name(snapshot: &Snapshot) -> PathBuf {
    let metadata = snapshot.metadata();
    let pid = metadata.pid.unwrap_or_default();
    let digits = |c: &char| c.is_ascii_alphanumeric();
    let time: String = metadata.captured_at.iter().flat_map(|time| time.chars()).filter(digits).collect();
    let stem = format!("heapgraph-{pid}-{time}");
    let numbered = (2..).map(|n| PathBuf::from(format!("{stem}-{n}.parquet")));
    let mut names = std::iter::once(PathBuf::from(format!("{stem}.parquet"))).chain(numbered);
    names.find(|name| !name.exists()).expect("some number is free")
}

/// One line on what was captured, and its warnings.
fn told(snapshot: &Snapshot, path: &Path) -> Vec<String> {
    let metadata = snapshot.metadata();
    let mut notes: Vec<String> = metadata.warnings.iter().map(|warning| format!("warning: {warning}")).collect();
    let count = snapshot.objects().real_ids().count() as u64;
    let copied = metadata.memory.as_ref().map_or(0, |memory| memory.copied_bytes);
    let pause = metadata.pause_ms.unwrap_or_default();
    let place = if path.as_os_str() == "-" { "standard output".into() } else { path.display().to_string() };
    notes.push(format!(
        "wrote {place}: {} objects, {} references; the process stood still for {pause:.1} ms while {} were copied",
        grouped(count),
        grouped(snapshot.references().len() as u64),
        bytes(copied),
    ));
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        capture: Capture,
    }

    fn parse(words: &str) -> std::result::Result<Capture, clap::Error> {
        Line::try_parse_from(["heapgraph"].into_iter().chain(words.split_whitespace())).map(|line| line.capture)
    }

    #[test]
    fn arguments_become_options() {
        let capture = parse("--after 1.5 -- python3 -c pass").unwrap();
        let launch = capture.launch();
        assert_eq!(launch.command, ["python3", "-c", "pass"]);
        assert_eq!(launch.when, When::After(Duration::from_millis(1500)));
        assert_eq!(parse("-- python3").unwrap().launch().when, When::AtEnd);
        let capture = parse("-p 7").unwrap();
        assert_eq!(capture.pid, Some(7));
        assert_eq!(capture.format().unwrap(), Format::Parquet);
        assert_eq!(parse("-p 7 -o -").unwrap().format().unwrap(), Format::Parquet);
        assert_eq!(parse("-p 7 -o x.json").unwrap().format().unwrap(), Format::Json);
    }

    #[test]
    fn a_process_or_a_command_and_no_third_thing() {
        for words in ["", "-p 7 -- python3", "-p 7 --after 3", "--after x -- python3", "--after -1 -- python3"] {
            assert!(parse(words).is_err(), "{words}");
        }
    }
}
