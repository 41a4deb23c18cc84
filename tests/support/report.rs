//! What a test of faults tried, for the page that `tests/faults/table.py` makes of it: docs/faults.md.

use serde_json::json;
use std::path::PathBuf;
use std::process::Command;

/// A row of the table.
pub(crate) struct Row<'a> {
    /// What was done, in a few words.
    pub(crate) fault: &'a str,
    /// How many times.
    pub(crate) tried: u64,
    /// How the target fared.
    pub(crate) target: &'a str,
    /// What was looked at each time.
    pub(crate) checked: &'a str,
    /// What heapgraph said.
    pub(crate) said: &'a str,
}

impl Row<'_> {
    /// Prints it, and leaves it in the folder that `HEAPGRAPH_TEST_FAULTS` names.
    pub(crate) fn write(&self, suite: &str) {
        println!(
            "{suite}: {}: {} times: {}; {}; said: {}",
            self.fault, self.tried, self.target, self.checked, self.said
        );
        let Some(folder) = std::env::var_os("HEAPGRAPH_TEST_FAULTS").map(PathBuf::from) else { return };
        let row = json!({
            "suite": suite, "fault": self.fault, "tried": self.tried, "target": self.target, "checked": self.checked,
            "said": self.said, "build": if cfg!(debug_assertions) { "debug" } else { "release" }, "commit": commit(),
        });
        let name: String = self.fault.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{suite}-{name}.json")), row.to_string()).unwrap();
    }
}

/// What is checked out, so that a page of several runs says which row is whose.
fn commit() -> String {
    let mut git = Command::new("git");
    let asked = git.args(["rev-parse", "--short", "HEAD"]).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let said = asked.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&said).trim().to_owned()
}

/// How many times a test tries, unless the variable says otherwise.
#[allow(dead_code, reason = "some suites have counts of their own")]
pub(crate) fn rounds(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|count| count.parse().ok()).unwrap_or(usual)
}
