//! Reports as text for a terminal: aligned columns, numbers to the right, bytes for people or exact. One report a file.

mod census;
mod chains;
mod collect;
mod cycles;
mod diff;
mod leaks;
mod merged;
mod object;
mod retained;
mod summary;
mod waste;

pub use census::census;
pub use chains::chains;
pub use collect::collection;
pub use cycles::cycles;
pub use diff::{diff, kept};
pub use leaks::leaks;
pub(super) use leaks::{Prose, file_words, prose, quoted};
pub use merged::merged;
pub use object::object;
pub use retained::retained;
pub use summary::summary;
pub use waste::waste;

use super::text::{bytes, grouped};

/// Most characters of a cell.
const CELL: usize = 80;

/// How numbers of bytes are written.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum Sizes {
    /// `38.2 MB`.
    #[default]
    Human,
    /// `38,214,400`.
    Exact,
}

impl Sizes {
    fn write(self, number: u64) -> String {
        match self {
            Sizes::Human => bytes(number),
            Sizes::Exact => grouped(number),
        }
    }

    /// In a sentence: `38.2 MB`, `38,214,400 bytes`.
    fn words(self, number: u64) -> String {
        match self {
            Sizes::Human => self.write(number),
            Sizes::Exact => self.write(number) + " bytes",
        }
    }
}

/// A line about rows that are not shown; nothing where all are.
fn more(all: u64, shown: u64, what: &str) -> String {
    let hidden = all.saturating_sub(shown);
    if hidden == 0 { String::new() } else { format!("{} more {what}; --limit 0 shows all\n", grouped(hidden)) }
}

/// Rows of cells with a head, for any report.
struct Columns {
    /// Of each column: its head, and whether it holds numbers.
    heads: Vec<(&'static str, bool)>,
    rows: Vec<Vec<String>>,
}

impl Columns {
    fn new(heads: &[(&'static str, bool)]) -> Self {
        Columns { heads: heads.to_vec(), rows: Vec::new() }
    }

    /// Two spaces between columns, none at the end of a line: text in the last column takes what it needs, however long
    /// that of other rows. The head is left out with `bare`.
    fn write(&self, bare: bool) -> String {
        let head: Vec<String> = self.heads.iter().map(|(head, _)| (*head).to_owned()).collect();
        let head = (!bare).then_some(&head);
        let length = |cell: &String| cell.chars().count();
        let width =
            |column: usize| head.into_iter().chain(&self.rows).map(|row| length(&row[column])).max().unwrap_or(0);
        let mut widths: Vec<usize> = (0..self.heads.len()).map(width).collect();
        if let (Some(last), Some((_, false))) = (widths.last_mut(), self.heads.last()) {
            *last = 0;
        }
        let mut out = String::new();
        for row in head.into_iter().chain(&self.rows) {
            let mut line = String::new();
            for (cell, ((_, number), width)) in row.iter().zip(self.heads.iter().zip(&widths)) {
                let gap = " ".repeat(width.saturating_sub(length(cell)));
                let between = if line.is_empty() { "" } else { "  " };
                line += between;
                line += &if *number { gap + cell } else { cell.clone() + &gap };
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}
