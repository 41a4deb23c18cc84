//! The built binary, as a user runs it.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    pub(crate) line: String,
}

/// The binary, not yet started; nothing of the caller's terminal reaches it.
pub(crate) fn heapgraph(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heapgraph"));
    command.args(arguments).stdin(Stdio::null()).env_remove("NO_COLOR").env("COLUMNS", "100");
    command
}

/// Runs it in a folder.
pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Run {
    finish(heapgraph(arguments).current_dir(folder).output().unwrap(), arguments)
}

/// Runs it.
pub(crate) fn run(arguments: &[&str]) -> Run {
    run_in(Path::new("."), arguments)
}

fn finish(output: Output, arguments: &[&str]) -> Run {
    let stderr = String::from_utf8(output.stderr).unwrap();
    Run { code: output.status.code(), stdout: output.stdout, stderr, line: arguments.join(" ") }
}

impl Run {
    /// Its text, once it is known to have succeeded.
    pub(crate) fn text(&self) -> &str {
        assert_eq!(self.code, Some(0), "heapgraph {}\n{}", self.line, self.stderr);
        std::str::from_utf8(&self.stdout).unwrap()
    }

    /// Its JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_else(|error| panic!("heapgraph {}: {error}", self.line))
    }
}
