//! A process, from outside, to a [`Snapshot`](crate::Snapshot).
