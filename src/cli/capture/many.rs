//! Several processes, and series: a file for each capture.

use super::names::Pattern;
use super::{Capture, told};
use crate::cli::output::{Answer, say};
use crate::cli::stop::Stop;
use heapgraph::capture::{self, Running, When};
use heapgraph::{Error, Result};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often a series looks whether its process is still there.
const LOOK: Duration = Duration::from_millis(50);

/// What came of capturing each process once.
#[derive(Default)]
struct Round {
    files: Vec<PathBuf>,
    failed: Vec<Error>,
}

impl Round {
    fn tell(&self) {
        self.failed.iter().for_each(|error| say(&format!("heapgraph: {error}")));
    }
}

impl Capture {
    /// Writes each file as soon as it is there; what is left to answer is the wait for a command's own end.
    pub(super) fn answer_many(&self, stop: &Stop) -> Result<Answer> {
        let several = self.pid.len() > 1 || self.children;
        let pattern = Pattern::new(self.output.as_deref(), several, self.every.is_some())?;
        let mut running = self.start()?;
        let roots = running.as_ref().map_or_else(|| self.pid.clone(), |running| vec![running.pid()]);
        match self.every {
            None => self.once(&roots, &pattern, stop)?,
            Some(every) => self.series(every, &roots, running.as_mut(), &pattern, stop)?,
        }
        Ok(Answer::text(String::new()).and_wait_for(running))
    }

    /// Starts the command, if there is one, and waits for the moment of the first capture.
    fn start(&self) -> Result<Option<Running>> {
        if !self.command.is_empty() {
            let launch = self.launch();
            return match launch.when {
                When::AtEnd if self.every.is_none() => {
                    Err(Error::invalid("--children cannot wait for a command's end").with_hint("add --after or --rss"))
                }
                When::AtEnd => Running::start(&launch.command).map(Some),
                _ => capture::start_and_wait(&launch).map(Some),
            };
        }
        if let (Some(bytes), Some(pid)) = (self.rss, self.pid.first()) {
            capture::wait_for_resident(*pid, bytes)?;
        }
        Ok(None)
    }

    fn once(&self, roots: &[u32], pattern: &Pattern, stop: &Stop) -> Result<()> {
        let mut round = self.round(roots, 1, pattern, stop);
        let last = round.failed.pop();
        round.tell();
        last.map_or(Ok(()), Err)
    }

    /// A capture of each process. What cannot be captured does not keep the others from it.
    fn round(&self, roots: &[u32], number: u64, pattern: &Pattern, stop: &Stop) -> Round {
        let mut round = Round::default();
        for pid in self.processes(roots) {
            let taken = capture::capture_pid(pid, &self.options());
            let written = taken.and_then(|snapshot| {
                let to = pattern.place(pid, number);
                let path = to.path().expect("a pattern gives names").to_owned();
                let notes = told(&snapshot, &path);
                Answer::snapshot(snapshot, pattern.format, to).with_notes(notes).deliver(stop).map(|_| path)
            });
            // A shell that starts the workers, a helper, a worker that just ended: not what was asked for.
            let passed_over = |error: &Error| {
                self.children && (error.is_not_python() || (error.is_no_process() && !roots.contains(&pid)))
            };
            match written {
                Ok(path) => round.files.push(path),
                Err(error) if passed_over(&error) => say(&format!("skipped: {error}")),
                Err(error) => round.failed.push(error),
            }
        }
        if round.files.is_empty() && round.failed.is_empty() {
            round.failed.push(Error::not_python("none of these processes is CPython"));
        }
        round
    }

    fn processes(&self, roots: &[u32]) -> Vec<u32> {
        let mut processes = Vec::new();
        for root in roots {
            let children = if self.children { capture::descendants(*root) } else { Vec::new() };
            for pid in std::iter::once(*root).chain(children) {
                if !processes.contains(&pid) {
                    processes.push(pid);
                }
            }
        }
        processes
    }

    /// Captures until the processes end; a signal ends it too (see `Stop`), with whole files only.
    fn series(
        &self,
        every: Duration,
        roots: &[u32],
        mut running: Option<&mut Running>,
        pattern: &Pattern,
        stop: &Stop,
    ) -> Result<()> {
        let begin = Instant::now();
        let mut kept: VecDeque<Vec<PathBuf>> = VecDeque::new();
        let first = pattern.first_number();
        for number in first.. {
            // A command is given its first interval to start in.
            let rounds = number - first + u64::from(running.is_some());
            let due = every.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX));
            while begin.elapsed() < due && running.as_deref_mut().is_none_or(Running::is_running) {
                std::thread::sleep(LOOK.min(due.saturating_sub(begin.elapsed())));
            }
            let mut round = self.round(roots, number, pattern, stop);
            if round.files.is_empty() {
                let ended = !kept.is_empty() && round.failed.iter().all(Error::is_no_process);
                let last = round.failed.pop();
                round.tell();
                let Some(error) = last.filter(|_| !ended) else {
                    say(&format!("the series ends after {}: nothing is left to capture", number - first));
                    return Ok(());
                };
                return Err(error);
            }
            round.tell();
            kept.push_back(round.files);
            while self.keep.is_some_and(|keep| kept.len() as u64 > keep) {
                for old in kept.pop_front().unwrap_or_default() {
                    // Somebody may have taken it away already.
                    let _ = std::fs::remove_file(old);
                }
            }
        }
        Ok(())
    }
}
