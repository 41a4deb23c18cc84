//! Snapshot files: what is written is read again, and what is no snapshot is refused by name.

#[cfg(test)]
mod docs;
#[cfg(test)]
mod interop;
#[cfg(test)]
mod json;
#[cfg(test)]
#[path = "../support/python.rs"]
mod python;
#[cfg(test)]
mod round_trip;
