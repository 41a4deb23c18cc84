//! Snapshot files: what is written is read again, and what is no snapshot is refused by name.

#[cfg(test)]
mod json;
#[cfg(test)]
mod round_trip;
