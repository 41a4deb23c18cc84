//! Snapshot files: what is written is read again, and what is no snapshot is refused by name.
#![cfg(test)]

mod docs;
mod interop;
mod json;
#[path = "../support/python.rs"]
mod python;
mod round_trip;
