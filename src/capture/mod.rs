//! A process, from outside, to a [`Snapshot`](crate::Snapshot).

mod copy;
mod elf;
mod image;
mod process;
mod runtime;
mod stop;
mod text;
