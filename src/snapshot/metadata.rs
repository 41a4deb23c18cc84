//! What a snapshot says of the process it was taken from: the JSON under the key `heapgraph` of a file.

use serde::{Deserialize, Serialize};

/// The version of the snapshot format that this program writes: a newer major version is refused, a newer minor one
/// only adds.
pub const FORMAT_VERSION: &str = "1.0";

/// Where a snapshot comes from and what was seen around the heap. Everything may be missing: a hand-written heap has
/// none of it.
#[derive(Clone, Default, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// `major.minor` of the file format.
    pub format: String,
    /// `3.12.1`, as in `sys.version_info`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub python: Option<String>,
    /// How that Python was built: `release`, `debug`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// The process, as numbered where heapgraph ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// The process, as numbered where it ran, if that is another number: in a container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_pid: Option<u32>,
    /// The process's argv; of a core file its first 80 letters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// The executable's path, in the target's own view of the file system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executable: Option<String>,
    /// RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<String>,
    /// `pid 4711`, `core app.core`, `json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// How long the target stood still, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_ms: Option<f64>,
    /// From the first look at the process to the finished snapshot in memory, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture_ms: Option<f64>,
    /// How often the process was stopped until its heap was in one piece.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// The collector's settings and counters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collector: Option<Collector>,
    /// The Python threads, in the interpreter's order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub threads: Vec<Thread>,
    /// The process's memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Memory>,
    /// `left out` or `hashed`, where the user's data does not stand in the snapshot: texts of values, dict keys, thread
    /// names and the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<String>,
    /// What could not be read, or looks odd.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// The state of `gc`.
#[derive(Clone, Default, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Collector {
    /// `gc.isenabled()`.
    pub enabled: bool,
    /// `gc.get_threshold()`.
    pub thresholds: Vec<i64>,
    /// `gc.get_count()`.
    pub counts: Vec<i64>,
}

/// One Python thread.
#[derive(Clone, Default, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Thread {
    /// `threading.get_ident()`.
    pub id: u64,
    /// The kernel's number, where this Python stores it (3.11 and later).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub native_id: Option<u64>,
    /// `Thread.name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its frames, innermost first: `app.py:42 handle`.
    pub frames: Vec<String>,
}

/// Sums over the process's memory map, in bytes.
#[derive(Clone, Default, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Resident pages of the whole process.
    pub resident_bytes: u64,
    /// Pages copied while the process stood still.
    pub copied_bytes: u64,
    /// Readable and writable mappings.
    pub writable_bytes: u64,
    /// Number of mappings.
    pub mappings: u64,
}
