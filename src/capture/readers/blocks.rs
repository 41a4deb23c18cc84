//! Memory that an object keeps beside its structure: tables, stacks and buffers, found by the paths of the layout tables.

use super::super::heap::{Facts, Reader};
use super::super::types::TypeInfo;
use crate::cpython::layout::{Block, Number};

/// An array as one object has it.
struct Span {
    start: u64,
    count: u64,
    stride: u64,
}

impl Reader<'_> {
    pub(super) fn read_blocks(&mut self, address: u64, info: &TypeInfo, facts: &mut Facts) {
        for block in &info.blocks {
            let Some(span) = self.span(address, &block.place) else { continue };
            for number in 0..span.count {
                for field in &block.fields {
                    let target = self.memory.pointer(span.start + number * span.stride + field.offset);
                    if target != 0 {
                        self.push(target, field.tag, field.name);
                    }
                }
            }
        }
        let mut counted = 0..0;
        for place in &info.sizes {
            let Some(span) = self.span(address, place) else { continue };
            // A few elements may lie in the block that points at them (the first children of an XML element).
            if !counted.contains(&span.start) {
                facts.size += span.count * span.stride;
                counted = span.start..span.start + span.count * span.stride;
            }
        }
    }

    /// Where an array of this object is; never more of it than was copied.
    fn span(&self, address: u64, place: &Block) -> Option<Span> {
        let start = self.follow(address, &place.path)?;
        let stride = self.number(address, &place.stride).filter(|stride| (1..1 << 16).contains(stride))?;
        let room = self.memory.room(start) / stride;
        let count = match place.count {
            Number::UntilZero(()) => self.until_zero(start, stride, room),
            _ => self.number(address, &place.count)?.min(room),
        };
        Some(Span { start, count, stride })
    }

    fn follow(&self, address: u64, path: &[u64]) -> Option<u64> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(address.checked_add(*first)?, |at, offset| {
            self.memory.word(at).filter(|pointer| *pointer != 0)?.checked_add(*offset)
        })
    }

    /// A count below zero is no count: those are small, so a large one is damage or a negative number.
    fn number(&self, address: u64, number: &Number) -> Option<u64> {
        match number {
            Number::Fixed(fixed) => Some(*fixed),
            Number::UntilZero(()) => None,
            Number::Kept(path, bytes) => {
                let at = self.follow(address, path)?;
                let kept = match bytes {
                    1 => u64::from(self.memory.byte(at)),
                    4 => u64::from(self.memory.half(at)),
                    _ => self.memory.word(at)?,
                };
                (kept < 1 << 31).then_some(kept)
            }
        }
    }

    /// The number of elements up to the one that starts with zero, which is counted.
    fn until_zero(&self, start: u64, stride: u64, room: u64) -> u64 {
        let is_zero = |at: u64| if stride < 8 { self.memory.byte(at) == 0 } else { self.memory.pointer(at) == 0 };
        let before = (0..room.min(1 << 16)).take_while(|number| !is_zero(start + number * stride)).count() as u64;
        (before + 1).min(room)
    }
}
