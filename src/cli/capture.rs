//! `capture`: a running process, or a command that is started for it, to a snapshot file.

use super::export;
use super::output::{Answer, Destination};
use super::stop::Stop;
use clap::Args;
use heapgraph::Result;
use heapgraph::capture::{self, Launch, Options, Values};
use heapgraph::format::{Format, Overwrite};
use heapgraph::render::text::{bytes, grouped};
use heapgraph::snapshot::Snapshot;
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
    #[arg(long, value_name = "SECONDS", requires = "command", value_parser = seconds)]
    after: Option<Duration>,
    /// Leave out the text of strings, bytes and numbers
    #[arg(long)]
    no_values: bool,
}

impl Capture {
    pub(crate) fn answer(&self, stop: &Stop) -> Result<Answer> {
        let format = self.format()?;
        if let Some(path) = self.output.as_deref().filter(|path| path.as_os_str() != "-") {
            // Before anything is stopped or started: is there a place for the file?
            drop(stop.create(path, Overwrite::Replace)?);
        }
        let snapshot = match self.pid {
            Some(pid) => capture::capture_pid(pid, &self.options())?,
            None => capture::capture_command(&self.launch(), &self.options())?,
        };
        let to = self.output.as_deref().map_or_else(|| Destination::Chosen(free_name(&snapshot)), Destination::named);
        let note = told(&snapshot, &to);
        Ok(Answer::snapshot(snapshot, format, to).with_notes(note))
    }

    fn options(&self) -> Options {
        let values = if self.no_values { Values::Omit } else { Values::Keep };
        Options { values, ..Options::default() }
    }

    fn launch(&self) -> Launch {
        Launch { command: self.command.clone(), after: self.after }
    }

    fn format(&self) -> Result<Format> {
        match self.output.as_deref() {
            Some(path) if path.as_os_str() != "-" => export::format_of(path),
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
fn told(snapshot: &Snapshot, to: &Destination) -> Vec<String> {
    let metadata = snapshot.metadata();
    let mut notes: Vec<String> = metadata.warnings.iter().map(|warning| format!("warning: {warning}")).collect();
    let count = snapshot.objects().real_ids().count() as u64;
    let copied = metadata.memory.as_ref().map_or(0, |memory| memory.copied_bytes);
    let pause = metadata.pause_ms.unwrap_or_default();
    let place = match to {
        Destination::Stdout => "standard output".to_owned(),
        Destination::Named(path) | Destination::Chosen(path) => Path::display(path).to_string(),
    };
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
        let capture = parse("--after 1.5 --no-values -- python3 -c pass").unwrap();
        assert_eq!(capture.options().values, Values::Omit);
        let launch = capture.launch();
        assert_eq!(launch.command, ["python3", "-c", "pass"]);
        assert_eq!(launch.after, Some(Duration::from_millis(1500)));
        let capture = parse("-p 7").unwrap();
        assert_eq!((capture.pid, capture.options().values), (Some(7), Values::Keep));
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
