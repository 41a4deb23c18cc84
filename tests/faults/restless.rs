//! The target that never rests, and whether it still does not.

use crate::pythons::Python;
use crate::victim::Victim;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

pub(crate) struct Restless {
    pub(crate) victim: Victim,
    tally: PathBuf,
    _folder: tempfile::TempDir,
}

impl Restless {
    pub(crate) fn start(python: &Python) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tally = folder.path().join("tally");
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/restless.py");
        let mut command = Command::new(&python.executable);
        let victim = Victim::spawn(command.args(["-I", "-W", "ignore"]).arg(program).arg(&tally));
        let restless = Restless { victim, tally, _folder: folder };
        restless.goes_on();
        restless
    }

    pub(crate) fn pid(&self) -> u32 {
        self.victim.pid()
    }

    /// Threads, mappings, forks, programs and beats so far.
    pub(crate) fn counts(&self) -> [u64; 5] {
        let text = std::fs::read_to_string(&self.tally).unwrap_or_default();
        let mut numbers = text.split(' ').map(|number| number.parse().unwrap_or(0));
        [0; 5].map(|_| numbers.next().unwrap_or(0))
    }

    /// Neither stopped nor traced, and it beats on.
    pub(crate) fn goes_on(&self) {
        let (before, begin) = (self.counts()[4], Instant::now());
        while self.counts()[4] <= before {
            assert!(begin.elapsed() < Duration::from_secs(30), "the target stands still: {}", self.victim.state());
            std::thread::sleep(Duration::from_millis(2));
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        assert!(status.contains("TracerPid:\t0\n"), "{status}");
        assert!(!['T', 't', 'Z'].contains(&self.victim.state()));
    }

    /// It goes on, and then ends well when it is asked to.
    pub(crate) fn finish(self) {
        self.goes_on();
        assert!(self.victim.finish(), "the target ends well");
    }
}
