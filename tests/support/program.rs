//! A Python program that tells its own truth in one line of JSON and then waits: started, and ended when dropped.

use super::pythons::Python;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A program that waits.
pub(crate) struct Program {
    child: Child,
    /// The line it printed.
    pub(crate) truth: Value,
}

impl Program {
    /// Starts a program of this repository and reads its line.
    pub(crate) fn start(python: &Python, path: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let mut command = Command::new(&python.executable);
        command.arg("-I").arg(&path).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let truth = serde_json::from_str(&line).unwrap_or_else(|_| Value::String(line.trim_end().to_owned()));
        Program { child, truth }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Lets it end, and says whether it ended well: it was not harmed.
    pub(crate) fn finish(mut self) -> bool {
        drop(self.child.stdin.take());
        self.child.wait().unwrap().success()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
