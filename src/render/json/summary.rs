//! `heapgraph.info/1`.

use crate::analysis::summary::Summary;
use serde_json::{Value, json};

/// `heapgraph.info/1`.
pub fn summary(summary: &Summary) -> Value {
    let metadata = &summary.metadata;
    json!({
        "schema": "heapgraph.info/1",
        "python": metadata.python,
        "build": metadata.build,
        "pid": metadata.pid,
        "namespace_pid": metadata.namespace_pid,
        "command": metadata.command,
        "executable": metadata.executable,
        "source": metadata.source,
        "captured_at": metadata.captured_at,
        "format": metadata.format,
        "objects": summary.objects,
        "references": summary.references,
        "bytes": summary.bytes,
        "types": summary.types,
        "tracked": summary.tracked,
        "generations": summary.generations,
        "frozen": summary.frozen,
        "pause_ms": metadata.pause_ms,
        "attempts": metadata.attempts,
        "capture_ms": metadata.capture_ms,
        "collector": metadata.collector,
        "threads": metadata.threads,
        "memory": metadata.memory,
        "values": metadata.values,
        "warnings": metadata.warnings,
    })
}
