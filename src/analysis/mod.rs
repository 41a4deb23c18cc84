//! The questions, one a file, each with a report of its own. Reports are plain data: `render` draws them.

pub mod census;
pub mod collect;
pub mod cycles;
pub mod diff;
pub mod leaks;
mod members;
pub mod neighbourhood;
pub mod object;
pub mod paths;
pub mod pattern;
mod place;
pub mod retained;
pub mod select;
pub mod summary;
pub mod waste;
