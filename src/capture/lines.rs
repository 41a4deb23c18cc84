//! From an instruction to a line of source: the location table of 3.11 and later (Objects/locations.md in CPython),
//! and the pairs of bytes before it (Objects/lnotab_notes.txt).

use super::image::Memory;
use crate::cpython::layout::Layout;

/// The line that the instruction at `pointer` belongs to; `None` for instructions without one and damaged tables.
pub(super) fn current(memory: &Memory<'_>, layout: &Layout, code: u64, pointer: u64) -> Option<i64> {
    let start = code + layout.code_instructions;
    // The last instruction that ran (3.11, 3.12) or the one that runs (3.13); at a frame's start it may still be in
    // front of the first.
    let executed = pointer.saturating_sub(start) / 2;
    line_at(table(memory, layout, code, layout.code_line_table?)?, first_line(memory, layout, code), executed)
}

/// The line of the instruction that a frame object of up to 3.10 was at, `f_lasti`; -1 before the first.
pub(super) fn of_instruction(memory: &Memory<'_>, layout: &Layout, code: u64, instruction: i32) -> Option<i64> {
    let line = first_line(memory, layout, code);
    match (layout.code_lnotab, layout.code_line_table) {
        (Some(place), _) => Some(line_by_lnotab(table(memory, layout, code, place)?, line, i64::from(instruction))),
        // 3.10 counts instructions of two bytes.
        (None, Some(place)) => line_by_ranges(table(memory, layout, code, place)?, line, i64::from(instruction) * 2),
        (None, None) => None,
    }
}

pub(super) fn first_line(memory: &Memory<'_>, layout: &Layout, code: u64) -> i64 {
    i64::from(memory.half(code + layout.code_first_line) as i32)
}

fn table<'i>(memory: &Memory<'i>, layout: &Layout, code: u64, place: u64) -> Option<&'i [u8]> {
    let table = memory.pointer(code + place);
    let length = memory.pointer(table + 16).min(memory.room(table + layout.bytes_data));
    memory.bytes(table + layout.bytes_data, length)
}

/// Up to 3.9: each pair moves the instruction on, then the line.
fn line_by_lnotab(table: &[u8], first_line: i64, instruction: i64) -> i64 {
    let (mut line, mut start) = (first_line, 0);
    for pair in table.chunks_exact(2) {
        start += i64::from(pair[0]);
        if start > instruction {
            break;
        }
        line += i64::from(pair[1] as i8);
    }
    line
}

/// 3.10: each pair moves the line, for as many bytes of instructions as it says; -128 means that these have none.
fn line_by_ranges(table: &[u8], first_line: i64, instruction: i64) -> Option<i64> {
    const NO_LINE: i8 = -128;
    let (mut line, mut end) = (first_line, 0);
    for pair in table.chunks_exact(2) {
        let step = pair[1] as i8;
        line += if step == NO_LINE { 0 } else { i64::from(step) };
        end += i64::from(pair[0]);
        if instruction < end {
            return (step != NO_LINE).then_some(line);
        }
    }
    None
}

/// Walks the table: each entry covers some code units and moves the line on.
fn line_at(table: &[u8], first_line: i64, unit: u64) -> Option<i64> {
    let (mut line, mut covered, mut at) = (first_line, 0u64, 0usize);
    while at < table.len() {
        let head = table[at];
        let (code, units) = (head >> 3 & 15, u64::from(head & 7) + 1);
        let mut next = at + 1;
        let change = match code {
            // 15: no location. 13: a line change alone. 14: long form, line change first. 10-12: line change by code.
            13 | 14 => signed_varint(table, &mut next)?,
            10..=12 => i64::from(code) - 10,
            _ => 0,
        };
        line = line.checked_add(change)?;
        covered += units;
        if unit < covered {
            return (code != 15).then_some(line);
        }
        // Entries start with the high bit set; everything between is payload.
        at = next;
        while at < table.len() && table[at] & 0x80 == 0 {
            at += 1;
        }
    }
    None
}

/// Six bits a byte, least significant first; the lowest bit of the number is its sign.
fn signed_varint(table: &[u8], at: &mut usize) -> Option<i64> {
    let (mut value, mut shift) = (0u64, 0);
    loop {
        let byte = *table.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 63).checked_shl(shift)?;
        shift += 6;
        if byte & 64 == 0 {
            break;
        }
    }
    let magnitude = (value >> 1) as i64;
    Some(if value & 1 == 1 { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `def f():\n    x = 1\n\n    return x\n` at line 7, as `f.__code__.co_linetable` of CPython 3.12.1 gives it.
    const TABLE: [u8; 12] = [0x80, 0x00, 0xd8, 0x08, 0x09, 0x80, 0x41, 0xe0, 0x0b, 0x0c, 0x80, 0x48];

    #[test]
    fn lines_follow_the_table() {
        let lines: Vec<_> = (0..5).map(|unit| line_at(&TABLE, 7, unit)).collect();
        assert_eq!(lines, [Some(7), Some(8), Some(8), Some(10), Some(10)]);
        assert_eq!(line_at(&TABLE, 7, 99), None);
    }

    #[test]
    fn a_damaged_table_ends_the_search() {
        for length in 0..TABLE.len() {
            line_at(&TABLE[..length], 7, 50);
        }
        assert_eq!(line_at(&[0xe8, 0x7f, 0x7f], 1, 0), None);
    }
}
