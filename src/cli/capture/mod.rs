//! `capture`: a running process, a core file, or a command that is started for it, to a snapshot file; several
//! processes or a series to a file each.

mod many;
mod names;

use super::export;
use super::output::{Answer, Destination};
use super::stop::Stop;
use clap::{ArgGroup, Args};
use heapgraph::capture::{self, CoreFile, Launch, Options, Values, When};
use heapgraph::format::{AtomicFile, Format, Overwrite};
use heapgraph::render::text::{bytes, grouped};
use heapgraph::snapshot::Snapshot;
use heapgraph::{Error, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Copy the heap of a Python process, running or dead, into a snapshot file
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("source").required(true).args(["pid", "core", "command"]))]
#[command(after_help = "\
Nothing runs in the process and nothing is written into it; it stands still while its memory is copied.
A COMMAND is captured when it ends, before its interpreter tears down, or as --after, --rss or
--every say; it needs no privileges.
Several processes make a file each: FILE is then a folder, or a name with {pid} in it.
The files of a series are numbered.")]
#[command(override_usage = "heapgraph capture [OPTIONS] <--pid <PID>|--core <FILE>|-- <COMMAND>...>")]
pub(crate) struct Capture {
    /// The process to capture; several: -p 1 -p 2, or -p 1,2
    #[arg(short, long, value_delimiter = ',')]
    pid: Vec<u32>,
    /// Read a core file, by gcore or by the kernel at a crash, instead of a running process
    #[arg(long, value_name = "FILE")]
    core: Option<PathBuf>,
    /// Start this Python program and capture it
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
    /// The file to write, .parquet or .json; - is standard output [default: heapgraph-PID-TIME.parquet]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Also every Python process that it started, and that these started: gunicorn, celery, multiprocessing
    #[arg(long, conflicts_with = "core")]
    children: bool,
    /// Capture COMMAND when it has run so long, and let it go on
    #[arg(long, value_name = "SECONDS", requires = "command", conflicts_with_all = ["pid", "core"], value_parser = seconds)]
    after: Option<Duration>,
    /// Capture when its resident memory passes SIZE: 500M, 2G
    #[arg(long, value_name = "SIZE", conflicts_with_all = ["core", "after"], value_parser = size)]
    rss: Option<u64>,
    /// Capture again and again, until the process ends
    #[arg(long, value_name = "SECONDS", conflicts_with_all = ["core", "after", "rss"], value_parser = interval)]
    every: Option<Duration>,
    /// Keep the last N captures of a series, and remove older ones
    #[arg(long, value_name = "N", requires = "every", value_parser = clap::value_parser!(u64).range(1..))]
    keep: Option<u64>,
    /// The program that the core is of, if it is not where it was
    #[arg(long, value_name = "FILE", requires = "core", conflicts_with_all = ["pid", "command"])]
    exe: Option<PathBuf>,
    /// A folder that has the files of the core's machine or container by their full names
    #[arg(long, value_name = "DIR", requires = "core", conflicts_with_all = ["pid", "command"])]
    sysroot: Option<PathBuf>,
    /// Leave out the user's data: values of strings and numbers, dict keys, thread names, the command line. Names of
    /// types, attributes, functions, variables, modules and source files stay
    #[arg(long, conflicts_with = "redact")]
    no_values: bool,
    /// Put a hash in place of all that --no-values leaves out, keyed anew for each file: equal values stay equal
    #[arg(long)]
    redact: bool,
}

impl Capture {
    pub(crate) fn answer(&self, stop: &Stop) -> Result<Answer> {
        if self.makes_many() {
            return self.answer_many(stop);
        }
        let options = self.options();
        let (format, started) = (self.format()?, self.start_file(stop)?);
        let (snapshot, running) = if let Some(core) = self.core_file() {
            (capture::capture_core(&core, &options)?, None)
        } else if let Some(pid) = self.pid.first() {
            self.rss.map_or(Ok(()), |bytes| capture::wait_for_resident(*pid, bytes))?;
            (capture::capture_pid(*pid, &options)?, None)
        } else {
            let (snapshot, running) = capture::capture_command(&self.launch(), &options)?;
            (snapshot, Some(running))
        };
        let path = self.output.clone().unwrap_or_else(|| names::free(&snapshot));
        let notes = told(&snapshot, &path);
        let to = match started {
            Some(file) => Destination::Started(file),
            None if self.is_stdout() => Destination::Stdout,
            None => Destination::Chosen(path),
        };
        Ok(Answer::snapshot(snapshot, format, to).with_notes(notes).and_wait_for(running))
    }

    /// Whether more than one file may come of it.
    fn makes_many(&self) -> bool {
        self.pid.len() > 1 || self.children || self.every.is_some()
    }

    fn options(&self) -> Options {
        let mut options = Options::default();
        options.values = match (self.no_values, self.redact) {
            (true, _) => Values::LeftOut,
            (_, true) => Values::Hashed,
            _ => Values::Shown,
        };
        options
    }

    fn launch(&self) -> Launch {
        let when = match (self.after, self.rss) {
            (Some(delay), _) => When::After(delay),
            (None, Some(bytes)) => When::Resident(bytes),
            (None, None) => When::AtEnd,
        };
        Launch { command: self.command.clone(), when }
    }

    fn core_file(&self) -> Option<CoreFile> {
        let path = self.core.clone()?;
        Some(CoreFile { path, exe: self.exe.clone(), sysroot: self.sysroot.clone() })
    }

    /// The file that `-o` names, before anything is stopped or started: is there a place for it?
    fn start_file(&self, stop: &Stop) -> Result<Option<AtomicFile>> {
        if self.is_stdout() && !self.command.is_empty() {
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

fn interval(text: &str) -> std::result::Result<Duration, String> {
    let interval = seconds(text)?;
    if interval.is_zero() { Err("expected more than 0 seconds".into()) } else { Ok(interval) }
}

/// `500M` and the like: suffixes are powers of 1024, as those of `ulimit` and `free`.
fn size(text: &str) -> std::result::Result<u64, String> {
    let (digits, suffix) = text.split_at(text.trim_end_matches(|c: char| !c.is_ascii_digit()).len());
    let shift = match suffix.to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" | "KIB" => 10,
        "M" | "MB" | "MIB" => 20,
        "G" | "GB" | "GIB" => 30,
        "T" | "TB" | "TIB" => 40,
        _ => return Err("expected a size such as 500M or 2G".into()),
    };
    let number = digits.parse().ok().filter(|number: &f64| number.is_sign_positive());
    let number = number.ok_or_else(|| "expected a size such as 500M or 2G".to_owned())?;
    Ok((number * (1u64 << shift) as f64) as u64)
}

/// One line on what was captured, and its warnings.
fn told(snapshot: &Snapshot, path: &Path) -> Vec<String> {
    let metadata = snapshot.metadata();
    let mut notes: Vec<String> = metadata.warnings.iter().map(|warning| format!("warning: {warning}")).collect();
    let count = snapshot.objects().real_ids().count() as u64;
    let copied = metadata.memory.as_ref().map_or(0, |memory| memory.copied_bytes);
    let place = if path.as_os_str() == "-" { "standard output".into() } else { path.display().to_string() };
    let how = match (metadata.pause_ms, metadata.attempts.unwrap_or(1)) {
        (None, _) => format!("{} of memory were read", bytes(copied)),
        (Some(pause), 1) => format!("the process stood still for {pause:.1} ms while {} were copied", bytes(copied)),
        (Some(pause), attempts) => format!(
            "the process stood still for {pause:.1} ms while {} were copied, at attempt {attempts}: before, its heap \
             was in the middle of a change",
            bytes(copied)
        ),
    };
    let references = grouped(snapshot.references().len() as u64);
    notes.push(format!("wrote {place}: {} objects, {references} references; {how}", grouped(count)));
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::testing;

    fn parse(words: &str) -> std::result::Result<Capture, clap::Error> {
        testing::parse(words)
    }

    #[test]
    fn arguments_become_options() {
        let capture = parse("--after 1.5 -- python3 -c pass").unwrap();
        let launch = capture.launch();
        assert_eq!(launch.command, ["python3", "-c", "pass"]);
        assert_eq!(launch.when, When::After(Duration::from_millis(1500)));
        assert_eq!(parse("-- python3").unwrap().launch().when, When::AtEnd);
        let capture = parse("-p 7").unwrap();
        assert_eq!(capture.pid, [7]);
        assert_eq!(capture.format().unwrap(), Format::Parquet);
        assert_eq!(parse("-p 7 -o -").unwrap().format().unwrap(), Format::Parquet);
        assert_eq!(parse("-p 7 -o x.json").unwrap().format().unwrap(), Format::Json);
    }

    #[test]
    fn several_processes_are_listed_either_way() {
        assert_eq!(parse("-p 7,8 -p 9").unwrap().pid, [7, 8, 9]);
        assert!(parse("-p 7,8").unwrap().makes_many() && parse("-p 7 --children").unwrap().makes_many());
        assert!(parse("--every 2 -- python3").unwrap().makes_many() && !parse("-p 7").unwrap().makes_many());
    }

    #[test]
    fn sizes_take_binary_suffixes() {
        for (text, bytes) in [("1", 1), ("2k", 2048), ("500M", 500 << 20), ("1.5GiB", 3 << 29), ("1T", 1 << 40)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        assert_eq!(parse("--rss 2G -- python3").unwrap().launch().when, When::Resident(2 << 30));
        for text in ["", "M", "5X", "-3M", "M5"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_process_or_a_command_and_no_third_thing() {
        for words in [
            "",
            "-p 7 -- python3",
            "-p 7 --after 3",
            "-p 7 --core x",
            "--exe x -p 7",
            "--core x --every 3",
            "-p 7 --keep 3",
            "-p 7 --every 0",
            "-p 7 --every 1 --keep 0",
            "--after x -- python3",
            "--after -1 -- python3",
        ] {
            assert!(parse(words).is_err(), "{words}");
        }
    }
}
