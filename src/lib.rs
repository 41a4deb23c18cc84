//! What is in the heap of a Python process, and why is it still alive?

pub mod analysis;
#[cfg(feature = "capture")]
pub mod capture;
pub mod cpython;
pub mod error;
pub mod format;
pub mod graph;
pub mod render;
pub mod snapshot;
#[cfg(feature = "testkit")]
pub mod testkit;

pub use error::{Error, Result};
pub use snapshot::{Address, ObjectId, Snapshot};
