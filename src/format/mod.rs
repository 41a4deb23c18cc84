//! Snapshot files: sniff, read, write.
